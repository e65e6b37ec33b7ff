import { randomUuid } from "@ottla/base";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import type { Cluster } from "../../cluster/cluster.ts";
import { isRetriable } from "../../cluster/retries.ts";
import { isEnding } from "../../lifetime.ts";
import { backoffMs } from "../../net/backoff.ts";
import { refusalAt } from "../../outcome.ts";
import { HeartbeatTimer } from "../heartbeat-timer.ts";
import type { GroupProtocol, MemberIdentity, Membership, MembershipEvents, MembershipStep, MembershipView } from "../membership.ts";
import { PollDeadline } from "../poll-deadline.ts";
import type { EpochDialect, Resolved } from "./epoch-dialect.ts";
import * as member from "./member-state.ts";
import { textOf } from "../../thrown.ts";

export interface EpochMemberOptions {
  readonly groupId: string;
  readonly groupInstanceId: string | undefined;
  readonly maxPollIntervalMs: number;
}

/** What an "assigned" step will have applied. */
interface Applying<A> {
  readonly owned: A;
  readonly joins: number;
}

/**
 * One member of a group whose coordinator assigns (KIP-848, KIP-1071): a heartbeat tells what it is and owns, its answer what it is to own. The rules are in member-state.ts, what heartbeats say in
 * the dialect; here are the timer and the order of things. One heartbeat at a time is on the way.
 */
export class EpochMember<A, T extends object> implements Membership {
  readonly #cluster: Cluster;
  readonly #options: EpochMemberOptions;
  readonly #dialect: EpochDialect<A, T>;
  readonly #events: MembershipEvents;
  readonly #pollDeadline: PollDeadline;
  #state: member.MemberState<A, T>;
  #applying: Applying<A> | undefined;
  #isSubscriptionNews = false;
  #intervalMs = 0;
  #failures = 0;
  readonly #heartbeats: HeartbeatTimer;
  #hasLeft = false;

  constructor(cluster: Cluster, options: EpochMemberOptions, dialect: EpochDialect<A, T>, events: MembershipEvents) {
    this.#cluster = cluster;
    this.#options = options;
    this.#dialect = dialect;
    this.#events = events;
    this.#pollDeadline = new PollDeadline(cluster.deps.clock, options.maxPollIntervalMs);
    this.#heartbeats = new HeartbeatTimer(
      cluster.deps.clock,
      () => this.#beat(),
      (lateMs) => events.late(lateMs),
    );
    this.#state = member.memberOutside(dialect.assignments, randomUuid(cluster.deps.random));
  }

  get protocol(): GroupProtocol {
    return this.#dialect.protocol;
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
    this.#applying = { owned: resolved.owned, joins: this.#state.joins };
    return { kind: "assigned", partitions: resolved.partitions, onApplied: () => resolved.onApplied() };
  }

  carriedOut(step: MembershipStep): void {
    if (step.kind === "lost") this.#state = member.onGivenUp(this.#state);
    const applied = this.#applying;
    if (step.kind !== "assigned" || applied === undefined) return;
    this.#applying = undefined;
    this.#state = member.onApplied(this.#state, applied.owned, applied.joins);
    if (member.isUrgent(this.#state)) this.#heartbeats.now();
  }

  requestRejoin(reason: string): void {
    if (this.#dialect.requestRejoin(reason) && member.takesPart(this.#state)) this.#heartbeats.now();
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
    this.#dialect.stop();
    this.#heartbeats.stop();
  }

  async leave(reason: string): Promise<void> {
    this.stop();
    if (!member.takesPart(this.#state)) return;
    await this.#sayFarewell(reason);
  }

  /** What is to be applied now, as far as names are known; undefined: nothing new. */
  #toApply(): Resolved<A> | undefined {
    const resolved = this.#dialect.resolve(this.#state.target);
    return this.#dialect.assignments.areSame(resolved.owned, this.#state.owned) ? undefined : resolved;
  }

  #subscribeTo(topics: readonly string[]): void {
    if (this.#dialect.subscribeTo(topics) && member.takesPart(this.#state)) this.#heartbeats.now();
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
    const { state, send } = this.#dialect.next(this.#state);
    this.#state = state;
    // Lost and joined again in between: an answer is to an earlier life.
    const isCurrent = () => !this.#hasLeft && this.#state.joins === joins && member.takesPart(this.#state);
    try {
      const outcome = await send(isCurrent);
      if (outcome.kind === "unsent") return 0;
      if (outcome.kind === "refused") return this.#onRefusal(outcome.errorCode, outcome.message);
      this.#failures = 0;
      this.#intervalMs = outcome.intervalMs;
      this.#state = member.onAnswer(this.#state, outcome.answer);
      this.#events.news();
      return member.isUrgent(this.#state) || this.#dialect.hasNews(this.#state) ? 0 : this.#intervalMs;
    } catch (error) {
      return isCurrent() ? this.#onNoAnswer(error as Error) : 0;
    }
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
    try {
      await this.#dialect.leave(this.#state.memberId, groupInstanceId === undefined ? member.LEAVE_EPOCH : member.LEAVE_STATIC_EPOCH);
    } catch (error) {
      this.#cluster.deps.logger.warn("could not leave the group", { group: groupId, reason, error: textOf(error) });
    }
  }
}
