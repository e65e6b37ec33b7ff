import type { CodecName, RecordCursor } from "@ottla/protocol/records";

export interface RecordHeader {
  readonly key: string;
  readonly value: Buffer | null;
}

/** A record that was read. Byte fields are views of the fetched answer: copy what you keep for long. */
export interface ConsumerRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** In order, duplicates included. */
  readonly headers: readonly RecordHeader[];
  readonly leaderEpoch: number | undefined;
}

/**
 * Records of one partition as they were fetched, undecoded; loops are given packed ones in parts, each of which unpacks in about a millisecond. Iterate it for
 * record objects, or take the cursor for no object at all: `for (const record of batch)` or `const cursor = batch.cursor(); while (cursor.moveNext()) cursor.value();`.
 * Aborted transactions (under read_committed), control records and records before the position are already left out.
 */
export interface ConsumerBatch extends Iterable<ConsumerRecord> {
  readonly topic: string;
  readonly partition: number;
  /** The offset that was asked for; the first record's may be higher in a compacted log. */
  readonly startOffset: number;
  /** One past the last offset covered: where the consumer's position is after this batch. */
  readonly nextOffset: number;
  /** The partition's end as of this answer: `highWatermark − nextOffset` is the lag. */
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  /** Size of the undecoded bytes. */
  readonly sizeBytes: number;
  /** Upper bound of the records inside, from the batch headers; exact unless some were skipped. */
  readonly recordCountMax: number;
  /** How its first record batch is compressed; `none` where it is not, or holds no records. */
  readonly codec: CodecName;
  /** A cursor over all records of the batch. One at a time per batch. Throws `ClientError` CORRUPT_BATCH. */
  cursor(): BatchCursor;
}

/** Walks the records of a {@link ConsumerBatch}; between moves it shows the current record. */
export interface BatchCursor {
  moveNext(): boolean;
  readonly offset: number;
  readonly timestamp: number;
  readonly leaderEpoch: number | undefined;
  key(): Buffer | null;
  value(): Buffer | null;
  headers(): readonly RecordHeader[];
  /** Byte lengths without making a view; −1 is null. */
  readonly keyLength: number;
  readonly valueLength: number;
  /** The positions themselves, for code that reads the bytes in place. */
  readonly raw: RecordCursor;
}
