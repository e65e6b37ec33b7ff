import { randomUuid } from "@ottla/base";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import type { ConsumerGroupHeartbeatResponse } from "@ottla/protocol/apis/consumer-group-heartbeat";
import type { Cluster } from "../../cluster/cluster.ts";
import type { Lane } from "../../cluster/lane.ts";
import { isRetriable } from "../../cluster/retries.ts";
import { isEnding } from "../../lifetime.ts";
import { backoffMs } from "../../net/backoff.ts";
import { refusalAt } from "../../outcome.ts";
import { HeartbeatTimer } from "../heartbeat-timer.ts";
import type { MemberIdentity, Membership, MembershipEvents, MembershipStep, MembershipView } from "../membership.ts";
import { PollDeadline } from "../poll-deadline.ts";
import { callHeartbeat } from "./heartbeat-call.ts";
import * as member from "./member-state.ts";
import { TopicIdNames } from "../topic-id-names.ts";
import { areSamePartitions, type TopicIdPartitions } from "../topic-id-partitions.ts";
import { textOf } from "../../thrown.ts";

export interface EpochMemberOptions {
  readonly groupId: string;
  readonly groupInstanceId: string | undefined;
  /** One of the coordinator's; undefined: its first. */
  readonly remoteAssignor: string | undefined;
  /** Matched by the coordinator. */
  readonly pattern: string | undefined;
  readonly maxPollIntervalMs: number;
  readonly rack: string | undefined;
}

/** What an "assigned" step will have applied. */
interface Applying {
  readonly byId: TopicIdPartitions;
  readonly joins: number;
}

/**
 * One member of a consumer group (KIP-848): a heartbeat tells what it subscribes to and owns, its answer what it is to own. The rules are in member-state.ts; here
 * are the timer, the calls and the names behind the ids. One heartbeat at a time is on the way.
 */
export class EpochMember implements Membership {
  readonly protocol = "consumer";
  readonly #cluster: Cluster;
  readonly #lane: Lane;
  readonly #options: EpochMemberOptions;
  readonly #events: MembershipEvents;
  readonly #names: TopicIdNames;
  readonly #pollDeadline: PollDeadline;
  #state: member.MemberState;
  #profile: member.MemberProfile;
  #applying: Applying | undefined;
  #isSubscriptionNews = false;
  #intervalMs = 0;
  #failures = 0;
  readonly #heartbeats: HeartbeatTimer;
  #hasLeft = false;

  constructor(cluster: Cluster, lane: Lane, options: EpochMemberOptions, events: MembershipEvents) {
    this.#cluster = cluster;
    this.#lane = lane;
    this.#options = options;
    this.#events = events;
    this.#names = new TopicIdNames(cluster, lane, () => events.news());
    this.#pollDeadline = new PollDeadline(cluster.deps.clock, options.maxPollIntervalMs);
    this.#heartbeats = new HeartbeatTimer(
      cluster.deps.clock,
      () => this.#beat(),
      (lateMs) => events.late(lateMs),
    );
    this.#state = member.memberOutside(randomUuid(cluster.deps.random));
    this.#profile = {
      instanceId: options.groupInstanceId,
      rack: options.rack,
      rebalanceTimeoutMs: options.maxPollIntervalMs,
      assignor: options.remoteAssignor,
      topics: [],
      pattern: options.pattern,
    };
  }

  get identity(): MemberIdentity {
    const { groupId, groupInstanceId } = this.#options;
    const { memberId, memberEpoch } = this.#state;
    return { groupId, groupInstanceId, memberId: this.isMember ? memberId : "", generationId: this.isMember ? memberEpoch : -1 };
  }

  get failure(): Error | undefined {
    return this.#state.failure;
  }

  get isMember(): boolean {
    return this.#state.memberEpoch > 0;
  }

  get keptUntilMs(): undefined {
    return undefined;
  }

  get mayCommit(): boolean {
    return this.isMember;
  }

  get hasWork(): boolean {
    const { phase } = this.#state;
    if (this.#isSubscriptionNews) return true;
    return phase === "reconciling" ? this.#toApply() !== undefined : phase !== "stable" && phase !== "joining" && phase !== "acknowledging";
  }

  next({ topics }: MembershipView): MembershipStep | undefined {
    const { phase, failure } = this.#state;
    if (phase === "lost") return { kind: "lost" };
    if (phase === "failed" && failure !== undefined) return { kind: "failed", error: failure };
    if (topics === undefined || this.#hasLeft) return undefined;
    this.#isSubscriptionNews = false;
    this.#subscribeTo(topics);
    if (phase === "outside") {
      this.#state = member.join(this.#state);
      this.#heartbeats.now();
      return undefined;
    }
    const resolved = phase === "reconciling" ? this.#toApply() : undefined;
    if (resolved === undefined) return undefined;
    this.#applying = { byId: resolved.byId, joins: this.#state.joins };
    return { kind: "assigned", partitions: resolved.partitions, onApplied: () => {} };
  }

  carriedOut(step: MembershipStep): void {
    if (step.kind === "lost") this.#state = member.onGivenUp(this.#state);
    const applied = this.#applying;
    if (step.kind !== "assigned" || applied === undefined) return;
    this.#applying = undefined;
    this.#state = member.onApplied(this.#state, applied.byId, applied.joins);
    if (member.isUrgent(this.#state)) this.#heartbeats.now();
  }

  /** The coordinator rebalances when it sees fit, so that this does nothing, as in Java. */
  requestRejoin(reason: string): void {
    this.#cluster.deps.logger.warn("a group of the consumer protocol is rebalanced by its coordinator only", {
      group: this.#options.groupId,
      reason,
    });
  }

  /** The next poll tells the coordinator. */
  subscriptionChanged(): void {
    this.#isSubscriptionNews = true;
    this.#events.news();
  }

  metadataChanged(): void {}

  notePoll(nowMs: number): void {
    this.#pollDeadline.note(nowMs);
  }

  enterPoll(): void {
    this.#pollDeadline.enter();
  }

  leavePoll(): void {
    this.#pollDeadline.leave();
  }

  /** What a refusal means is for the next heartbeat to say; it comes at once. */
  noteCommitRefusal(errorCode: number): boolean {
    switch (errorCode) {
      case ErrorCode.STALE_MEMBER_EPOCH:
      case ErrorCode.FENCED_MEMBER_EPOCH:
      case ErrorCode.UNKNOWN_MEMBER_ID:
        if (this.isMember) this.#heartbeats.now();
        return true;
      default:
        return false;
    }
  }

  stop(): void {
    this.#hasLeft = true;
    this.#names.stop();
    this.#heartbeats.stop();
  }

  async leave(reason: string): Promise<void> {
    this.stop();
    if (!member.takesPart(this.#state)) return;
    await this.#sayFarewell(reason);
  }

  /** What is to be applied now, as far as names are known; undefined: nothing new. */
  #toApply(): ReturnType<TopicIdNames["resolve"]> | undefined {
    const resolved = this.#names.resolve(this.#state.target);
    return areSamePartitions(resolved.byId, this.#state.owned) ? undefined : resolved;
  }

  #subscribeTo(topics: readonly string[]): void {
    const sorted = topics.toSorted();
    const before = this.#profile.topics;
    if (sorted.length === before.length && sorted.every((topic, i) => topic === before[i])) return;
    this.#profile = { ...this.#profile, topics: sorted };
    if (member.takesPart(this.#state)) this.#heartbeats.now();
  }

  /** One heartbeat; the time until the next. */
  async #beat(): Promise<number | undefined> {
    if (this.#hasLeft || !member.takesPart(this.#state)) return undefined;
    if (this.#pollDeadline.hasPassed) {
      void this.#leaveForNotPolling();
      return undefined;
    }
    const pauseMs = await this.#beatOnce();
    return member.takesPart(this.#state) ? pauseMs : undefined;
  }

  /** One heartbeat and its answer. Returns the time until the next one. */
  async #beatOnce(): Promise<number> {
    const { joins } = this.#state;
    const profile = this.#profile;
    const { request, state } = member.nextHeartbeat(this.#state, this.#options.groupId, profile);
    this.#state = state;
    // Lost and joined again in between: an answer is to an earlier life.
    const isCurrent = () => !this.#hasLeft && this.#state.joins === joins && member.takesPart(this.#state);
    try {
      const answer = await callHeartbeat(this.#cluster, this.#lane, { ...request, groupId: this.#options.groupId }, isCurrent);
      if (answer === undefined || !isCurrent()) return 0;
      if (answer.errorCode !== ErrorCode.NONE) return this.#onRefusal(answer.errorCode, answer.errorMessage ?? undefined);
      this.#onAnswer(answer);
      return member.isUrgent(this.#state) || this.#profile !== profile ? 0 : this.#intervalMs;
    } catch (error) {
      return isCurrent() ? this.#onNoAnswer(error as Error) : 0;
    }
  }

  #onAnswer(answer: ConsumerGroupHeartbeatResponse): void {
    this.#failures = 0;
    this.#intervalMs = answer.heartbeatIntervalMs;
    this.#state = member.onAnswer(this.#state, answer);
    this.#events.news();
  }

  #onRefusal(errorCode: number, message: string | undefined): number {
    const { groupId } = this.#options;
    const trouble = member.heartbeatTrouble(errorCode);
    const words =
      errorCode === ErrorCode.GROUP_AUTHORIZATION_FAILED ? refusalAt(`Group "${groupId}"`, errorCode, message).message : message;
    this.#state = member.onRefusal(this.#state, errorCode, words);
    this.#cluster.deps.logger[trouble === "coordinator" || trouble === "wait" ? "debug" : "warn"]("heartbeat refused", {
      group: groupId,
      code: new KafkaError(errorCode).code,
      message,
    });
    if (trouble === "coordinator") this.#cluster.coordinators.forget("group", groupId);
    if (trouble === "told") this.#events.failed(new KafkaError(errorCode, message));
    this.#events.news();
    return this.#pauseAfterFailure();
  }

  #onNoAnswer(error: Error): number {
    if (isRetriable(error)) {
      this.#cluster.deps.logger.warn("heartbeat failed", { group: this.#options.groupId, error: error.message });
      this.#cluster.coordinators.forget("group", this.#options.groupId);
      this.#state = member.onSilence(this.#state);
    } else if (!isEnding(error)) {
      this.#state = member.fail(this.#state, error);
      this.#events.news();
    }
    return this.#pauseAfterFailure();
  }

  #pauseAfterFailure(): number {
    const { retryBackoffMs, retryBackoffMaxMs } = this.#cluster.options;
    return backoffMs(++this.#failures, retryBackoffMs, retryBackoffMaxMs, this.#cluster.deps.random);
  }

  async #leaveForNotPolling(): Promise<void> {
    const { maxPollIntervalMs, groupId } = this.#options;
    this.#cluster.deps.logger.warn("left the group: no poll within maxPollIntervalMs", { group: groupId, maxPollIntervalMs });
    const farewell = this.#sayFarewell(`no poll for more than ${maxPollIntervalMs} ms`);
    this.#state = member.lose(this.#state);
    this.#events.news();
    await farewell;
  }

  /** Never throws: the session timeout does the same, later. */
  async #sayFarewell(reason: string): Promise<void> {
    const { groupId, groupInstanceId } = this.#options;
    const request = {
      groupId,
      memberId: this.#state.memberId,
      memberEpoch: groupInstanceId === undefined ? member.LEAVE_EPOCH : member.LEAVE_STATIC_EPOCH,
      instanceId: groupInstanceId ?? null,
    };
    try {
      const answer = await callHeartbeat(this.#cluster, this.#lane, request, () => true);
      const errorCode = answer?.errorCode ?? ErrorCode.NONE;
      if (errorCode !== ErrorCode.NONE && errorCode !== ErrorCode.UNKNOWN_MEMBER_ID) throw new KafkaError(errorCode);
    } catch (error) {
      this.#cluster.deps.logger.warn("could not leave the group", { group: groupId, reason, error: textOf(error) });
    }
  }
}
