import { randomInt } from "node:crypto";
import { compareBytes, sameBytes } from "./compare-bytes.ts";
import { RangePiles } from "./range-piles.ts";

/** What a {@link ByteTable} holds. The table sets `hash`. */
export interface Keyed {
  readonly key: Uint8Array;
  hash: number;
}

const FIRST_SLOTS = 16;
export const processSeed = randomInt(2 ** 32);
/** From so many entries on they are kept roughly in order, so that no first walk has to look at all of them. */
const ORDERED_FROM = 32_768;
const FREE = -1;
const DELETED = -2;

/**
 * A hash table of entries by their keys' bytes: an array of entries, and slots that point into it. A sorted index beside it begins with the first walk and is kept from then on, so that
 * stores that are only asked for keys do not pay for order; in a large table it begins by itself. It is sorted where it is looked at, so that no call sorts all.
 */
export class ByteTable<E extends Keyed> {
  readonly #seed: number;
  #slots = new Int32Array(FIRST_SLOTS).fill(FREE);
  #entries: (E | undefined)[] = [];
  /** Places of deleted entries, taken again before the array grows. */
  #holes: number[] = [];
  #usedSlots = 0;
  #size = 0;
  #sorted: RangePiles<Keyed> | undefined;

  /** Another one for each process: whoever chooses keys cannot know which of them collide. */
  constructor(seed: number = processSeed) {
    this.#seed = seed;
  }

  get size(): number {
    return this.#size;
  }

  get(key: Uint8Array): E | undefined {
    const at = this.#slots[this.#slotOf(key, hashOf(key, this.#seed))]!;
    return at >= 0 ? this.#entries[at] : undefined;
  }

  /** Takes an entry whose key is not there. Its key must not change afterwards. */
  insert(entry: E): void {
    entry.hash = hashOf(entry.key, this.#seed);
    const slot = this.#slotOf(entry.key, entry.hash);
    const isFresh = this.#slots[slot] === FREE;
    const place = this.#holes.pop() ?? this.#entries.length;
    this.#entries[place] = entry;
    this.#slots[slot] = place;
    this.#size++;
    if (this.#sorted !== undefined) this.#sorted.insert(entry);
    else if (this.#size === ORDERED_FROM) this.#inOrder();
    if (isFresh && ++this.#usedSlots * 2 > this.#slots.length) this.#rebuild();
  }

  /** The entry that was there. */
  delete(key: Uint8Array): E | undefined {
    const slot = this.#slotOf(key, hashOf(key, this.#seed));
    const at = this.#slots[slot]!;
    if (at < 0) return undefined;
    const entry = this.#entries[at]!;
    this.#slots[slot] = DELETED;
    this.#entries[at] = undefined;
    this.#holes.push(at);
    this.#size--;
    this.#sorted?.remove(entry);
    return entry;
  }

  /** All entries, in no order; the table must not change meanwhile. */
  unordered(): () => E | undefined {
    let at = 0;
    return () => {
      while (at < this.#entries.length) {
        const entry = this.#entries[at++];
        if (entry !== undefined) return entry;
      }
      return undefined;
    };
  }

  clear(): void {
    this.#slots = new Int32Array(FIRST_SLOTS).fill(FREE);
    this.#entries = [];
    this.#holes = [];
    this.#usedSlots = 0;
    this.#size = 0;
    this.#sorted = undefined;
  }

  /** Entries from `from` (inclusive; undefined: the first) on, sorted by key. Sees what changes ahead of it while it walks. */
  ascending(from: Uint8Array | undefined): () => E | undefined {
    return this.#inOrder().ascending(from === undefined ? undefined : { key: from, hash: 0 }) as () => E | undefined;
  }

  /** Entries from `from` (inclusive; undefined: the last) back. */
  descending(from: Uint8Array | undefined): () => E | undefined {
    return this.#inOrder().descending(from === undefined ? undefined : { key: from, hash: 0 }) as () => E | undefined;
  }

  #inOrder(): RangePiles<Keyed> {
    this.#sorted ??= new RangePiles<Keyed>(
      this.#entries.filter((entry) => entry !== undefined),
      byKey,
    );
    return this.#sorted;
  }

  /** The slot that holds the key, or the one that would take it. */
  #slotOf(key: Uint8Array, hash: number): number {
    const mask = this.#slots.length - 1;
    let deleted = -1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = this.#slots[slot]!;
      if (at === FREE) return deleted >= 0 ? deleted : slot;
      if (at === DELETED) {
        if (deleted < 0) deleted = slot;
        continue;
      }
      const entry = this.#entries[at]!;
      if (entry.hash === hash && sameBytes(entry.key, key)) return slot;
    }
  }

  /** Slots for four times what there is, with deleted ones gone. */
  #rebuild(): void {
    let count = FIRST_SLOTS;
    while (count < this.#size * 4) count *= 2;
    const slots = new Int32Array(count).fill(FREE);
    for (let at = 0; at < this.#entries.length; at++) {
      const entry = this.#entries[at];
      if (entry === undefined) continue;
      let slot = entry.hash & (count - 1);
      while (slots[slot] !== FREE) slot = (slot + 1) & (count - 1);
      slots[slot] = at;
    }
    this.#slots = slots;
    this.#usedSlots = this.#size;
  }
}

function byKey(a: Keyed, b: Keyed): number {
  return compareBytes(a.key, b.key);
}

/** FNV-1a with the bits stirred once more, since slots are chosen by the lowest. */
export function hashOf(key: Uint8Array, seed: number): number {
  let hash = seed;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key[i]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
