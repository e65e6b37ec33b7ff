import type { CachedEntry, PlaceOrder } from "./cached-entry.ts";
import type { RangedUses, RangeEnd } from "./ranged-uses.ts";

/** Of so many entries that came and went it is known what a walk began with. */
const CHANGES_MAX = 10_000;

/** What a walk over a cache uses on its way. */
export interface CacheWalk {
  /** Is told the key of the entry that the walk looks at, or that it looked behind the last of them (undefined). */
  looked(key: Uint8Array | undefined): void;
  close(): void;
}

/**
 * Uses the entries of a range up to the one that is looked at: those that were there when the walk began, and are there when it comes to them, as Java's walks over a copy of the keys do.
 */
export class RangeWalk implements CacheWalk {
  readonly #uses: RangedUses<CachedEntry>;
  readonly #order: PlaceOrder;
  readonly #isReverse: boolean;
  readonly #closed: () => void;
  /** What is left of the range. */
  #from: RangeEnd | undefined;
  #to: RangeEnd | undefined;
  #isOpen = true;
  /** Were not there when it began. */
  readonly #fresh = new Set<CachedEntry>();
  /** Keys, as text, of those that were there and are not any more. */
  readonly #gone = new Set<string>();

  constructor(
    uses: RangedUses<CachedEntry>,
    order: PlaceOrder,
    from: RangeEnd | undefined,
    to: RangeEnd | undefined,
    isReverse: boolean,
    closed: () => void,
  ) {
    this.#uses = uses;
    this.#order = order;
    this.#from = from;
    this.#to = to;
    this.#isReverse = isReverse;
    this.#closed = closed;
  }

  /** An entry was put into the cache. */
  came(entry: CachedEntry): void {
    if (this.#gone.delete(textOf(entry.key))) return;
    this.#fresh.add(entry);
    this.#bound();
  }

  /** An entry went away. */
  went(entry: CachedEntry): void {
    if (this.#fresh.delete(entry)) return;
    this.#gone.add(textOf(entry.key));
    this.#bound();
  }

  looked(key: Uint8Array | undefined): void {
    if (!this.#isOpen) return;
    if (key === undefined) {
      this.#useUpTo(undefined);
      this.close();
    } else if (this.#isAhead(key)) {
      for (const { key: fresh } of this.#fresh) if (this.#order(fresh, key) === 0) return;
      this.#useUpTo(key);
    }
  }

  close(): void {
    this.#isOpen = false;
    this.#closed();
  }

  /** Up to that key, which is used as well; undefined: to the end. */
  #useUpTo(key: Uint8Array | undefined): void {
    const passed = [...this.#fresh].map((entry) => entry.key).filter((fresh) => this.#isAhead(fresh) && !this.#isBehind(fresh, key));
    passed.sort((a, b) => (this.#isReverse ? this.#order(b, a) : this.#order(a, b)));
    for (const fresh of passed) this.#use({ key: fresh, isInclusive: false });
    this.#use(key === undefined ? undefined : { key, isInclusive: true });
  }

  #use(end: RangeEnd | undefined): void {
    if (this.#isReverse) this.#uses.useBetween(end ?? this.#from, this.#to, true);
    else this.#uses.useBetween(this.#from, end ?? this.#to, false);
    if (end === undefined) return;
    const rest = { key: end.key, isInclusive: false };
    if (this.#isReverse) this.#to = rest;
    else this.#from = rest;
  }

  /** It is in what is left of the range. */
  #isAhead(key: Uint8Array): boolean {
    const from = this.#from === undefined ? 1 : this.#order(key, this.#from.key);
    const to = this.#to === undefined ? -1 : this.#order(key, this.#to.key);
    return (from > 0 || (from === 0 && this.#from!.isInclusive)) && (to < 0 || (to === 0 && this.#to!.isInclusive));
  }

  /** The walk comes to it after the end. */
  #isBehind(key: Uint8Array, end: Uint8Array | undefined): boolean {
    if (end === undefined) return false;
    const order = this.#order(key, end);
    return this.#isReverse ? order < 0 : order > 0;
  }

  /** A walk that goes on for so long takes all that is there for what it began with. */
  #bound(): void {
    if (this.#fresh.size + this.#gone.size <= CHANGES_MAX) return;
    this.#fresh.clear();
    this.#gone.clear();
    this.#closed();
  }
}

function textOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
}
