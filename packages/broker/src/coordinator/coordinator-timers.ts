import { type Clock, type Timer as ClockTimer, TimeSlice } from "@ottla/base";

interface Entry<Timer> {
  readonly key: string;
  readonly name: string;
  readonly timer: Timer;
  deadlineMs: number;
  /** Its place in the heap. */
  index: number;
}

/** What the timers need to know of them. */
export interface TimerEvents<Timer> {
  /** A key has at most one timer of each name. */
  nameOf(timer: Timer): string;
  due(key: string, timer: Timer): void;
}

/**
 * All timers of all keys in one binary heap over one clock timer, on monotonic time. Setting, moving and cancelling cost O(log n),
 * so a heartbeat does; nothing cancelled stays behind. Many that are due at once fire in slices.
 */
export class CoordinatorTimers<Timer> {
  readonly #clock: Clock;
  readonly #events: TimerEvents<Timer>;
  readonly #heap: Entry<Timer>[] = [];
  readonly #byKey = new Map<string, Map<string, Entry<Timer>>>();
  #wake: ClockTimer | undefined;
  #wakeMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, events: TimerEvents<Timer>) {
    this.#clock = clock;
    this.#events = events;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Sets the timer, or moves it. */
  set(key: string, timer: Timer, delayMs: number): void {
    const deadlineMs = this.#clock.monotonicMs() + delayMs;
    let entries = this.#byKey.get(key);
    if (!entries) this.#byKey.set(key, (entries = new Map()));
    const name = this.#events.nameOf(timer);
    const entry = entries.get(name);
    if (entry) {
      entry.deadlineMs = deadlineMs;
      this.#settle(entry);
    } else {
      const added = { key, name, timer, deadlineMs, index: this.#heap.length };
      entries.set(name, added);
      this.#heap.push(added);
      this.#settle(added);
    }
    this.#arm();
  }

  has(key: string, timer: Timer): boolean {
    return this.#byKey.get(key)?.has(this.#events.nameOf(timer)) ?? false;
  }

  cancel(key: string, timer: Timer): void {
    const entry = this.#byKey.get(key)?.get(this.#events.nameOf(timer));
    if (entry) this.#remove(entry);
  }

  cancelAll(key: string): void {
    for (const entry of [...(this.#byKey.get(key)?.values() ?? [])]) this.#remove(entry);
  }

  /** Fires what is due of one key. The clock sees to that by itself, a few ms late when the process is busy: whoever must not see that asks here first. */
  fireDueOf(key: string): void {
    const nowMs = this.#clock.monotonicMs();
    const due = [...(this.#byKey.get(key)?.values() ?? [])].filter(({ deadlineMs }) => deadlineMs <= nowMs);
    for (const entry of due.sort((a, b) => a.deadlineMs - b.deadlineMs)) {
      // An earlier one may have moved or cancelled it.
      if (this.#heap[entry.index] === entry && entry.deadlineMs <= nowMs) this.#fire(entry);
    }
  }

  stop(): void {
    this.#wake?.cancel();
    this.#wakeMs = Number.POSITIVE_INFINITY;
    this.#heap.length = 0;
    this.#byKey.clear();
  }

  /** One clock timer for the earliest deadline. It is not moved when that one moves away: it then wakes, finds nothing due and sleeps on. */
  #arm(): void {
    const earliest = this.#heap[0];
    if (!earliest || earliest.deadlineMs >= this.#wakeMs) return;
    this.#wake?.cancel();
    this.#wakeMs = earliest.deadlineMs;
    this.#wake = this.#clock.schedule(Math.max(0, earliest.deadlineMs - this.#clock.monotonicMs()), () => this.#wakeUp());
  }

  #wakeUp(): void {
    this.#wake = undefined;
    this.#wakeMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.monotonicMs();
    const slice = new TimeSlice(this.#clock);
    // No more than there are now: one that is set anew without delay while it fires waits for the next time.
    for (let left = this.#heap.length; left > 0 && !slice.isOver; left--) {
      const earliest = this.#heap[0];
      if (!earliest || earliest.deadlineMs > nowMs) break;
      this.#fire(earliest);
    }
    this.#arm();
  }

  #fire(entry: Entry<Timer>): void {
    this.#remove(entry);
    this.#events.due(entry.key, entry.timer);
  }

  #remove(entry: Entry<Timer>): void {
    const last = this.#heap.pop();
    if (last && last !== entry) {
      this.#heap[entry.index] = last;
      last.index = entry.index;
      this.#settle(last);
    }
    const entries = this.#byKey.get(entry.key);
    entries?.delete(entry.name);
    if (entries?.size === 0) this.#byKey.delete(entry.key);
  }

  /** Moves an entry up or down to where its deadline belongs. */
  #settle(entry: Entry<Timer>): void {
    const heap = this.#heap;
    let at = entry.index;
    for (let parent = heap[(at - 1) >> 1]; at > 0 && parent && parent.deadlineMs > entry.deadlineMs; parent = heap[(at - 1) >> 1]) {
      heap[at] = parent;
      const up = parent.index;
      parent.index = at;
      at = up;
    }
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const child = right && left && right.deadlineMs < left.deadlineMs ? right : left;
      if (!child || child.deadlineMs >= entry.deadlineMs || child === entry) break;
      heap[at] = child;
      const down = child.index;
      child.index = at;
      at = down;
    }
    heap[at] = entry;
    entry.index = at;
  }
}
