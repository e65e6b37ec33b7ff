/** What `Map` and {@link DraftMap} have in common. */
export interface MutableMap<Key, Value> extends Iterable<[Key, Value]> {
  readonly size: number;
  get(key: Key): Value | undefined;
  has(key: Key): boolean;
  set(key: Key, value: Value): unknown;
  delete(key: Key): boolean;
  /** As the iterator, without an object for each entry: for maps of thousands. */
  forEach(visit: (value: Value, key: Key) => void): void;
}

/**
 * Changes of a map, seen as the map that they would make; the map itself stays as it is until {@link DraftMap.settle}. A draft costs what it changes, whatever
 * the size of the map, so that a decision about one member of a large group is cheap and can still be dropped. Values are never `undefined`.
 */
export class DraftMap<Key, Value> implements MutableMap<Key, Value> {
  readonly #base: MutableMap<Key, Value>;
  /** New values of keys that keep their place. */
  #changed: Map<Key, Value> | undefined;
  #deleted: Set<Key> | undefined;
  /** Keys that come behind those of the base, in order. */
  #added: Map<Key, Value> | undefined;

  constructor(base: MutableMap<Key, Value>) {
    this.#base = base;
  }

  get size(): number {
    return this.#base.size - (this.#deleted?.size ?? 0) + (this.#added?.size ?? 0);
  }

  get(key: Key): Value | undefined {
    const added = this.#added?.get(key);
    if (added !== undefined) return added;
    return this.#deleted?.has(key) ? undefined : (this.#changed?.get(key) ?? this.#base.get(key));
  }

  has(key: Key): boolean {
    return this.#added?.has(key) === true || this.#isKept(key);
  }

  set(key: Key, value: Value): this {
    if (this.#isKept(key)) (this.#changed ??= new Map()).set(key, value);
    else (this.#added ??= new Map()).set(key, value);
    return this;
  }

  delete(key: Key): boolean {
    if (this.#added?.delete(key)) return true;
    if (!this.#isKept(key)) return false;
    this.#changed?.delete(key);
    (this.#deleted ??= new Set()).add(key);
    return true;
  }

  /** As `Map`'s: what is changed, deleted or added while it goes on counts. */
  *[Symbol.iterator](): IterableIterator<[Key, Value]> {
    for (const entry of this.#base) {
      if (this.#deleted?.has(entry[0])) continue;
      const changed = this.#changed?.get(entry[0]);
      yield changed === undefined ? entry : [entry[0], changed];
    }
    if (this.#added) yield* this.#added;
  }

  forEach(visit: (value: Value, key: Key) => void): void {
    this.#base.forEach((value, key) => {
      if (this.#deleted?.has(key) !== true) visit(this.#changed?.get(key) ?? value, key);
    });
    this.#added?.forEach(visit);
  }

  /** Makes the changes in the map itself, which this draft then equals. */
  settle(): void {
    if (this.#deleted) for (const key of this.#deleted) this.#base.delete(key);
    if (this.#changed) for (const [key, value] of this.#changed) this.#base.set(key, value);
    if (this.#added) for (const [key, value] of this.#added) this.#base.set(key, value);
    this.#deleted = this.#changed = this.#added = undefined;
  }

  #isKept(key: Key): boolean {
    return this.#base.has(key) && this.#deleted?.has(key) !== true;
  }
}
