import { OttlaError } from "../errors.ts";
import type { Clock, Timer } from "../seams/clock.ts";

interface Pending {
  /** In this clock's monotonic ms. */
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
  /** On the clock below; undefined while this one stands still. */
  armed: Timer | undefined;
  isOver: boolean;
}

/**
 * A clock that runs as the one below it until a test holds it, moves it or lets it go. Timers follow: while it stands still none fires; moved forward, those that
 * become due fire at once, in order, each at its own moment. Turns of the loop ({@link Clock.nextTurn}) are no time, and go on.
 */
export class ControlledClock implements Clock {
  readonly #real: Clock;
  readonly #pending = new Set<Pending>();
  #order = 0;
  /** This clock's monotonic time is the real one's plus this, while it runs. */
  #aheadMs = 0;
  #wallAheadMs = 0;
  /** While time is moved: what is due within the span, the next one last. */
  #due: { readonly untilMs: number; readonly queue: Pending[]; startNowMs: number } | undefined;
  /** Monotonic and wall time while it stands still. */
  #still: { monotonicMs: number; nowMs: number } | undefined;

  constructor(real: Clock) {
    this.#real = real;
  }

  get isFrozen(): boolean {
    return this.#still !== undefined;
  }

  /** How many timers wait. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  nowMs(): number {
    return Math.floor(this.#still?.nowMs ?? this.#real.nowMs() + this.#wallAheadMs);
  }

  monotonicMs(): number {
    return this.#still?.monotonicMs ?? this.#real.monotonicMs() + this.#aheadMs;
  }

  schedule(delayMs: number, run: () => void): Timer {
    const dueMs = this.monotonicMs() + Math.max(0, delayMs);
    const pending: Pending = { dueMs, order: this.#order++, run, armed: undefined, isOver: false };
    this.#pending.add(pending);
    if (!this.#still) this.#arm(pending);
    else if (this.#due && dueMs <= this.#due.untilMs) insert(this.#due.queue, pending);
    return {
      cancel: () => {
        pending.isOver = true;
        this.#pending.delete(pending);
        pending.armed?.cancel();
      },
    };
  }

  nextTurn(run: () => void): void {
    this.#real.nextTurn(run);
  }

  /** Time stands still from now on. Twice is fine. */
  freeze(): void {
    if (this.#still) return;
    this.#still = { monotonicMs: this.monotonicMs(), nowMs: this.#real.nowMs() + this.#wallAheadMs };
    for (const pending of this.#pending) {
      pending.armed?.cancel();
      pending.armed = undefined;
    }
  }

  /** Time goes on from where it stands. */
  resume(): void {
    const still = this.#still;
    if (!still || this.#due) return;
    this.#still = undefined;
    this.#aheadMs = still.monotonicMs - this.#real.monotonicMs();
    this.#wallAheadMs = still.nowMs - this.#real.nowMs();
    for (const pending of this.#pending) this.#arm(pending);
  }

  /** Lets time pass at once, for both times, and runs what becomes due; what those calls schedule within the span, too. Frozen or not it is so afterwards. */
  advance(ms: number): void {
    if (!(ms >= 0 && ms <= 1e13)) throw new OttlaError("INVALID_TIME", `A clock cannot advance by ${ms} ms; give a number from 0 to 1e13.`);
    if (this.#due) throw new OttlaError("INVALID_TIME", "The clock is being advanced already; what runs on it cannot advance it.");
    const wasFrozen = this.isFrozen;
    this.freeze();
    const still = this.#still!;
    const startMs = still.monotonicMs;
    const untilMs = startMs + ms;
    const queue = [...this.#pending].filter(({ dueMs }) => dueMs <= untilMs).sort(laterFirst);
    const due = { untilMs, queue, startNowMs: still.nowMs };
    this.#due = due;
    // Wall time is reckoned from the beginning: many small steps would add up to a little less.
    const pass = (toMs: number, passedMs: number): void => {
      still.monotonicMs = Math.max(still.monotonicMs, toMs);
      still.nowMs = due.startNowMs + passedMs;
    };
    try {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        if (next.isOver) continue;
        this.#pending.delete(next);
        pass(next.dueMs, Math.max(next.dueMs, still.monotonicMs) - startMs);
        next.run();
      }
    } finally {
      this.#due = undefined;
      pass(untilMs, ms);
      if (!wasFrozen) this.resume();
    }
  }

  /** Moves wall time alone, as an operator or NTP does; no timer runs. Negative goes back. */
  jumpWall(ms: number): void {
    if (!(Math.abs(ms) <= 1e13))
      throw new OttlaError("INVALID_TIME", `Wall time cannot jump by ${ms} ms; give a number from -1e13 to 1e13.`);
    this.#wallAheadMs += ms;
    if (this.#still) this.#still.nowMs += ms;
    if (this.#due) this.#due.startNowMs += ms;
  }

  /** As the clock below again: running, at its wall time. Monotonic time does not go back. */
  restore(): void {
    this.resume();
    this.#wallAheadMs = 0;
  }

  #arm(pending: Pending): void {
    pending.armed = this.#real.schedule(Math.max(0, pending.dueMs - this.monotonicMs()), () => {
      this.#pending.delete(pending);
      pending.run();
    });
  }
}

function laterFirst(a: Pending, b: Pending): number {
  return b.dueMs - a.dueMs || b.order - a.order;
}

function insert(queue: Pending[], pending: Pending): void {
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (laterFirst(queue[middle]!, pending) <= 0) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, pending);
}
