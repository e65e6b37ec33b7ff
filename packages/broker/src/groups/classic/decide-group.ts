import { invariant } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { ClassicGroup } from "./classic-group.ts";
import type { ClassicInput, GroupDecision, GroupLimits } from "./group-decision.ts";
import { decideJoin } from "./join-rules.ts";
import { decideHeartbeat, decideLeave, sessionTimedOut } from "./membership-rules.ts";
import { failPendingSyncs, joinTimedOut, prepareRebalance, rebalance, syncTimedOut } from "./rebalance.ts";
import { decideSync } from "./sync-rules.ts";
import { syncError, Transition } from "./transition.ts";

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
export function decideGroup(group: ClassicGroup | undefined, input: ClassicInput, limits: GroupLimits, nowMs: number): GroupDecision {
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
 * The records of a decision about `input` could not be written, so the decision was dropped and `group` is still what it was before: what becomes of it.
 * `undefined`: nothing; the request is refused.
 */
export function decideAppendFailure(
  group: ClassicGroup | undefined,
  input: ClassicInput,
  errorCode: number,
  limits: GroupLimits,
  nowMs: number,
): GroupDecision | undefined {
  if (input.kind !== "sync") return undefined;
  invariant(group, "A SyncGroup without a group required its records to be written.");
  const t = new Transition(group, limits, nowMs);
  t.replyToSync(input.token, syncError(errorCode));
  failPendingSyncs(t, errorCode);
  rebalance(t);
  return t.finish();
}

function withoutGroup(input: Exclude<ClassicInput, { kind: "join" }>): GroupDecision {
  return { soft: undefined, records: [], durability: "best-effort", timers: [], replies: repliesWithoutGroup(input) };
}

function repliesWithoutGroup(input: Exclude<ClassicInput, { kind: "join" }>): GroupDecision["replies"] {
  const errorCode = ErrorCode.UNKNOWN_MEMBER_ID;
  switch (input.kind) {
    case "sync":
      return [{ token: input.token, answer: syncError(errorCode) }];
    case "heartbeat":
      return [{ token: input.token, answer: { errorCode } }];
    case "leave": {
      const members = input.members.map((identity) => ({ ...identity, errorCode }));
      return [{ token: input.token, answer: { errorCode: ErrorCode.NONE, members } }];
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
