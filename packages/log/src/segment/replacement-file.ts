import type { Disk, DiskFile } from "@ottla/base";
import { baseOffset, lastOffset, sizeInBytes } from "@ottla/protocol/records";
import { invariant } from "@ottla/base";
import { type AbortedEntry, encodeAborted } from "./aborted-entry.ts";
import { replacementPath } from "./segment-files.ts";
import { SegmentIndexes } from "./segment-indexes.ts";

/** Where the position of a batch must stay below: positions in the index are int32. */
const POSITION_MAX = 0x7fffffff;

/** Which segments a replacement takes the place of: those of a directory that begin at or after `base` and before `end`. */
export interface ReplacementPlace {
  readonly directory: string;
  readonly base: number;
  readonly end: number;
}

/** A replacement that was written under its `.cleaned` names; nothing of it is synced yet. */
export interface WrittenReplacement {
  readonly sizeBytes: number;
  /** The content of its `.index` and `.timeindex`. */
  readonly offsetIndex: Uint8Array;
  readonly timeIndex: Uint8Array;
  /** Whether it has a `.txnindex` beside it. */
  readonly hasTransactions: boolean;
}

/** How a replacement is written. */
export interface ReplacementOptions {
  readonly indexIntervalBytes: number;
  /** What is gathered before it is written, in bytes. */
  readonly bufferBytes: number;
  /** Told before bytes are written. May throw. */
  readonly admit?: (byteLength: number) => void;
}

/** The `.cleaned` file of a replacement while it is written. It needs the disk alone, so that another thread can do it. */
export class ReplacementFile {
  readonly #disk: Disk;
  readonly #place: ReplacementPlace;
  readonly #options: ReplacementOptions;
  readonly #indexes: SegmentIndexes;
  readonly #buffer: Buffer;
  #file: DiskFile | undefined;
  #gathered = 0;
  #nextOffset: number;
  #sizeBytes = 0;

  /** Errors: disk errors. */
  constructor(disk: Disk, place: ReplacementPlace, options: ReplacementOptions) {
    this.#disk = disk;
    this.#place = place;
    this.#options = options;
    this.#indexes = new SegmentIndexes(place.base);
    this.#nextOffset = place.base;
    this.#buffer = Buffer.allocUnsafeSlow(options.bufferBytes);
    this.#file = disk.open(this.#path(".log"));
    try {
      this.#file.truncate(0);
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /** Adds the whole batch at `at`, whose offsets lie behind those before it. Returns how many bytes were written to the disk. Errors: disk errors; then only {@link ReplacementFile.discard} is left. */
  append(batch: Buffer, at = 0): number {
    const size = sizeInBytes(batch, at);
    const last = lastOffset(batch, at);
    const isInPlace = baseOffset(batch, at) >= this.#nextOffset && last < this.#place.end;
    invariant(isInPlace, "a batch of a replacement lies outside the segments that it replaces");
    invariant(this.#sizeBytes + size <= POSITION_MAX, "a replacement is larger than a segment can be");
    this.#indexes.note(batch, at, this.#sizeBytes, this.#options.indexIntervalBytes);
    this.#sizeBytes += size;
    this.#nextOffset = last + 1;
    let written = 0;
    if (this.#gathered + size > this.#buffer.length) written += this.#write(this.#buffer.subarray(0, this.#gathered));
    if (size > this.#buffer.length) return written + this.#write(batch.subarray(at, at + size));
    this.#gathered += batch.copy(this.#buffer, this.#gathered, at, at + size);
    return written;
  }

  /** Writes what is left to write. Errors: disk errors; then only {@link ReplacementFile.discard} is left. */
  finish(aborted: readonly AbortedEntry[]): WrittenReplacement {
    this.#write(this.#buffer.subarray(0, this.#gathered));
    this.#close();
    if (aborted.length > 0) this.#writeTransactions(aborted);
    return {
      sizeBytes: this.#sizeBytes,
      ...this.#indexes.encode(),
      hasTransactions: aborted.length > 0,
    };
  }

  /** Removes what was written. Errors: disk errors; what is left is removed at the next start. */
  discard(): void {
    this.#close();
    for (const kind of [".log", ".txnindex"] as const) this.#disk.remove(this.#path(kind));
  }

  #writeTransactions(aborted: readonly AbortedEntry[]): void {
    const file = this.#disk.open(this.#path(".txnindex"));
    try {
      file.truncate(0);
      file.append([encodeAborted(aborted)]);
    } finally {
      file.close();
    }
  }

  #write(bytes: Buffer): number {
    this.#gathered = 0;
    if (bytes.length === 0) return 0;
    this.#options.admit?.(bytes.length);
    this.#file!.append([bytes]);
    return bytes.length;
  }

  #close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #path(kind: ".log" | ".txnindex"): string {
    const { directory, base, end } = this.#place;
    return replacementPath(directory, base, end, kind, ".cleaned");
  }
}
