import type { ClusterChange } from "../../plan/cluster-change.ts";
import type { Observed } from "../../plan/observed.ts";
import { clusterActions } from "./actions/cluster-actions.ts";
import { configActions } from "./actions/config-actions.ts";
import { groupActions } from "./actions/group-actions.ts";
import { partitionActions } from "./actions/partition-actions.ts";
import { throttleActions } from "./actions/throttle-actions.ts";
import { topicActions } from "./actions/topic-actions.ts";
import type { ActionsTable, ChangeActions } from "./change-actions.ts";

const TABLE: ActionsTable = {
  config: configActions,
  ...topicActions,
  ...partitionActions,
  removeThrottles: throttleActions,
  ...groupActions,
  ...clusterActions,
};

/** A change that a program can make. */
export type ExecutableChange = Exclude<ClusterChange, { readonly kind: "manual" }>;

/** Whether a program can make it. */
export function isExecutable(change: ClusterChange): change is ExecutableChange {
  return change.kind !== "manual";
}

/** The actions of a change's kind. What was observed of a change is handed in with that change only, which the type cannot say. */
export function actionsOf(change: ExecutableChange): ChangeActions<ClusterChange, Observed> {
  return TABLE[change.kind] as unknown as ChangeActions<ClusterChange, Observed>;
}
