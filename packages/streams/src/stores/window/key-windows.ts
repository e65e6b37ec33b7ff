import { LENT_BYTES_MAX, type LentMemory } from "../../serdes/lent-bytes.ts";
import type { Keyed } from "../bytes/byte-table.ts";

/** A window of a key. */
export interface WindowEntry {
  readonly key: Uint8Array;
  readonly startMs: number;
  /** Tells entries of one key and start apart, in the order in which they came; 0 where there is one only. */
  readonly sequence: number;
  readonly value: Uint8Array;
  readonly timestamp: number;
}

/** The only one of its key and start, which is written over. */
export interface ReplacedWindow extends WindowEntry {
  value: Uint8Array;
  timestamp: number;
}

/** A window whose value is one of many in a piece of memory. */
export class PackedWindow implements WindowEntry {
  readonly key: Uint8Array;
  readonly startMs: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly #slab: Uint8Array;
  readonly #at: number;
  readonly #length: number;

  constructor(key: Uint8Array, startMs: number, sequence: number, timestamp: number, slab: Uint8Array, at: number, length: number) {
    this.key = key;
    this.startMs = startMs;
    this.sequence = sequence;
    this.timestamp = timestamp;
    this.#slab = slab;
    this.#at = at;
    this.#length = length;
  }

  /** A view, which stays as it is. */
  get value(): Uint8Array {
    return this.#slab.subarray(this.#at, this.#at + this.#length);
  }

  /** A copy in memory that is lent, where it fits: costs no object. */
  lentValue(memory: LentMemory): Uint8Array {
    const length = this.#length;
    if (length > LENT_BYTES_MAX) return this.value;
    const slab = this.#slab;
    const { bytes } = memory;
    for (let i = 0, at = this.#at; i < length; i++, at++) bytes[i] = slab[at]!;
    return memory.first(length);
  }
}

/** Places of gone entries at the front that are not worth moving the others for. */
const FRONT_HOLES_MAX = 32;

/** All windows of one key, sorted by start and, of one start, as they came. */
export class KeyWindows implements Keyed {
  readonly key: Uint8Array;
  hash = 0;
  readonly #entries: (WindowEntry | undefined)[] = [];
  /** Of the first that is there. */
  #first = 0;
  /** Counts changes, so that a walk finds its place again only after one. */
  version = 0;

  constructor(key: Uint8Array) {
    this.key = key;
  }

  get isEmpty(): boolean {
    return this.#first === this.#entries.length;
  }

  /** The first of that start. */
  find(startMs: number): WindowEntry | undefined {
    const entry = this.#entries[this.placeOf(startMs)];
    return entry !== undefined && entry.startMs === startMs ? entry : undefined;
  }

  /** After all that have its start. */
  insert(entry: WindowEntry): void {
    const at = this.placeAbove(entry.startMs);
    if (at === this.#entries.length) this.#entries.push(entry);
    else this.#entries.splice(at, 0, entry);
    this.version++;
  }

  remove(entry: WindowEntry): void {
    const entries = this.#entries;
    let at = this.placeOf(entry.startMs);
    while (entries[at] !== entry) at++;
    if (at === this.#first) {
      entries[at] = undefined;
      this.#first++;
      if (this.#first > FRONT_HOLES_MAX && this.#first * 2 > entries.length) {
        entries.splice(0, this.#first);
        this.#first = 0;
      }
    } else {
      entries.splice(at, 1);
    }
    this.version++;
  }

  at(place: number): WindowEntry | undefined {
    return place < this.#first ? undefined : this.#entries[place];
  }

  /** Place of the first entry that does not start before `startMs`. */
  placeOf(startMs: number): number {
    let low = this.#first;
    let high = this.#entries.length;
    // Mostly it is the last, or comes after it.
    if (high > low && this.#entries[high - 1]!.startMs < startMs) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle]!.startMs < startMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Place of the first entry that starts after `startMs`. */
  placeAbove(startMs: number): number {
    return this.placeOf(startMs + 1);
  }

  /** Place right after an entry that may be gone. */
  placeAfter(entry: WindowEntry): number {
    let at = this.placeOf(entry.startMs);
    for (
      let other = this.at(at);
      other !== undefined && other.startMs === entry.startMs && other.sequence <= entry.sequence;
      other = this.at(at)
    )
      at++;
    return at;
  }

  /** Place of an entry that may be gone, or of the first one after it. */
  placeAtOrAfter(entry: WindowEntry): number {
    let at = this.placeOf(entry.startMs);
    for (
      let other = this.at(at);
      other !== undefined && other.startMs === entry.startMs && other.sequence < entry.sequence;
      other = this.at(at)
    )
      at++;
    return at;
  }
}
