/** What a loop needs of its consumer. */
export interface LoopSource<T> {
  /** The loop asks for more: what it was given is done with. */
  settle(): void;
  /** What can be given at once; undefined when something else is due first. */
  ready(): T | undefined;
  /** The next one, whenever it comes; undefined once the consumer is closed. */
  wait(): Promise<T | undefined>;
  readonly turns: LoopTurns;
  /** The loop was left with what it was given in hand. */
  left?(): void;
}

/**
 * The other side of `for await`: asking for the next one says that the last one is done with, leaving the loop (also by an error) does not. It holds
 * nothing itself, so a loop that is left, a seek or a pause take effect with the next record.
 */
export class LoopIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #source: LoopSource<T>;
  #hasTurn = false;
  #isLeft = false;

  constructor(source: LoopSource<T>) {
    this.#source = source;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#isLeft) return Promise.resolve({ done: true, value: undefined });
    this.#source.settle();
    this.#endTurn();
    const value = this.#source.ready();
    if (value === undefined) return this.#wait();
    this.#beginTurn();
    return Promise.resolve({ done: false, value });
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#isLeft = true;
    if (this.#hasTurn) this.#source.left?.();
    this.#endTurn();
    return { done: true, value: undefined };
  }

  async #wait(): Promise<IteratorResult<T, undefined>> {
    const value = await this.#source.wait();
    if (value === undefined) return { done: true, value: undefined };
    this.#beginTurn();
    return { done: false, value };
  }

  #beginTurn(): void {
    this.#hasTurn = true;
    this.#source.turns.begin();
  }

  #endTurn(): void {
    if (!this.#hasTurn) return;
    this.#hasTurn = false;
    this.#source.turns.end();
  }
}

/** Counts the loops that are working on something now, so that a close can wait for them. */
export class LoopTurns {
  #count = 0;
  #onOver: (() => void)[] = [];

  get count(): number {
    return this.#count;
  }

  begin(): void {
    this.#count++;
  }

  end(): void {
    if (--this.#count > 0 || this.#onOver.length === 0) return;
    for (const run of this.#onOver.splice(0)) run();
  }

  /** Resolves when no loop is working. */
  over(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => void this.#onOver.push(resolve));
  }
}
