import type { LentMemory } from "../../serdes/lent-bytes.ts";
import { hashOf, processSeed } from "./byte-table.ts";
import { compareBytes } from "./compare-bytes.ts";
import { CHUNK_ENTRIES, EntryChunk } from "./entry-chunk.ts";
import { copiedBytes } from "./owned-bytes.ts";
import { RangePiles } from "./range-piles.ts";
import { FREE, SlotDirectory } from "./slot-directory.ts";

const CHUNK_BITS = Math.log2(CHUNK_ENTRIES);
const INDEX_MASK = CHUNK_ENTRIES - 1;
/** From so many entries on they are kept roughly in order, so that no first walk has to look at all of them. */
const ORDERED_FROM = 32_768;

/** Piles of fewer are sorted as quickly otherwise, */
const RANKED_MIN = 32;
/** and of more there are none. A place and the rank of a key are less than 2^53 together. */
const RANKED_MAX = 4096;

/** An entry, or a key that is looked for. */
type Place = number | { readonly key: Uint8Array };

/**
 * Values and times by the bytes of their keys, packed in chunks: ten million small entries take less than a gigabyte, and no call takes long because there are many. Entries are numbers, valid until they are
 * deleted. Sorted where it is looked at, as {@link ByteTable} is.
 */
export class PackedTable {
  readonly #seed: number;
  #chunks: EntryChunk[] = [];
  #slots = this.#emptySlots();
  /** Numbers of deleted entries, taken again before others. */
  #holes: number[] = [];
  #end = 0;
  /** Who puts has mostly looked before, and then knows where. */
  #found = FREE;
  #sorted: RangePiles<Place> | undefined;
  /** A number may stand for another entry since. */
  #deletions = 0;

  /** Another one for each process: whoever chooses keys cannot know which of them collide. */
  constructor(seed: number = processSeed) {
    this.#seed = seed;
  }

  get size(): number {
    return this.#end - this.#holes.length;
  }

  /** Undefined: there is none. */
  find(key: Uint8Array): number | undefined {
    const entry = this.#slots.find(key, hashOf(key, this.#seed));
    this.#found = entry;
    return entry === FREE ? undefined : entry;
  }

  /** Copies the value, and a key that is not there yet. Returns by how many bytes keys and values have become more. */
  put(key: Uint8Array, value: Uint8Array | null, timestamp: number): number {
    const found = this.#found;
    if (found !== FREE && this.#chunkOf(found).hasKey(found & INDEX_MASK, key)) {
      return this.#chunkOf(found).replace(found & INDEX_MASK, value, timestamp);
    }
    const hash = hashOf(key, this.#seed);
    const known = this.#slots.find(key, hash);
    if (known !== FREE) return this.#chunkOf(known).replace(known & INDEX_MASK, value, timestamp);
    const entry = this.#holes.pop() ?? this.#end++;
    const chunk = (this.#chunks[entry >>> CHUNK_BITS] ??= new EntryChunk());
    chunk.set(entry & INDEX_MASK, hash, key, value, timestamp);
    this.#slots.insert(entry, hash);
    if (this.#sorted !== undefined) this.#sorted.insert(entry);
    else if (this.size === ORDERED_FROM) this.#inOrder();
    return chunk.sizeOf(entry & INDEX_MASK);
  }

  /** False: there was none. */
  delete(key: Uint8Array): boolean {
    const entry = this.find(key);
    if (entry === undefined) return false;
    this.deleteEntry(entry);
    return true;
  }

  /** One that is there, by its number. */
  deleteEntry(entry: number): void {
    this.#sorted?.remove(entry);
    this.#slots.delete(entry, this.#hashAt(entry));
    this.#chunkOf(entry).free(entry & INDEX_MASK);
    this.#holes.push(entry);
    this.#found = FREE;
    this.#deletions++;
  }

  /** The entry's key beside one from elsewhere, as `compareBytes` does. */
  compareKeyTo(entry: number, key: Uint8Array): number {
    return this.#chunkOf(entry).compareKeyTo(entry & INDEX_MASK, key);
  }

  /** A view; keys are never overwritten. */
  keyOf(entry: number): Uint8Array {
    return this.#chunkOf(entry).key(entry & INDEX_MASK);
  }

  /** A view, which a replacement of the same length changes; null where null was put. */
  valueOf(entry: number): Uint8Array | null {
    return this.#chunkOf(entry).value(entry & INDEX_MASK);
  }

  /** As {@link valueOf}, the same view for a while. */
  sharedValueOf(entry: number): Uint8Array | null {
    return this.#chunkOf(entry).sharedValue(entry & INDEX_MASK);
  }

  /** As {@link keyOf} in memory that is lent. */
  lentKeyOf(entry: number, memory: LentMemory): Uint8Array {
    return this.#chunkOf(entry).lentKey(entry & INDEX_MASK, memory);
  }

  /** As {@link valueOf} in memory that is lent. */
  lentValueOf(entry: number, memory: LentMemory): Uint8Array | null {
    return this.#chunkOf(entry).lentValue(entry & INDEX_MASK, memory);
  }

  timestampOf(entry: number): number {
    return this.#chunkOf(entry).timestamps[entry & INDEX_MASK]!;
  }

  clear(): void {
    this.#chunks = [];
    this.#slots = this.#emptySlots();
    this.#holes = [];
    this.#end = 0;
    this.#found = FREE;
    this.#sorted = undefined;
    this.#deletions++;
  }

  /** All entries sorted by key; the table must not change meanwhile. */
  unchanged(): () => number | undefined {
    return this.#inOrder().ascending(undefined) as () => number | undefined;
  }

  /** The first by key; no garbage, as a walk would be. */
  first(): number | undefined {
    return this.#inOrder().first() as number | undefined;
  }

  /** The next one by key behind an entry that is there. */
  after(entry: number): number | undefined {
    return this.#inOrder().after(entry) as number | undefined;
  }

  /** Entries from `from` (inclusive; null: the first) on, sorted by key. Sees what changes ahead of it while it walks. */
  ascending(from: Uint8Array | null): () => number | undefined {
    return this.#walk(from, (piles, at) => piles.ascending(at));
  }

  /** Entries from `from` (inclusive; null: the last) back. */
  descending(from: Uint8Array | null): () => number | undefined {
    return this.#walk(from, (piles, at) => piles.descending(at));
  }

  /** Begins anew behind its last key when an entry has gone: its number may be another one's by now. */
  #walk(
    from: Uint8Array | null,
    begin: (piles: RangePiles<Place>, at: Place | undefined) => () => Place | undefined,
  ): () => number | undefined {
    let deletions = -1;
    let next: (() => Place | undefined) | undefined;
    let last: Uint8Array | undefined;
    return () => {
      if (next === undefined || deletions !== this.#deletions) {
        const key = last ?? from;
        next = begin(this.#inOrder(), key === null ? undefined : { key });
        deletions = this.#deletions;
      }
      let entry = next() as number | undefined;
      if (entry !== undefined && last !== undefined && compareBytes(this.keyOf(entry), last) === 0) entry = next() as number | undefined;
      if (entry !== undefined) last = this.keyOf(entry);
      return entry;
    };
  }

  #inOrder(): RangePiles<Place> {
    if (this.#sorted !== undefined) return this.#sorted;
    const holes = new Set(this.#holes);
    const entries: Place[] = [];
    for (let entry = 0; entry < this.#end; entry++) if (!holes.has(entry)) entries.push(entry);
    this.#sorted = new RangePiles<Place>(
      entries,
      (a, b) => this.#compare(a, b),
      undefined,
      (place) => (typeof place === "number" ? { key: copiedBytes(this.keyOf(place)) } : place),
      (places) => this.#sortedPile(places),
    );
    return this.#sorted;
  }

  #compare(a: Place, b: Place): number {
    if (typeof a === "number" && typeof b === "number") {
      return this.#chunkOf(a).compareKey(a & INDEX_MASK, this.#chunkOf(b), b & INDEX_MASK);
    }
    if (typeof a === "number") return this.#chunkOf(a).compareKeyTo(a & INDEX_MASK, (b as { readonly key: Uint8Array }).key);
    if (typeof b === "number") return -this.#chunkOf(b).compareKeyTo(b & INDEX_MASK, a.key);
    return compareBytes(a.key, b.key);
  }

  /**
   * By a few bytes behind those with which all keys of the pile begin, each a number together with its place, which are sorted without a call for each comparison; then those that are alike in these bytes by
   * their keys.
   */
  #sortedPile(places: readonly Place[]): readonly Place[] {
    const count = places.length;
    if (count < RANKED_MIN || count > RANKED_MAX || !places.every((place) => typeof place === "number"))
      return places.toSorted((a, b) => this.#compare(a, b));
    const first = places[0] as number;
    const firstChunk = this.#chunkOf(first);
    let common = Infinity;
    for (let i = 1; i < count && common > 0; i++) {
      const entry = places[i] as number;
      common = firstChunk.commonKeyLength(first & INDEX_MASK, this.#chunkOf(entry), entry & INDEX_MASK, common);
    }
    const ranks = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const entry = places[i] as number;
      ranks[i] = this.#chunkOf(entry).keyRank(entry & INDEX_MASK, common) * RANKED_MAX + i;
    }
    ranks.sort();
    const sorted = Array.from(ranks, (rank) => places[rank % RANKED_MAX]!);
    for (let from = 0; from < count; ) {
      const rank = Math.floor(ranks[from]! / RANKED_MAX);
      let to = from + 1;
      while (to < count && Math.floor(ranks[to]! / RANKED_MAX) === rank) to++;
      if (to - from > 1) {
        const alike = sorted.slice(from, to).sort((a, b) => this.#compare(a, b));
        for (let i = from; i < to; i++) sorted[i] = alike[i - from]!;
      }
      from = to;
    }
    return sorted;
  }

  #chunkOf(entry: number): EntryChunk {
    return this.#chunks[entry >>> CHUNK_BITS]!;
  }

  #hashAt(entry: number): number {
    return this.#chunkOf(entry).hashOf(entry & INDEX_MASK);
  }

  #emptySlots(): SlotDirectory {
    return new SlotDirectory(
      (entry) => this.#hashAt(entry),
      (entry, key, hash) => this.#chunkOf(entry).holds(entry & INDEX_MASK, key, hash),
    );
  }
}
