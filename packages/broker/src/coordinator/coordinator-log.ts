import type { VerificationOutcome } from "@ottla/log";
import type { RecordCursor } from "@ottla/protocol/records";
import type { TransactionMarker } from "../partitions/transaction-gate.ts";

/** A record as the log keeps it; a null value is a tombstone. */
export interface LogRecord {
  readonly key: Buffer;
  readonly value: Buffer | null;
  /** Of the transaction it belongs to; absent where it belongs to none. It counts once a marker says so. */
  readonly producerId?: number | undefined;
  /** Stands on it, where it comes from the log: for who wants neither key nor value as a buffer. */
  readonly cursor?: RecordCursor | undefined;
}

/** The end of a producer's transaction, in its place among the records. */
export interface TransactionEnd {
  readonly key: undefined;
  readonly producerId: number;
  readonly isCommit: boolean;
}

/** The transaction that records are written in. */
export interface RecordTransaction {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** What {@link CoordinatorLog.startVerification} gave. */
  readonly guard: Extract<VerificationOutcome, { kind: "started" }>["guard"];
}

/**
 * `ok`: the records are in the log, whole and in order, and survive a killed process. `durable` is there when the topic is flushed before
 * answers go out (flush.messages=1): wait for it. `error`: nothing was written.
 */
export type AppendOutcome =
  | { readonly kind: "ok"; readonly durable?: Promise<void> | undefined }
  | { readonly kind: "error"; readonly errorCode: number };

/** A coordinator's log: the partitions of one internal topic. */
export interface CoordinatorLog {
  readonly topic: string;
  /** Partitions of the topic; before it exists, how many it will have. */
  partitionCount(): number;
  exists(): boolean;
  /** Creates the topic if need be. Resolves when it can be written; rejects with a `KafkaError`. */
  ensureCreated(): Promise<void>;
  /** The node that leads a partition and so coordinates its keys; -1 when there is none. */
  leaderOf(partition: number): number;
  /**
   * Writes the records as one batch, all or none, before it returns. Takes no more of them than fit a batch: MESSAGE_TOO_LARGE is known, and the rest never
   * encoded, at the first that does not.
   */
  append(partition: number, records: Iterable<LogRecord>, timestampMs: number, transaction?: RecordTransaction): AppendOutcome;
  /** Ends a producer's transaction in a partition. Codes beside those of {@link append}: INVALID_PRODUCER_EPOCH, TRANSACTION_COORDINATOR_FENCED. */
  appendMarker(partition: number, marker: TransactionMarker, timestampMs: number): AppendOutcome;
  /** Asks whether a producer may write into its transaction; see `PartitionLog.startVerification`. */
  startVerification(
    partition: number,
    producer: { readonly producerId: number; readonly producerEpoch: number; readonly raisesEpoch: boolean },
  ): VerificationOutcome;
  /**
   * Every record of a partition, and where transactions end, from the log start to the end at the time of the call, in chunks. A record is valid until the next one is asked
   * for; its key and value are views, valid until the next chunk.
   */
  read(partition: number): AsyncIterable<Iterable<LogRecord | TransactionEnd>>;
}
