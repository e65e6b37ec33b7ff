import { MalformedBytesError } from "@ottla/base";
import {
  type CodecName,
  codecNameOf,
  compressionOf,
  decompressRecords,
  lastOffset,
  partitionLeaderEpoch,
  RecordCursor,
  recordCount,
  sizeInBytes,
} from "@ottla/protocol/records";
import { ClientError } from "../client-error.ts";
import type { BatchCursor, ConsumerBatch, ConsumerRecord, RecordHeader } from "./consumer-types.ts";

const NO_BYTES = Buffer.alloc(0);

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

/** The record batch that was unpacked last: what reads a part bit by bit would unpack it again for each bit. */
interface Unpacked {
  /** Where it begins in the part; −1: none was. */
  at: number;
  records: Buffer;
}

/** Which of a part's record batches hold records to be seen, as indices of its positions. */
interface Window {
  readonly first: number;
  readonly end: number;
  /** The same one for all windows of a part. */
  readonly unpacked: Unpacked;
}

/** See {@link ConsumerBatch}. */
export class FetchedBatch implements ConsumerBatch {
  readonly part: FetchedPart;
  readonly #window: Window;

  constructor(part: FetchedPart, window: Window = { first: 0, end: part.positions.length, unpacked: { at: -1, records: NO_BYTES } }) {
    this.part = part;
    this.#window = window;
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
    const { records, positions } = this.part;
    const { first, end } = this.#window;
    if (first === 0 && end === positions.length) return records.length;
    return first === end ? 0 : positions[end - 1]! + sizeInBytes(records, positions[end - 1]!) - positions[first]!;
  }

  get codec(): CodecName {
    const at = this.part.positions[this.#window.first];
    return at === undefined ? "none" : (codecNameOf(compressionOf(this.part.records, at)) ?? "none");
  }

  /** Its first record batch is compressed. */
  get isPacked(): boolean {
    return this.codec !== "none";
  }

  cursor(): BatchCursor {
    return new PartCursor(this.part, this.#window);
  }

  *[Symbol.iterator](): Generator<ConsumerRecord, void, undefined> {
    const cursor = this.cursor();
    while (cursor.moveNext()) yield recordAt(this.part, cursor);
  }

  /** From `offset` on, after `seenCount` of its records. */
  from(offset: number, seenCount: number): FetchedBatch {
    if (offset <= this.part.startOffset) return this;
    return this.#rest(offset, this.#firstAt(offset), Math.max(1, this.part.recordCountMax - seenCount));
  }

  /** The first `recordCount` records and the rest; the rest is undefined when there is none. */
  splitAfter(recordCount: number): readonly [FetchedBatch, FetchedBatch | undefined] {
    if (this.part.recordCountMax <= recordCount) return [this, undefined];
    const cursor = this.cursor();
    let seen = 0;
    while (seen < recordCount && cursor.moveNext()) seen++;
    const boundary = cursor.offset + 1;
    if (seen < recordCount || !cursor.moveNext()) return [this, undefined];
    const rest = this.#rest(boundary, this.#firstAt(boundary), this.part.recordCountMax - recordCount);
    return [this.#upTo(boundary, this.#window.end, recordCount), rest];
  }

  /** As {@link splitAfter}, the first of it so much as holds at most `bytesMax` packed bytes, or one record batch. */
  splitPacked(bytesMax: number): readonly [FetchedBatch, FetchedBatch | undefined] {
    const { records, positions, recordCountMax } = this.part;
    const { first, end } = this.#window;
    let bytes = 0;
    for (let index = first; index < end; index++) {
      const at = positions[index]!;
      if (compressionOf(records, at) !== 0) bytes += sizeInBytes(records, at);
      if (bytes <= bytesMax || index === first) continue;
      const boundary = lastOffset(records, positions[index - 1]!) + 1;
      const head = this.#upTo(boundary, index, Math.min(recordCountMax, this.#recordsIn(first, index)));
      return [head, this.#rest(boundary, index, Math.min(recordCountMax, this.#recordsIn(index, end)))];
    }
    return [this, undefined];
  }

  #upTo(nextOffset: number, end: number, recordCountMax: number): FetchedBatch {
    return new FetchedBatch({ ...this.part, nextOffset, recordCountMax }, { ...this.#window, end });
  }

  #rest(startOffset: number, first: number, recordCountMax: number): FetchedBatch {
    return new FetchedBatch({ ...this.part, startOffset, recordCountMax }, { ...this.#window, first });
  }

  /** The first record batch that reaches `offset`. */
  #firstAt(offset: number): number {
    const { records, positions } = this.part;
    let { first } = this.#window;
    while (first < this.#window.end && lastOffset(records, positions[first]!) < offset) first++;
    return first;
  }

  #recordsIn(first: number, end: number): number {
    let count = 0;
    for (let index = first; index < end; index++) count += recordCount(this.part.records, this.part.positions[index]!);
    return count;
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
  readonly #window: Window;
  #index: number;
  #epoch = -1;

  constructor(part: FetchedPart, window: Window) {
    this.#part = part;
    this.#window = window;
    this.#index = window.first - 1;
  }

  moveNext(): boolean {
    try {
      for (;;) {
        if (this.#index >= this.#window.first && this.raw.moveNext()) {
          const offset = this.raw.offset;
          if (offset < this.#part.startOffset) continue;
          return offset < this.#part.nextOffset;
        }
        if (++this.#index >= this.#window.end) {
          this.#index = this.#window.end;
          return false;
        }
        this.#open(this.#part.positions[this.#index]!);
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

  #open(at: number): void {
    const { records } = this.#part;
    const { unpacked } = this.#window;
    this.#epoch = partitionLeaderEpoch(records, at);
    if (compressionOf(records, at) === 0) {
      this.raw.open(records, at);
      return;
    }
    if (unpacked.at !== at) {
      unpacked.at = -1;
      unpacked.records = decompressRecords(records, at);
      unpacked.at = at;
    }
    this.raw.openRecords(records, at, unpacked.records, 0, unpacked.records.length);
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
