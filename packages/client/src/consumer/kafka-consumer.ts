import type { OffsetSpec } from "../admin/admin-types.ts";
import { ClientError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { CallLimit } from "../cluster/call-limit.ts";
import type { Lane } from "../cluster/lane.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { TopicPartition } from "../topic-partition.ts";
import type { AssignedPartition } from "./assigned-partition.ts";
import { AssignedPartitions } from "./assigned-partitions.ts";
import type {
  Consumer,
  ConsumerBatch,
  ConsumerOptions,
  ConsumerRecord,
  GroupMetadata,
  OffsetAndMetadata,
  RebalanceListener,
  TopicPartitionOffset,
} from "./consumer-types.ts";
import { corrupt, Fetcher } from "./fetcher.ts";
import { GroupSession } from "./group-session.ts";
import { OffsetCommitter, positionsOf } from "./offset-committer.ts";
import { OffsetQuestions } from "./offset-questions.ts";
import { PollSignal } from "./poll-signal.ts";
import { PositionKeeper } from "./position-keeper.ts";
import { BatchIterator, RecordIterator } from "./record-iterators.ts";
import { type ResolvedConsumerOptions, resolveConsumerOptions } from "./resolve-consumer-options.ts";
import { TopicSelection } from "./topic-selection.ts";

const CLOSE_TIMEOUT_MS = 30_000;
/** A rebalance waits for the commit before it, but not for ever: what is not committed is read again. */
const AUTO_COMMIT_TIMEOUT_MS = 5000;

/** See {@link Consumer}. Joins the parts: fetcher, positions, group session, commits. */
export class KafkaConsumer implements Consumer {
  readonly #cluster: Cluster;
  readonly #options: ResolvedConsumerOptions;
  readonly #fetchLanes: { readonly main: Lane; readonly side: Lane };
  readonly #groupLane: Lane;
  readonly #offsetLane: Lane;
  readonly #partitions = new AssignedPartitions();
  readonly #fetcher: Fetcher;
  readonly #positions: PositionKeeper;
  readonly #committer: OffsetCommitter;
  readonly #questions: OffsetQuestions;
  readonly #signal: PollSignal;
  readonly #onClose: () => void;
  #session: GroupSession | undefined;
  #isPolling = false;
  #nextAutoCommitMs: number;
  #closing: Promise<void> | undefined;
  readonly #stopListening: () => void;

  constructor(cluster: Cluster, options: ConsumerOptions = {}, onClose: () => void = () => {}) {
    this.#cluster = cluster;
    this.#options = resolveConsumerOptions(options);
    this.#onClose = onClose;
    this.#fetchLanes = { main: cluster.openLane(), side: cluster.openLane() };
    this.#groupLane = cluster.openLane();
    this.#offsetLane = cluster.openLane();
    this.#questions = new OffsetQuestions(cluster, this.#offsetLane, this.#options);
    this.#signal = new PollSignal(cluster.deps.clock);
    const failed = (error: Error) => this.#signal.fail(error);
    this.#positions = new PositionKeeper(cluster, this.#offsetLane, this.#options, this.#partitions, {
      changed: () => this.#signal.arrived(),
      failed,
    });
    this.#fetcher = new Fetcher(cluster, this.#fetchLanes, this.#options, this.#partitions, {
      arrived: () => this.#signal.arrived(),
      outOfRange: (partition) => this.#positions.reset(partition, `offset ${partition.fetchOffset} is out of range`),
      failed,
    });
    this.#committer = new OffsetCommitter(cluster, this.#offsetLane, this.#options, () => this.#session?.member);
    this.#nextAutoCommitMs = this.#now() + this.#options.autoCommitIntervalMs;
    const stopListening = cluster.metadata.onUpdate(() => this.#signal.arrived());
    const forget = cluster.lifetime.onEnd(() => void this.close({ timeoutMs: 0 }));
    this.#stopListening = () => {
      stopListening();
      forget();
    };
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  subscribe(topics: string | readonly string[] | RegExp, listener: RebalanceListener = {}): void {
    this.#checkUsable();
    const { groupId, groupInstanceId, assignors, sessionTimeoutMs, heartbeatIntervalMs, maxPollIntervalMs } = this.#options;
    if (groupId === undefined)
      throw new ClientError("INVALID_ARGUMENT", "subscribe needs a groupId; give the consumer one, or use assign.");
    if (this.#session) throw new ClientError("INVALID_ARGUMENT", "This consumer has a subscription already; await unsubscribe() first.");
    const wanted = typeof topics === "string" ? [topics] : topics;
    if (!(wanted instanceof RegExp) && wanted.length === 0) throw new ClientError("INVALID_ARGUMENT", "subscribe was given no topic.");
    this.#partitions.replace([], "committed");
    const selection = new TopicSelection(this.#cluster, wanted, {
      mayCreate: this.#options.allowAutoCreateTopics,
      excludeInternal: this.#options.excludeInternalTopics,
    });
    const memberOptions = {
      groupId,
      groupInstanceId,
      assignors,
      sessionTimeoutMs,
      heartbeatIntervalMs,
      maxPollIntervalMs,
      rack: this.#cluster.options.rack,
    };
    this.#session = new GroupSession(this.#cluster, this.#groupLane, memberOptions, selection, {
      partitions: this.#partitions,
      listener,
      commitBeforeRevoke: () => this.#commitBeforeRevoke(),
      assignmentChanged: () => this.#committer.forget(),
      arrived: () => this.#signal.arrived(),
    });
  }

  assign(partitions: readonly TopicPartition[]): void {
    this.#checkUsable();
    if (this.#session) throw new ClientError("INVALID_ARGUMENT", "This consumer has a subscription; await unsubscribe() before assign().");
    for (const { topic } of partitions) this.#cluster.metadata.track(topic, this.#options.allowAutoCreateTopics);
    this.#partitions.replace(partitions, "committed");
    this.#committer.forget();
    if (partitions.some(({ topic }) => this.#cluster.metadata.topic(topic) === undefined)) this.#cluster.metadata.requestRefresh();
  }

  async unsubscribe(): Promise<void> {
    this.#checkUsable();
    await this.#endSession("unsubscribed");
  }

  assignment(): readonly TopicPartition[] {
    return this.#partitions.list();
  }

  poll(timeoutMs: number, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<readonly ConsumerBatch[]> {
    const limit = this.#cluster.limit({ timeoutMs: Infinity, signal: options.signal });
    return limit.bound("poll", () => this.#poll(timeoutMs, limit));
  }

  async #poll(timeoutMs: number, limit: CallLimit): Promise<readonly ConsumerBatch[]> {
    this.#checkUsable();
    if (this.#isPolling) throw new ClientError("INVALID_ARGUMENT", "poll was called while another poll is running; await it first.");
    if (!this.#session && this.#partitions.size === 0)
      throw new ClientError("INVALID_ARGUMENT", "poll needs a subscription or an assignment; call subscribe or assign first.");
    const deadlineMs = this.#now() + timeoutMs;
    this.#isPolling = true;
    this.#session?.member.enterPoll();
    const forget = limit.onEnd(() => this.#signal.arrived());
    try {
      for (;;) {
        this.#signal.lookAgain();
        const batches = await this.#step(limit);
        if (batches.length > 0 || this.#now() >= deadlineMs) return batches;
        await this.#signal.news(this.#untilMs(deadlineMs));
      }
    } finally {
      forget();
      this.#isPolling = false;
      this.#session?.member.leavePoll();
    }
  }

  batches(options?: { readonly signal?: AbortSignal | undefined }): AsyncIterableIterator<ConsumerBatch> {
    return new BatchIterator(this.#batchSource(options));
  }

  records(options?: { readonly signal?: AbortSignal | undefined }): AsyncIterableIterator<ConsumerRecord> {
    return new RecordIterator(this.#batchSource(options));
  }

  wakeup(): void {
    this.#signal.wakeUp();
  }

  seek(partition: TopicPartition, offset: number, leaderEpoch = -1): void {
    if (!Number.isSafeInteger(offset) || offset < 0)
      throw new ClientError("INVALID_ARGUMENT", `seek was given ${offset}; an offset is an integer of at least 0.`);
    this.#partitions.require(partition).seek(offset, leaderEpoch);
    this.#signal.arrived();
  }

  seekToBeginning(partitions?: readonly TopicPartition[]): void {
    this.#seekBy(partitions, "earliest");
  }

  seekToEnd(partitions?: readonly TopicPartition[]): void {
    this.#seekBy(partitions, "latest");
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) this.#partitions.require(each).isPaused = true;
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) this.#partitions.require(each).isPaused = false;
    this.#signal.arrived();
  }

  paused(): readonly TopicPartition[] {
    return [...this.#partitions].filter((each) => each.isPaused).map(({ topic, partition }) => ({ topic, partition }));
  }

  async position(partition: TopicPartition, options: CallOptions = {}): Promise<number> {
    const state = this.#partitions.require(partition);
    const limit = this.#cluster.limit(options);
    const what = `The position in ${partition.topic}-${partition.partition}`;
    while (!state.hasPosition) {
      this.#checkUsable();
      this.#signal.throwPending();
      if (limit.hasPassed) throw limit.timedOut(what);
      this.#positions.pump();
      this.#signal.lookAgain();
      await limit.bound(what, () => this.#signal.news(this.#untilMs(limit.deadlineMs)));
    }
    return state.position;
  }

  currentLag(partition: TopicPartition): number | undefined {
    const state = this.#partitions.require(partition);
    const end = this.#options.isolationLevel === "read_committed" ? state.lastStableOffset : state.highWatermark;
    return end === undefined || !state.hasPosition ? undefined : Math.max(0, end - state.position);
  }

  commit(offsets?: readonly TopicPartitionOffset[], options?: CallOptions): Promise<void> {
    return this.#committer.commit(offsets ?? positionsOf(this.#partitions), options);
  }

  commitAsync(offsets?: readonly TopicPartitionOffset[], onDone: (error: Error | undefined) => void = () => {}): void {
    this.commit(offsets).then(
      () => onDone(undefined),
      (error: Error) => onDone(error),
    );
  }

  committed(
    partitions: readonly TopicPartition[],
    options?: CallOptions,
  ): Promise<readonly (TopicPartition & { readonly committed: OffsetAndMetadata | undefined })[]> {
    return this.#questions.committed(partitions, options);
  }

  offsetsForTimes(
    query: readonly (TopicPartition & { readonly timestamp: number })[],
    options?: CallOptions,
  ): Promise<readonly (TopicPartition & { readonly offset: number | undefined; readonly timestamp: number | undefined })[]> {
    return this.#questions.at(
      query.map(({ topic, partition, timestamp }) => ({ topic, partition, spec: { timestamp } })),
      options,
    );
  }

  beginningOffsets(
    partitions: readonly TopicPartition[],
    options?: CallOptions,
  ): Promise<readonly (TopicPartition & { readonly offset: number })[]> {
    return this.#questions.ends(partitions, "earliest", options);
  }

  endOffsets(
    partitions: readonly TopicPartition[],
    options?: CallOptions,
  ): Promise<readonly (TopicPartition & { readonly offset: number })[]> {
    return this.#questions.ends(partitions, "latest", options);
  }

  groupMetadata(): GroupMetadata | undefined {
    return this.#session?.member.identity;
  }

  enforceRebalance(reason = "asked for by the application"): void {
    this.#session?.member.requestRejoin(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#shutDown(options.timeoutMs ?? CLOSE_TIMEOUT_MS);
    return this.#closing;
  }

  /** One round of a poll: group, commits, positions, fetches, and what is ready. */
  async #step(limit: CallLimit): Promise<readonly ConsumerBatch[]> {
    this.#signal.throwIfWoken();
    await this.#session?.advance();
    this.#checkUsable();
    // Whoever gave up must not be handed records that nobody would see.
    limit.throwIfEnded();
    this.#autoCommit();
    this.#cluster.metadata.refreshIfOld();
    this.#positions.pump();
    this.#signal.throwPending();
    const batches = this.#take();
    this.#fetcher.pump();
    return batches;
  }

  #take(): ConsumerBatch[] {
    const batches: ConsumerBatch[] = [];
    let left = this.#options.maxPollRecords;
    for (const partition of this.#partitions.inTurn()) {
      if (left <= 0) break;
      if (partition.isPaused || partition.need !== undefined) continue;
      const batch = this.#takeFrom(partition, left, batches.length > 0);
      if (batch === undefined) continue;
      batches.push(batch);
      left -= batch.recordCountMax;
    }
    return batches;
  }

  #takeFrom(partition: AssignedPartition, recordsMax: number, hasOthers: boolean): ConsumerBatch | undefined {
    for (let chunk = partition.chunks[0]; chunk !== undefined; chunk = partition.chunks[0]) {
      const { batch, fault } = chunk;
      if (fault !== undefined && batch.nextOffset === batch.startOffset) {
        // What others have comes first; the fault is found again.
        if (!hasOthers) {
          partition.dropBuffered();
          throw corrupt(partition.topic, partition.partition, partition.position, `${fault}.`);
        }
        return undefined;
      }
      partition.chunks.shift();
      const [part, rest] = recordsMax === Infinity ? [batch, undefined] : batch.splitAfter(recordsMax);
      if (rest) partition.chunks.unshift({ ...chunk, batch: rest });
      partition.position = part.nextOffset;
      if (!rest && chunk.nextEpoch >= 0) partition.positionEpoch = chunk.nextEpoch;
      if (!rest && fault !== undefined) partition.dropBuffered();
      if (part.recordCountMax > 0) return part;
    }
    return undefined;
  }

  #batchSource(options?: { readonly signal?: AbortSignal | undefined }): {
    readonly isClosed: boolean;
    poll(timeoutMs: number): Promise<readonly ConsumerBatch[]>;
    giveBack(batch: ConsumerBatch, offset: number): void;
  } {
    const isClosed = () => this.isClosed && this.#cluster.lifetime.cause?.code !== "ABORTED";
    return {
      get isClosed() {
        return isClosed();
      },
      poll: (timeoutMs) => this.poll(timeoutMs, options),
      giveBack: (batch, offset) => {
        const partition = this.#partitions.find(batch.topic, batch.partition);
        if (partition?.need === undefined && partition !== undefined && partition.position >= offset) partition.seek(offset, -1);
      },
    };
  }

  #seekBy(partitions: readonly TopicPartition[] | undefined, spec: OffsetSpec): void {
    for (const partition of this.#partitions.chosen(partitions)) partition.resetBy(spec);
    this.#signal.arrived();
  }

  #autoCommit(): void {
    if (!this.#options.enableAutoCommit || this.#now() < this.#nextAutoCommitMs) return;
    this.#nextAutoCommitMs = this.#now() + this.#options.autoCommitIntervalMs;
    // While the group gets a new generation, a commit under the old one may be refused; there is another before anything is given up.
    if (this.#session && (!this.#session.member.isMember || this.#session.member.isJoining)) return;
    const offsets = this.#committer.uncommitted(this.#partitions);
    if (offsets.length === 0) return;
    this.#committer.commit(offsets, { timeoutMs: AUTO_COMMIT_TIMEOUT_MS }).catch((error: unknown) => this.#warnCommit(error));
  }

  async #commitBeforeRevoke(): Promise<void> {
    if (!this.#options.enableAutoCommit) return;
    const offsets = this.#committer.uncommitted(this.#partitions);
    if (offsets.length > 0)
      await this.#committer.commit(offsets, { timeoutMs: AUTO_COMMIT_TIMEOUT_MS }).catch((error: unknown) => this.#warnCommit(error));
  }

  #warnCommit(error: unknown): void {
    this.#cluster.deps.logger.warn("automatic commit failed", {
      group: this.#options.groupId,
      error: error instanceof Error ? error.message : String(error),
    });
  }

  /** At the deadline, or when the next automatic commit is due. */
  #untilMs(deadlineMs: number): number {
    return this.#options.enableAutoCommit ? Math.min(deadlineMs, this.#nextAutoCommitMs) : deadlineMs;
  }

  async #endSession(reason: string): Promise<void> {
    const session = this.#session;
    try {
      if (session) await session.end(reason);
      else await this.#commitBeforeRevoke();
    } finally {
      this.#session = undefined;
      this.#partitions.replace([], "committed");
    }
  }

  async #shutDown(timeoutMs: number): Promise<void> {
    this.#signal.arrived();
    this.#stopListening();
    const timer = Promise.withResolvers<void>();
    const alarm = this.#cluster.deps.clock.schedule(timeoutMs, timer.resolve);
    try {
      const farewell = Promise.all([this.#endSession("the consumer was closed"), this.#fetcher.close()]);
      farewell.catch(() => {});
      await Promise.race([farewell, timer.promise]);
    } finally {
      alarm.cancel();
      for (const lane of [this.#fetchLanes.main, this.#fetchLanes.side, this.#groupLane, this.#offsetLane]) lane.close();
      this.#onClose();
    }
  }

  #checkUsable(): void {
    this.#cluster.lifetime.throwIfOver();
    if (this.#closing) throw new ClientError("CLIENT_CLOSED", "The consumer was closed.");
  }

  #now(): number {
    return this.#cluster.deps.clock.monotonicMs();
  }
}
