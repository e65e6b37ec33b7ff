import type { Keyed } from "../bytes/byte-table.ts";

/** The only window of its key and start, which is written over. */
export interface WindowEntry {
  readonly key: Uint8Array;
  readonly startMs: number;
  /** 0; what stands for a place before or behind one has another. */
  readonly sequence: number;
  value: Uint8Array;
  timestamp: number;
}

/** Places of gone entries at the front that are not worth moving the others for. */
const FRONT_HOLES_MAX = 32;

/** All windows of one key, sorted by start. */
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

  find(startMs: number): WindowEntry | undefined {
    const entry = this.#entries[this.placeOf(startMs)];
    return entry !== undefined && entry.startMs === startMs ? entry : undefined;
  }

  /** One whose start is not there yet. */
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
    return this.placeAbove(entry.startMs);
  }

  /** Place of an entry that may be gone, or of the first one after it. */
  placeAtOrAfter(entry: WindowEntry): number {
    return this.placeOf(entry.startMs);
  }
}
