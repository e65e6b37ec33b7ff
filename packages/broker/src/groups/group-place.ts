import { ErrorCode } from "@ottla/protocol";
import type { CoordinatorRuntime } from "../coordinator/coordinator-runtime.ts";
import type { BackgroundAnswer } from "./consumer/consumer-decision.ts";
import type { Group } from "./group.ts";
import type { GroupTypes } from "./group-spec.ts";

/** A group, and the node that works on it. */
export interface GroupPlace {
  readonly groupId: string;
  readonly nodeId: number;
}

/** The group as it is there now; undefined: the node does not coordinate it, or it is none of this type. */
export function groupAt<Type extends Group["type"]>(
  runtime: CoordinatorRuntime<GroupTypes>,
  { groupId, nodeId }: GroupPlace,
  type: Type,
): Extract<Group, { readonly type: Type }> | undefined {
  const shard = runtime.find(groupId, nodeId);
  const group = typeof shard === "number" ? undefined : shard.state.group(groupId);
  return group?.type === type ? (group as Extract<Group, { readonly type: Type }>) : undefined;
}

/** Gives what a job found to the group's rules; false: it was dropped. `input` is told the token that the answer is owed to. */
export async function tellGroup(
  runtime: CoordinatorRuntime<GroupTypes>,
  { groupId, nodeId }: GroupPlace,
  input: (token: number) => GroupTypes["Input"],
): Promise<boolean> {
  const answer: BackgroundAnswer = await runtime.ask({
    key: groupId,
    nodeId,
    refused: (errorCode): BackgroundAnswer => ({ errorCode }),
    input,
  });
  return answer.errorCode === ErrorCode.NONE;
}
