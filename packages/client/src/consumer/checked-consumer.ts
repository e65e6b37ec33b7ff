import {
  checkCallOptions,
  checkFunction,
  checkInteger,
  checkList,
  checkOffset,
  checkOptional,
  checkOptions,
  checkSignal,
  checkText,
  checkTimeout,
  checkTopicPartition,
  checkTopicPartitions,
  INT32_MAX,
} from "../options/argument-checks.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { TopicPartition } from "../topic-partition.ts";
import { checkCommit, checkListener, checkTimeQuery, checkTopics, type ToCommit } from "./check-consumer-arguments.ts";
import type {
  Consumer,
  ConsumerBatch,
  ConsumerCloseOptions,
  ConsumerRecord,
  GroupMetadata,
  RebalanceListener,
  SubscriptionPattern,
  WaitOptions,
} from "./consumer-types.ts";
import type { KafkaConsumer } from "./kafka-consumer.ts";
import type { ConsumerHealth, RunOptions } from "./run/run-types.ts";

/** The border of a consumer: whatever a caller hands in is checked here, once, under the name the caller knows it by. */
export class CheckedConsumer implements Consumer {
  readonly #inner: KafkaConsumer;

  constructor(inner: KafkaConsumer) {
    this.#inner = inner;
  }

  subscribe(topics: string | readonly string[] | RegExp | SubscriptionPattern, listener: RebalanceListener = {}): void {
    const wanted = checkTopics("subscribe: topics", topics);
    checkListener("subscribe: listener", listener);
    this.#inner.subscribe(wanted, listener);
  }

  assign(partitions: readonly TopicPartition[]): void {
    checkTopicPartitions("assign: partitions", partitions);
    this.#inner.assign(partitions);
  }

  unsubscribe(): Promise<void> {
    return this.#inner.unsubscribe();
  }

  assignment(): readonly TopicPartition[] {
    return this.#inner.assignment();
  }

  async poll(timeoutMs: number, options?: WaitOptions): Promise<readonly ConsumerBatch[]> {
    checkTimeout("poll: timeoutMs", timeoutMs);
    checkOptions("poll", options, { signal: checkSignal });
    return this.#inner.poll(timeoutMs, options);
  }

  batches(options?: WaitOptions): AsyncIterableIterator<ConsumerBatch, undefined> {
    checkOptions("batches", options, { signal: checkSignal });
    return this.#inner.batches(options);
  }

  records(options?: WaitOptions): AsyncIterableIterator<ConsumerRecord, undefined> {
    checkOptions("records", options, { signal: checkSignal });
    return this.#inner.records(options);
  }

  wakeup(): void {
    this.#inner.wakeup();
  }

  seek(partition: TopicPartition, offset: number, leaderEpoch?: number): void {
    checkTopicPartition("seek: partition", partition);
    checkOffset("seek: offset", offset);
    checkOptional("seek: leaderEpoch", leaderEpoch, (subject, epoch) => checkInteger(subject, epoch, -1, INT32_MAX));
    this.#inner.seek(partition, offset, leaderEpoch);
  }

  seekToBeginning(partitions?: readonly TopicPartition[]): void {
    checkOptional("seekToBeginning: partitions", partitions, checkTopicPartitions);
    this.#inner.seekToBeginning(partitions);
  }

  seekToEnd(partitions?: readonly TopicPartition[]): void {
    checkOptional("seekToEnd: partitions", partitions, checkTopicPartitions);
    this.#inner.seekToEnd(partitions);
  }

  pause(partitions: readonly TopicPartition[]): void {
    checkTopicPartitions("pause: partitions", partitions);
    this.#inner.pause(partitions);
  }

  resume(partitions: readonly TopicPartition[]): void {
    checkTopicPartitions("resume: partitions", partitions);
    this.#inner.resume(partitions);
  }

  paused(): readonly TopicPartition[] {
    return this.#inner.paused();
  }

  async position(partition: TopicPartition, options?: CallOptions): Promise<number> {
    checkTopicPartition("position: partition", partition);
    checkCallOptions("position", options);
    return this.#inner.position(partition, options);
  }

  currentLag(partition: TopicPartition): number | undefined {
    checkTopicPartition("currentLag: partition", partition);
    return this.#inner.currentLag(partition);
  }

  async commit(what?: ToCommit, options?: CallOptions): Promise<void> {
    const toCommit = checkCommit("commit", what);
    checkCallOptions("commit", options);
    return this.#inner.commit(toCommit, options);
  }

  commitAsync(what?: ToCommit, onDone?: (error: Error | undefined) => void): void {
    const toCommit = checkCommit("commitAsync", what);
    checkOptional("commitAsync: onDone", onDone, checkFunction);
    this.#inner.commitAsync(toCommit, onDone);
  }

  async committed(partitions: readonly TopicPartition[], options?: CallOptions): ReturnType<Consumer["committed"]> {
    checkTopicPartitions("committed: partitions", partitions);
    checkCallOptions("committed", options);
    return this.#inner.committed(partitions, options);
  }

  async offsetsForTimes(query: Parameters<Consumer["offsetsForTimes"]>[0], options?: CallOptions): ReturnType<Consumer["offsetsForTimes"]> {
    checkList("offsetsForTimes: query", query, checkTimeQuery);
    checkCallOptions("offsetsForTimes", options);
    return this.#inner.offsetsForTimes(query, options);
  }

  async beginningOffsets(partitions: readonly TopicPartition[], options?: CallOptions): ReturnType<Consumer["beginningOffsets"]> {
    checkTopicPartitions("beginningOffsets: partitions", partitions);
    checkCallOptions("beginningOffsets", options);
    return this.#inner.beginningOffsets(partitions, options);
  }

  async endOffsets(partitions: readonly TopicPartition[], options?: CallOptions): ReturnType<Consumer["endOffsets"]> {
    checkTopicPartitions("endOffsets: partitions", partitions);
    checkCallOptions("endOffsets", options);
    return this.#inner.endOffsets(partitions, options);
  }

  run(options: RunOptions): Promise<void> {
    return this.#inner.run(options);
  }

  health(): ConsumerHealth {
    return this.#inner.health();
  }

  groupMetadata(): GroupMetadata | undefined {
    return this.#inner.groupMetadata();
  }

  membershipLeftMs(): number | undefined {
    return this.#inner.membershipLeftMs();
  }

  enforceRebalance(reason?: string): void {
    checkOptional("enforceRebalance: reason", reason, checkText);
    this.#inner.enforceRebalance(reason);
  }

  async close(options?: ConsumerCloseOptions): Promise<void> {
    checkOptions("close", options, { timeoutMs: checkTimeout, loopTimeoutMs: checkTimeout });
    return this.#inner.close(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#inner.close();
  }
}
