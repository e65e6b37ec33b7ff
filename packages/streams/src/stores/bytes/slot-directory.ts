const FIRST_SLOTS = 16;
/** A part that is half full of so many is split in two. */
const SLOTS_MAX = 32_768;
/** Parts whose hashes agree in so many bits are not split any more, but grow. */
const DEPTH_MAX = 20;
export const FREE = -1;
const DELETED = -2;

/** Slots for the hashes that begin with the same bits. */
interface Part {
  slots: Int32Array;
  /** Taken or deleted. */
  used: number;
  size: number;
  readonly depth: number;
}

/**
 * A hash table of numbers, of which the owner knows hash and key. Split in parts by the first bits of the hash, each of them small, so that no insertion moves more than one part (extendible
 * hashing): growth never takes long, however many there are.
 */
export class SlotDirectory {
  readonly #hashOf: (entry: number) => number;
  readonly #isSame: (entry: number, key: Uint8Array, hash: number) => boolean;
  /** Two to the power of the depth; a part of less depth stands in several places, one after another. */
  #parts: Part[] = [emptyPart(0, FIRST_SLOTS)];
  #depth = 0;
  #spare = noSlots;

  constructor(hashOf: (entry: number) => number, isSame: (entry: number, key: Uint8Array, hash: number) => boolean) {
    this.#hashOf = hashOf;
    this.#isSame = isSame;
  }

  /** The entry of the key; {@link FREE}: none. */
  find(key: Uint8Array, hash: number): number {
    const { slots } = this.#partOf(hash);
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]!;
      if (entry === FREE) return FREE;
      if (entry !== DELETED && this.#isSame(entry, key, hash)) return entry;
    }
  }

  /** Takes an entry whose key is not there. */
  insert(entry: number, hash: number): void {
    const part = this.#partOf(hash);
    const { slots } = part;
    const mask = slots.length - 1;
    let slot = hash & mask;
    while (slots[slot]! >= 0) slot = (slot + 1) & mask;
    if (slots[slot] === FREE) part.used++;
    slots[slot] = entry;
    part.size++;
    if (part.used * 2 > slots.length) this.#makeRoom(part, hash);
  }

  /** Takes out an entry that is there. */
  delete(entry: number, hash: number): void {
    const part = this.#partOf(hash);
    const { slots } = part;
    const mask = slots.length - 1;
    let slot = hash & mask;
    while (slots[slot] !== entry) slot = (slot + 1) & mask;
    slots[slot] = DELETED;
    part.size--;
  }

  #partOf(hash: number): Part {
    // A shift by 32 would be one by 0.
    return this.#parts[this.#depth === 0 ? 0 : hash >>> (32 - this.#depth)]!;
  }

  #makeRoom(part: Part, hash: number): void {
    const isSplit = part.size * 4 > SLOTS_MAX && part.depth < DEPTH_MAX;
    if (isSplit) this.#split(part, hash);
    else this.#refill(part, part.slots, slotsFor(part.size));
  }

  #split(part: Part, hash: number): void {
    if (part.depth === this.#depth) {
      this.#parts = this.#parts.flatMap((each) => [each, each]);
      this.#depth++;
    }
    const depth = part.depth + 1;
    const [low, high] = [emptyPart(depth, SLOTS_MAX), emptyPart(depth, SLOTS_MAX)];
    const first = Math.floor((hash >>> (32 - this.#depth)) / 2 ** (this.#depth - part.depth)) * 2 ** (this.#depth - part.depth);
    const half = 2 ** (this.#depth - depth);
    for (let i = 0; i < half; i++) {
      this.#parts[first + i] = low;
      this.#parts[first + half + i] = high;
    }
    for (const entry of part.slots) {
      if (entry < 0) continue;
      const own = this.#hashOf(entry);
      put((own >>> (32 - depth)) % 2 === 0 ? low : high, entry, own);
    }
    // All on one side: that side is still full.
    for (const each of [low, high]) if (each.used * 2 > each.slots.length) this.#refill(each, each.slots, slotsFor(each.size));
  }

  #refill(part: Part, from: Int32Array, count: number): void {
    // Where as many come as go there is room again and again, and no need of other memory.
    const entries = from.length === count && from === part.slots ? this.#live(from) : from;
    if (entries === from) part.slots = new Int32Array(count);
    part.slots.fill(FREE);
    const end = entries === from ? from.length : part.size;
    part.used = 0;
    part.size = 0;
    for (let i = 0; i < end; i++) {
      const entry = entries[i]!;
      if (entry >= 0) put(part, entry, this.#hashOf(entry));
    }
  }

  /** The entries of slots that are about to be filled again. */
  #live(slots: Int32Array): Int32Array {
    if (this.#spare.length < slots.length) this.#spare = new Int32Array(slots.length);
    let end = 0;
    for (const entry of slots) if (entry >= 0) this.#spare[end++] = entry;
    return this.#spare;
  }
}

const noSlots = new Int32Array();

function emptyPart(depth: number, slotCount: number): Part {
  return { slots: new Int32Array(slotCount).fill(FREE), used: 0, size: 0, depth };
}

/** Four times as many as entries, or somewhat more. */
function slotsFor(size: number): number {
  let count = FIRST_SLOTS;
  while (count < size * 4) count *= 2;
  return count;
}

function put(part: Part, entry: number, hash: number): void {
  const { slots } = part;
  const mask = slots.length - 1;
  let slot = hash & mask;
  while (slots[slot] !== FREE) slot = (slot + 1) & mask;
  slots[slot] = entry;
  part.used++;
  part.size++;
}
