/** Places of a list that may be empty at its head before it is shifted. */
const COMPACT_AT = 1024;

/** A line of work: one item of it is under way at a time, in order. The items stand from `head` to `tail`: a list that is emptied and filled by each record must keep its memory. */
export class WorkLane<T> {
  readonly items: (T | undefined)[] = [];
  head = 0;
  tail = 0;
  isBusy = false;
  isReady = false;
}

/** Lines of work, of which some may be under way at once. Says which item is next; who does it says when it has ended. Lanes have their turn in the order in which they became ready. */
export class WorkLanes<T> {
  readonly #ready: WorkLane<T>[] = [];
  #readyHead = 0;
  #readyTail = 0;

  get readyCount(): number {
    return this.#readyTail - this.#readyHead;
  }

  /** At the end of its lane. */
  push(lane: WorkLane<T>, item: T): void {
    lane.items[lane.tail++] = item;
    this.#makeReady(lane);
  }

  /** Back to the front of its lane, which it still holds. */
  pushBack(lane: WorkLane<T>, item: T): void {
    if (lane.head > 0) lane.items[--lane.head] = item;
    else {
      lane.items.unshift(item);
      lane.tail++;
    }
    this.release(lane);
  }

  /** The next item, whose lane is busy until {@link release}. */
  take(): T | undefined {
    while (this.#readyHead < this.#readyTail) {
      const lane = this.#ready[this.#readyHead++]!;
      if (this.#readyHead === this.#readyTail) this.#readyHead = this.#readyTail = 0;
      lane.isReady = false;
      if (lane.head === lane.tail) continue;
      const item = lane.items[lane.head] as T;
      // What was taken must not be kept alive by its place.
      lane.items[lane.head++] = undefined;
      if (lane.head === lane.tail) lane.head = lane.tail = 0;
      else if (lane.head >= COMPACT_AT) {
        lane.items.splice(0, lane.head);
        lane.tail -= lane.head;
        lane.head = 0;
      }
      lane.isBusy = true;
      return item;
    }
    return undefined;
  }

  /** The item under way has ended, or left its lane. */
  release(lane: WorkLane<T>): void {
    lane.isBusy = false;
    this.#makeReady(lane);
  }

  #makeReady(lane: WorkLane<T>): void {
    if (lane.isBusy || lane.isReady || lane.head === lane.tail) return;
    lane.isReady = true;
    this.#ready[this.#readyTail++] = lane;
    if (this.#readyHead > COMPACT_AT && this.#readyHead * 2 > this.#readyTail) {
      this.#ready.splice(0, this.#readyHead);
      this.#readyTail -= this.#readyHead;
      this.#readyHead = 0;
    }
  }
}
