import type { Assignor } from "../group/assignor.ts";
import type { StreamsRole } from "../group/streams-member/streams-role.ts";
import type { OptionNames } from "../options/option-reader.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { TopicPartition } from "../topic-partition.ts";
import type { ConsumerBatch, ConsumerRecord } from "./record-types.ts";
import type { ConsumerHealth, RunOptions } from "./run/run-types.ts";

export type * from "./record-types.ts";

export type IsolationLevel = "read_uncommitted" | "read_committed";

/** Where to begin without a committed offset: `{ durationMs }` is that long ago (Kafka's `by_duration:PT1H`). */
export type AutoOffsetReset = "earliest" | "latest" | "none" | { readonly durationMs: number };

export interface OffsetAndMetadata {
  readonly offset: number;
  readonly metadata?: string | undefined;
  readonly leaderEpoch?: number | undefined;
}

export interface TopicPartitionOffset extends TopicPartition, OffsetAndMetadata {}

/**
 * Told about partitions coming and going, each awaited before the group goes on. All run inside `poll` (or the iterators, or `close`),
 * so never at the same time as the code that handles records.
 */
export interface RebalanceListener {
  /** New partitions, after the assignment; with the eager protocol all of them. `seek` is legal here. */
  onAssigned?(partitions: readonly TopicPartition[]): void | Promise<void>;
  /** Still owned: the last chance to commit. */
  onRevoked?(partitions: readonly TopicPartition[]): void | Promise<void>;
  /** Already owned by somebody else perhaps: too late to commit. Default: `onRevoked`. */
  onLost?(partitions: readonly TopicPartition[]): void | Promise<void>;
}

/**
 * A subscription by a regular expression that the group's coordinator matches with the whole name of each topic, in RE2's syntax (KIP-848, `groupProtocol:
 * "consumer"` only). `KafkaError` INVALID_REGULAR_EXPRESSION comes with the next poll.
 */
export interface SubscriptionPattern {
  readonly pattern: string;
}

export interface ConsumerOptions {
  /** Needed for `subscribe` and commits. */
  readonly groupId?: string | undefined;
  /** A static member: a restart within the session timeout gets its partitions back without a rebalance. */
  readonly groupInstanceId?: string | undefined;
  /**
   * How partitions are divided. `classic` (the default, as Java's): members join, and one of them divides. `consumer` (KIP-848; Kafka 4.0 and later): the
   * coordinator divides, and no member stops while others come and go; session timeout, heartbeat interval and assignors are the broker's business then,
   * and those options are refused. `streams` (KIP-1071; Kafka 4.2 and later): it divides the tasks of a topology; it needs `streamsRole`, and `@ottla/streams` gives it.
   */
  readonly groupProtocol?: "classic" | "consumer" | "streams" | undefined;
  /** What runs a topology, with `groupProtocol: "streams"`. */
  readonly streamsRole?: StreamsRole | undefined;
  /** Which of the coordinator's assignors, with `groupProtocol: "consumer"`. Default: the coordinator's first, `uniform` unless configured otherwise. */
  readonly remoteAssignor?: "uniform" | "range" | (string & {}) | undefined;
  /** In order of preference. Default `[range, cooperativeSticky]`, as Java. */
  readonly assignors?: readonly Assignor[] | undefined;
  readonly autoOffsetReset?: AutoOffsetReset | undefined;
  /** Default `read_uncommitted`. */
  readonly isolationLevel?: IsolationLevel | undefined;
  /** Commit what is consumed on its own, every `autoCommitIntervalMs`. Default true with a group id. */
  readonly enableAutoCommit?: boolean | undefined;
  readonly autoCommitIntervalMs?: number | undefined;
  /** Default 45,000; the broker sets limits. */
  readonly sessionTimeoutMs?: number | undefined;
  readonly heartbeatIntervalMs?: number | undefined;
  /** Longest time between two polls before the group goes on without this member. Default 300,000. */
  readonly maxPollIntervalMs?: number | undefined;
  /** Most records a `poll` returns. Default unlimited: one fetched chunk per partition. */
  readonly maxPollRecords?: number | undefined;
  /** Default 1. */
  readonly fetchMinBytes?: number | undefined;
  /** Default 52,428,800. */
  readonly fetchMaxBytes?: number | undefined;
  /** How long the broker may wait for `fetchMinBytes`. Default 500. */
  readonly fetchMaxWaitMs?: number | undefined;
  /** Default 1,048,576. */
  readonly maxPartitionFetchBytes?: number | undefined;
  /**
   * Bytes fetched ahead of the application, over all partitions and brokers: what is buffered and what the answers on the way may bring, beyond which only a single batch goes that is larger
   * than a request may bring. Each broker is asked for at most its share. Default 67,108,864.
   */
  readonly prefetchBytesMax?: number | undefined;
  /** Check each batch's CRC-32C. Default true. */
  readonly checkCrcs?: boolean | undefined;
  /** Let the broker create a topic that is subscribed to by name. Default true. */
  readonly allowAutoCreateTopics?: boolean | undefined;
  /** Whether a pattern also matches internal topics. Default true: left out, as in Java; by name they are always readable. */
  readonly excludeInternalTopics?: boolean | undefined;
  /** Beside those of the client. */
  readonly optionNames?: OptionNames | undefined;
}

/** What a member needs to show for offsets in a transaction (KIP-447). */
export interface GroupMetadata {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId: string | undefined;
}

/** How a caller may end its wait. */
export interface WaitOptions {
  /** Ends the wait at once with `ClientError` ABORTED. Nothing is lost: what was not delivered comes next. */
  readonly signal?: AbortSignal | undefined;
}

/** How much time a close has. */
export interface ConsumerCloseOptions {
  /** For all of it; 0 lets go at once, without a commit and without leaving the group. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Of that, for what a loop is working on. Default 5,000. */
  readonly loopTimeoutMs?: number | undefined;
}

/**
 * Reads records. One `poll` or loop at a time waits for them.
 *
 * Three places are kept for each partition: what was *fetched* ahead, what was *delivered* to the application, and what the application is done with
 * (*consumed*). Delivered becomes consumed when the application asks for more, by the next `poll` or the next turn of a loop, or says so by a commit.
 * Automatic commits, also those at a rebalance, and `close` write what is consumed and nothing more: a record whose work failed is read again.
 */
export interface Consumer extends AsyncDisposable {
  /**
   * Topics by name, or all that match a pattern as topics come and go. A RegExp is matched with every metadata refresh; with `groupProtocol: "consumer"` the
   * coordinator matches it where RE2 can say the same and no internal topic would have to be left out. `{ pattern }` is always the coordinator's.
   */
  subscribe(topics: string | readonly string[] | RegExp | SubscriptionPattern, listener?: RebalanceListener): void;
  /** These partitions, without group membership. Replaces what was assigned. */
  assign(partitions: readonly TopicPartition[]): void;
  unsubscribe(): Promise<void>;
  assignment(): readonly TopicPartition[];

  /**
   * What is there, at most one batch per partition, waiting up to `timeoutMs` for the first. All that the poll before returned is consumed with this call,
   * as in Java; who is done earlier, or stops polling, commits.
   */
  poll(timeoutMs: number, options?: WaitOptions): Promise<readonly ConsumerBatch[]>;
  /**
   * Batches until the consumer is closed or the loop is left. A batch is consumed when the loop asks for the next, however much of it was looked at; when the
   * loop is left (`break`, `return`, an error) it is not. Who works on a part of it commits with `commit(record)`.
   */
  batches(options?: WaitOptions): AsyncIterableIterator<ConsumerBatch, undefined>;
  /**
   * Records until the consumer is closed or the loop is left. A record is consumed when the loop asks for the next; when the loop is left it is delivered, so
   * the next loop goes on behind it, and not consumed, so without a commit the group would read it again. `seek`, `pause` and rebalances take effect
   * with the next record.
   */
  records(options?: WaitOptions): AsyncIterableIterator<ConsumerRecord, undefined>;
  /** Makes a waiting `poll` or loop reject with `ClientError` WOKEN_UP. */
  wakeup(): void;

  seek(partition: TopicPartition, offset: number, leaderEpoch?: number): void;
  /** Empty list: all assigned. Takes effect with the next poll. */
  seekToBeginning(partitions?: readonly TopicPartition[]): void;
  seekToEnd(partitions?: readonly TopicPartition[]): void;
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  paused(): readonly TopicPartition[];
  /** The next offset to be delivered. */
  position(partition: TopicPartition, options?: CallOptions): Promise<number>;
  /** Records between the position and the end as of the last answer; undefined before the first. */
  currentLag(partition: TopicPartition): number | undefined;

  /**
   * Says that the application is done, and writes it to the group: with everything delivered so far (nothing given), with one record or batch and all
   * before it in its partition, or up to the offsets given (each the next one to be read). Rejects with `ClientError` COMMIT_FAILED when the group has gone
   * on without this member, and with `KafkaError` UNKNOWN_TOPIC_OR_PARTITION or UNKNOWN_TOPIC_ID when the broker does not know a topic after three attempts.
   */
  commit(what?: ConsumerRecord | ConsumerBatch | readonly TopicPartitionOffset[], options?: CallOptions): Promise<void>;
  /** As {@link commit} without waiting; failures go to `onDone`. */
  commitAsync(what?: ConsumerRecord | ConsumerBatch | readonly TopicPartitionOffset[], onDone?: (error: Error | undefined) => void): void;
  committed(
    partitions: readonly TopicPartition[],
    options?: CallOptions,
  ): Promise<readonly (TopicPartition & { readonly committed: OffsetAndMetadata | undefined })[]>;
  /** The first record at or after the time; offset undefined when there is none. */
  offsetsForTimes(
    query: readonly (TopicPartition & { readonly timestamp: number })[],
    options?: CallOptions,
  ): Promise<readonly (TopicPartition & { readonly offset: number | undefined; readonly timestamp: number | undefined })[]>;
  beginningOffsets(
    partitions: readonly TopicPartition[],
    options?: CallOptions,
  ): Promise<readonly (TopicPartition & { readonly offset: number })[]>;
  /** Under read_committed the last stable offset. */
  endOffsets(
    partitions: readonly TopicPartition[],
    options?: CallOptions,
  ): Promise<readonly (TopicPartition & { readonly offset: number })[]>;
  /**
   * Hands every record (or batch) of the subscription to a handler, so many at a time, and commits what is done: in order of partition or key, again after failures, through retry
   * topics and to dead letters as `onError` says. A commit never passes a record that is not done, whatever the order in which handlers end. The group hears that the consumer is
   * alive however long handlers take; what cannot be handled yet is not fetched. While it runs, no poll or loop of this consumer may.
   *
   * Resolves when the consumer is closed, by `close`, or a signal. Rejects when it cannot go on: the consumer is closed then, and leaves its group.
   */
  run(options: RunOptions): Promise<void>;
  /** What a probe should say of this consumer. Costs little. */
  health(): ConsumerHealth;
  /** As whom it has its partitions. That does not change when the group goes on without it: offsets that it sends in a transaction then are refused. */
  groupMetadata(): GroupMetadata | undefined;
  /**
   * How long the group surely keeps this member and what it has (ms), by what was heard of it: the session timeout since the last heartbeat was sent that was answered. 0: others may have its partitions, since this process
   * stood still or is cut off and does not know it yet. −1: it is no member, not yet or not any more. Undefined: no subscription, or (groups of the consumer protocol) only the coordinator knows.
   */
  membershipLeftMs(): number | undefined;
  /** Asks for a rebalance with the next poll. */
  enforceRebalance(reason?: string): void;

  /**
   * Waits for what a loop is working on and ends the loop, commits what is consumed when auto-commit is on, revokes with callbacks, leaves the group, lets go of
   * the connections. Called from inside a loop, await it after the loop: the loop's turn is not over while it waits. Twice is fine; a second call may
   * shorten the first one's time.
   */
  close(options?: ConsumerCloseOptions): Promise<void>;
}
