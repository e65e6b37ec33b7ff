import type { UnreadBytes } from "@ottla/base";
import type { VerificationGuard } from "../producers/verifications.ts";

/**
 * Who appends. `client`: producer epoch and sequence numbers are checked. `coordinator`: the broker's own records, which have no sequence numbers, and a producer only
 * within transactions. `marker`: a control batch that ends a transaction; producer and coordinator epoch are checked, the producer's transaction ends here, and an abort
 * is indexed.
 */
export type AppendOrigin = "client" | "coordinator" | "marker";

/** How one batch is appended. */
export interface AppendOptions {
  readonly origin: AppendOrigin;
  /** Written into the batch and, when new, into the leader-epoch history. */
  readonly leaderEpoch: number;
  /** What {@link PartitionLog.startVerification} gave; needed for the first batch of a transaction. */
  readonly guard?: VerificationGuard | undefined;
  /** Of a marker: with 2 its epoch has to be above that of the transaction's records (KIP-890). Default 0. */
  readonly transactionVersion?: number;
}

/** Whether a producer may write into its transaction. `guard` undefined: it is open in this partition, and nobody need be asked. */
export type VerificationOutcome = { readonly kind: "started"; readonly guard: VerificationGuard | undefined } | LogRefusal;

/** What became of one batch. Nothing was written unless `kind` is `appended`. */
export type AppendOutcome =
  | {
      readonly kind: "appended";
      readonly baseOffset: number;
      readonly lastOffset: number;
      /** The stamp given under LogAppendTime; −1 under CreateTime. */
      readonly logAppendTimeMs: number;
    }
  | {
      /** An idempotent producer sent the batch again: this is where it is. `durable(lastOffset)` holds for it as for the first. */
      readonly kind: "duplicate";
      readonly baseOffset: number;
      readonly lastOffset: number;
      readonly logAppendTimeMs: number;
    }
  | LogRefusal;

/**
 * The log cannot do it. Codes: KAFKA_STORAGE_ERROR (disk), CORRUPT_MESSAGE (damage found), OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH,
 * INVALID_TXN_STATE, TRANSACTION_COORDINATOR_FENCED, RECORD_LIST_TOO_LARGE, OFFSET_OUT_OF_RANGE.
 */
export interface LogRefusal {
  readonly kind: "rejected";
  readonly errorCode: number;
  readonly message: string;
}

/** How far a read goes. */
export interface ReadOptions {
  /** Whether the first batch is returned even when it is larger than the limit (KIP-74). */
  readonly minOneBatch: boolean;
  /** Batches that start at or after this offset are not read. Default: the high watermark. */
  readonly maxOffset?: number;
}

/**
 * `records`: whole batches, contiguous, exactly as stored, from the batch that holds the asked offset; empty at the end of the log or when not
 * even one batch fits. The buffers belong to the log: they do not change before `release`, and must not be changed.
 */
export type ReadOutcome =
  | {
      readonly kind: "records";
      readonly records: readonly Buffer[];
      readonly sizeBytes: number;
      /** Memory that is held until `release`, in bytes: that of the records, or more. */
      readonly heldBytes: number;
      /** One past the last offset in `records`; the asked offset when there are none. */
      readonly nextOffset: number;
      /** Call once when `records` are not looked at any more, so that their memory can be used again. Not to call it costs time, never safety. */
      readonly release?: (() => void) | undefined;
      /** To call after `release` by who will go on at `nextOffset`: reads what comes then ahead, if it has to come from disk. */
      readonly readOn?: (() => void) | undefined;
    }
  | LogRefusal;

/** Whole batches that are read when they are sent; otherwise as the records of a {@link ReadOutcome}. They hold an open file until `release`, and no memory. */
export interface UnreadRecords {
  readonly records: UnreadBytes;
  readonly nextOffset: number;
  readonly release: () => void;
  readonly readOn: () => void;
}

/** A record found by timestamp. `leaderEpoch` is −1 where the batch carries none. */
export interface TimestampedOffset {
  readonly offset: number;
  readonly timestampMs: number;
  readonly leaderEpoch: number;
}

/** The last offset of an epoch, as OffsetForLeaderEpoch answers; both −1 when the epoch is unknown here. */
export interface EpochEndOffset {
  readonly leaderEpoch: number;
  readonly endOffset: number;
}

/** One row of DescribeProducers. Absent values are −1. */
export interface ActiveProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly lastSequence: number;
  readonly lastTimestampMs: number;
  readonly coordinatorEpoch: number;
  readonly currentTransactionStartOffset: number;
}

/** An aborted transaction that overlaps a fetched range. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/** What became of a DeleteRecords call: the first offset that is left, which may be beyond the one asked for. */
export type DeleteRecordsOutcome = { readonly kind: "deleted"; readonly logStartOffset: number } | LogRefusal;
