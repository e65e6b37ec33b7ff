import { copyInto } from "../../serdes/copy-into.ts";
import { LENT_BYTES_MAX, type LentMemory } from "../../serdes/lent-bytes.ts";

/** Entries of a chunk, at most. */
export const CHUNK_ENTRIES = 16_384;
/** So many bytes of a key, with a place in a pile, are a number that is exact. */
const RANK_BYTES = 5;
const FIRST_ENTRIES = 16;
const FIRST_ARENA_BYTES = 512;
/** Larger entries have memory of their own, so that an arena stays small enough to be copied at once: 16 MiB. */
const PACKED_BYTES_MAX = 1024;
/** An arena of which more than half is dead is packed anew, from so many dead bytes on. */
const DEAD_BYTES_MIN = 64 * 1024;
/** So many values keep the view that was made for whoever asked; then all are given up. */
const VIEWS_MAX = 4096;
const OWN = -1;
/** The length of no value. */
const NULL = -1;

/**
 * Keys, values and times of up to {@link CHUNK_ENTRIES} entries, side by side in a few arrays: an entry costs its bytes and 28 more, where two byte arrays and an object would cost hundreds. Bytes are never overwritten but by a value of
 * the same length in the place of another.
 */
export class EntryChunk {
  timestamps = new Float64Array(FIRST_ENTRIES);
  #hashes = new Int32Array(FIRST_ENTRIES);
  #starts = new Int32Array(FIRST_ENTRIES);
  #keyLengths = new Int32Array(FIRST_ENTRIES);
  #valueLengths = new Int32Array(FIRST_ENTRIES);
  #arena = Buffer.allocUnsafeSlow(FIRST_ARENA_BYTES);
  #arenaEnd = 0;
  #deadBytes = 0;
  /** Where entries have been put: 0 to this. */
  #end = 0;
  /** Key and value of large entries. */
  readonly #own = new Map<number, Buffer>();
  #views: (Uint8Array | undefined)[] | undefined;
  #viewCount = 0;

  /** Puts an entry in a place that is free. */
  set(index: number, hash: number, key: Uint8Array, value: Uint8Array | null, timestamp: number): void {
    if (index >= this.#starts.length) this.#growEntries(index);
    if (index >= this.#end) this.#end = index + 1;
    this.#hashes[index] = hash;
    this.timestamps[index] = timestamp;
    this.#place(index, key, value);
  }

  hashOf(index: number): number {
    return this.#hashes[index]!;
  }

  /** Another value for an entry. Returns by how many bytes it is larger. */
  replace(index: number, value: Uint8Array | null, timestamp: number): number {
    this.timestamps[index] = timestamp;
    if (value !== null && this.#valueLengths[index] === value.length) {
      copyInto(this.#bytesOf(index), this.#startOf(index) + this.#keyLengths[index]!, value);
      return 0;
    }
    const sizeBefore = this.sizeOf(index);
    const key = this.key(index);
    this.free(index);
    this.#place(index, key, value);
    return this.sizeOf(index) - sizeBefore;
  }

  /** The place may be taken by another entry. */
  free(index: number): void {
    if (this.#starts[index] === OWN) this.#own.delete(index);
    else this.#deadBytes += this.sizeOf(index);
    this.#forgetView(index);
    this.#keyLengths[index] = 0;
    this.#valueLengths[index] = 0;
  }

  /** A view. */
  key(index: number): Uint8Array {
    const start = this.#startOf(index);
    return this.#bytesOf(index).subarray(start, start + this.#keyLengths[index]!);
  }

  /** Bytes of its key and its value. */
  sizeOf(index: number): number {
    const length = this.#valueLengths[index]!;
    return this.#keyLengths[index]! + (length === NULL ? 0 : length);
  }

  /** A view; null: it has no value. */
  value(index: number): Uint8Array | null {
    if (this.#valueLengths[index] === NULL) return null;
    const start = this.#startOf(index) + this.#keyLengths[index]!;
    return this.#bytesOf(index).subarray(start, start + this.#valueLengths[index]!);
  }

  /** As {@link value}, the same view for a while: what is asked for again and again costs no object each time. */
  sharedValue(index: number): Uint8Array | null {
    const known = this.#views?.[index];
    if (known !== undefined) return known;
    const view = this.value(index);
    if (view === null) return null;
    if (this.#views === undefined || this.#viewCount >= VIEWS_MAX || index >= this.#views.length) {
      this.#views = Array.from({ length: this.#starts.length }, () => undefined);
      this.#viewCount = 0;
    }
    this.#views[index] = view;
    this.#viewCount++;
    return view;
  }

  /** Whether it is this key's entry, whose hash that is. */
  holds(index: number, key: Uint8Array, hash: number): boolean {
    return this.#hashes[index] === hash && this.hasKey(index, key);
  }

  hasKey(index: number, key: Uint8Array): boolean {
    const length = key.length;
    if (this.#keyLengths[index] !== length) return false;
    const bytes = this.#bytesOf(index);
    const start = this.#startOf(index);
    for (let i = 0; i < length; i++) if (bytes[start + i] !== key[i]) return false;
    return true;
  }

  /** The entry's key beside another one, as `compareBytes` does. */
  compareKey(index: number, other: EntryChunk, otherIndex: number): number {
    const a = this.#bytesOf(index);
    const b = other.#bytesOf(otherIndex);
    const aStart = this.#startOf(index);
    const bStart = other.#startOf(otherIndex);
    const aLength = this.#keyLengths[index]!;
    const bLength = other.#keyLengths[otherIndex]!;
    const length = aLength < bLength ? aLength : bLength;
    for (let i = 0; i < length; i++) {
      const difference = a[aStart + i]! - b[bStart + i]!;
      if (difference !== 0) return difference;
    }
    return aLength - bLength;
  }

  /** The entry's key beside one from elsewhere. */
  compareKeyTo(index: number, key: Uint8Array): number {
    const bytes = this.#bytesOf(index);
    const start = this.#startOf(index);
    const length = Math.min(this.#keyLengths[index]!, key.length);
    for (let i = 0; i < length; i++) {
      const difference = bytes[start + i]! - key[i]!;
      if (difference !== 0) return difference;
    }
    return this.#keyLengths[index]! - key.length;
  }

  /** With how many bytes, at most so many, both keys begin. */
  commonKeyLength(index: number, other: EntryChunk, otherIndex: number, atMost: number): number {
    const a = this.#bytesOf(index);
    const b = other.#bytesOf(otherIndex);
    const aStart = this.#startOf(index);
    const bStart = other.#startOf(otherIndex);
    const length = Math.min(atMost, this.#keyLengths[index]!, other.#keyLengths[otherIndex]!);
    let at = 0;
    while (at < length && a[aStart + at] === b[bStart + at]) at++;
    return at;
  }

  /** The {@link RANK_BYTES} bytes of its key from there on as a number; behind its end there are zeros. */
  keyRank(index: number, from: number): number {
    const bytes = this.#bytesOf(index);
    const start = this.#startOf(index);
    const end = start + this.#keyLengths[index]!;
    let rank = 0;
    for (let i = 0, at = start + from; i < RANK_BYTES; i++, at++) rank = rank * 256 + (at < end ? bytes[at]! : 0);
    return rank;
  }

  /** Copies its key. */
  lentKey(index: number, memory: LentMemory): Uint8Array {
    return lentCopy(this.#bytesOf(index), this.#startOf(index), this.#keyLengths[index]!, memory);
  }

  /** As {@link value}, copied. */
  lentValue(index: number, memory: LentMemory): Uint8Array | null {
    const length = this.#valueLengths[index]!;
    return length === NULL ? null : lentCopy(this.#bytesOf(index), this.#startOf(index) + this.#keyLengths[index]!, length, memory);
  }

  #place(index: number, key: Uint8Array, value: Uint8Array | null): void {
    const size = key.length + (value?.length ?? 0);
    this.#keyLengths[index] = key.length;
    this.#valueLengths[index] = value === null ? NULL : value.length;
    if (size > PACKED_BYTES_MAX) {
      const own = Buffer.allocUnsafeSlow(size);
      own.set(key, 0);
      if (value !== null) own.set(value, key.length);
      this.#own.set(index, own);
      this.#starts[index] = OWN;
      return;
    }
    if (this.#arenaEnd + size > this.#arena.length) this.#makeRoom(index, size);
    const start = this.#arenaEnd;
    copyInto(this.#arena, start, key);
    if (value !== null) copyInto(this.#arena, start + key.length, value);
    this.#starts[index] = start;
    this.#arenaEnd = start + size;
  }

  /** Views of the former arena stay as they are: nothing writes there any more. */
  #makeRoom(exceptIndex: number, size: number): void {
    const before = this.#arena;
    const isSparse = this.#deadBytes > DEAD_BYTES_MIN && this.#deadBytes * 2 > this.#arenaEnd;
    const live = this.#arenaEnd - (isSparse ? this.#deadBytes : 0);
    this.#arena = Buffer.allocUnsafeSlow(Math.max(FIRST_ARENA_BYTES, (live + size) * 2));
    this.#views = undefined;
    this.#viewCount = 0;
    if (!isSparse) {
      this.#arena.set(before.subarray(0, this.#arenaEnd));
      return;
    }
    let end = 0;
    for (let index = 0; index < this.#end; index++) {
      if (index === exceptIndex || this.#starts[index] === OWN) continue;
      const start = this.#starts[index]!;
      const length = this.sizeOf(index);
      before.copy(this.#arena, end, start, start + length);
      this.#starts[index] = end;
      end += length;
    }
    this.#arenaEnd = end;
    this.#deadBytes = 0;
  }

  #growEntries(index: number): void {
    const count = Math.min(CHUNK_ENTRIES, Math.max(index + 1, this.#starts.length * 2));
    this.#hashes = grown(this.#hashes, new Int32Array(count));
    this.timestamps = grown(this.timestamps, new Float64Array(count));
    this.#starts = grown(this.#starts, new Int32Array(count));
    this.#keyLengths = grown(this.#keyLengths, new Int32Array(count));
    this.#valueLengths = grown(this.#valueLengths, new Int32Array(count));
  }

  #bytesOf(index: number): Buffer {
    return this.#starts[index] === OWN ? this.#own.get(index)! : this.#arena;
  }

  #startOf(index: number): number {
    const start = this.#starts[index]!;
    return start === OWN ? 0 : start;
  }

  #forgetView(index: number): void {
    if (this.#views?.[index] === undefined) return;
    this.#views[index] = undefined;
    this.#viewCount--;
  }
}

function lentCopy(bytes: Buffer, start: number, length: number, memory: LentMemory): Uint8Array {
  if (length > LENT_BYTES_MAX) return bytes.subarray(start, start + length);
  const into = memory.bytes;
  for (let i = 0; i < length; i++) into[i] = bytes[start + i]!;
  return memory.first(length);
}

function grown<A extends Int32Array | Float64Array>(before: A, after: A): A {
  after.set(before);
  return after;
}
