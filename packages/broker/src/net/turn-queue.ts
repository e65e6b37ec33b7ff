/** What a {@link TurnQueue} keeps. The queue alone changes `arrival` and `queueIndex`; `turn` may be changed only while the thing is not queued. */
export interface InTurn {
  /** Lower comes first. */
  turn: number;
  /** Which of those with the same turn comes first; of the queue. */
  arrival: number;
  /** Where it stands in the queue; −1 when it is not queued. */
  queueIndex: number;
}

/** Things in the order of their turns, and of their coming where these are the same, each at most once: a binary heap from which any thing can be taken, in O(log n). */
export class TurnQueue<Item extends InTurn> {
  readonly #heap: Item[] = [];
  #arrivals = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Queues it, unless it is queued already. */
  add(item: Item): void {
    if (item.queueIndex >= 0) return;
    item.arrival = this.#arrivals++;
    this.#heap.push(item);
    this.#rise(item, this.#heap.length - 1);
  }

  /** Takes the one whose turn it is. */
  next(): Item | undefined {
    const first = this.#heap[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Takes it out, if it is queued. */
  remove(item: Item): void {
    const at = item.queueIndex;
    if (at < 0) return;
    item.queueIndex = -1;
    const last = this.#heap.pop()!;
    if (last === item) return;
    if (at > 0 && isBefore(last, this.#heap[(at - 1) >> 1]!)) this.#rise(last, at);
    else this.#sink(last, at);
  }

  /** Takes all out. */
  clear(): void {
    for (const item of this.#heap) item.queueIndex = -1;
    this.#heap.length = 0;
  }

  #rise(item: Item, from: number): void {
    let at = from;
    while (at > 0) {
      const above = this.#heap[(at - 1) >> 1]!;
      if (!isBefore(item, above)) break;
      this.#place(above, at);
      at = (at - 1) >> 1;
    }
    this.#place(item, at);
  }

  #sink(item: Item, from: number): void {
    const heap = this.#heap;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      if (below >= heap.length || isBefore(item, heap[below]!)) break;
      this.#place(heap[below]!, at);
      at = below;
    }
    this.#place(item, at);
  }

  #place(item: Item, at: number): void {
    this.#heap[at] = item;
    item.queueIndex = at;
  }
}

function isBefore(one: InTurn, other: InTurn): boolean {
  return one.turn < other.turn || (one.turn === other.turn && one.arrival < other.arrival);
}
