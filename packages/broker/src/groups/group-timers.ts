import type { Clock, Timer } from "@ottla/base";
import type { GroupTimer } from "./group-decision.ts";

interface Entry {
  readonly groupId: string;
  readonly timer: GroupTimer;
  deadlineMs: number;
  /** Its place in the heap. */
  index: number;
}

/**
 * All timers of all groups in one binary heap over one clock timer, on monotonic time. Setting, moving and cancelling cost O(log n),
 * so a heartbeat does; nothing cancelled stays behind.
 */
export class GroupTimers {
  readonly #clock: Clock;
  readonly #onDue: (groupId: string, timer: GroupTimer) => void;
  readonly #heap: Entry[] = [];
  readonly #byGroup = new Map<string, Map<string, Entry>>();
  #wake: Timer | undefined;
  #wakeMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, onDue: (groupId: string, timer: GroupTimer) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Sets the timer, or moves it. */
  set(groupId: string, timer: GroupTimer, delayMs: number): void {
    const deadlineMs = this.#clock.monotonicMs() + delayMs;
    let entries = this.#byGroup.get(groupId);
    if (!entries) this.#byGroup.set(groupId, (entries = new Map()));
    const name = nameOf(timer);
    const entry = entries.get(name);
    if (entry) {
      entry.deadlineMs = deadlineMs;
      this.#settle(entry);
    } else {
      const added = { groupId, timer, deadlineMs, index: this.#heap.length };
      entries.set(name, added);
      this.#heap.push(added);
      this.#settle(added);
    }
    this.#arm();
  }

  cancel(groupId: string, timer: GroupTimer): void {
    const entry = this.#byGroup.get(groupId)?.get(nameOf(timer));
    if (entry) this.#remove(entry);
  }

  cancelGroup(groupId: string): void {
    for (const entry of [...(this.#byGroup.get(groupId)?.values() ?? [])]) this.#remove(entry);
  }

  /** Fires what is due now. The clock sees to that by itself, a few ms late when the process is busy: whoever must not see that asks here first. */
  fireDue(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const entry of this.#due(nowMs)) {
      // An earlier one may have moved or cancelled it.
      if (this.#heap[entry.index] !== entry || entry.deadlineMs > nowMs) continue;
      this.#remove(entry);
      this.#onDue(entry.groupId, entry.timer);
    }
  }

  stop(): void {
    this.#wake?.cancel();
    this.#wakeMs = Number.POSITIVE_INFINITY;
    this.#heap.length = 0;
    this.#byGroup.clear();
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
    this.fireDue();
    this.#arm();
  }

  /** What is due now, earliest first. Timers that are set while these run wait for the next time, so that none can keep the loop busy. */
  #due(nowMs: number): Entry[] {
    const due: Entry[] = [];
    const places = [0];
    for (let at = places.pop(); at !== undefined; at = places.pop()) {
      const entry = this.#heap[at];
      if (!entry || entry.deadlineMs > nowMs) continue;
      due.push(entry);
      places.push(2 * at + 1, 2 * at + 2);
    }
    return due.sort((a, b) => a.deadlineMs - b.deadlineMs);
  }

  #remove(entry: Entry): void {
    const last = this.#heap.pop();
    if (last && last !== entry) {
      this.#heap[entry.index] = last;
      last.index = entry.index;
      this.#settle(last);
    }
    const entries = this.#byGroup.get(entry.groupId);
    entries?.delete(nameOf(entry.timer));
    if (entries?.size === 0) this.#byGroup.delete(entry.groupId);
  }

  /** Moves an entry up or down to where its deadline belongs. */
  #settle(entry: Entry): void {
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

function nameOf(timer: GroupTimer): string {
  return timer.kind === "session" ? `session ${timer.memberId}` : timer.kind;
}
