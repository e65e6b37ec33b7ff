import { invariant } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { ClassicGroup } from "./classic-group.ts";
import type { GroupDecision, GroupInput, GroupLimits, GroupReply } from "./group-decision.ts";
import { decideJoin } from "./join-rules.ts";
import { decideHeartbeat, decideLeave, sessionTimedOut } from "./membership-rules.ts";
import { failPendingSyncs, joinTimedOut, prepareRebalance, rebalance, syncTimedOut } from "./rebalance.ts";
import { decideSync } from "./sync-rules.ts";
import { joinError, syncError, Transition } from "./transition.ts";

/**
 * The rules of classic groups: what one input does to one group. Pure: no clock, disk or promise; `nowMs` is wall time and only
 * stamps state changes. Source: KIP-62, KIP-134, KIP-345, KIP-389, KIP-394, KIP-429, KIP-814; answers compared with Apache Kafka 4.3.1's.
 *
 * Unlike Kafka's coordinator this one
 * - answers a parked JoinGroup when the member sends another one, and a parked SyncGroup when its member leaves;
 * - does not drop a static member that restarted before it fetched its assignment, so no second rebalance follows;
 * - ends the join phase at once when the member that group.max.size refuses was the last one awaited;
 * - answers UNKNOWN_MEMBER_ID, not UNKNOWN_SERVER_ERROR, to an instance id that comes with a pending member id;
 * - takes the first protocol named among equally popular ones, where Kafka's choice depends on hashing.
 */
export function decideGroup(group: ClassicGroup | undefined, input: GroupInput, limits: GroupLimits, nowMs: number): GroupDecision {
  if (input.kind === "join") return decideJoin(group, input, limits, nowMs);
  if (!group) return withoutGroup(input);
  const t = new Transition(group, limits, nowMs);
  switch (input.kind) {
    case "sync":
      decideSync(t, input);
      break;
    case "heartbeat":
      decideHeartbeat(t, input);
      break;
    case "leave":
      decideLeave(t, input);
      break;
    case "timeout":
      if (input.timer.kind === "join") joinTimedOut(t);
      else if (input.timer.kind === "sync") syncTimedOut(t);
      else sessionTimedOut(t, input.timer.memberId);
      break;
    case "loaded":
      resume(t);
      break;
  }
  return t.finish();
}

/**
 * The records of a decision about `input` could not be written, so the decision was dropped and `group` is still what it was before:
 * what the clients are told instead. Only inputs whose records are required come here.
 */
export function decideAppendFailure(
  group: ClassicGroup | undefined,
  input: GroupInput,
  appendErrorCode: number,
  limits: GroupLimits,
  nowMs: number,
): GroupDecision {
  const errorCode = clientErrorCode(appendErrorCode);
  if (input.kind === "join") {
    const reply: GroupReply = { kind: "join", token: input.token, answer: joinError(errorCode, input.memberId) };
    return { group, records: [], durability: "best-effort", timers: [], replies: [reply] };
  }
  invariant(group && input.kind === "sync", `A ${input.kind} decision required its records to be written.`);
  const t = new Transition(group, limits, nowMs);
  t.replyToSync(input.token, syncError(errorCode));
  failPendingSyncs(t, errorCode);
  rebalance(t);
  return t.finish();
}

/** What a failed append means to a group's client: look for the coordinator again, or give up. */
export function clientErrorCode(appendErrorCode: number): number {
  switch (appendErrorCode) {
    case ErrorCode.UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCode.NOT_ENOUGH_REPLICAS:
    case ErrorCode.REQUEST_TIMED_OUT:
      return ErrorCode.COORDINATOR_NOT_AVAILABLE;
    case ErrorCode.NOT_LEADER_OR_FOLLOWER:
    case ErrorCode.KAFKA_STORAGE_ERROR:
      return ErrorCode.NOT_COORDINATOR;
    case ErrorCode.MESSAGE_TOO_LARGE:
    case ErrorCode.RECORD_LIST_TOO_LARGE:
      return ErrorCode.UNKNOWN_SERVER_ERROR;
    default:
      return appendErrorCode;
  }
}

/** The group is gone to another coordinator: everybody who waits is told to look for it. */
export function decideResignation(group: ClassicGroup): readonly GroupReply[] {
  const replies: GroupReply[] = [];
  for (const { memberId, awaitingJoin, awaitingSync } of group.members.values()) {
    if (awaitingJoin !== null) replies.push({ kind: "join", token: awaitingJoin, answer: joinError(ErrorCode.NOT_COORDINATOR, memberId) });
    if (awaitingSync !== null) replies.push({ kind: "sync", token: awaitingSync, answer: syncError(ErrorCode.NOT_COORDINATOR) });
  }
  return replies;
}

function withoutGroup(input: Exclude<GroupInput, { kind: "join" }>): GroupDecision {
  return { group: undefined, records: [], durability: "best-effort", timers: [], replies: repliesWithoutGroup(input) };
}

function repliesWithoutGroup(input: Exclude<GroupInput, { kind: "join" }>): GroupReply[] {
  const errorCode = ErrorCode.UNKNOWN_MEMBER_ID;
  switch (input.kind) {
    case "sync":
      return [{ kind: "sync", token: input.token, answer: syncError(errorCode) }];
    case "heartbeat":
      return [{ kind: "heartbeat", token: input.token, answer: { errorCode } }];
    case "leave": {
      const members = input.members.map((identity) => ({ ...identity, errorCode }));
      return [{ kind: "leave", token: input.token, answer: { errorCode: ErrorCode.NONE, members } }];
    }
    case "timeout":
    case "loaded":
      return [];
  }
}

function resume(t: Transition): void {
  for (const { memberId, sessionTimeoutMs } of t.group.members.values()) t.setTimer({ kind: "session", memberId }, sessionTimeoutMs);
  // group.max.size was lowered meanwhile: a rebalance lets the members commit before the last ones are dropped.
  if (t.group.members.size > t.limits.groupMaxSize) prepareRebalance(t);
}
