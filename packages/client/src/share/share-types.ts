import type { WaitOptions } from "../consumer/consumer-types.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { OptionNames } from "../options/option-reader.ts";
import type { TopicPartition } from "../topic-partition.ts";
import type { ShareHealth, ShareRunOptions } from "./run/share-run-types.ts";
import type { ShareRecord } from "./share-record-types.ts";

/**
 * What the application says of a record: `accept`: done, never again; `release`: not done, to be delivered again, to whomever; `reject`: never to be delivered again
 * (with `errors.deadletterqueue.topic.name` of the group the broker keeps it among the dead letters).
 */
export type AcknowledgeType = "accept" | "release" | "reject";

/**
 * `implicit`: what was delivered and not acknowledged is accepted when the application asks for more. `explicit`: only what was acknowledged is.
 */
export type AcknowledgementMode = "implicit" | "explicit";

/**
 * `recordLimit`: a fetch acquires no more records than were asked for (KIP-1206). `batchOptimized`: it acquires whole batches as the producer made them, which costs the broker
 * less, and may be many more than `maxPollRecords`.
 */
export type AcquireMode = "recordLimit" | "batchOptimized";

export interface ShareConsumerOptions {
  readonly groupId: string;
  /** What it reads; {@link ShareConsumer.subscribe} says so, too. */
  readonly topics?: string | readonly string[] | undefined;
  /** Default `implicit`. */
  readonly acknowledgementMode?: AcknowledgementMode | undefined;
  /** Default `recordLimit`; brokers before 4.2 know whole batches only. */
  readonly acquireMode?: AcquireMode | undefined;
  /** Most records that one fetch acquires, and that a `poll` returns. Default 500. */
  readonly maxPollRecords?: number | undefined;
  /** With `explicit`: most records that are delivered and not acknowledged; nothing more is fetched until some are. Default 2,000. */
  readonly outstandingMax?: number | undefined;
  /** Keep the locks of the records that the consumer holds from running out, where the broker can (KIP-1222). Default true. */
  readonly renewLocks?: boolean | undefined;
  /** Longest time that a record's lock is kept by renewals; then the group delivers it again. Default 300,000. */
  readonly lockHoldMaxMs?: number | undefined;
  /** Longest time between two requests for records before the member leaves its group, to come back with the next. Default 300,000. */
  readonly maxPollIntervalMs?: number | undefined;
  /** Default 1. */
  readonly fetchMinBytes?: number | undefined;
  /** Default 52,428,800. */
  readonly fetchMaxBytes?: number | undefined;
  /** How long the broker may wait for `fetchMinBytes`. Default 500. */
  readonly fetchMaxWaitMs?: number | undefined;
  /** Check each batch's CRC-32C. Default true. */
  readonly checkCrcs?: boolean | undefined;
  /** Told of every acknowledgement that a broker answered, or that was lost, in groups of one partition and one error. What it throws is logged. */
  readonly onAcknowledged?: ((results: readonly AcknowledgementResult[]) => void) | undefined;
  /** Beside those of the client. */
  readonly optionNames?: OptionNames | undefined;
}

/** What became of acknowledgements. */
export interface AcknowledgementResult extends TopicPartition {
  /** Ascending. */
  readonly offsets: readonly number[];
  /** Undefined: done. `ClientError` LOCK_LOST: the group had given the records to others, or will. */
  readonly error: Error | undefined;
}

/** How much time a close has. */
export interface ShareCloseOptions {
  /** For all of it; 0 lets go at once: what was acknowledged and not sent is delivered again. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Of that, for what a loop is working on. Default 5,000. */
  readonly loopTimeoutMs?: number | undefined;
}

/**
 * A member of a share group (KIP-932): many consumers read the same partitions, each record goes to one of them, is locked for a while and delivered again until it is acknowledged. A
 * queue, as many consumers as wished, no order to rely on. Apache Kafka 4.2 and later; the group's settings (`share.auto.offset.reset`, `share.isolation.level`,
 * `share.record.lock.duration.ms` …) are the broker's: `admin.alterConfigs` of the resource type `group`.
 *
 * Every call that needs the group rejects with `ClientError` UNSUPPORTED where the cluster has no share groups.
 */
export interface ShareConsumer extends AsyncDisposable {
  /** Reads these topics, and no others, from now on. */
  subscribe(topics: string | readonly string[]): void;
  subscription(): readonly string[];
  /** Gives back what was not acknowledged, and leaves the group. */
  unsubscribe(): Promise<void>;
  /** The partitions that the group has it read, with others or alone. */
  assignment(): readonly TopicPartition[];

  /**
   * The records that are there, at most `maxPollRecords`, waiting up to `timeoutMs` for the first. In implicit mode all of the result before that were not acknowledged are accepted with
   * this call.
   */
  poll(timeoutMs: number, options?: WaitOptions): Promise<readonly ShareRecord[]>;
  /**
   * Records until the consumer is closed or the loop is left. In implicit mode a record is accepted when the loop asks for the next; when the loop is left (`break`, `return`, an error) it
   * is released, unless it was acknowledged. Only as much is fetched ahead as was worked off quickly before.
   */
  records(options?: WaitOptions): AsyncIterableIterator<ShareRecord, undefined>;
  /** Makes a waiting `poll` or loop reject with `ClientError` WOKEN_UP. */
  wakeup(): void;

  /** As the record's own method of that name; left out: accept. */
  acknowledge(record: ShareRecord, type?: AcknowledgeType): void;
  /**
   * Sends what was acknowledged (in implicit mode also: accepts all that was delivered) and waits for the brokers' answers. Rejects with `ShareAcknowledgeError` when some of what was acknowledged since the
   * last `commit` did not take effect: those records are delivered again.
   */
  commit(options?: CallOptions): Promise<void>;
  /** As {@link commit} without waiting. */
  commitAsync(onDone?: (error: Error | undefined) => void): void;
  /** How long the broker locks a record for; undefined before the first answer. */
  acquisitionLockTimeoutMs(): number | undefined;

  /**
   * Hands records to a handler, so many at a time, in no order: accepts each when its handler returns, releases it when the handler throws, or rejects it as `onError` says. Locks are
   * renewed while handlers work. No more is acquired than handlers can begin soon, so that other members get the rest.
   *
   * Resolves when the consumer is closed, by `close` or a signal. Rejects when it cannot go on: the consumer is closed then.
   */
  run(options: ShareRunOptions): Promise<void>;
  /** What a probe should say of this consumer. Costs little. */
  health(): ShareHealth;

  /**
   * Waits for what a loop or a run is working on, sends what was acknowledged, gives back what was not, leaves the group, lets go of the connections, all within its time. Twice
   * is fine; a second call may shorten the first one's time.
   */
  close(options?: ShareCloseOptions): Promise<void>;
}
