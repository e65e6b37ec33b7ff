import { processSeed } from "../bytes/byte-table.ts";

/** An entry's place among all of a cache, and when it was used last. */
export interface UsedPlace<E> {
  readonly entry: E;
  readonly priority: number;
  parent: UsedPlace<E> | undefined;
  left: UsedPlace<E> | undefined;
  right: UsedPlace<E> | undefined;
  /** Its own last use, unless one of `all` above it is later. */
  usedAt: number;
  /** Of it and all below. */
  oldestAt: number;
  /** A use of all below that these were not told of yet; 0: none. */
  allUsedAt: number;
}

/** Where a range begins or ends. */
export interface RangeEnd {
  readonly key: Uint8Array;
  readonly isInclusive: boolean;
}

/**
 * Entries by place, and which of them was used longest ago, where one read uses all between two places: as a list would have it in which each of them is moved to the end one after another. A tree whose heights are drawn (a
 * treap); a use of many is noted at their topmost and told further down when somebody comes by. So all calls but {@link between} cost the logarithm of what there is.
 */
export class RangedUses<E extends { readonly key: Uint8Array }> {
  readonly #compare: (a: Uint8Array, b: Uint8Array) => number;
  #root: UsedPlace<E> | undefined;
  #clock = 0;
  #seed = processSeed | 1;

  /** `compare`: of keys, by place. */
  constructor(compare: (a: Uint8Array, b: Uint8Array) => number) {
    this.#compare = compare;
  }

  /** Takes an entry whose key is not there; it is used now. */
  insert(entry: E): UsedPlace<E> {
    const usedAt = this.#now(false);
    const place: UsedPlace<E> = {
      entry,
      priority: this.#draw(),
      parent: undefined,
      left: undefined,
      right: undefined,
      usedAt,
      oldestAt: usedAt,
      allUsedAt: 0,
    };
    let above = this.#root;
    if (above === undefined) {
      this.#root = place;
      return place;
    }
    for (;;) {
      tellBelow(above);
      const isLeft: boolean = this.#compare(entry.key, above.entry.key) < 0;
      const next: UsedPlace<E> | undefined = isLeft ? above.left : above.right;
      if (next !== undefined) {
        above = next;
        continue;
      }
      if (isLeft) above.left = place;
      else above.right = place;
      place.parent = above;
      break;
    }
    while (place.parent !== undefined && place.parent.priority < place.priority) this.#raise(place);
    // It is the youngest: nothing above gets older.
    return place;
  }

  remove(place: UsedPlace<E>): void {
    this.#tellDownTo(place);
    while (place.left !== undefined || place.right !== undefined) {
      const { left, right } = place;
      const next = left === undefined || (right !== undefined && right.priority > left.priority) ? right! : left;
      tellBelow(next);
      this.#raise(next);
    }
    const { parent } = place;
    if (parent === undefined) this.#root = undefined;
    else if (parent.left === place) parent.left = undefined;
    else parent.right = undefined;
    place.parent = undefined;
    refreshUp(parent);
  }

  use(place: UsedPlace<E>): void {
    this.#tellDownTo(place);
    place.usedAt = this.#now(false);
    refreshUp(place);
  }

  /** Uses all between two places (undefined: the first, the last of all) one after another, in their order or back. */
  useBetween(from: RangeEnd | undefined, to: RangeEnd | undefined, isReverse: boolean): void {
    this.#useBetween(this.#root, from, to, this.#now(isReverse));
  }

  /** The one that was used longest ago. */
  oldest(): E | undefined {
    let place = this.#root;
    if (place === undefined) return undefined;
    const { oldestAt } = place;
    // Of those that one read used, the first that it came to.
    const isReverse = oldestAt % 2 === 1;
    for (;;) {
      tellBelow(place);
      const first: UsedPlace<E> | undefined = isReverse ? place.right : place.left;
      if (first !== undefined && first.oldestAt === oldestAt) place = first;
      else if (place.usedAt === oldestAt) return place.entry;
      else place = (isReverse ? place.left : place.right)!;
    }
  }

  /** Those between two places, in their order; uses none. */
  between(from: RangeEnd | undefined, to: RangeEnd | undefined): E[] {
    const found: E[] = [];
    this.#collect(this.#root, from, to, found);
    return found;
  }

  #collect(place: UsedPlace<E> | undefined, from: RangeEnd | undefined, to: RangeEnd | undefined, into: E[]): void {
    if (place === undefined) return;
    const isBehind = this.#isBehind(place, from);
    const isBefore = this.#isBefore(place, to);
    if (isBehind) this.#collect(place.left, from, to, into);
    if (isBehind && isBefore) into.push(place.entry);
    if (isBefore) this.#collect(place.right, from, to, into);
  }

  #useBetween(place: UsedPlace<E> | undefined, from: RangeEnd | undefined, to: RangeEnd | undefined, at: number): void {
    if (place === undefined) return;
    if (from === undefined && to === undefined) {
      useAll(place, at);
      return;
    }
    tellBelow(place);
    const isBehind = this.#isBehind(place, from);
    const isBefore = this.#isBefore(place, to);
    if (isBehind) this.#useBetween(place.left, from, isBefore ? undefined : to, at);
    if (isBefore) this.#useBetween(place.right, isBehind ? undefined : from, to, at);
    if (isBehind && isBefore) place.usedAt = at;
    refresh(place);
  }

  #isBehind(place: UsedPlace<E>, from: RangeEnd | undefined): boolean {
    if (from === undefined) return true;
    const order = this.#compare(place.entry.key, from.key);
    return order > 0 || (order === 0 && from.isInclusive);
  }

  #isBefore(place: UsedPlace<E>, to: RangeEnd | undefined): boolean {
    if (to === undefined) return true;
    const order = this.#compare(place.entry.key, to.key);
    return order < 0 || (order === 0 && to.isInclusive);
  }

  /** The next moment; odd: of a read that goes back. */
  #now(isReverse: boolean): number {
    this.#clock += 2;
    return isReverse ? this.#clock + 1 : this.#clock;
  }

  #tellDownTo(place: UsedPlace<E>): void {
    if (place.parent !== undefined) this.#tellDownTo(place.parent);
    tellBelow(place);
  }

  /** Puts a place above the one that is above it; both have told what they know. */
  #raise(place: UsedPlace<E>): void {
    const parent = place.parent!;
    const { parent: above } = parent;
    if (parent.left === place) {
      parent.left = place.right;
      if (place.right !== undefined) place.right.parent = parent;
      place.right = parent;
    } else {
      parent.right = place.left;
      if (place.left !== undefined) place.left.parent = parent;
      place.left = parent;
    }
    parent.parent = place;
    place.parent = above;
    if (above === undefined) this.#root = place;
    else if (above.left === parent) above.left = place;
    else above.right = place;
    refresh(parent);
    refresh(place);
  }

  /** Xorshift. */
  #draw(): number {
    let seed = this.#seed;
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    this.#seed = seed;
    return seed;
  }
}

function useAll<E>(place: UsedPlace<E>, at: number): void {
  place.usedAt = at;
  place.oldestAt = at;
  place.allUsedAt = at;
}

function tellBelow<E>(place: UsedPlace<E>): void {
  const { allUsedAt, left, right } = place;
  if (allUsedAt === 0) return;
  if (left !== undefined) useAll(left, allUsedAt);
  if (right !== undefined) useAll(right, allUsedAt);
  place.allUsedAt = 0;
}

function refresh<E>(place: UsedPlace<E>): void {
  const { left, right } = place;
  let oldestAt = place.usedAt;
  if (left !== undefined && left.oldestAt < oldestAt) ({ oldestAt } = left);
  if (right !== undefined && right.oldestAt < oldestAt) ({ oldestAt } = right);
  place.oldestAt = oldestAt;
}

function refreshUp<E>(from: UsedPlace<E> | undefined): void {
  for (let place = from; place !== undefined; place = place.parent) refresh(place);
}
