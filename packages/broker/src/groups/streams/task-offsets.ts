import { ErrorCode } from "@ottla/protocol";
import { GroupFault } from "../consumer/group-fault.ts";
import type { StreamsHeartbeat, TaskOffset } from "./streams-decision.ts";
import { type MemberOffsets, NO_OFFSETS, type TaskOffsets } from "./streams-group.ts";
import type { StreamsStep } from "./streams-step.ts";

/** Keeps what the member tells of the state that it has. INVALID_REQUEST where it tells of a task twice. */
export function keepOffsets(step: StreamsStep, { memberId, taskOffsets, taskEndOffsets }: StreamsHeartbeat): void {
  if (taskOffsets === null && taskEndOffsets === null) return;
  const before = step.soft.taskOffsets.get(memberId) ?? NO_OFFSETS;
  const after: MemberOffsets = {
    offsets: taskOffsets === null ? before.offsets : offsetsOf(taskOffsets),
    endOffsets: taskEndOffsets === null ? before.endOffsets : offsetsOf(taskEndOffsets),
  };
  if (after.offsets.size + after.endOffsets.size + before.offsets.size + before.endOffsets.size === 0) return;
  step.change({ taskOffsets: new Map(step.soft.taskOffsets).set(memberId, after) });
}

function offsetsOf(listed: readonly TaskOffset[]): TaskOffsets {
  const offsets = new Map<string, Map<number, number>>();
  for (const { subtopologyId, partition, offset } of listed) {
    let known = offsets.get(subtopologyId);
    if (!known) offsets.set(subtopologyId, (known = new Map()));
    if (known.has(partition)) {
      throw new GroupFault(
        ErrorCode.INVALID_REQUEST,
        `Task offsets contain a duplicate entry for subtopology ${subtopologyId} and partition ${partition}.`,
      );
    }
    known.set(partition, offset);
  }
  return offsets;
}
