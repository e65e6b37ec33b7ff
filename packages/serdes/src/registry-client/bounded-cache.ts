/** Values that are dear to get, each asked for once however many wait. At most `size` are kept; the least used goes. What fails is not kept, but told to all who wait. */
export class BoundedCache<Key, Value> {
  readonly #size: number;
  readonly #values = new Map<Key, Promise<Value>>();
  /** Stands before the least used. Kept, as one from the beginning would pass by all that was deleted there: 60 µs for each that goes. */
  #oldest = this.#values.keys();

  constructor(size: number) {
    this.#size = size;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: Key, load: () => Promise<Value>): Promise<Value> {
    const known = this.#values.get(key);
    if (known !== undefined) {
      this.#values.delete(key);
      this.#values.set(key, known);
      return known;
    }
    const loading = load();
    this.#keep(key, loading);
    loading.catch(() => {
      if (this.#values.get(key) === loading) this.#values.delete(key);
    });
    return loading;
  }

  set(key: Key, value: Value): void {
    this.#values.delete(key);
    this.#keep(key, Promise.resolve(value));
  }

  delete(key: Key): void {
    this.#values.delete(key);
  }

  clear(): void {
    this.#values.clear();
  }

  #keep(key: Key, value: Promise<Value>): void {
    this.#values.set(key, value);
    if (this.#values.size <= this.#size) return;
    let oldest = this.#oldest.next();
    if (oldest.done === true) {
      this.#oldest = this.#values.keys();
      oldest = this.#oldest.next();
    }
    this.#values.delete(oldest.value as Key);
  }
}
