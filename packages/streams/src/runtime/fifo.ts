/** An array of so many places is kept when it runs empty, and may have as many at its front that were taken. */
const KEPT_PLACES = 1_024;

/** First in, first out. An element costs no object: its place in the array is used again. Bounded by its owner. */
export class Fifo<T> {
  #places: (T | undefined)[] = [];
  #from = 0;
  #to = 0;

  get size(): number {
    return this.#to - this.#from;
  }

  add(element: T): void {
    this.#places[this.#to++] = element;
  }

  take(): T | undefined {
    if (this.#from === this.#to) return undefined;
    const element = this.#places[this.#from];
    this.#places[this.#from++] = undefined;
    if (this.#from === this.#to) this.#restart();
    else if (this.#from > KEPT_PLACES && this.#from * 2 > this.#to) this.#closeUp();
    return element;
  }

  #restart(): void {
    if (this.#places.length > KEPT_PLACES) this.#places = [];
    this.#from = 0;
    this.#to = 0;
  }

  /** Does for each element taken about one step, however many wait. */
  #closeUp(): void {
    this.#places = this.#places.slice(this.#from, this.#to);
    this.#to -= this.#from;
    this.#from = 0;
  }
}
