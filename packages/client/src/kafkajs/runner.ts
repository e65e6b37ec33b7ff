import type { Consumer as ClientConsumer, ConsumerBatch } from "../consumer/consumer-types.ts";
import type { ClientDeps } from "../deps.ts";
import { ClientError } from "../client-error.ts";
import { lifetimeOf } from "../lifetime.ts";
import { sleep } from "../net/backoff.ts";
import { partitionKey, type TopicPartition } from "../topic-partition.ts";
import { Batch } from "./batch.ts";
import type { ConsumerRunConfig } from "./consumer-types.ts";
import { BatchFailures } from "./batch-failures.ts";
import { KafkaJSProtocolError } from "./errors.ts";
import { consumerEvents as names, type Events } from "./events.ts";
import type { Logger } from "./logger.ts";
import type { TopicPartitionOffsetAndMetadata } from "./message-types.ts";
import { type Handlers, handleBatch } from "./handle-batch.ts";
import { ResolvedOffsets, toOffsets } from "./resolved-offsets.ts";
import type { RetryTimes } from "./retry-times.ts";
import { translateError, translating } from "./translate-error.ts";
import { messageOf } from "../thrown.ts";

/** A poll returns at least this often, so that rebalances are taken part in while handlers work. */
const POLL_MS = 500;
/** How long a stop waits for handlers. What they do not resolve by then is read again by somebody. */
const STOP_TIMEOUT_MS = 30_000;

export interface RunnerOptions {
  readonly groupId: string;
  readonly heartbeatIntervalMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly run: ConsumerRunConfig;
  readonly retryTimes: RetryTimes;
  /** Told once of an error that ends the run. */
  readonly onCrash: (error: Error) => void;
}

/** One partition whose batch is being handled, or waits for it. */
interface Work {
  readonly batch: ConsumerBatch;
  /** Somebody sought elsewhere: nothing of it counts any more. */
  isStale: boolean;
  /** The partition is to go: its rest is for another member. */
  isLeaving: boolean;
}

/**
 * A run of handlers over the batches of one client's consumer. The consumer is polled all the time; a partition whose batch is in hand is paused meanwhile.
 * Offsets are committed as kafkajs does: what handlers have resolved, after each batch, and by interval or number in between.
 */
export class Runner {
  readonly consumer: ClientConsumer;
  readonly #deps: ClientDeps;
  readonly #options: RunnerOptions;
  readonly #events: Events;
  readonly #logger: Logger;
  readonly #handlers: Handlers;
  readonly #offsets = new ResolvedOffsets();
  readonly #work = new Map<string, Work>();
  readonly #paused = new Set<string>();
  readonly #pausedTopics = new Set<string>();
  readonly #failures: BatchFailures;
  readonly #queue: Work[] = [];
  readonly #ended = new AbortController();
  readonly #joined = Promise.withResolvers<void>();
  #atWork = 0;
  #idle: (() => void)[] = [];
  #isRunning = true;
  #lastCommitMs: number;
  #lastHeartbeatMs: number;

  constructor(consumer: ClientConsumer, deps: ClientDeps, options: RunnerOptions, events: Events, logger: Logger) {
    this.consumer = consumer;
    this.#deps = deps;
    this.#options = options;
    this.#events = events;
    this.#logger = logger;
    this.#lastCommitMs = deps.clock.monotonicMs();
    this.#lastHeartbeatMs = this.#lastCommitMs;
    this.#failures = new BatchFailures(options.retryTimes, logger, options.run.eachMessage ? "eachMessage" : "eachBatch");
    this.#handlers = {
      run: options.run,
      isRunning: () => this.#isRunning,
      resolve: (at, offset) => this.#offsets.resolve(at, offset),
      heartbeat: (at) => this.#heartbeat(at),
      pause: (at) => {
        this.pause([at]);
        return () => this.resume([at]);
      },
      isPaused: (at) => this.#isPaused(at),
      commitIfNecessary: (offsets) => (offsets === undefined ? this.#commitIfNecessary() : this.commit(offsets)),
      uncommitted: () => toOffsets(this.#offsets.uncommitted().map((place) => ({ ...place, offset: place.next }))),
    };
  }

  /** Resolves when the first assignment is there, or the run is over. */
  get joined(): Promise<void> {
    return this.#joined.promise;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Polls until {@link stop}. Never rejects. */
  async loop(): Promise<void> {
    try {
      while (this.#isRunning) await this.#turn();
    } catch (error) {
      if (this.#isRunning) this.#crash(translateError(error));
    } finally {
      this.#joined.resolve();
    }
  }

  /** Ends the run: waits for handlers, commits, leaves the group. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#ended.abort();
    this.#queue.length = 0;
    await this.#handlersDone(STOP_TIMEOUT_MS);
    if (this.#options.run.autoCommit !== false) await this.#commitQuietly();
    await this.consumer
      .close({ loopTimeoutMs: 0 })
      .catch((error: Error) => this.#logger.warn(`Leaving the group failed: ${error.message}`));
  }

  /** Partitions came: told by the client's consumer. */
  assigned(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) {
      this.#offsets.forget(each);
      if (this.#isPaused(each)) this.consumer.pause([each]);
    }
    this.#joined.resolve();
  }

  /** Partitions go: what is in hand is finished as far as it was begun, and committed. */
  async revoked(partitions: readonly TopicPartition[]): Promise<void> {
    this.#events.emit(names.REBALANCING, { groupId: this.#options.groupId, memberId: this.consumer.groupMetadata()?.memberId });
    this.#abandon(partitions, false);
    await this.#handlersDone(this.#options.rebalanceTimeoutMs);
    if (this.#options.run.autoCommit !== false) await this.#commitQuietly();
    for (const each of partitions) this.#offsets.forget(each);
  }

  /** Partitions are somebody else's already. */
  lost(partitions: readonly TopicPartition[]): void {
    this.#abandon(partitions, true);
    for (const each of partitions) this.#offsets.forget(each);
  }

  /** All partitions of a topic, also those that come later. */
  pauseTopic(topic: string): void {
    this.#pausedTopics.add(topic);
    this.consumer.pause(this.consumer.assignment().filter((each) => each.topic === topic));
  }

  resumeTopic(topic: string): void {
    this.#pausedTopics.delete(topic);
    for (const key of [...this.#paused]) if (key.startsWith(`${topic} `)) this.#paused.delete(key);
    this.resume(this.consumer.assignment().filter((each) => each.topic === topic));
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) this.#paused.add(keyOf(each));
    this.consumer.pause(this.#assignedOf(partitions));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) this.#paused.delete(keyOf(each));
    this.consumer.resume(this.#assignedOf(partitions).filter((each) => !this.#work.has(keyOf(each))));
  }

  /** Those paused by name, and those that are assigned of paused topics. */
  paused(): readonly string[] {
    const ofTopics = this.consumer.assignment().filter(({ topic }) => this.#pausedTopics.has(topic));
    return [...new Set([...this.#paused, ...ofTopics.map(keyOf)])];
  }

  /** False when the partition is not assigned here now. What is in hand of it is stale. */
  seek(at: TopicPartition, offset: number): boolean {
    if (this.#assignedOf([at]).length === 0) return false;
    const work = this.#work.get(keyOf(at));
    if (work !== undefined) work.isStale = true;
    this.#offsets.forget(at);
    if (offset === EARLIEST) this.consumer.seekToBeginning([at]);
    else if (offset === LATEST) this.consumer.seekToEnd([at]);
    else this.consumer.seek(at, offset);
    return true;
  }

  async commit(offsets: readonly TopicPartitionOffsetAndMetadata[]): Promise<void> {
    const places = offsets.map(({ topic, partition, offset, metadata }) => ({
      topic,
      partition: Number(partition),
      offset: Number(offset),
      metadata: metadata ?? "",
    }));
    if (places.length === 0) return;
    await translating(() => this.consumer.commit(places));
    this.#offsets.committed(places);
    this.#lastCommitMs = this.#deps.clock.monotonicMs();
    const { memberId, generationId: groupGenerationId } = this.consumer.groupMetadata() ?? {};
    this.#events.emit(names.COMMIT_OFFSETS, { groupId: this.#options.groupId, memberId, groupGenerationId, ...toOffsets(places) });
  }

  async #turn(): Promise<void> {
    const startMs = this.#deps.clock.monotonicMs();
    this.#events.emit(names.FETCH_START, { nodeId: ALL_NODES });
    const batches = await this.#poll();
    this.#events.emit(names.FETCH, { numberOfBatches: 0, duration: this.#deps.clock.monotonicMs() - startMs, nodeId: ALL_NODES });
    this.#tellHeartbeat();
    for (const batch of batches) this.#take(batch);
    this.#startWork();
    if (batches.length === 0) await this.#passMarkers();
  }

  async #poll(): Promise<readonly ConsumerBatch[]> {
    try {
      return await this.consumer.poll(POLL_MS, { signal: this.#ended.signal });
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      if (error.code === "ABORTED" && !this.#isRunning) return [];
      if (error.code !== "REBALANCE_CALLBACK_FAILED") throw error;
      this.#logger.error(error.message);
      return [];
    }
  }

  /** Puts a batch in line, its partition paused until it is done. */
  #take(batch: ConsumerBatch): void {
    const work: Work = { batch, isStale: false, isLeaving: false };
    this.#work.set(keyOf(batch), work);
    this.consumer.pause(this.#assignedOf([batch]));
    this.#queue.push(work);
  }

  #startWork(): void {
    const { partitionsConsumedConcurrently: concurrency = 1 } = this.#options.run;
    while (this.#isRunning && this.#atWork < concurrency && this.#queue.length > 0) void this.#handle(this.#queue.shift()!);
  }

  async #handle(work: Work): Promise<void> {
    this.#atWork++;
    try {
      if (!work.isStale && !work.isLeaving) await this.#handleNow(work);
    } finally {
      this.#atWork--;
      const key = keyOf(work.batch);
      if (this.#work.get(key) === work) this.#work.delete(key);
      if (this.#isRunning && !this.#isPaused(work.batch) && !this.#work.has(key)) this.consumer.resume(this.#assignedOf([work.batch]));
      this.#startWork();
      if (this.#atWork === 0) for (const tell of this.#idle.splice(0)) tell();
    }
  }

  async #handleNow(work: Work): Promise<void> {
    const batch = new Batch(work.batch);
    const { topic, partition } = batch;
    const described = {
      topic,
      partition,
      highWatermark: batch.highWatermark,
      offsetLag: batch.offsetLag(),
      offsetLagLow: batch.offsetLagLow(),
      batchSize: batch.messages.length,
      firstOffset: batch.firstOffset(),
      lastOffset: batch.lastOffset(),
    };
    const startMs = this.#deps.clock.monotonicMs();
    this.#events.emit(names.START_BATCH_PROCESS, described);
    try {
      await handleBatch(batch, this.#handlers, work);
      this.#failures.forget(batch);
    } catch (error) {
      await this.#failed(work, error);
    }
    this.#events.emit(names.END_BATCH_PROCESS, { ...described, duration: this.#deps.clock.monotonicMs() - startMs });
    if (work.isStale || work.isLeaving) return;
    this.#goOnBehind(work.batch);
    if (this.#options.run.autoCommit !== false) await this.#commitQuietly();
  }

  /** The next batch begins behind what was resolved, so that nothing unresolved is passed over. */
  #goOnBehind(batch: ConsumerBatch): void {
    const next = this.#offsets.next(batch) ?? batch.startOffset;
    if (next === batch.nextOffset || this.#assignedOf([batch]).length === 0) return;
    this.consumer.seek({ topic: batch.topic, partition: batch.partition }, Math.max(next, batch.startOffset));
  }

  /** Waits before the next try, or ends the run when there were enough. */
  async #failed({ batch }: Work, thrown: unknown): Promise<void> {
    const verdict = this.#failures.judge(batch, this.#offsets.next(batch) ?? batch.startOffset, thrown);
    if (verdict.kind === "crash") return this.#crash(verdict.error);
    if (verdict.kind === "rejoin") return;
    if (this.#options.run.autoCommit !== false) await this.#commitQuietly();
    await sleep(this.#deps.clock, verdict.pauseMs, lifetimeOf(this.#ended.signal));
  }

  #crash(error: Error): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#ended.abort();
    this.#options.onCrash(error);
  }

  /** kafkajs's heartbeat throws when the group is being rebalanced; so does this one, when the partition is to go. */
  async #heartbeat(at: TopicPartition): Promise<void> {
    this.#tellHeartbeat();
    if (this.#work.get(keyOf(at))?.isLeaving)
      throw new KafkaJSProtocolError("The group is rebalancing, so a rejoin is needed", {
        type: "REBALANCE_IN_PROGRESS",
        code: 27,
        retriable: true,
      });
  }

  /** The client's own heartbeats go out by themselves; the event comes as often as kafkajs would send one. */
  #tellHeartbeat(): void {
    const nowMs = this.#deps.clock.monotonicMs();
    const member = this.consumer.groupMetadata();
    if (member === undefined || nowMs - this.#lastHeartbeatMs < this.#options.heartbeatIntervalMs) return;
    this.#lastHeartbeatMs = nowMs;
    const { groupId, memberId, generationId: groupGenerationId } = member;
    this.#events.emit(names.HEARTBEAT, { groupId, memberId, groupGenerationId });
  }

  async #commitIfNecessary(): Promise<void> {
    const { autoCommit = true, autoCommitInterval, autoCommitThreshold } = this.#options.run;
    if (!autoCommit) return;
    const isDue = autoCommitInterval != null && this.#deps.clock.monotonicMs() - this.#lastCommitMs >= autoCommitInterval;
    const areMany = autoCommitThreshold != null && this.#offsets.sinceCommit >= autoCommitThreshold;
    if (isDue || areMany) await this.#commitResolved();
  }

  #commitResolved(): Promise<void> {
    return this.commit(this.#offsets.uncommitted().map(({ topic, partition, next }) => ({ topic, partition, offset: String(next) })));
  }

  async #commitQuietly(): Promise<void> {
    try {
      await this.#commitResolved();
    } catch (error) {
      this.#logger.warn(`Offsets were not committed: ${messageOf(error)}`, {
        groupId: this.#options.groupId,
      });
    }
  }

  /** `isLost`: what is resolved from now on does not count. */
  #abandon(partitions: readonly TopicPartition[], isLost: boolean): void {
    const keys = new Set(partitions.map(keyOf));
    for (const [key, work] of this.#work) {
      if (!keys.has(key)) continue;
      work.isLeaving = true;
      if (isLost) work.isStale = true;
    }
    for (let i = this.#queue.length - 1; i >= 0; i--) {
      const key = keyOf(this.#queue[i]!.batch);
      if (keys.has(key)) {
        this.#queue.splice(i, 1);
        this.#work.delete(key);
      }
    }
  }

  async #handlersDone(timeoutMs: number): Promise<void> {
    if (this.#atWork === 0) return;
    const done = new Promise<void>((resolve) => this.#idle.push(resolve));
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = this.#deps.clock.schedule(timeoutMs, resolve);
    await Promise.race([done, late]);
    timer.cancel();
  }

  #isPaused(at: TopicPartition): boolean {
    return this.#paused.has(keyOf(at)) || this.#pausedTopics.has(at.topic);
  }

  /** Markers and aborted messages behind the last one handled are done with it: they are never delivered, and must leave no lag. */
  async #passMarkers(): Promise<void> {
    let isNews = false;
    for (const at of this.consumer.assignment()) {
      const next = this.#offsets.next(at);
      if (next === undefined || this.#work.has(keyOf(at))) continue;
      const position = await this.consumer.position(at).catch(() => next);
      if (position <= next || this.#offsets.next(at) !== next) continue;
      this.#offsets.resolve(at, position - 1);
      isNews = true;
    }
    if (isNews && this.#options.run.autoCommit !== false) await this.#commitQuietly();
  }

  #assignedOf(partitions: readonly TopicPartition[]): TopicPartition[] {
    const assigned = new Set(this.consumer.assignment().map(keyOf));
    return partitions.filter((each) => assigned.has(keyOf(each))).map(({ topic, partition }) => ({ topic, partition }));
  }
}

/** The client fetches from all nodes at once; kafkajs's events name one. */
const ALL_NODES = "all";

/** Offsets that stand for a place, as in kafkajs. */
export const LATEST = -1;
export const EARLIEST = -2;

function keyOf({ topic, partition }: TopicPartition): string {
  return partitionKey(topic, partition);
}
