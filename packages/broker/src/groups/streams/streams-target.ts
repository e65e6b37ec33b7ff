import { ErrorCode } from "@ottla/protocol";
import type { AssignmentJob } from "../consumer/consumer-decision.ts";
import { INLINE_COST_MAX } from "../consumer/target-assignment.ts";
import { assignSticky } from "./assignor/sticky-assignor.ts";
import type { TaskProblem, TaskSolution } from "./assignor/task-assignment.ts";
import type { StreamsEnvironment, StreamsStatus, TaskTargetChange } from "./streams-decision.ts";
import { NO_OFFSETS, type StreamsGroup, type StreamsSoftState } from "./streams-group.ts";
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
  if (!isLongAgo(group, env)) {
    const detail = "Assignment delayed due to the configured assignment interval.";
    return { ...present, delay: { name: "ASSIGNMENT_DELAYED", detail } };
  }
  if (isLarge(group, configured, env)) {
    const detail = "Assignment delayed since it is worked out beside the requests.";
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
  const solution: TaskSolution =
    configured.problem === undefined ? assignSticky(taskProblem(members, configured, soft, env)) : new Map<string, TaskTuple>();
  for (const { memberId, instanceId } of members) {
    const before = targetBefore(group, memberId, instanceId);
    const after = solution.get(memberId) ?? NO_TUPLE;
    if (before === undefined || !isSameTuple(before, after)) step.write({ type: "target-member", memberId, value: after });
  }
  step.write({ type: "target", value: { assignmentEpoch: groupEpoch, assignmentTimestampMs: env.nowMs } });
  return solution;
}

/** What the assignor is asked. */
export function taskProblem(
  members: readonly StreamsMember[],
  configured: ConfiguredTopology,
  { taskOffsets }: StreamsSoftState,
  { settings }: StreamsEnvironment,
): TaskProblem {
  return {
    members: members.map(({ memberId, processId, assigned: { active, standby } }) => {
      const { offsets } = taskOffsets.get(memberId) ?? NO_OFFSETS;
      return { memberId, processId, active, standby, offsets };
    }),
    subtopologies: [...configured.subtopologies.values()],
    standbyReplicas: settings.standbyReplicas,
  };
}

/** The last assignment was long enough ago for another one. */
function isLongAgo({ assignmentTimestampMs }: StreamsGroup, { settings: { assignmentIntervalMs }, nowMs }: StreamsEnvironment): boolean {
  return assignmentTimestampMs === 0 || assignmentIntervalMs === 0 || nowMs >= assignmentTimestampMs + assignmentIntervalMs;
}

/** Whether the group's assignment is too large to be made by a heartbeat; one member more may come with it. */
export function isLarge({ members }: StreamsGroup, { subtopologies }: ConfiguredTopology, { settings }: StreamsEnvironment): boolean {
  let cost = members.size + 1;
  for (const { taskCount, isStateful } of subtopologies.values()) cost += taskCount * (isStateful ? 1 + settings.standbyReplicas : 1);
  return cost > INLINE_COST_MAX;
}

/** Whether the group's next assignment is due, and too large to be made by a heartbeat. */
export function needsAssignment(group: StreamsGroup, env: StreamsEnvironment): boolean {
  const { configured, isFirstAssignmentDelayed } = group.soft;
  if (group.members.size === 0 || configured === undefined || isFirstAssignmentDelayed) return false;
  return group.assignmentEpoch < group.groupEpoch && isLongAgo(group, env) && isLarge(group, configured, env);
}

/** A part of an assignment that was worked out beside the requests; members that went meanwhile are left out. */
export function keepTargetPart(step: StreamsStep, job: AssignmentJob, changes: readonly TaskTargetChange[]): number {
  const { group } = step;
  if (!isWanted(group, job)) return ErrorCode.UNKNOWN_SERVER_ERROR;
  for (const { memberId, instanceId, target } of changes) {
    const present = instanceId === null ? group.members.get(memberId) : group.staticMember(instanceId);
    if (!present) continue;
    const before = group.targets.get(present.memberId);
    if (before === undefined || !isSameTuple(before, target))
      step.write({ type: "target-member", memberId: present.memberId, value: target });
  }
  return ErrorCode.NONE;
}

/** Every part is written: the target counts from now on. */
export function keepTarget(step: StreamsStep, job: AssignmentJob): number {
  if (!isWanted(step.group, job)) return ErrorCode.UNKNOWN_SERVER_ERROR;
  step.write({ type: "target", value: { assignmentEpoch: job.groupEpoch, assignmentTimestampMs: step.env.nowMs } });
  return ErrorCode.NONE;
}

function isWanted(group: StreamsGroup, job: AssignmentJob): boolean {
  return group.members.size > 0 && group.assignmentEpoch === job.assignmentEpoch && group.groupEpoch >= job.groupEpoch;
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
