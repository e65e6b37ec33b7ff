import type { ClientError } from "../client-error.ts";
import type { OptionNames } from "../options/option-reader.ts";
import type { BatchReport, DeliveryCallback, DeliveryListener, ProducerRecord, RecordMetadata, SendOptions } from "./record-types.ts";
import type { TransactionalProducer } from "./transactions/transaction-api.ts";

export type CompressionName = "none" | "gzip" | "snappy" | "lz4" | "zstd";

/**
 * Looks at records on their way, for tracing, auditing and the like. Both are called within the producer's own work, so they must be quick. One that throws is logged
 * and changes nothing.
 */
export interface ProducerInterceptor {
  /** Before anything is done with the record. What it returns is sent in its place; nothing: the record as it is. */
  onSend?(record: ProducerRecord): ProducerRecord | undefined | void;
  /**
   * When the record's fate is known, before whoever sent it is told: acknowledged with `metadata`, else with the error. `record` is what the last `onSend` gave.
   */
  onAcknowledgement?(error: Error | undefined, metadata: RecordMetadata | undefined, record: ProducerRecord): void;
}

/** Chooses a partition for a record without one. Returns a number from 0 to `partitionCount` − 1. */
export type Partitioner = (record: ProducerRecord, keyBytes: Uint8Array | null, partitionCount: number) => number;

export interface ProducerOptions {
  /** `"all"` (default): every in-sync replica has it; 1: the leader has it; 0: nobody answers. */
  readonly acks?: "all" | -1 | 0 | 1 | undefined;
  /** No duplicates and no reordering by retries. Default true with `acks: "all"`, else false. */
  readonly idempotent?: boolean | undefined;
  readonly compression?: CompressionName | undefined;
  /**
   * How long a record may wait for company. A number is Kafka's `linger.ms`. `"auto"` (default) sends at once while nothing is
   * on the way to that broker and otherwise waits for an answer, at most 5 ms: single records are quick, floods make full batches.
   */
  readonly lingerMs?: number | "auto" | undefined;
  /** Largest batch of records for one partition. Default 65,536 (Kafka's own is 16,384); 0 sends every record alone. */
  readonly batchSizeBytes?: number | undefined;
  /** Memory for records that are not yet acknowledged; `send` waits when it is full. Default 33,554,432. */
  readonly bufferMemoryBytes?: number | undefined;
  /**
   * Bytes of records that wait for metadata or memory, handed in by calls that nobody awaits; a call beyond that fails with BUFFER_FULL at once. A topic that
   * is not known takes at most a quarter of it. Default 268,435,456.
   */
  readonly waitingBytesMax?: number | undefined;
  /** Largest request, and largest record uncompressed. Default 1,048,576. */
  readonly maxRequestSizeBytes?: number | undefined;
  /** How long a record may wait for memory and metadata, from the call on. Default 60,000. */
  readonly maxBlockMs?: number | undefined;
  /** From `send` to success or failure, everything included. Default 120,000. */
  readonly deliveryTimeoutMs?: number | undefined;
  /** How long the broker may wait for its replicas; also how long an answer may take. Default 30,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** How often a batch may be tried again within `deliveryTimeoutMs`. Default unlimited. */
  readonly retries?: number | undefined;
  /** Requests per broker without an answer, 1 to 5 when idempotent. Default 5. */
  readonly maxInFlightRequests?: number | undefined;
  readonly partitioner?: Partitioner | undefined;
  /** Records without a key go less to partitions whose batches wait (KIP-794). Default true. */
  readonly adaptivePartitioning?: boolean | undefined;
  /** Records without a key keep away from a broker that has taken nothing for so long although something waits for it. Default 0: never. */
  readonly partitionerAvailabilityTimeoutMs?: number | undefined;
  /** Records with a key are treated as those without. Default false. */
  readonly partitionerIgnoreKeys?: boolean | undefined;
  /** Records without a key prefer partitions whose leader stands in the client's `rack` (KIP-1123). Default false. */
  readonly partitionerRackAware?: boolean | undefined;
  /** Let the broker create a topic that is sent to and is not there: all, none, or those that a function says. Default true, as in Java. Without it a send fails once `maxBlockMs` is over. */
  readonly allowAutoCreateTopics?: boolean | ((topic: string) => boolean) | undefined;
  /** Look at every record before it is sent and when its fate is known, in this order. */
  readonly interceptors?: readonly ProducerInterceptor[] | undefined;
  /**
   * Asked before each request, for who may write only as long as something holds, as `() => (consumer.membershipLeftMs() ?? 1) > 0`. False: not now; records wait, at most until their `deliveryTimeoutMs`, and it is asked again every
   * 50 ms. An error: never; what waits fails with it. What is on its way to a broker goes on.
   */
  readonly mayWrite?: (() => boolean | Error) | undefined;
  /**
   * Makes a producer of transactions, the only one of this name: an older one that still runs is fenced when this one begins. Kafka's `transactional.id`; the
   * same over restarts of the same task.
   */
  readonly transactionalId?: string | undefined;
  /** The cluster aborts a transaction that takes longer and fences its producer. Default 60,000; the cluster's own limit is `transaction.max.timeout.ms`. */
  readonly transactionTimeoutMs?: number | undefined;
  /** Beside those of the client. */
  readonly optionNames?: OptionNames | undefined;
}

/** Counters since the producer was made. */
export interface ProducerStats {
  readonly recordsAcknowledged: number;
  readonly recordsFailed: number;
  readonly batchesSent: number;
  readonly batchesRetried: number;
  /** As sent, compressed. */
  readonly bytesSent: number;
  readonly bufferedBytes: number;
}

/** Sends records. Records of one partition are sent in the order of the calls. */
export interface Producer extends TransactionalProducer, AsyncDisposable {
  /** Resolves when the record is acknowledged. Rejects with `KafkaError` (the broker's answer) or `ClientError`. */
  send(record: ProducerRecord, options?: SendOptions): Promise<RecordMetadata>;
  /** Resolves when all are acknowledged, in the order given; rejects with the first failure after all are decided. */
  send(records: readonly ProducerRecord[], options?: SendOptions): Promise<RecordMetadata[]>;
  /** Many records without a promise each. Resolves when all are decided; never rejects for a record. */
  sendBatch(records: readonly ProducerRecord[], options?: SendOptions): Promise<BatchReport>;
  /**
   * The cheapest way: no promise while there is room. Returns undefined when the record was taken at once, else a promise to
   * await before the next call (memory full, metadata not yet known). A failure goes to `onDelivery`, or without one to the next `flush`.
   */
  enqueue(record: ProducerRecord, onDelivery?: DeliveryCallback): Promise<void> | undefined;
  /** As {@link enqueue}; what becomes of the record is told together with others. */
  enqueueFor(listener: DeliveryListener, record: ProducerRecord): Promise<void> | undefined;
  /** `RECORD_TOO_LARGE` for a record that this producer takes in no call, and that would fail a transaction; undefined for any other. Throws `INVALID_ARGUMENT`. */
  tooLarge(record: ProducerRecord): ClientError | undefined;
  /** Sends what waits and resolves when everything handed in before is decided. Rejects with the first failure nobody was told of. */
  flush(options?: SendOptions): Promise<void>;
  stats(): ProducerStats;
  /**
   * Flushes within `timeoutMs` (default `deliveryTimeoutMs`), then fails the rest and lets go of the connections. A transaction that is open is aborted within that
   * time, as in Java; one that is being committed is waited for.
   */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}
