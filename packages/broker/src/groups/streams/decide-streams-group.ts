import { ErrorCode } from "@ottla/protocol";
import { decideGroup } from "../classic/decide-group.ts";
import type { ClassicInput } from "../classic/group-decision.ts";
import { joinError } from "../classic/transition.ts";
import type { MemberTimer } from "../consumer/consumer-decision.ts";
import { JOINS, LEFT, LEFT_FOR_A_WHILE } from "../consumer/consumer-member.ts";
import { GroupFault } from "../consumer/group-fault.ts";
import type { Group } from "../group.ts";
import type { StreamsDecision, StreamsEnvironment, StreamsHeartbeat, StreamsInput, StreamsTimer } from "./streams-decision.ts";
import { StreamsGroup } from "./streams-group.ts";
import { answerTo, requestShutdown, streamsHeartbeat, streamsHeartbeatError } from "./streams-heartbeat-rules.ts";
import type { StreamsMember } from "./streams-member.ts";
import { checkInstance, memberOf } from "./streams-member-rules.ts";
import { NOTHING_HAPPENS, StreamsStep } from "./streams-step.ts";
import { isLarge, keepTarget, keepTargetPart, writeTarget } from "./streams-target.ts";
import { streamsTombstones } from "./streams-tombstones.ts";
import { type HeldTasks, NOTHING_HELD } from "./tasks.ts";

/** What a timer that could not do its work waits before it tries again. */
const RETRY_MS = 1000;

/**
 * The rules of streams groups: what one input does to one group, of whatever kind it was before. Pure: no clock, disk or promise. Source: KIP-1071 and Apache Kafka 4.4's behaviour; as there, a
 * target is handed out as it is, so that no task is warmed up before it moves.
 */
export function decideStreamsGroup(group: Group | undefined, input: StreamsInput, env: StreamsEnvironment): StreamsDecision {
  switch (input.kind) {
    case "first-assignment-due":
      return firstAssignment(group, env);
    case "streams-target-part":
    case "streams-target-done":
      return workedOut(group, input, env);
    case "streams-heartbeat":
      return heartbeat(group, input, env);
  }
}

function heartbeat(
  group: Group | undefined,
  { token, request }: Extract<StreamsInput, { kind: "streams-heartbeat" }>,
  env: StreamsEnvironment,
): StreamsDecision {
  try {
    if (request.memberEpoch === LEFT || request.memberEpoch === LEFT_FOR_A_WHILE) {
      return leave(new StreamsStep(streamsGroup(group, request), env), token, request);
    }
    const step = stepTo(group, request, env);
    streamsHeartbeat(step, token, request);
    return step.finish();
  } catch (error) {
    if (!(error instanceof GroupFault)) throw error;
    return { ...NOTHING_HAPPENS, replies: [{ token, answer: streamsHeartbeatError(error.errorCode, error.message) }] };
  }
}

/** Whoever joins makes a group a streams group where there is none, or a classic one without members. GROUP_ID_NOT_FOUND. */
function stepTo(group: Group | undefined, request: StreamsHeartbeat, env: StreamsEnvironment): StreamsStep {
  if (request.memberEpoch !== JOINS || group?.type === "streams") return new StreamsStep(streamsGroup(group, request), env);
  if (group === undefined) return new StreamsStep(new StreamsGroup(request.groupId), env, true);
  if (group.type !== "classic" || group.members.size > 0) return new StreamsStep(streamsGroup(group, request), env);
  const step = new StreamsStep(new StreamsGroup(request.groupId), env, true);
  step.writeClassicTombstone();
  step.cancelTimer({ kind: "join" });
  step.cancelTimer({ kind: "sync" });
  for (const memberId of group.members.pendingIds()) step.cancelTimer({ kind: "session", memberId });
  return step;
}

function streamsGroup(group: Group | undefined, { groupId, memberEpoch }: StreamsHeartbeat): StreamsGroup {
  if (group?.type === "streams") return group;
  const missing = memberEpoch < 0 ? `Group ${groupId} not found.` : `Streams group ${groupId} not found.`;
  throw new GroupFault(ErrorCode.GROUP_ID_NOT_FOUND, group === undefined ? missing : `Group ${groupId} is not a streams group.`);
}

function leave(step: StreamsStep, token: number, request: StreamsHeartbeat): StreamsDecision {
  const { group } = step;
  const { memberId, instanceId, memberEpoch } = request;
  if (request.shutdownApplication) requestShutdown(step, memberId);
  const member = instanceId === null ? memberOf(group, memberId) : checkInstance(group.staticMember(instanceId), memberId, instanceId);
  if (memberEpoch === LEFT_FOR_A_WHILE && instanceId !== null) {
    step.writeCurrent({
      ...member,
      memberEpoch: LEFT_FOR_A_WHILE,
      assigned: withEpochsZero(member.assigned),
      pendingRevocation: NOTHING_HELD,
    });
  } else {
    remove(step, member);
  }
  step.reply(token, answerTo(memberId, memberEpoch));
  return step.finish();
}

/** It comes back under another member id, and its epochs begin anew. */
function withEpochsZero({ active, standby, warmup }: HeldTasks): HeldTasks {
  const zero = Array.from(active, ([id, epochs]) => [id, new Map(Array.from(epochs.keys(), (partition) => [partition, 0]))] as const);
  return { active: new Map(zero), standby, warmup };
}

/** Takes a member out: what it had is free, and the next heartbeat of any member assigns it. */
function remove(step: StreamsStep, { memberId }: StreamsMember): void {
  const { group } = step;
  step.writeRemoval(memberId);
  const groupEpoch = group.groupEpoch + 1;
  step.writeEpoch(groupEpoch);
  // The next member to come need not wait.
  if (group.members.size === 1) step.write({ type: "target", value: { assignmentEpoch: groupEpoch, assignmentTimestampMs: 0 } });
  step.cancelTimers(memberId);
}

/** A new group has waited for more members. */
function firstAssignment(group: Group | undefined, env: StreamsEnvironment): StreamsDecision {
  if (group?.type !== "streams") return NOTHING_HAPPENS;
  const step = new StreamsStep(group, env);
  step.change({ isFirstAssignmentDelayed: false });
  const { configured } = group.soft;
  // Where it is large, the next heartbeat has it worked out.
  if (group.members.size > 0 && group.groupEpoch > group.assignmentEpoch && configured !== undefined && !isLarge(group, configured, env))
    writeTarget(step, [...group.members.values()], group.groupEpoch, configured);
  return step.finish();
}

/** An assignment, or a part of it, that was worked out beside the requests. */
function workedOut(
  group: Group | undefined,
  input: Extract<StreamsInput, { kind: "streams-target-part" | "streams-target-done" }>,
  env: StreamsEnvironment,
): StreamsDecision {
  const { token, job } = input;
  if (group?.type !== "streams") return { ...NOTHING_HAPPENS, replies: [{ token, answer: { errorCode: ErrorCode.UNKNOWN_SERVER_ERROR } }] };
  const step = new StreamsStep(group, env);
  const isPart = input.kind === "streams-target-part";
  step.reply(token, { errorCode: isPart ? keepTargetPart(step, job, input.changes) : keepTarget(step, job) });
  return { ...step.finish(), durability: isPart ? "piecemeal" : "required" };
}

/** A member was silent for too long, or did not give up what it had to. */
export function streamsMemberTimedOut(group: StreamsGroup, timer: MemberTimer, env: StreamsEnvironment): StreamsDecision {
  const member = group.members.get(timer.memberId);
  // It has given up what it had to, and is elsewhere by now.
  if (!member || (timer.kind === "member-revocation" && timer.memberEpoch !== member.memberEpoch)) return NOTHING_HAPPENS;
  const step = new StreamsStep(group, env);
  remove(step, member);
  return step.finish();
}

/** What a timer did could not be written: it is tried again. */
export function retryStreamsTimer(timer: StreamsTimer): StreamsDecision {
  return { ...NOTHING_HAPPENS, timers: [{ timer, delayMs: RETRY_MS }] };
}

/**
 * A request of the classic protocol to a streams group: who joins makes it a classic group where it has no members; to members of classic groups it is none. INCONSISTENT_GROUP_PROTOCOL,
 * UNKNOWN_MEMBER_ID.
 */
export function decideClassicToStreams(
  group: StreamsGroup,
  input: Extract<ClassicInput, { readonly token: number }>,
  env: StreamsEnvironment,
): StreamsDecision {
  if (input.kind === "join" && group.members.size > 0) {
    const answer = joinError(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, "");
    return { ...NOTHING_HAPPENS, replies: [{ token: input.token, answer }] };
  }
  const { soft, ...decision } = decideGroup(undefined, input, env.classicLimits, env.nowMs);
  if (soft === undefined) return { ...decision, durability: "required" };
  const step = new StreamsStep(group, env);
  for (const part of streamsTombstones(group)) step.write(part);
  return step.finishWith({ ...decision, soft });
}

/** The group came back from the log: its members' sessions begin now, and the time of those that have yet to give tasks up. */
export function resumeStreamsGroup(group: StreamsGroup, env: StreamsEnvironment): StreamsDecision {
  const step = new StreamsStep(group, env);
  for (const { memberId, memberEpoch, state, rebalanceTimeoutMs } of group.members.values()) {
    step.setTimer({ kind: "member-session", memberId }, env.settings.sessionTimeoutMs);
    if (state === "unrevoked") step.setTimer({ kind: "member-revocation", memberId, memberEpoch }, rebalanceTimeoutMs);
  }
  return step.finish();
}
