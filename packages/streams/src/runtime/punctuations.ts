import type { Punctuation, Punctuator } from "../processor/processor.ts";

/** A punctuator and when it is called next. */
interface Scheduled {
  readonly owner: string;
  readonly intervalMs: number;
  readonly punctuator: Punctuator;
  /** In which order they were set up: of those due at one time the first is called first. */
  readonly number: number;
  /** It is not called before. */
  readonly earliestMs: number;
  nextMs: number;
  isCancelled: boolean;
}

/** How many punctuators a task may have at a time. */
export const PUNCTUATIONS_MAX = 10_000;

/** Cancelled ones stay in the heap until their turn, or until they are most of it and more than these. */
const CANCELLED_MAX = 64;

/**
 * The punctuators of one clock. However far the clock jumped, each is called once and then waits for the next multiple of its interval, so a jump to the end of time costs no loop.
 */
export class Punctuations {
  /** A binary heap: the earliest is first. */
  #heap: Scheduled[] = [];
  #count = 0;
  #size = 0;
  #lookedMs = -Infinity;

  /** `earliestMs`: not before that, wherever the clock is put. */
  schedule(owner: string, firstMs: number, intervalMs: number, punctuator: Punctuator, earliestMs = -Infinity): Punctuation {
    const scheduled = { owner, intervalMs, punctuator, number: this.#count++, earliestMs, nextMs: firstMs, isCancelled: false };
    this.#heap.push(scheduled);
    this.#rise(this.#heap.length - 1);
    this.#size++;
    const cancel = () => {
      if (scheduled.isCancelled) return;
      scheduled.isCancelled = true;
      this.#size--;
      this.#forgetCancelled();
    };
    return { cancel, [Symbol.dispose]: cancel };
  }

  get size(): number {
    return this.#size;
  }

  /** When the next one is due; undefined: none is scheduled. */
  get nextMs(): number | undefined {
    return this.#size === 0 ? undefined : this.#heap[0]?.nextMs;
  }

  /** The clock is at `nowMs`: where it was put back, nobody waits until it is where it was, but for two intervals at most. */
  noteTime(nowMs: number): void {
    if (nowMs < this.#lookedMs) {
      for (const each of this.#heap) each.nextMs = nextAfterStepBack(each, nowMs);
      this.#heap.sort((a, b) => (isBefore(a, b) ? -1 : 1));
    }
    this.#lookedMs = nowMs;
  }

  /** Calls all that are due at `nowMs`, the earliest first, as long as `call` says that it may go on. It is given the punctuator and its owner. */
  punctuate(nowMs: number, call: (owner: string, punctuator: Punctuator) => boolean): void {
    for (let first = this.#heap[0]; first !== undefined && (first.nextMs <= nowMs || first.isCancelled); first = this.#heap[0]) {
      if (first.isCancelled) {
        this.#removeFirst();
        continue;
      }
      // Before the call: the punctuator may cancel itself, and then stays so.
      first.nextMs = nextAfter(first, nowMs);
      this.#sink(0);
      if (!call(first.owner, first.punctuator)) return;
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop() as Scheduled;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #forgetCancelled(): void {
    const cancelled = this.#heap.length - this.#size;
    if (cancelled <= CANCELLED_MAX || cancelled <= this.#size) return;
    // What is sorted is a heap.
    this.#heap = this.#heap.filter(({ isCancelled }) => !isCancelled).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  #rise(from: number): void {
    const heap = this.#heap;
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at] as Scheduled, heap[parent] as Scheduled)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(from: number): void {
    const heap = this.#heap;
    for (let at = from; ; ) {
      const left = 2 * at + 1;
      if (left >= heap.length) return;
      const right = left + 1;
      const child = right < heap.length && isBefore(heap[right] as Scheduled, heap[left] as Scheduled) ? right : left;
      if (!isBefore(heap[child] as Scheduled, heap[at] as Scheduled)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #swap(a: number, b: number): void {
    const kept = this.#heap[a] as Scheduled;
    this.#heap[a] = this.#heap[b] as Scheduled;
    this.#heap[b] = kept;
  }
}

/** When the first of calls from `startMs` on is due, at `nowMs`: what is past is left out. */
export function firstFrom(startMs: number, intervalMs: number, nowMs: number): number {
  return startMs < nowMs ? nextAfter({ nextMs: startMs, intervalMs }, nowMs) : startMs;
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.nextMs < b.nextMs || (a.nextMs === b.nextMs && a.number < b.number);
}

/** A small step back calls nobody twice. */
function nextAfterStepBack({ nextMs, intervalMs, earliestMs }: Scheduled, nowMs: number): number {
  const waitMs = nextMs - nowMs;
  if (waitMs <= 2 * intervalMs) return nextMs;
  // In step with the calls before.
  return nextMs === Infinity ? nowMs + intervalMs : Math.max(earliestMs, nextMs - (Math.ceil(waitMs / intervalMs) - 1) * intervalMs);
}

function nextAfter({ nextMs, intervalMs }: Pick<Scheduled, "nextMs" | "intervalMs">, nowMs: number): number {
  const missed = Math.floor((nowMs - nextMs) / intervalMs);
  const next = nextMs + (missed + 1) * intervalMs;
  // Beyond 2^53 the sum may round down to now again, and so may now and one: that would never end.
  return next > nowMs ? next : Infinity;
}
