import type { BytesLike } from "../bytes.ts";

/** A header to send: the same key may stand more than once, order is kept. */
export interface HeaderInput {
  readonly key: string;
  readonly value: BytesLike | null;
}

/** A record to send. */
export interface ProducerRecord {
  readonly topic: string;
  readonly key?: BytesLike | null | undefined;
  readonly value?: BytesLike | null | undefined;
  /** A list keeps order and duplicates; an object is for the common case. */
  readonly headers?: readonly HeaderInput[] | Readonly<Record<string, BytesLike | null>> | undefined;
  /** Chosen by the partitioner when left out: by the key's murmur2 hash as Java does, else sticky. */
  readonly partition?: number | undefined;
  /** Milliseconds since the epoch. Default: now. */
  readonly timestamp?: number | undefined;
}

/** Where a record came to stand. */
export interface RecordMetadata {
  readonly topic: string;
  readonly partition: number;
  /** −1 with `acks: 0`, and for a duplicate whose offset the broker no longer knows. */
  readonly offset: number;
  /** The record's own time, or the broker's when the topic is under log append time. */
  readonly timestamp: number;
}

/** Called once per record: with metadata when it was acknowledged, else with the error. Called in order within a partition. */
export type DeliveryCallback = (error: Error | undefined, metadata: RecordMetadata | undefined) => void;

/**
 * In place of a {@link DeliveryCallback} where millions of records are written: told once of all records that were handed in with it and share a batch. Called in order within a partition, exactly once for
 * each record.
 */
export interface DeliveryListener {
  /** So many records of a partition were acknowledged; the last of them stands before `endOffset`, which is −1 with `acks: 0`, and for a duplicate whose offset the broker no longer knows. */
  onAcknowledged(topic: string, partition: number, endOffset: number, count: number): void;
  /** So many records could not be written. */
  onFailed(error: Error, count: number): void;
}

/** What became of the records of one `sendBatch`. */
export interface BatchReport {
  readonly acknowledged: number;
  readonly failed: number;
  /** The first failure; undefined when all were acknowledged. */
  readonly error: Error | undefined;
}

/** How a caller may end its wait. */
export interface SendOptions {
  /**
   * Ends the wait at once with `ClientError` ABORTED. A record that still waits for metadata or memory is not sent any more; one that has been taken into
   * a batch may be written all the same.
   */
  readonly signal?: AbortSignal | undefined;
}
