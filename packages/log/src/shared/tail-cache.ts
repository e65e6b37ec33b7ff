/** Batches shorter than this are copied, so that a few bytes never keep a whole network buffer alive. */
const COPY_BELOW_BYTES = 2048;
const SLAB_BYTES = 64 * 1024;

/** One recent batch. Links order all entries of a cache by age. */
class TailEntry {
  readonly owner: PartitionTail;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly batch: Buffer;
  older: TailEntry | undefined;
  newer: TailEntry | undefined;

  constructor(owner: PartitionTail, baseOffset: number, lastOffset: number, batch: Buffer) {
    this.owner = owner;
    this.baseOffset = baseOffset;
    this.lastOffset = lastOffset;
    this.batch = batch;
  }
}

/** The recent batches of one partition: contiguous up to the end of its log. */
export class PartitionTail {
  readonly #cache: TailCache;
  #entries: TailEntry[] = [];
  /** Entries before this one are gone. */
  #first = 0;
  #sizeBytes = 0;

  constructor(cache: TailCache) {
    this.#cache = cache;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get count(): number {
    return this.#entries.length - this.#first;
  }

  /** Offset of the oldest batch here; `Infinity` when there is none. */
  get startOffset(): number {
    return this.#first < this.#entries.length ? this.#entries[this.#first]!.baseOffset : Infinity;
  }

  add(baseOffset: number, lastOffset: number, batch: Buffer): void {
    const entry = new TailEntry(this, baseOffset, lastOffset, this.#cache.keep(batch));
    this.#entries.push(entry);
    this.#sizeBytes += batch.length;
    this.#cache.added(entry);
  }

  /**
   * Batches from the one that holds `offset`, while they start below `maxOffset` and fit `maxBytes` (the first one in any case if `minOneBatch`).
   * `offset` must not lie below {@link PartitionTail.startOffset}. Empty when nothing fits.
   */
  collect(offset: number, maxBytes: number, maxOffset: number, minOneBatch: boolean): { records: Buffer[]; sizeBytes: number; nextOffset: number } {
    const entries = this.#entries;
    const found = { records: [] as Buffer[], sizeBytes: 0, nextOffset: offset };
    for (let i = this.#find(offset); i < entries.length; i++) {
      const entry = entries[i]!;
      const isTooMuch = found.sizeBytes + entry.batch.length > maxBytes && !(minOneBatch && found.records.length === 0);
      if (entry.baseOffset >= maxOffset || isTooMuch) break;
      found.records.push(entry.batch);
      found.sizeBytes += entry.batch.length;
      found.nextOffset = entry.lastOffset + 1;
    }
    return found;
  }

  clear(): void {
    while (this.count > 0) this.#cache.remove(this.#entries[this.#first]!);
  }

  /** For {@link TailCache}: drops the oldest entry. */
  dropOldest(): void {
    this.#sizeBytes -= this.#entries[this.#first]!.batch.length;
    this.#first++;
    if (this.#first === this.#entries.length) {
      this.#entries = [];
      this.#first = 0;
    } else if (this.#first >= 64 && this.#first * 2 >= this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    } else {
      // Let go of the batch although the slot stays for a while.
      (this.#entries as (TailEntry | undefined)[])[this.#first - 1] = undefined;
    }
  }

  get oldest(): TailEntry | undefined {
    return this.#entries[this.#first];
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
 * Keeps recent batches of all partitions by reference, so that consumers at the tail never touch the disk. What counts is the memory that is kept
 * alive: a batch may be a view of a larger buffer, counted once for all its views. The oldest batches go first.
 */
export class TailCache {
  readonly #maxBytes: number;
  readonly #maxPartitionBytes: number;
  /** How many entries keep each underlying buffer alive. */
  readonly #holders = new Map<ArrayBufferLike, number>();
  #heldBytes = 0;
  #oldest: TailEntry | undefined;
  #newest: TailEntry | undefined;
  #slab: Buffer = Buffer.alloc(0);

  constructor(maxBytes: number, maxPartitionBytes: number) {
    this.#maxBytes = maxBytes;
    this.#maxPartitionBytes = maxPartitionBytes;
  }

  /** Memory kept alive, in bytes. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  partition(): PartitionTail {
    return new PartitionTail(this);
  }

  /** The batch itself, or a copy of a short one. */
  keep(batch: Buffer): Buffer {
    if (batch.length >= COPY_BELOW_BYTES) return batch;
    if (this.#slab.length < batch.length) this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    const copy = this.#slab.subarray(0, batch.length);
    copy.set(batch);
    this.#slab = this.#slab.subarray(batch.length);
    return copy;
  }

  added(entry: TailEntry): void {
    const memory = entry.batch.buffer;
    const holders = this.#holders.get(memory) ?? 0;
    this.#holders.set(memory, holders + 1);
    if (holders === 0) this.#heldBytes += memory.byteLength;
    entry.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
    const tail = entry.owner;
    while (tail.sizeBytes > this.#maxPartitionBytes) this.remove(tail.oldest!);
    while (this.#heldBytes > this.#maxBytes && this.#oldest !== undefined) this.remove(this.#oldest);
  }

  /** Removes a partition's oldest entry. */
  remove(entry: TailEntry): void {
    const memory = entry.batch.buffer;
    const holders = this.#holders.get(memory)! - 1;
    if (holders === 0) {
      this.#holders.delete(memory);
      this.#heldBytes -= memory.byteLength;
    } else this.#holders.set(memory, holders);
    if (entry.older === undefined) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === undefined) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    entry.owner.dropOldest();
  }
}
