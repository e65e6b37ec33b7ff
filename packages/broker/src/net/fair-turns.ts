import type { Clock } from "@ottla/base";

/** How long one connection is served at a stretch, in ms; a single request may take longer. */
const SLICE_MS = 0.5;
/** How long connections are served until the loop looks for other events, in ms. */
const TURN_MS = 8;
/** The time that a connection was served counts half after so long. */
const HALF_LIFE_MS = 100;

/** Something that wants to be served again and again: a connection with requests. */
export interface Served {
  /** Works until nothing is left (false) or the slice is over and something is left (true). */
  serve(slice: Slice): boolean;
  /** Belongs to the {@link FairTurns}. */
  readonly account: TurnAccount;
}

/** The time that one {@link Served} may take now. */
export interface Slice {
  readonly isOver: boolean;
}

/** What the turns remember of one {@link Served}. */
export class TurnAccount {
  isQueued = false;
  /** Served lately, in ms; as of `halfLife`. */
  usedMs = 0;
  halfLife = 0;

  usedAt(halfLife: number): number {
    return this.usedMs === 0 ? 0 : this.usedMs * 0.5 ** (halfLife - this.halfLife);
  }
}

/**
 * Shares the loop between connections: each is served for a slice, and after a few milliseconds the loop looks for new events. Who was served least lately
 * goes first, so that a client with a request now and then does not wait behind those who keep the broker busy, and these get equal shares of the time,
 * whether they send many small requests or a few that take long.
 */
export class FairTurns {
  readonly #clock: Clock;
  readonly #queue: Served[] = [];
  readonly #slice: RunningSlice;
  /** Served since the loop last looked for events, in ms. */
  #spentMs = 0;
  #isScheduled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#slice = new RunningSlice(clock);
  }

  /** Serves now if there is time and nobody waits, else when its turn comes. */
  serve(served: Served): void {
    if (served.account.isQueued) return;
    if (this.#spentMs < TURN_MS && this.#queue.length === 0 && !this.#run(served)) return;
    this.queue(served);
  }

  /** Serves when its turn comes. */
  queue(served: Served): void {
    if (served.account.isQueued) return;
    served.account.isQueued = true;
    this.#queue.push(served);
    this.#schedule();
  }

  /** Takes one that has gone out of the queue. */
  remove(served: Served): void {
    if (!served.account.isQueued) return;
    served.account.isQueued = false;
    this.#queue.splice(this.#queue.indexOf(served), 1);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.nextTurn(() => {
      this.#isScheduled = false;
      this.#spentMs = 0;
      this.#serveQueued();
    });
  }

  #serveQueued(): void {
    while (this.#queue.length > 0 && this.#spentMs < TURN_MS) {
      const served = this.#takeLeastServed();
      served.account.isQueued = false;
      if (this.#run(served)) this.queue(served);
    }
    if (this.#queue.length > 0) this.#schedule();
  }

  #takeLeastServed(): Served {
    const halfLife = this.#halfLife();
    let least = 0;
    let leastMs = Infinity;
    for (let i = 0; i < this.#queue.length; i++) {
      const usedMs = this.#queue[i]!.account.usedAt(halfLife);
      if (usedMs < leastMs) {
        least = i;
        leastMs = usedMs;
      }
    }
    const served = this.#queue[least]!;
    this.#queue.splice(least, 1);
    return served;
  }

  #run(served: Served): boolean {
    const { account } = served;
    const startedMs = this.#slice.begin();
    const isMore = served.serve(this.#slice);
    const tookMs = this.#clock.monotonicMs() - startedMs;
    const halfLife = this.#halfLife();
    account.usedMs = account.usedAt(halfLife) + tookMs;
    account.halfLife = halfLife;
    this.#spentMs += tookMs;
    // What follows in this turn of the loop is only taken in.
    if (this.#spentMs >= TURN_MS) this.#schedule();
    return isMore;
  }

  #halfLife(): number {
    return Math.floor(this.#clock.monotonicMs() / HALF_LIFE_MS);
  }
}

class RunningSlice implements Slice {
  readonly #clock: Clock;
  #endMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(): number {
    const nowMs = this.#clock.monotonicMs();
    this.#endMs = nowMs + SLICE_MS;
    return nowMs;
  }

  get isOver(): boolean {
    return this.#clock.monotonicMs() >= this.#endMs;
  }
}
