import { TimeSlice } from "@ottla/base";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import { shareAcknowledgeApi, type ShareAcknowledgeResponse } from "@ottla/protocol/apis/share-acknowledge";
import { type PartitionData, shareFetchApi, type ShareFetchResponse } from "@ottla/protocol/apis/share-fetch";
import { ClientError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import type { TopicIdPartitions } from "../group/topic-id-partitions.ts";
import { isEnding } from "../lifetime.ts";
import type { Connection } from "../net/connection.ts";
import { AcknowledgeCode } from "./acknowledgement-batches.ts";
import { readAcquired } from "./acquired-records.ts";
import { LockRenewals, newLock, renewalMs } from "./lock-renewals.ts";
import { LeaderSession, type SentHolds, type SessionRequest, type Settlement } from "./leader-session.ts";
import { type AcquisitionLock, RecordHold } from "./record-hold.ts";
import type { ResolvedShareOptions } from "./resolve-share-options.ts";
import { HeldRecord, type RecordHolder } from "./share-record.ts";
import { acknowledgeRequest, type Asker, fetchRequest, isSessionTrouble, partitionTrouble, RENEW_VERSION } from "./share-requests.ts";
import { asShareError, requireShareGroups } from "./share-support.ts";

/** What was acknowledged goes with the next fetch, or by itself when none went for so long. */
const LINGER_MS = 50;
/** And so late at the latest, whatever else is to be asked. */
const OVERDUE_MS = 1000;
/** Or when it is as much as this. */
const QUEUED_MAX = 1000;

/** A broker that has nothing waits with its answer. One that answered so many times in a row at once and in vain is asked after a pause. */
const VAIN_ANSWERS_MAX = 5;
/** So much before its time an answer is no long poll's end. */
const EARLY_MS = 20;

/** What a leader cannot decide by itself. */
export interface LeaderHost {
  readonly cluster: Cluster;
  readonly lane: Lane;
  readonly options: ResolvedShareOptions;
  readonly asker: Asker;
  readonly holder: RecordHolder;
  topicName(topicId: string): string | undefined;
  acquired(records: readonly HeldRecord[], lockTimeoutMs: number): void;
  settled(settlement: Settlement): void;
  /** To be thrown by the next poll. */
  failed(error: Error): void;
  /** Whatever it was busy with is over. */
  idle(): void;
}

/** The way to one broker that leads partitions of the assignment: one request at a time, in a session that lives as long as its connection. The rules are in leader-session.ts. */
export class ShareLeader {
  readonly nodeId: number;
  readonly session: LeaderSession;
  readonly #host: LeaderHost;
  /** What it is to read. */
  wanted: TopicIdPartitions = new Map();
  isBusy = false;
  /** Records that the fetch on its way may acquire. */
  asked = 0;
  lastAskedMs = -Infinity;
  /** After trouble nothing is asked before this (monotonic ms). */
  notBeforeMs = -Infinity;
  /** Somebody waits for the answers to what was acknowledged. */
  isFlushing = false;
  #connection: Connection | undefined;
  #queuedSinceMs = Infinity;
  readonly #renewals: LockRenewals;
  /** Answers in a row that came early and brought nothing. */
  #vainAnswers = 0;
  readonly #slice: TimeSlice;

  constructor(nodeId: number, host: LeaderHost) {
    this.nodeId = nodeId;
    this.#host = host;
    this.session = new LeaderSession(nodeId);
    const { options, asker, cluster } = host;
    this.#renewals = new LockRenewals(options, (reason) =>
      cluster.deps.logger.warn("locks cannot be renewed: a record that is worked on for longer than its lock is delivered again", {
        group: asker.groupId,
        reason,
      }),
    );
    this.#slice = new TimeSlice(host.cluster.deps.clock);
  }

  /** Something was said of a record. */
  enqueue(hold: RecordHold, nowMs: number): void {
    this.session.enqueue(hold);
    if (this.#queuedSinceMs === Infinity) this.#queuedSinceMs = nowMs;
  }

  /** The lock of this one is to begin anew. */
  askRenewal(hold: RecordHold): void {
    this.#renewals.ask([hold]);
  }

  /** When it has to be looked at without being asked (monotonic ms): locks run out whatever it is busy with. */
  get dueMs(): number {
    let endMs = Infinity;
    let sayMs = this.session.queuedCount > 0 ? this.#queuedSinceMs + LINGER_MS : Infinity;
    for (const lock of this.session.locks) {
      endMs = Math.min(endMs, lock.untilMs);
      if (this.#renewals.isRenewable(lock)) sayMs = Math.min(sayMs, renewalMs(lock));
    }
    return this.isBusy ? endMs : Math.min(endMs, Math.max(sayMs, this.notBeforeMs));
  }

  /** Notices what ended without a word: the connection, and with it the session; locks. */
  lookAround(nowMs: number): void {
    if (!this.isBusy && this.session.isOpen && !this.#connection?.isOpen) this.#endSession("the connection to the broker was lost");
    const expired = this.session.expire(nowMs);
    if (expired.failed.length > 0) this.#host.settled(expired);
  }

  /** Renews, or tells what was acknowledged, when that is due and should not wait for a fetch. True: it is busy with that now. */
  tellIfUrgent(nowMs: number): boolean {
    if (this.isBusy || nowMs < this.notBeforeMs) return false;
    if (this.#renew(nowMs)) return true;
    const { queuedCount } = this.session;
    if (queuedCount === 0) {
      this.isFlushing = false;
      return false;
    }
    return this.isFlushing || nowMs - this.#queuedSinceMs >= OVERDUE_MS ? this.tell() : false;
  }

  /** Tells what was acknowledged when it has waited, or is much. */
  tellIfDue(nowMs: number): void {
    if (this.isBusy || nowMs < this.notBeforeMs || this.session.queuedCount === 0) return;
    if (nowMs - this.#queuedSinceMs >= LINGER_MS || this.session.queuedCount >= QUEUED_MAX) this.tell();
  }

  /** Tells what was acknowledged. False: there is nothing to tell. */
  tell(): boolean {
    const request = this.session.nextAcknowledge();
    this.#noteTaken();
    if (request === undefined) return false;
    void this.#acknowledge(request, false);
    return true;
  }

  fetch(maxRecords: number, maxWaitMs: number): void {
    this.isBusy = true;
    this.asked = maxRecords;
    this.lastAskedMs = this.#host.cluster.deps.clock.monotonicMs();
    void this.#fetch(maxRecords, maxWaitMs).then(() => {
      this.isBusy = false;
      this.asked = 0;
      this.#host.idle();
    });
  }

  /** Says all that is left and ends the session, which gives back what is still locked. */
  async sayFarewell(): Promise<void> {
    this.session.expire(this.#nowMs);
    const request = this.session.nextFarewell();
    if (request === undefined || !this.#connection?.isOpen) return this.#endSession("the consumer was closed");
    const { sent } = request;
    try {
      const response = await this.#call(this.#connection, request, false);
      if (response.errorCode === ErrorCode.NONE) this.#settleAnswers(sent, response);
      this.#endSession(
        "the consumer was closed",
        sent,
        response.errorCode === ErrorCode.NONE ? undefined : new KafkaError(response.errorCode),
      );
    } catch (error) {
      this.#endSession("the consumer was closed", sent, error as Error);
    }
  }

  /** Without a word. */
  drop(reason: string): void {
    this.#endSession(reason);
  }

  get #nowMs(): number {
    return this.#host.cluster.deps.clock.monotonicMs();
  }

  #noteTaken(): void {
    if (this.session.queuedCount === 0) this.#queuedSinceMs = Infinity;
  }

  #renew(nowMs: number): boolean {
    const holds = this.#renewals.next(this.session.locks, nowMs);
    if (holds === undefined) return false;
    const request = this.session.nextRenewal(holds);
    if (request === undefined) return false;
    const version = this.#connection?.isOpen ? this.#connection.versions.find(shareAcknowledgeApi) : undefined;
    if (version !== undefined && version < RENEW_VERSION) {
      this.#renewals.giveUp("the broker does not know how (Apache Kafka 4.2 and later do)", holds);
      return false;
    }
    void this.#acknowledge(request, true);
    return true;
  }

  async #acknowledge(request: SessionRequest, isRenewal: boolean): Promise<void> {
    this.isBusy = true;
    const { sent } = request;
    try {
      if (!this.#connection?.isOpen) return this.#endSession("the connection to the broker was lost", isRenewal ? [] : sent);
      const sentMs = this.#nowMs;
      const response = await this.#call(this.#connection, request, isRenewal);
      if (response.errorCode !== ErrorCode.NONE) return this.#onRefusal(response.errorCode, response.errorMessage, isRenewal ? [] : sent);
      this.session.answered();
      if (isRenewal) this.#onRenewed(sent, response, sentMs);
      else this.#settleAnswers(sent, response);
    } catch (error) {
      this.#onNoAnswer(error as Error, isRenewal ? [] : sent);
    } finally {
      this.isBusy = false;
      this.#host.idle();
    }
  }

  #call(connection: Connection, request: SessionRequest, isRenewal: boolean): Promise<ShareAcknowledgeResponse> {
    const version = connection.versions.choose(shareAcknowledgeApi);
    return connection.call(shareAcknowledgeApi, version, acknowledgeRequest(this.#host.asker, request, isRenewal));
  }

  #settleAnswers(sent: readonly SentHolds[], { responses }: Pick<ShareAcknowledgeResponse, "responses">): void {
    const answers = byPartition(responses);
    for (const each of sent) {
      const answer = answers.get(`${each.place.topicId} ${each.place.partition}`);
      this.#settle(each, answer?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR, answer?.errorMessage);
      if (answer !== undefined && answer.errorCode !== ErrorCode.NONE) this.#noteMove(each.place, answer);
    }
  }

  #settle(sent: SentHolds, errorCode: number, message: string | null | undefined): void {
    this.#host.settled(this.session.settle(sent, errorCode, message || undefined));
    if (this.session.queuedCount > 0 && this.#queuedSinceMs === Infinity) this.#queuedSinceMs = -Infinity;
  }

  #onRenewed(sent: readonly SentHolds[], response: ShareAcknowledgeResponse, sentMs: number): void {
    const answers = byPartition(response.responses);
    const acquiredMs = Math.max(
      ...sent.map(({ holds }) => holds.reduce((youngest, hold) => Math.max(youngest, hold.acquiredMs), -Infinity)),
    );
    const lock = newLock(sentMs, response.acquisitionLockTimeoutMs, acquiredMs);
    for (const each of sent) {
      const answer = answers.get(`${each.place.topicId} ${each.place.partition}`);
      if (answer?.errorCode === ErrorCode.NONE) {
        this.session.renewed(each, lock);
        continue;
      }
      this.#pause();
      if (answer?.errorCode === ErrorCode.INVALID_RECORD_STATE) {
        if (/not enabled/i.test(answer.errorMessage ?? ""))
          this.#renewals.giveUp("share.renew.acknowledge.enable of the group is false", each.holds);
        else this.session.notRenewed(each, "the broker had it unlocked already");
      } else {
        if (answer !== undefined) this.#noteMove(each.place, answer);
        this.#renewals.ask(each.holds.filter(({ renewal, state }) => renewal !== undefined && state === "held"));
      }
    }
  }

  async #fetch(maxRecords: number, maxWaitMs: number): Promise<void> {
    let sent: readonly SentHolds[] = [];
    try {
      const connection = await this.#host.lane.connect(this.nodeId);
      requireShareGroups(connection);
      if (connection !== this.#connection && this.session.isOpen) this.#endSession("the connection to the broker was lost");
      this.#connection = connection;
      const request = this.session.nextFetch(this.wanted);
      ({ sent } = request);
      this.#noteTaken();
      const version = connection.versions.choose(shareFetchApi);
      const body = fetchRequest(this.#host.asker, version, request, this.#host.options, maxRecords, maxWaitMs);
      const sentMs = this.#nowMs;
      const response = await connection.call(shareFetchApi, version, body);
      if (response.errorCode !== ErrorCode.NONE) return this.#onRefusal(response.errorCode, response.errorMessage, sent);
      this.session.answered();
      await this.#onFetched(sent, response, sentMs);
      this.#pauseIfVain(sent, response, this.#nowMs - sentMs < maxWaitMs - EARLY_MS);
    } catch (error) {
      this.#onNoAnswer(error as Error, sent);
    }
  }

  #pauseIfVain(sent: readonly SentHolds[], { responses }: ShareFetchResponse, isEarly: boolean): void {
    const isOfUse = sent.length > 0 || responses.some(({ partitions }) => partitions.some((each) => each.acquiredRecords.length > 0));
    this.#vainAnswers = isOfUse || !isEarly ? 0 : this.#vainAnswers + 1;
    if (this.#vainAnswers > VAIN_ANSWERS_MAX) this.#pause();
  }

  async #onFetched(sent: readonly SentHolds[], response: ShareFetchResponse, sentMs: number): Promise<void> {
    const answers = byPartition(response.responses);
    for (const each of sent) {
      const answer = answers.get(`${each.place.topicId} ${each.place.partition}`);
      this.#settle(each, answer?.acknowledgeErrorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR, answer?.acknowledgeErrorMessage);
    }
    const lock = newLock(sentMs, response.acquisitionLockTimeoutMs);
    for (const { topicId, partitions } of response.responses) {
      const topic = this.#host.topicName(topicId);
      for (const data of partitions) {
        if (data.errorCode !== ErrorCode.NONE) this.#onPartitionError(topicId, topic ?? topicId, data);
        else if (topic !== undefined && data.acquiredRecords.length > 0)
          this.#take(topicId, topic, data, lock, response.acquisitionLockTimeoutMs);
        if (this.#slice.isOver) await this.#slice.rest();
      }
    }
  }

  #take(topicId: string, topic: string, data: PartitionData, lock: AcquisitionLock, lockTimeoutMs: number): void {
    const { partitionIndex: partition, acquiredRecords } = data;
    const bytes = (data.records as Buffer | null) ?? Buffer.alloc(0);
    const { records, gaps, unreadable, fault } = readAcquired(topic, partition, bytes, acquiredRecords, this.#host.options.checkCrcs);
    const place = this.session.placeOf(topicId, topic, partition);
    const held = records.map(({ record, deliveryCount }) => {
      const hold = new RecordHold(place, record.offset, record.offset, lock);
      this.session.hold(place, hold);
      return new HeldRecord(record, deliveryCount, hold, this.#host.holder);
    });
    this.#sayOf(gaps, AcknowledgeCode.gap, place, lock);
    // Another reader may fare better; the group's limit of deliveries ends it otherwise.
    this.#sayOf(unreadable, AcknowledgeCode.release, place, lock);
    // They may come again at once.
    if (unreadable.length > 0) this.#pause();
    if (fault !== undefined) {
      this.#host.failed(
        new ClientError("CORRUPT_BATCH", `${topic}-${partition} holds ${fault}; its records were given back to the group.`),
      );
    }
    this.#host.acquired(held, lockTimeoutMs);
  }

  /** What is said without being delivered. */
  #sayOf(
    ranges: readonly (readonly [number, number])[],
    code: AcknowledgeCode,
    place: ConstructorParameters<typeof RecordHold>[0],
    lock: AcquisitionLock,
  ): void {
    for (const [first, last] of ranges) {
      const hold = new RecordHold(place, first, last, lock);
      hold.acknowledge(code);
      this.enqueue(hold, this.#nowMs);
    }
  }

  #onPartitionError(topicId: string, topic: string, data: PartitionData): void {
    const error = asShareError(data.errorCode, data.errorMessage ?? undefined);
    const { logger } = this.#host.cluster.deps;
    logger.debug("a partition could not be read", { topic, partition: data.partitionIndex, error: error.message });
    this.#pause();
    if (partitionTrouble(data.errorCode) === "told") this.#host.failed(error);
    this.#noteMove({ topicId, topic, partition: data.partitionIndex }, data);
  }

  /** After an error of one partition: looks for its leader. */
  #noteMove(
    { topicId, topic, partition }: { readonly topicId: string; readonly topic: string; readonly partition: number },
    { errorCode, currentLeader }: Pick<PartitionData, "errorCode" | "currentLeader">,
  ): void {
    const { metadata } = this.#host.cluster;
    if (currentLeader.leaderId >= 0) metadata.noteLeader(topic, partition, currentLeader.leaderId, currentLeader.leaderEpoch);
    if (errorCode !== ErrorCode.INVALID_RECORD_STATE) metadata.requestRefresh();
    if (partitionTrouble(errorCode) === "moved")
      this.#host.settled(this.session.losePlace(topicId, partition, "its partition has another leader"));
  }

  /** A whole answer was an error. */
  #onRefusal(errorCode: number, message: string | null, sent: readonly SentHolds[]): void {
    const error = asShareError(errorCode, message ?? undefined);
    this.#host.cluster.deps.logger.debug("a share session was refused", { nodeId: this.nodeId, error: error.message });
    this.#pause();
    this.#endSession("the broker ended the session", sent, error);
    if (!isSessionTrouble(errorCode)) this.#host.failed(error);
  }

  /** The connection is gone, or the broker never was there. */
  #onNoAnswer(error: Error, sent: readonly SentHolds[]): void {
    this.#pause();
    this.#endSession("the connection to the broker was lost", sent, error);
    if (isEnding(error)) return;
    this.#host.cluster.metadata.requestRefresh();
    const isRetriable = !("retriable" in error) || error.retriable === true;
    if (!isRetriable) this.#host.failed(error);
  }

  #pause(): void {
    this.notBeforeMs = this.#nowMs + this.#host.cluster.options.retryBackoffMs;
  }

  #endSession(reason: string, sent: readonly SentHolds[] = [], cause?: Error): void {
    this.#host.settled(this.session.end(reason, sent, cause));
    this.#queuedSinceMs = Infinity;
    this.#renewals.clear();
  }
}

function byPartition<T extends { readonly partitionIndex: number }>(
  topics: readonly { readonly topicId: string; readonly partitions: readonly T[] }[],
): ReadonlyMap<string, T> {
  return new Map(topics.flatMap(({ topicId, partitions }) => partitions.map((each) => [`${topicId} ${each.partitionIndex}`, each])));
}
