import { assignSticky } from "./assignor/sticky-assignor.ts";
import type { StreamsStatus } from "./streams-decision.ts";
import { NO_OFFSETS, type StreamsGroup } from "./streams-group.ts";
import type { StreamsMember } from "./streams-member.ts";
import type { StreamsStep } from "./streams-step.ts";
import { isSameTuple, NO_TUPLE, type TaskTuple } from "./tasks.ts";
import type { ConfiguredTopology } from "./topology/configure-topology.ts";

/** What a member is to reach, and what it is told where that waits. */
export interface StreamsTarget {
  readonly epoch: number;
  readonly tasks: TaskTuple;
  readonly delay?: StreamsStatus;
}

/** The group's target as the member is to know it, worked out anew where the group is in a later epoch and the last one was long enough ago. */
export function updateTarget(step: StreamsStep, member: StreamsMember, groupEpoch: number, configured: ConfiguredTopology): StreamsTarget {
  const { group, env, soft } = step;
  if (soft.isFirstAssignmentDelayed) {
    const detail = "Assignment delayed due to the configured initial rebalance delay.";
    return { epoch: group.assignmentEpoch, tasks: NO_TUPLE, delay: { name: "ASSIGNMENT_DELAYED", detail } };
  }
  const present = { epoch: group.assignmentEpoch, tasks: group.targetOf(member.memberId, member.instanceId) };
  if (group.assignmentEpoch >= groupEpoch) return present;
  const { assignmentTimestampMs: lastMs } = group;
  const { assignmentIntervalMs } = env.settings;
  if (lastMs !== 0 && assignmentIntervalMs !== 0 && env.nowMs < lastMs + assignmentIntervalMs) {
    const detail = "Assignment delayed due to the configured assignment interval.";
    return { ...present, delay: { name: "ASSIGNMENT_DELAYED", detail } };
  }
  const target = writeTarget(step, membersWith(group, member), groupEpoch, configured);
  return { epoch: groupEpoch, tasks: target.get(member.memberId) ?? NO_TUPLE };
}

/** Divides the tasks among the members and writes what changed. Where the topology has no topics to run on, nobody gets any. */
export function writeTarget(
  step: StreamsStep,
  members: readonly StreamsMember[],
  groupEpoch: number,
  configured: ConfiguredTopology,
): ReadonlyMap<string, TaskTuple> {
  const { group, env, soft } = step;
  const solution =
    configured.problem === undefined
      ? assignSticky({
          members: members.map(({ memberId, processId, assigned: { active, standby } }) => {
            const { offsets } = soft.taskOffsets.get(memberId) ?? NO_OFFSETS;
            return { memberId, processId, active, standby, offsets };
          }),
          subtopologies: [...configured.subtopologies.values()],
          standbyReplicas: env.settings.standbyReplicas,
        })
      : new Map<string, TaskTuple>();
  for (const { memberId, instanceId } of members) {
    const before = targetBefore(group, memberId, instanceId);
    const after = solution.get(memberId) ?? NO_TUPLE;
    if (before === undefined || !isSameTuple(before, after)) step.write({ type: "target-member", memberId, value: after });
  }
  step.write({ type: "target", value: { assignmentEpoch: groupEpoch, assignmentTimestampMs: env.nowMs } });
  return solution;
}

/** What the log has for the member, or will have for the one that takes a static member's place. */
function targetBefore(group: StreamsGroup, memberId: string, instanceId: string | null): TaskTuple | undefined {
  const holder = instanceId === null ? undefined : group.staticMember(instanceId);
  return group.targets.get(holder?.memberId ?? memberId);
}

/** The members as they will be: with this one, which may take a static member's place. */
function membersWith(group: StreamsGroup, member: StreamsMember): StreamsMember[] {
  const members: StreamsMember[] = [];
  let isThere = false;
  for (const other of group.members.values()) {
    const isIt = other.memberId === member.memberId || (member.instanceId !== null && other.instanceId === member.instanceId);
    if (isIt && isThere) continue;
    isThere ||= isIt;
    members.push(isIt ? member : other);
  }
  if (!isThere) members.push(member);
  return members;
}
