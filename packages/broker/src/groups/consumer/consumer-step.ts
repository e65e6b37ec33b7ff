import type { Reply, RequestToken, TimerChange } from "../../coordinator/coordinator-spec.ts";
import type { GroupRecord } from "../group-records.ts";
import type { AnyAnswer, AnyTimer, CheckedTopics, ConsumerDecision, ConsumerEnvironment, MemberTimer } from "./consumer-decision.ts";
import type { ConsumerGroup } from "./consumer-group.ts";
import type { ConsumerMember } from "./consumer-member.ts";
import type { ConsumerPart } from "./consumer-records.ts";

/** What a decision begins with. */
export interface MadeBefore {
  readonly records: readonly GroupRecord[];
  readonly timers: readonly TimerChange<AnyTimer>[];
  readonly replies: readonly Reply<AnyAnswer>[];
}

/** One decision about a consumer group in the making. The group is never touched: what is written changes it when it is applied. */
export class ConsumerStep {
  readonly group: ConsumerGroup;
  readonly env: ConsumerEnvironment;
  readonly #records: GroupRecord[];
  readonly #timers: TimerChange<AnyTimer>[];
  readonly #replies: Reply<AnyAnswer>[];
  #soft: CheckedTopics | undefined;

  /** `before` comes first: it is what made the group this. */
  constructor(group: ConsumerGroup, env: ConsumerEnvironment, before?: MadeBefore) {
    this.group = group;
    this.env = env;
    this.#records = [...(before?.records ?? [])];
    this.#timers = [...(before?.timers ?? [])];
    this.#replies = [...(before?.replies ?? [])];
  }

  write(part: ConsumerPart): void {
    this.#records.push({ kind: "consumer", groupId: this.group.groupId, part });
  }

  writeMember(member: ConsumerMember): void {
    const { memberId, instanceId, rackId, clientId, clientHost, subscribedTopicNames, subscribedTopicRegex, classic } = member;
    const { rebalanceTimeoutMs, serverAssignor } = member;
    this.write({
      type: "member",
      memberId,
      value: {
        instanceId,
        rackId,
        clientId,
        clientHost,
        subscribedTopicNames,
        subscribedTopicRegex,
        rebalanceTimeoutMs,
        serverAssignor,
        classic,
      },
    });
  }

  writeCurrent(member: ConsumerMember): void {
    const { memberId, memberEpoch, previousMemberEpoch, state, assigned, pendingRevocation } = member;
    this.write({ type: "current", memberId, value: { memberEpoch, previousMemberEpoch, state, assigned, pendingRevocation } });
  }

  /** Tombstones for all that the log has of a member. */
  writeRemoval(memberId: string): void {
    this.write({ type: "current", memberId, value: null });
    this.write({ type: "target-member", memberId, value: null });
    this.write({ type: "member", memberId, value: null });
  }

  setTimer(timer: MemberTimer, delayMs: number): void {
    this.#timers.push({ timer, delayMs });
  }

  setTimerIfAbsent(timer: MemberTimer, delayMs: number): void {
    this.#timers.push({ timer, delayMs, ifAbsent: true });
  }

  cancelTimer(timer: MemberTimer): void {
    this.#timers.push({ timer, delayMs: null });
  }

  cancelTimers(memberId: string): void {
    for (const kind of ["member-session", "member-rejoin", "member-sync"] as const) this.cancelTimer({ kind, memberId });
    this.cancelTimer({ kind: "member-revocation", memberId, memberEpoch: 0 });
  }

  reply(token: RequestToken, answer: AnyAnswer): void {
    this.#replies.push({ token, answer });
  }

  /** The group's subscriptions were compared with the topics as they are now. */
  checkedTopics(): void {
    this.#soft = { type: "checked-topics", revision: this.env.topics.revision };
  }

  finish(): ConsumerDecision {
    return { records: this.#records, durability: "required", soft: this.#soft, timers: this.#timers, replies: this.#replies };
  }

  /** Ends with another room's decision: the group has become its. */
  finishWith(other: Pick<ConsumerDecision, "records" | "soft" | "timers" | "replies">): ConsumerDecision {
    return {
      records: [...this.#records, ...other.records],
      durability: "required",
      soft: other.soft,
      timers: [...this.#timers, ...other.timers],
      replies: [...this.#replies, ...other.replies],
    };
  }
}

/** A decision that only answers. */
export function answered(token: RequestToken, answer: AnyAnswer): ConsumerDecision {
  return { records: [], durability: "required", timers: [], replies: [{ token, answer }] };
}

export const NOTHING_HAPPENS: ConsumerDecision = { records: [], durability: "required", timers: [], replies: [] };
