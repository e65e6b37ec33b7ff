import { copyInto } from "../../serdes/copy-into.ts";
import { LENT_BYTES_MAX, type LentMemory } from "../../serdes/lent-bytes.ts";

const CHUNK_BYTES = 1024 * 1024;
const CHUNK_BITS = Math.log2(CHUNK_BYTES);
const PLACE_MASK = CHUNK_BYTES - 1;
/** So many are sorted at once: some ms. Together with a rank they have to be below 2^53. */
const RUN_ENTRIES = 65_536;
const RANKS_MAX = 2 ** 53 / RUN_ENTRIES;
/** Of a key, as many as make a number that is exact. */
const BEGINNING_BYTES = 6;
const FIRST_ENTRIES = 256;
/** The length of no value. */
const NULL = -1;

/** What an entry takes beside its bytes. */
const LOADED_ENTRY_BYTES = 28;

/**
 * Entries as they come, in a few pieces of memory, to be gone through once, sorted by key; of a key that came several times the last. Nothing can be looked up in it: taking and sorting an entry costs a fraction of what {@link PackedTable} takes
 * for it.
 */
export class LoadedEntries {
  readonly #chunks: Buffer[] = [];
  #chunkEnd = CHUNK_BYTES;
  /** Which chunk, and where in it; then key and value. */
  #starts = new Int32Array(FIRST_ENTRIES);
  #keyLengths = new Int32Array(FIRST_ENTRIES);
  #valueLengths = new Int32Array(FIRST_ENTRIES);
  #timestamps = new Float64Array(FIRST_ENTRIES);
  #count = 0;
  /** Of the entries that came first, one run after another, each sorted. */
  readonly #runs: Int32Array[] = [];

  get count(): number {
    return this.#count;
  }

  /** Copies key and value. Returns how many bytes that takes. */
  add(key: Uint8Array, value: Uint8Array | null, timestamp: number): number {
    const index = this.#count;
    if (index === this.#starts.length) this.#grow();
    const valueLength = value === null ? 0 : value.length;
    const size = key.length + valueLength;
    if (this.#chunkEnd + size > CHUNK_BYTES) {
      // One that is larger than a chunk has one of its own, in which nothing follows.
      this.#chunks.push(Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, size)));
      this.#chunkEnd = 0;
    }
    const chunk = this.#chunks[this.#chunks.length - 1]!;
    const at = this.#chunkEnd;
    copyInto(chunk, at, key);
    if (value !== null) copyInto(chunk, at + key.length, value);
    this.#chunkEnd = at + size;
    this.#starts[index] = ((this.#chunks.length - 1) << CHUNK_BITS) | at;
    this.#keyLengths[index] = key.length;
    this.#valueLengths[index] = value === null ? NULL : valueLength;
    this.#timestamps[index] = timestamp;
    this.#count = index + 1;
    if (this.#count % RUN_ENTRIES === 0) this.#runs.push(this.#sortedRun(this.#count - RUN_ENTRIES, this.#count));
    return size + LOADED_ENTRY_BYTES;
  }

  /** Gives the entries' numbers one after another, sorted by key, each key once; undefined at the end. Nothing may be added meanwhile. */
  sorted(): () => number | undefined {
    const runs = [...this.#runs];
    const rest = this.#count % RUN_ENTRIES;
    if (rest > 0) runs.push(this.#sortedRun(this.#count - rest, this.#count));
    const common = this.#count === 0 ? 0 : this.#commonLength(runs.flatMap((run) => [run[0]!, run[run.length - 1]!]));
    const merge = new RunMerge(
      runs,
      (entry) => this.#beginning(entry, common),
      (a, b) => this.#compareKeys(a, b),
    );
    return () => merge.next();
  }

  /** In memory that is lent, where it fits; otherwise a view. */
  keyOf(entry: number, memory: LentMemory): Uint8Array {
    return this.#lent(entry, 0, this.#keyLengths[entry]!, memory);
  }

  valueOf(entry: number, memory: LentMemory): Uint8Array | null {
    const length = this.#valueLengths[entry]!;
    return length === NULL ? null : this.#lent(entry, this.#keyLengths[entry]!, length, memory);
  }

  timestampOf(entry: number): number {
    return this.#timestamps[entry]!;
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#chunkEnd = CHUNK_BYTES;
    this.#starts = new Int32Array(FIRST_ENTRIES);
    this.#keyLengths = new Int32Array(FIRST_ENTRIES);
    this.#valueLengths = new Int32Array(FIRST_ENTRIES);
    this.#timestamps = new Float64Array(FIRST_ENTRIES);
    this.#count = 0;
    this.#runs.length = 0;
  }

  /**
   * By as many letters behind those with which all keys of the run begin as make a number that is exact together with the entry's place: a letter counts for as many as there are at its place, so that ten digits fit. Numbers are sorted
   * without a call for each comparison; then those that are alike by their keys.
   */
  #sortedRun(from: number, to: number): Int32Array {
    const common = this.#commonLengthOf(from, to);
    const { least, counts, isWhole } = this.#letters(from, to, common);
    const ranks = new Float64Array(to - from);
    for (let entry = from; entry < to; entry++) {
      const bytes = this.#bytesOf(entry);
      let at = this.#placeOf(entry) + common;
      const end = this.#placeOf(entry) + this.#keyLengths[entry]!;
      let rank = 0;
      for (let i = 0; i < counts.length; i++, at++) rank = rank * counts[i]! + (at < end ? bytes[at]! - least[i]! + 1 : 0);
      ranks[entry - from] = rank * RUN_ENTRIES + (entry - from);
    }
    ranks.sort();
    const sorted = new Int32Array(to - from);
    for (let i = 0; i < sorted.length; i++) sorted[i] = from + (ranks[i]! % RUN_ENTRIES);
    if (isWhole) return sorted;
    for (let first = 0; first < sorted.length; ) {
      const rank = Math.floor(ranks[first]! / RUN_ENTRIES);
      let end = first + 1;
      while (end < sorted.length && Math.floor(ranks[end]! / RUN_ENTRIES) === rank) end++;
      if (end - first > 1) sorted.subarray(first, end).sort((a, b) => this.#compare(a, b));
      first = end;
    }
    return sorted;
  }

  /** With how many bytes all keys of sorted runs begin at least, given the first and the last of each. */
  #commonLength(entries: readonly number[]): number {
    return entries.reduce((common, entry) => Math.min(common, this.#commonWith(entries[0]!, entry)), Number.POSITIVE_INFINITY);
  }

  /** With how many bytes both keys begin. */
  #commonWith(a: number, b: number): number {
    const bytes = this.#bytesOf(a);
    const others = this.#bytesOf(b);
    const length = Math.min(this.#keyLengths[a]!, this.#keyLengths[b]!);
    let at = 0;
    while (at < length && bytes[this.#placeOf(a) + at] === others[this.#placeOf(b) + at]) at++;
    return at;
  }

  /** A few bytes of its key from there on as a number; behind its end there are zeros. */
  #beginning(entry: number, from: number): number {
    const bytes = this.#bytesOf(entry);
    const start = this.#placeOf(entry);
    const end = start + this.#keyLengths[entry]!;
    let rank = 0;
    for (let i = 0, at = start + from; i < BEGINNING_BYTES; i++, at++) rank = rank * 256 + (at < end ? bytes[at]! : 0);
    return rank;
  }

  /** With how many bytes all keys begin. */
  #commonLengthOf(from: number, to: number): number {
    const first = this.#bytesOf(from);
    const start = this.#placeOf(from);
    let common = this.#keyLengths[from]!;
    for (let entry = from + 1; entry < to && common > 0; entry++) {
      const bytes = this.#bytesOf(entry);
      const place = this.#placeOf(entry);
      const length = Math.min(common, this.#keyLengths[entry]!);
      let at = 0;
      while (at < length && bytes[place + at] === first[start + at]) at++;
      common = at;
    }
    return common;
  }

  /** Which letters there are at the places behind what is common: the least, and how many up to the greatest with the end of a key; as many places as make an exact number. Whole: that is all of each key. */
  #letters(from: number, to: number, common: number): { readonly least: number[]; readonly counts: number[]; readonly isWhole: boolean } {
    const least: number[] = [];
    const counts: number[] = [];
    let product = 1;
    for (let offset = common; ; offset++) {
      let low = 255;
      let high = 0;
      let isAny = false;
      for (let entry = from; entry < to; entry++) {
        if (this.#keyLengths[entry]! <= offset) continue;
        const letter = this.#bytesOf(entry)[this.#placeOf(entry) + offset]!;
        if (letter < low) low = letter;
        if (letter > high) high = letter;
        isAny = true;
      }
      if (!isAny) return { least, counts, isWhole: true };
      const count = high - low + 2;
      if (product * count > RANKS_MAX) return { least, counts, isWhole: false };
      product *= count;
      least.push(low);
      counts.push(count);
    }
  }

  /** By key, and of one key as they came. */
  #compare(a: number, b: number): number {
    return this.#compareKeys(a, b) || a - b;
  }

  #compareKeys(a: number, b: number): number {
    const bytes = this.#bytesOf(a);
    const others = this.#bytesOf(b);
    const start = this.#placeOf(a);
    const otherStart = this.#placeOf(b);
    const keyLength = this.#keyLengths[a]!;
    const otherLength = this.#keyLengths[b]!;
    const length = keyLength < otherLength ? keyLength : otherLength;
    for (let i = 0; i < length; i++) {
      const difference = bytes[start + i]! - others[otherStart + i]!;
      if (difference !== 0) return difference;
    }
    return keyLength - otherLength;
  }

  #lent(entry: number, offset: number, length: number, memory: LentMemory): Uint8Array {
    const bytes = this.#bytesOf(entry);
    const start = this.#placeOf(entry) + offset;
    if (length > LENT_BYTES_MAX) return bytes.subarray(start, start + length);
    const into = memory.bytes;
    for (let i = 0; i < length; i++) into[i] = bytes[start + i]!;
    return memory.first(length);
  }

  #bytesOf(entry: number): Buffer {
    return this.#chunks[this.#starts[entry]! >>> CHUNK_BITS]!;
  }

  #placeOf(entry: number): number {
    return this.#starts[entry]! & PLACE_MASK;
  }

  #grow(): void {
    const count = this.#starts.length * 2;
    this.#starts = grown(this.#starts, new Int32Array(count));
    this.#keyLengths = grown(this.#keyLengths, new Int32Array(count));
    this.#valueLengths = grown(this.#valueLengths, new Int32Array(count));
    this.#timestamps = grown(this.#timestamps, new Float64Array(count));
  }
}

/** Sorted runs as one: a heap of the runs by their next entries, which are compared by a few bytes as numbers first. Of equal keys the last counts. */
class RunMerge {
  readonly #runs: readonly Int32Array[];
  readonly #places: Int32Array;
  /** The next entry of each run, and how its key begins. */
  readonly #entries: Int32Array;
  readonly #beginnings: Float64Array;
  readonly #heap: Int32Array;
  #size: number;
  readonly #beginning: (entry: number) => number;
  readonly #compareKeys: (a: number, b: number) => number;

  /** Entries of later runs, and later ones of a run, have higher numbers. */
  constructor(runs: readonly Int32Array[], beginning: (entry: number) => number, compareKeys: (a: number, b: number) => number) {
    this.#runs = runs;
    this.#beginning = beginning;
    this.#compareKeys = compareKeys;
    this.#size = runs.length;
    this.#places = new Int32Array(runs.length);
    this.#entries = Int32Array.from(runs, (run) => run[0]!);
    this.#beginnings = Float64Array.from(this.#entries, beginning);
    this.#heap = Int32Array.from(runs, (_, run) => run);
    for (let at = (runs.length >> 1) - 1; at >= 0; at--) this.#sink(at);
  }

  next(): number | undefined {
    if (this.#size === 0) return undefined;
    let entry = this.#entries[this.#heap[0]!]!;
    let beginning = this.#beginnings[this.#heap[0]!]!;
    this.#advance();
    while (this.#size > 0 && this.#beginnings[this.#heap[0]!] === beginning) {
      const other = this.#entries[this.#heap[0]!]!;
      if (this.#compareKeys(entry, other) !== 0) break;
      entry = other;
      beginning = this.#beginnings[this.#heap[0]!]!;
      this.#advance();
    }
    return entry;
  }

  /** Of the run that is first. */
  #advance(): void {
    const run = this.#heap[0]!;
    const entries = this.#runs[run]!;
    const place = this.#places[run]! + 1;
    if (place < entries.length) {
      this.#places[run] = place;
      const entry = entries[place]!;
      this.#entries[run] = entry;
      this.#beginnings[run] = this.#beginning(entry);
    } else {
      this.#heap[0] = this.#heap[--this.#size]!;
    }
    if (this.#size > 1) this.#sink(0);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const run = heap[from]!;
    let at = from;
    for (let child = 2 * at + 1; child < this.#size; child = 2 * at + 1) {
      if (child + 1 < this.#size && this.#isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#isBefore(heap[child]!, run)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = run;
  }

  #isBefore(run: number, other: number): boolean {
    const difference = this.#beginnings[run]! - this.#beginnings[other]!;
    if (difference !== 0) return difference < 0;
    const a = this.#entries[run]!;
    const b = this.#entries[other]!;
    return (this.#compareKeys(a, b) || a - b) < 0;
  }
}

function grown<A extends Int32Array | Float64Array>(before: A, after: A): A {
  after.set(before);
  return after;
}
