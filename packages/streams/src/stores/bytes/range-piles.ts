import { BlockList } from "./block-list.ts";

/** So many elements are sorted at once at most: some ms. */
const LOOSE_MAX = 4096;
const SAMPLE = 15;

/** The elements from `low` (undefined: the first of all) up to the next pile's: in no order until somebody asks for it. */
interface Pile<T> {
  readonly low: T | undefined;
  loose: T[] | undefined;
  sorted: BlockList<T> | undefined;
}

/**
 * A list that is sorted where it is looked at: elements lie in piles by range, and a pile is sorted when a walk reaches it or something is taken out of it, so that no call sorts more than one
 * of them. Elements are told apart by `compare` alone. Walks are weakly consistent, as those of `BlockList`.
 */
export class RangePiles<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #lasting: (element: T) => T;
  readonly #inOrder: (elements: readonly T[]) => readonly T[];
  readonly #looseMax: number;
  /** By range; never none. */
  #piles: Pile<T>[];
  /** Counts piles that came and went, so that walks find theirs again. */
  #version = 0;

  /** Takes the array, whose elements are in any order and all different. `lasting`: what compares as an element does, also when that has been taken out and may stand for something else. `inOrder`: sorts a pile as `compare` would. */
  constructor(
    elements: T[],
    compare: (a: T, b: T) => number,
    looseMax: number = LOOSE_MAX,
    lasting: (element: T) => T = (element) => element,
    inOrder: (elements: readonly T[]) => readonly T[] = (loose) => loose.toSorted(compare),
  ) {
    this.#compare = compare;
    this.#inOrder = inOrder;
    this.#lasting = lasting;
    this.#looseMax = looseMax;
    this.#piles = [{ low: undefined, loose: elements, sorted: undefined }];
  }

  /** Puts in what is not there yet. */
  insert(element: T): void {
    const index = this.#pileOf(element);
    const { loose, sorted } = this.#piles[index]!;
    if (sorted !== undefined) sorted.insert(element);
    else if (loose!.push(element) > this.#looseMax) this.#split(index);
  }

  /** Takes out what compares as equal; false when there is none. */
  remove(element: T): boolean {
    const index = this.#orderedWith(element);
    const sorted = this.#sortedAt(index);
    const isThere = sorted.remove(element);
    if (sorted.first === undefined && this.#piles.length > 1) this.#removePile(index);
    return isThere;
  }

  /** The first of all; no garbage, as a walk would be. */
  first(): T | undefined {
    return this.#firstOf(0);
  }

  /** The next one behind an element that is there. */
  after(element: T): T | undefined {
    const index = this.#orderedWith(element);
    return this.#sortedAt(index).firstAbove(element) ?? this.#firstOf(index + 1);
  }

  #firstOf(from: number): T | undefined {
    for (let index = from; index < this.#piles.length; index++) {
      const { first } = this.#sortedAt(this.#ordered(index, false));
      if (first !== undefined) return first;
    }
    return undefined;
  }

  /** Gives one after another, from the first that is not below `from`; undefined at the end. */
  ascending(from: T | undefined): () => T | undefined {
    return this.#walk(from, false);
  }

  /** Gives one after another, back from the last that is not above `from`; undefined at the end. */
  descending(from: T | undefined): () => T | undefined {
    return this.#walk(from, true);
  }

  #walk(from: T | undefined, isReverse: boolean): () => T | undefined {
    let version = -1;
    let index = 0;
    let walk: () => T | undefined = nothing;
    let last: T | undefined;
    const enter = (at: T | undefined): void => {
      const sorted = this.#sortedAt(index);
      walk = isReverse ? sorted.descending(at) : sorted.ascending(at);
      version = this.#version;
    };
    return () => {
      if (version !== this.#version) {
        const at = last ?? from;
        index = at === undefined ? this.#ordered(isReverse ? this.#piles.length - 1 : 0, isReverse) : this.#orderedWith(at);
        enter(at);
      }
      for (;;) {
        const element = walk();
        if (element !== undefined) {
          if (last !== undefined && this.#compare(element, last) === 0) continue;
          last = element;
          return element;
        }
        const next = isReverse ? index - 1 : index + 1;
        if (next < 0 || next >= this.#piles.length) return undefined;
        index = this.#ordered(next, isReverse);
        enter(undefined);
      }
    };
  }

  /** The pile in which the element is, or would be, cut so small that it may be sorted. */
  #orderedWith(element: T): number {
    let index = this.#pileOf(element);
    while (this.#isTooLarge(index)) {
      this.#split(index);
      index = this.#pileOf(element);
    }
    return index;
  }

  /** The lower or upper end of a pile, cut so small that it may be sorted. */
  #ordered(index: number, isUpperEnd: boolean): number {
    let at = index;
    while (this.#isTooLarge(at)) {
      this.#split(at);
      if (isUpperEnd) at++;
    }
    return at;
  }

  #isTooLarge(index: number): boolean {
    return (this.#piles[index]!.loose?.length ?? 0) > this.#looseMax;
  }

  #sortedAt(index: number): BlockList<T> {
    const pile = this.#piles[index]!;
    pile.sorted ??= BlockList.ofSorted(this.#inOrder(pile.loose!), this.#compare);
    pile.loose = undefined;
    return pile.sorted;
  }

  /** In two, about the middle of a few of its elements. */
  #split(index: number): void {
    const { low, loose } = this.#piles[index]!;
    const elements = loose!;
    const count = Math.min(SAMPLE, elements.length);
    const sample = Array.from({ length: count }, (_, i) => elements[Math.floor((i * elements.length) / count)]!).sort(this.#compare);
    // All are different, so that something is below it.
    const middle = sample[count >> 1]!;
    const below: T[] = [];
    const above: T[] = [];
    for (const element of elements) (this.#compare(element, middle) < 0 ? below : above).push(element);
    this.#piles.splice(index, 1, { low, loose: below, sorted: undefined }, { low: this.#lasting(middle), loose: above, sorted: undefined });
    this.#version++;
  }

  #removePile(index: number): void {
    this.#piles.splice(index, 1);
    const first = this.#piles[0]!;
    if (index === 0) this.#piles[0] = { ...first, low: undefined };
    this.#version++;
  }

  /** The last pile that does not begin above. */
  #pileOf(element: T): number {
    const piles = this.#piles;
    let low = 0;
    let high = piles.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#compare(piles[middle]!.low as T, element) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function nothing(): undefined {
  return undefined;
}
