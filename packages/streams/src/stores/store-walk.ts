import type { StoreIterator } from "./store.ts";

/** What a store of bytes gives one after another; `close` may be called at any time, several times, and lets go of what the walk holds. */
export interface Walk<T> {
  /** Undefined at the end, and ever after. */
  next(): T | undefined;
  close(): void;
}

/** A walk that holds nothing. */
export function walkOf<T>(next: () => T | undefined): Walk<T> {
  return { next, close() {} };
}

/** A walk as users see it: each entry turned into what it stands for. */
export class StoreWalk<From, To> implements StoreIterator<To> {
  readonly #walk: Walk<From>;
  readonly #turn: (entry: From) => To;
  #isDone = false;

  constructor(walk: Walk<From>, turn: (entry: From) => To) {
    this.#walk = walk;
    this.#turn = turn;
  }

  next(): IteratorResult<To> {
    const entry = this.#isDone ? undefined : this.#walk.next();
    if (entry === undefined) return this.return();
    return { done: false, value: this.#turn(entry) };
  }

  return(): { done: true; value: undefined } {
    if (!this.#isDone) {
      this.#isDone = true;
      this.#walk.close();
    }
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }

  [Symbol.dispose](): void {
    this.return();
  }
}
