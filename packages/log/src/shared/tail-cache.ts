import { type BufferPool, POOLED_BYTES } from "./buffer-pool.ts";

/** A piece of memory that recent batches of any partition are copied into, one behind the other. */
class Slab {
  readonly buffer: Buffer;
  usedBytes = 0;
  readonly entries: TailEntry[] = [];
  /** Readers that still look at it. */
  pins = 0;
  isRetired = false;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }
}

/** One recent batch. */
interface TailEntry {
  readonly owner: PartitionTail;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly slab: Slab;
  readonly start: number;
  readonly end: number;
}

/** Recent batches of one partition. Call `release` once the records are not looked at any more. */
export interface TailRead {
  readonly records: readonly Buffer[];
  readonly sizeBytes: number;
  readonly nextOffset: number;
  readonly release: (() => void) | undefined;
}

/** The recent batches of one partition: contiguous up to the end of its log. */
export class PartitionTail {
  readonly #cache: TailCache;
  #entries: (TailEntry | undefined)[] = [];
  /** Entries before this one are gone. */
  #first = 0;

  constructor(cache: TailCache) {
    this.#cache = cache;
  }

  get count(): number {
    return this.#entries.length - this.#first;
  }

  /** Offset of the oldest batch here; `Infinity` when there is none. */
  get startOffset(): number {
    return this.#entries[this.#first]?.baseOffset ?? Infinity;
  }

  /** Keeps a copy of the batch at the end of the log, or nothing of the partition if it is too large. */
  add(baseOffset: number, lastOffset: number, batch: Buffer): void {
    const entry = this.#cache.keep(this, baseOffset, lastOffset, batch);
    if (entry === undefined) this.clear();
    else this.#entries.push(entry);
  }

  /**
   * Batches from the one that holds `offset`, while they start below `maxOffset` and fit `maxBytes` (the first one in any case if `minOneBatch`).
   * `offset` must not lie below {@link PartitionTail.startOffset}. Empty when nothing fits.
   */
  collect(offset: number, maxBytes: number, maxOffset: number, minOneBatch: boolean): TailRead {
    const entries = this.#entries;
    const first = this.#find(offset);
    let sizeBytes = 0;
    let nextOffset = offset;
    let end = first;
    for (; end < entries.length; end++) {
      const entry = entries[end]!;
      const batchBytes = entry.end - entry.start;
      const isTooMuch = sizeBytes + batchBytes > maxBytes && !(minOneBatch && end === first);
      if (entry.baseOffset >= maxOffset || isTooMuch) break;
      sizeBytes += batchBytes;
      nextOffset = entry.lastOffset + 1;
    }
    return { sizeBytes, nextOffset, ...this.#views(first, end) };
  }

  clear(): void {
    this.#entries = [];
    this.#first = 0;
  }

  /** Lets go of the batches that end below `offset`: they were written anew on the disk. */
  dropBelow(offset: number): void {
    for (let entry = this.#entries[this.#first]; entry !== undefined && entry.lastOffset < offset; entry = this.#entries[this.#first])
      this.drop(entry);
  }

  /** For {@link TailCache}: the slab of this entry goes away. An entry that was cleared already is not there. */
  drop(entry: TailEntry): void {
    if (this.#entries[this.#first] !== entry) return;
    this.#entries[this.#first] = undefined;
    this.#first++;
    if (this.#first >= 64 && this.#first * 2 >= this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The bytes of some entries; what lies side by side becomes one view. */
  #views(first: number, end: number): { records: Buffer[]; release: (() => void) | undefined } {
    const records: Buffer[] = [];
    const slabs: Slab[] = [];
    for (let i = first; i < end; ) {
      const { slab, start } = this.#entries[i]!;
      let stop = this.#entries[i]!.end;
      for (i++; i < end && this.#entries[i]!.slab === slab && this.#entries[i]!.start === stop; i++) stop = this.#entries[i]!.end;
      records.push(slab.buffer.subarray(start, stop));
      if (slabs.at(-1) !== slab) slabs.push(slab);
    }
    if (slabs.length === 0) return { records, release: undefined };
    if (this.#cache.mayPin) return { records, release: this.#cache.pin(slabs) };
    return { records: records.map((bytes) => Buffer.from(bytes)), release: undefined };
  }

  /** The first entry that ends at or after `offset`. */
  #find(offset: number): number {
    let low = this.#first;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.lastOffset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Keeps copies of the recent batches of all partitions, so that consumers at the tail never touch the disk. Memory is bounded: the oldest slab goes first,
 * with all batches in it, and is used again once the readers that look at it are done.
 */
export class TailCache {
  readonly #pool: BufferPool;
  readonly #slabsMax: number;
  /** Oldest first; the last one is being filled. */
  readonly #slabs: Slab[] = [];
  /** Slabs that are no longer in the cache, and still looked at. */
  #lingering = 0;

  constructor(pool: BufferPool, maxBytes: number) {
    this.#pool = pool;
    this.#slabsMax = Math.floor(maxBytes / POOLED_BYTES);
  }

  /** Memory held, in bytes, beside slabs that readers still look at. */
  get heldBytes(): number {
    return this.#slabs.length * POOLED_BYTES;
  }

  partition(): PartitionTail {
    return new PartitionTail(this);
  }

  /** Copies a batch; undefined when it is too large to be kept. */
  keep(owner: PartitionTail, baseOffset: number, lastOffset: number, batch: Buffer): TailEntry | undefined {
    if (batch.length > POOLED_BYTES || this.#slabsMax === 0) return undefined;
    let slab = this.#slabs.at(-1);
    if (slab === undefined || slab.usedBytes + batch.length > POOLED_BYTES) slab = this.#nextSlab();
    const start = slab.usedBytes;
    const end = start + batch.length;
    slab.buffer.set(batch, start);
    slab.usedBytes = end;
    const entry: TailEntry = { owner, baseOffset, lastOffset, slab, start, end };
    slab.entries.push(entry);
    return entry;
  }

  /** Slow readers may keep as much memory beside the cache as the cache has; beyond that they get copies. */
  get mayPin(): boolean {
    return this.#lingering < this.#slabsMax;
  }

  /** Keeps slabs from being used again until the returned function is called. */
  pin(slabs: readonly Slab[]): () => void {
    for (const slab of slabs) slab.pins++;
    return () => {
      for (const slab of slabs) {
        slab.pins--;
        if (!slab.isRetired || slab.pins > 0) continue;
        this.#lingering--;
        this.#pool.give(slab.buffer);
      }
    };
  }

  #nextSlab(): Slab {
    while (this.#slabs.length >= this.#slabsMax) this.#retire(this.#slabs.shift()!);
    const slab = new Slab(this.#pool.take());
    this.#slabs.push(slab);
    return slab;
  }

  #retire(slab: Slab): void {
    slab.isRetired = true;
    for (const entry of slab.entries) entry.owner.drop(entry);
    if (slab.pins === 0) this.#pool.give(slab.buffer);
    else this.#lingering++;
  }
}
