import { randomUuid } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import {
  makeShareGroupHeartbeatRequest,
  type ShareGroupHeartbeatRequest,
  type ShareGroupHeartbeatResponse,
  shareGroupHeartbeatApi,
} from "@ottla/protocol/apis/share-group-heartbeat";
import type { Cluster } from "../cluster/cluster.ts";
import { callOn, type Lane } from "../cluster/lane.ts";
import { isRetriable } from "../cluster/retries.ts";
import { heartbeatTrouble } from "../group/epoch-member/member-state.ts";
import { HeartbeatTimer } from "../group/heartbeat-timer.ts";
import { PollDeadline } from "../group/poll-deadline.ts";
import { TopicIdNames } from "../group/topic-id-names.ts";
import type { TopicIdPartitions } from "../group/topic-id-partitions.ts";
import { isEnding } from "../lifetime.ts";
import { backoffMs } from "../net/backoff.ts";
import type { TopicPartition } from "../topic-partition.ts";
import * as member from "./share-member-state.ts";
import { asShareError, requireShareGroups } from "./share-support.ts";
import { textOf } from "../thrown.ts";

export interface ShareMemberEvents {
  /** The assignment may be another one, or it has failed. */
  news(): void;
  /** To be thrown by the next poll; the member goes on. */
  failed(error: Error): void;
  /** The event loop was blocked for so long. */
  late(lateMs: number): void;
}

/** What is assigned, by id and by name, as far as the names are known. */
export interface ShareAssignment {
  readonly byId: TopicIdPartitions;
  readonly partitions: readonly TopicPartition[];
}

/** One member of a share group: the rules are in share-member-state.ts; here are the timer, the calls and the names behind the ids. */
export class ShareMember {
  readonly #cluster: Cluster;
  readonly #lane: Lane;
  readonly #groupId: string;
  readonly #maxPollIntervalMs: number;
  readonly #events: ShareMemberEvents;
  readonly #names: TopicIdNames;
  readonly #pollDeadline: PollDeadline;
  readonly #heartbeats: HeartbeatTimer;
  #state: member.ShareMemberState;
  #topics: readonly string[] = [];
  #intervalMs = 0;
  #failures = 0;
  #hasLeft = false;

  constructor(cluster: Cluster, lane: Lane, groupId: string, maxPollIntervalMs: number, events: ShareMemberEvents) {
    this.#cluster = cluster;
    this.#lane = lane;
    this.#groupId = groupId;
    this.#maxPollIntervalMs = maxPollIntervalMs;
    this.#events = events;
    this.#names = new TopicIdNames(cluster, lane, () => events.news());
    this.#pollDeadline = new PollDeadline(cluster.deps.clock, maxPollIntervalMs);
    this.#heartbeats = new HeartbeatTimer(
      cluster.deps.clock,
      () => this.#beat(),
      (lateMs) => events.late(lateMs),
    );
    this.#state = member.outside(randomUuid(cluster.deps.random));
  }

  get memberId(): string {
    return this.#state.memberId;
  }

  get failure(): Error | undefined {
    return this.#state.failure;
  }

  get isMember(): boolean {
    return this.#state.phase === "member";
  }

  assignment(): ShareAssignment {
    return this.#names.resolve(this.#state.assignment);
  }

  /** The application asks for records: it joins, or says at once that the topics are others. */
  ask(topics: readonly string[]): void {
    const areNews = topics !== this.#topics;
    this.#topics = topics;
    if (this.#hasLeft) return;
    const { phase } = this.#state;
    this.#state = member.join(this.#state);
    if (phase === "outside" || (areNews && member.takesPart(this.#state))) this.#heartbeats.now();
  }

  /** While the application is inside a poll it is alive, however long that takes. */
  enterPoll(): void {
    this.#pollDeadline.enter();
  }

  leavePoll(): void {
    this.#pollDeadline.leave();
  }

  notePoll(nowMs: number): void {
    this.#pollDeadline.note(nowMs);
  }

  /** Leaves the group; {@link ask} joins again. Never throws: the session timeout does the same, later. */
  async leave(reason: string): Promise<void> {
    if (!member.takesPart(this.#state)) return;
    this.#state = member.leave(this.#state);
    this.#events.news();
    await this.#sayFarewell(reason);
  }

  /** Goes quiet at once, and for good. */
  stop(): void {
    this.#hasLeft = true;
    this.#names.stop();
    this.#heartbeats.stop();
  }

  async #beat(): Promise<number | undefined> {
    if (this.#hasLeft || !member.takesPart(this.#state)) return undefined;
    if (this.#pollDeadline.hasPassed) {
      const { logger } = this.#cluster.deps;
      logger.warn("left the share group: nobody asked for records within maxPollIntervalMs", {
        group: this.#groupId,
        maxPollIntervalMs: this.#maxPollIntervalMs,
      });
      void this.leave(`no poll for more than ${this.#maxPollIntervalMs} ms`);
      return undefined;
    }
    const pauseMs = await this.#beatOnce();
    return member.takesPart(this.#state) ? pauseMs : undefined;
  }

  async #beatOnce(): Promise<number> {
    const { joins } = this.#state;
    const topics = this.#topics;
    const { rack } = this.#cluster.options;
    const { request, state } = member.nextHeartbeat(this.#state, { groupId: this.#groupId, rack, topics });
    this.#state = state;
    // Lost and joined again in between: an answer is to an earlier life.
    const isCurrent = () => !this.#hasLeft && this.#state.joins === joins && member.takesPart(this.#state);
    try {
      const answer = await this.#call(request, isCurrent);
      if (answer === undefined || !isCurrent()) return 0;
      if (answer.errorCode !== ErrorCode.NONE) return this.#onRefusal(answer.errorCode, answer.errorMessage ?? undefined);
      this.#failures = 0;
      this.#intervalMs = answer.heartbeatIntervalMs;
      this.#state = member.onAnswer(this.#state, answer);
      this.#events.news();
      return this.#topics === topics ? this.#intervalMs : 0;
    } catch (error) {
      return isCurrent() ? this.#onNoAnswer(error as Error) : 0;
    }
  }

  async #call(request: Partial<ShareGroupHeartbeatRequest>, mayBeSent: () => boolean): Promise<ShareGroupHeartbeatResponse | undefined> {
    const connection = await this.#cluster.coordinators.connect(this.#lane, "group", this.#groupId);
    requireShareGroups(connection);
    if (!mayBeSent()) return undefined;
    return callOn(connection, shareGroupHeartbeatApi, () => makeShareGroupHeartbeatRequest(request));
  }

  #onRefusal(errorCode: number, message: string | undefined): number {
    const trouble = heartbeatTrouble(errorCode);
    const error = asShareError(errorCode, message);
    const isQuiet = trouble === "coordinator" || trouble === "wait";
    this.#cluster.deps.logger[isQuiet ? "debug" : "warn"]("heartbeat refused", { group: this.#groupId, error: error.message });
    if (trouble === "coordinator") this.#cluster.coordinators.forget("group", this.#groupId);
    if (trouble === "told") this.#events.failed(error);
    this.#state = member.onRefusal(this.#state, errorCode, error);
    this.#events.news();
    return trouble === "lost" ? 0 : this.#pauseAfterFailure();
  }

  #onNoAnswer(error: Error): number {
    if (isRetriable(error)) {
      this.#cluster.deps.logger.warn("heartbeat failed", { group: this.#groupId, error: error.message });
      this.#cluster.coordinators.forget("group", this.#groupId);
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

  async #sayFarewell(reason: string): Promise<void> {
    const { memberId } = this.#state;
    const request = { groupId: this.#groupId, memberId, memberEpoch: member.LEAVE_EPOCH, subscribedTopicNames: null };
    try {
      const answer = await this.#call(request, () => true);
      const errorCode = answer?.errorCode ?? ErrorCode.NONE;
      if (errorCode !== ErrorCode.NONE && errorCode !== ErrorCode.UNKNOWN_MEMBER_ID) throw asShareError(errorCode, undefined);
    } catch (error) {
      this.#cluster.deps.logger.warn("could not leave the share group", { group: this.#groupId, reason, error: textOf(error) });
    }
  }
}
