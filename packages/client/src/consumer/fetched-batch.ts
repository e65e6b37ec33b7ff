import { MalformedBytesError } from "@ottla/base";
import { lastOffset, partitionLeaderEpoch, RecordCursor } from "@ottla/protocol/records";
import { ClientError } from "../client-error.ts";
import type { BatchCursor, ConsumerBatch, ConsumerRecord, RecordHeader } from "./consumer-types.ts";

/** Everything about one partition's part of an answer. */
export interface FetchedPart {
  readonly topic: string;
  readonly partition: number;
  readonly records: Buffer;
  readonly positions: readonly number[];
  readonly startOffset: number;
  readonly nextOffset: number;
  readonly recordCountMax: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
}

/** See {@link ConsumerBatch}. */
export class FetchedBatch implements ConsumerBatch {
  readonly part: FetchedPart;

  constructor(part: FetchedPart) {
    this.part = part;
  }

  get topic(): string {
    return this.part.topic;
  }
  get partition(): number {
    return this.part.partition;
  }
  get startOffset(): number {
    return this.part.startOffset;
  }
  get nextOffset(): number {
    return this.part.nextOffset;
  }
  get highWatermark(): number {
    return this.part.highWatermark;
  }
  get lastStableOffset(): number {
    return this.part.lastStableOffset;
  }
  get logStartOffset(): number {
    return this.part.logStartOffset;
  }
  get recordCountMax(): number {
    return this.part.recordCountMax;
  }
  /** One past the last offset that can hold a record to be seen; what follows are markers and aborted records. */
  get visibleEnd(): number {
    const { positions, records, nextOffset } = this.part;
    const last = positions.at(-1);
    return last === undefined ? nextOffset : Math.min(nextOffset, lastOffset(records, last) + 1);
  }
  get sizeBytes(): number {
    return this.part.records.length;
  }

  cursor(): BatchCursor {
    return new PartCursor(this.part);
  }

  *[Symbol.iterator](): Generator<ConsumerRecord, void, undefined> {
    const cursor = new PartCursor(this.part);
    while (cursor.moveNext()) yield recordAt(this.part, cursor);
  }

  /** From `offset` on, after `seenCount` of its records. */
  from(offset: number, seenCount: number): FetchedBatch {
    if (offset <= this.part.startOffset) return this;
    return new FetchedBatch({ ...this.part, startOffset: offset, recordCountMax: Math.max(1, this.part.recordCountMax - seenCount) });
  }

  /** The first `recordCount` records and the rest; the rest is undefined when there is none. */
  splitAfter(recordCount: number): readonly [FetchedBatch, FetchedBatch | undefined] {
    if (this.part.recordCountMax <= recordCount) return [this, undefined];
    const cursor = new PartCursor(this.part);
    let seen = 0;
    while (seen < recordCount && cursor.moveNext()) seen++;
    const boundary = cursor.offset + 1;
    if (seen < recordCount || !cursor.moveNext()) return [this, undefined];
    const first = { ...this.part, nextOffset: boundary, recordCountMax: recordCount };
    const rest = { ...this.part, startOffset: boundary, recordCountMax: this.part.recordCountMax - recordCount };
    return [new FetchedBatch(first), new FetchedBatch(rest)];
  }
}

/** The record that a cursor stands on, as an object of its own. */
export function recordAt({ topic, partition }: FetchedPart, cursor: BatchCursor): ConsumerRecord {
  return {
    topic,
    partition,
    offset: cursor.offset,
    timestamp: cursor.timestamp,
    key: cursor.key(),
    value: cursor.value(),
    headers: cursor.headers(),
    leaderEpoch: cursor.leaderEpoch,
  };
}

/** One cursor over all batches of a part, within its offsets. */
class PartCursor implements BatchCursor {
  readonly raw = new RecordCursor();
  readonly #part: FetchedPart;
  #index = -1;
  #epoch = -1;

  constructor(part: FetchedPart) {
    this.#part = part;
  }

  moveNext(): boolean {
    try {
      for (;;) {
        if (this.#index >= 0 && this.raw.moveNext()) {
          const offset = this.raw.offset;
          if (offset < this.#part.startOffset) continue;
          return offset < this.#part.nextOffset;
        }
        if (++this.#index >= this.#part.positions.length) {
          this.#index = this.#part.positions.length;
          return false;
        }
        const at = this.#part.positions[this.#index]!;
        this.#epoch = partitionLeaderEpoch(this.#part.records, at);
        this.raw.open(this.#part.records, at);
      }
    } catch (cause) {
      if (!(cause instanceof MalformedBytesError)) throw cause;
      const { topic, partition } = this.#part;
      throw new ClientError(
        "CORRUPT_BATCH",
        `${topic}-${partition} holds a batch near offset ${this.raw.offset} that cannot be decoded: ${cause.message}`,
        { cause },
      );
    }
  }

  get offset(): number {
    return this.raw.offset;
  }
  get timestamp(): number {
    return this.raw.timestamp;
  }
  get leaderEpoch(): number | undefined {
    return this.#epoch < 0 ? undefined : this.#epoch;
  }
  get keyLength(): number {
    return this.raw.keyLength;
  }
  get valueLength(): number {
    return this.raw.valueLength;
  }
  key(): Buffer | null {
    return this.raw.key();
  }
  value(): Buffer | null {
    return this.raw.value();
  }
  headers(): readonly RecordHeader[] {
    return this.raw.headers();
  }
}
