import { ErrorCode } from "@ottla/protocol";
import type { ClassicGroup } from "../classic/classic-group.ts";
import { decideGroup } from "../classic/decide-group.ts";
import type { ClassicInput } from "../classic/group-decision.ts";
import { joinError, syncError } from "../classic/transition.ts";
import type { Group } from "../group.ts";
import { keepResolved, keepTarget, keepTargetPart } from "./background-rules.ts";
import { classicHeartbeat, classicJoin, classicLeave, classicSync, expel } from "./classic-member-rules.ts";
import type {
  ConsumerDecision,
  ConsumerEnvironment,
  ConsumerHeartbeat,
  ConsumerInput,
  AnyAnswer,
  MemberTimer,
} from "./consumer-decision.ts";
import type { ConsumerGroup } from "./consumer-group.ts";
import { JOINS, LEFT, LEFT_FOR_A_WHILE } from "./consumer-member.ts";
import { answered, ConsumerStep, NOTHING_HAPPENS } from "./consumer-step.ts";
import { GroupFault } from "./group-fault.ts";
import { heartbeat, heartbeatError } from "./heartbeat-rules.ts";
import { leaveAnswer, leaveForAWhile, leavingMember } from "./leave-rules.ts";
import { groupTombstones } from "./tombstones.ts";
import { freshGroup, upgrade } from "./upgrade.ts";

/** What a member's timer that could not do its work waits before it tries again. */
const RETRY_MS = 1000;

/**
 * The rules of consumer groups: what one input does to one group, of whatever kind it was before. Pure: no clock, disk or promise. Source: KIP-848 and Apache Kafka 4.4's
 * behaviour; where ours differs: a target too large for one step is worked out beside the requests, groups of more than a thousand members do not change their protocol while they have
 * members, and patterns have a bound.
 */
export function decideConsumerGroup(group: Group | undefined, input: ConsumerInput, env: ConsumerEnvironment): ConsumerDecision {
  try {
    return decide(group, input, env);
  } catch (error) {
    if (!(error instanceof GroupFault)) throw error;
    return "token" in input ? answered(input.token, heartbeatError(error.errorCode, error.message)) : NOTHING_HAPPENS;
  }
}

function decide(group: Group | undefined, input: ConsumerInput, env: ConsumerEnvironment): ConsumerDecision {
  if (input.kind === "consumer-heartbeat") return decideHeartbeat(group, input, env);
  if (group?.type !== "consumer") {
    return "token" in input ? answered(input.token, { errorCode: ErrorCode.GROUP_ID_NOT_FOUND }) : NOTHING_HAPPENS;
  }
  const step = new ConsumerStep(group, env);
  switch (input.kind) {
    case "member-timeout":
      return memberTimedOut(step, input.timer);
    case "regexes-resolved":
      keepResolved(step, input.resolved);
      step.reply(input.token, { errorCode: ErrorCode.NONE });
      return step.finish();
    case "target-part":
      step.reply(input.token, { errorCode: keepTargetPart(step, input.job, input.changes) });
      return { ...step.finish(), durability: "piecemeal" };
    case "target-done":
      step.reply(input.token, { errorCode: keepTarget(step, input.job) });
      return step.finish();
  }
}

function decideHeartbeat(
  group: Group | undefined,
  { token, request }: Extract<ConsumerInput, { kind: "consumer-heartbeat" }>,
  env: ConsumerEnvironment,
): ConsumerDecision {
  if (request.memberEpoch === LEFT || request.memberEpoch === LEFT_FOR_A_WHILE) {
    const step = new ConsumerStep(consumerGroup(group, request), env);
    const member = leavingMember(step, request);
    const { memberEpoch } = request;
    const isForAWhile = memberEpoch === LEFT_FOR_A_WHILE && request.instanceId !== null;
    leaveAnswer(step, token, isForAWhile ? member.memberId : request.memberId, memberEpoch);
    if (!isForAWhile) return expel(step, [member]);
    leaveForAWhile(step, member);
    return step.finish();
  }
  const step = stepTo(group, request, env);
  heartbeat(step, token, request);
  return step.finish();
}

/** Whoever joins makes the group a consumer group, if it is none. GROUP_ID_NOT_FOUND. */
function stepTo(group: Group | undefined, request: ConsumerHeartbeat, env: ConsumerEnvironment): ConsumerStep {
  if (group?.type === "consumer" || request.memberEpoch !== JOINS) return new ConsumerStep(consumerGroup(group, request), env);
  if (group?.type === "streams") return new ConsumerStep(consumerGroup(group, request), env);
  const { group: made, ...before } = !group || group.members.size === 0 ? freshGroup(request.groupId, group) : upgrade(group, env);
  return new ConsumerStep(made, env, before);
}

function consumerGroup(group: Group | undefined, { groupId }: ConsumerHeartbeat): ConsumerGroup {
  if (group?.type === "consumer") return group;
  const why = group === undefined ? `Consumer group ${groupId} not found.` : `Group ${groupId} is not a consumer group.`;
  throw new GroupFault(ErrorCode.GROUP_ID_NOT_FOUND, why);
}

function memberTimedOut(step: ConsumerStep, timer: MemberTimer): ConsumerDecision {
  const member = step.group.members.get(timer.memberId);
  if (!member) return NOTHING_HAPPENS;
  // It has given up what it had to, and is elsewhere by now.
  if (timer.kind === "member-revocation" && timer.memberEpoch !== member.memberEpoch) return NOTHING_HAPPENS;
  return expel(step, [member]);
}

/** What a timer did could not be written: it is tried again. */
export function decideTimerFailure(timer: MemberTimer): ConsumerDecision {
  return { ...NOTHING_HAPPENS, timers: [{ timer, delayMs: RETRY_MS }] };
}

/** A request of the classic protocol to a consumer group: from one of its members that speak it, or one that comes to a group without members. */
export function decideClassicRequest(
  group: ConsumerGroup,
  input: Extract<ClassicInput, { readonly token: number }>,
  env: ConsumerEnvironment,
): ConsumerDecision {
  const step = new ConsumerStep(group, env);
  if (group.members.size === 0) return classicAgain(step, undefined, input);
  try {
    switch (input.kind) {
      case "join":
        return classicJoin(step, input);
      case "sync":
        classicSync(step, input);
        return step.finish();
      case "heartbeat":
        classicHeartbeat(step, input);
        return step.finish();
      case "leave":
        return classicLeave(step, input);
    }
  } catch (error) {
    if (!(error instanceof GroupFault)) throw error;
    return answered(input.token, refusal(input, error.errorCode));
  }
}

/** A consumer group without members becomes a classic one when a classic member joins. */
function classicAgain(step: ConsumerStep, none: ClassicGroup | undefined, input: ClassicInput): ConsumerDecision {
  const decision = decideGroup(none, input, step.env.classicLimits, step.env.nowMs);
  if (decision.soft === undefined) return decision;
  for (const part of groupTombstones(step.group)) step.write(part);
  return step.finishWith(decision);
}

function refusal(input: Extract<ClassicInput, { readonly token: number }>, errorCode: number): AnyAnswer {
  switch (input.kind) {
    case "join":
      return joinError(errorCode, "");
    case "sync":
      return syncError(errorCode);
    case "heartbeat":
      return { errorCode };
    case "leave":
      return { errorCode, members: [] };
  }
}

/** The group came back from the log: its members' sessions begin now, and the time of those that have yet to give partitions up. */
export function resumeConsumerGroup(group: ConsumerGroup, env: ConsumerEnvironment): ConsumerDecision {
  const step = new ConsumerStep(group, env);
  for (const { memberId, memberEpoch, state, rebalanceTimeoutMs } of group.members.values()) {
    step.setTimer({ kind: "member-session", memberId }, env.settings.sessionTimeoutMs);
    if (state === "unrevoked") step.setTimer({ kind: "member-revocation", memberId, memberEpoch }, rebalanceTimeoutMs);
  }
  return step.finish();
}
