/** Entries of a chunk, at most. */
const CHUNK_ENTRIES = 16_384;
const CHUNK_BITS = Math.log2(CHUNK_ENTRIES);
const INDEX_MASK = CHUNK_ENTRIES - 1;
const FIRST_ENTRIES = 16;

/** What a window store keeps of one of its windows, beside each other in a few arrays. */
class Chunk {
  starts = new Float64Array(FIRST_ENTRIES);
  timestamps = new Float64Array(FIRST_ENTRIES);
  sequences = new Int32Array(FIRST_ENTRIES);
  keys = new Int32Array(FIRST_ENTRIES);
  /** Where the value begins in its slab, and how long it is. */
  valueStarts = new Int32Array(FIRST_ENTRIES);
  valueLengths = new Int32Array(FIRST_ENTRIES);
  readonly slabs: (Uint8Array | undefined)[] = [];

  makeRoom(index: number): void {
    if (index < this.starts.length) return;
    const count = Math.min(CHUNK_ENTRIES, this.starts.length * 2);
    this.starts = grown(this.starts, new Float64Array(count));
    this.timestamps = grown(this.timestamps, new Float64Array(count));
    this.sequences = grown(this.sequences, new Int32Array(count));
    this.keys = grown(this.keys, new Int32Array(count));
    this.valueStarts = grown(this.valueStarts, new Int32Array(count));
    this.valueLengths = grown(this.valueLengths, new Int32Array(count));
  }
}

/** Windows by number. A number is taken again when it was given up, so that windows that come and go make no garbage. */
export class WindowSlots {
  #chunks: Chunk[] = [];
  readonly #holes: number[] = [];
  #end = 0;

  /** Puts one down; returns its number. */
  add(
    key: number,
    startMs: number,
    sequence: number,
    timestamp: number,
    slab: Uint8Array,
    valueStart: number,
    valueLength: number,
  ): number {
    const slot = this.#holes.pop() ?? this.#end++;
    const chunk = (this.#chunks[slot >>> CHUNK_BITS] ??= new Chunk());
    const index = slot & INDEX_MASK;
    chunk.makeRoom(index);
    chunk.keys[index] = key;
    chunk.starts[index] = startMs;
    chunk.sequences[index] = sequence;
    chunk.timestamps[index] = timestamp;
    chunk.slabs[index] = slab;
    chunk.valueStarts[index] = valueStart;
    chunk.valueLengths[index] = valueLength;
    return slot;
  }

  free(slot: number): void {
    this.#chunkOf(slot).slabs[slot & INDEX_MASK] = undefined;
    this.#holes.push(slot);
  }

  /** The number of its key. */
  keyOf(slot: number): number {
    return this.#chunkOf(slot).keys[slot & INDEX_MASK]!;
  }

  startOf(slot: number): number {
    return this.#chunkOf(slot).starts[slot & INDEX_MASK]!;
  }

  sequenceOf(slot: number): number {
    return this.#chunkOf(slot).sequences[slot & INDEX_MASK]!;
  }

  timestampOf(slot: number): number {
    return this.#chunkOf(slot).timestamps[slot & INDEX_MASK]!;
  }

  /** Where its value lies. */
  slabOf(slot: number): Uint8Array {
    return this.#chunkOf(slot).slabs[slot & INDEX_MASK]!;
  }

  valueStartOf(slot: number): number {
    return this.#chunkOf(slot).valueStarts[slot & INDEX_MASK]!;
  }

  valueLengthOf(slot: number): number {
    return this.#chunkOf(slot).valueLengths[slot & INDEX_MASK]!;
  }

  clear(): void {
    this.#chunks = [];
    this.#holes.length = 0;
    this.#end = 0;
  }

  #chunkOf(slot: number): Chunk {
    return this.#chunks[slot >>> CHUNK_BITS]!;
  }
}

function grown<A extends Int32Array | Float64Array>(before: A, after: A): A {
  after.set(before);
  return after;
}
