import type { Clock } from "@ottla/base";
import { type InTurn, TurnQueue } from "./turn-queue.ts";

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
export class TurnAccount implements InTurn {
  /** Whoever was served least lately comes first. Halving the time of all changes no order, so this is the time as if it had been taken at the start: as a logarithm, for its size. */
  turn = -Infinity;
  arrival = 0;
  queueIndex = -1;
  /** Set while it is queued. */
  served: Served | undefined;
  /** Served lately, in ms; as of `halfLife`. */
  #usedMs = 0;
  #halfLife = 0;

  get isQueued(): boolean {
    return this.queueIndex >= 0;
  }

  add(tookMs: number, halfLife: number): void {
    this.#usedMs = this.#usedMs * 0.5 ** (halfLife - this.#halfLife) + tookMs;
    this.#halfLife = halfLife;
    this.turn = Math.log2(this.#usedMs) + halfLife;
  }
}

/**
 * Shares the loop between connections: each is served for a slice, and after a few milliseconds the loop looks for new events. Who was served least lately
 * goes first, so that a client with a request now and then does not wait behind those who keep the broker busy, and these get equal shares of the time,
 * whether they send many small requests or a few that take long.
 */
export class FairTurns {
  readonly #clock: Clock;
  readonly #queue = new TurnQueue<TurnAccount>();
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
    if (this.#spentMs < TURN_MS && this.#queue.size === 0 && !this.#run(served)) return;
    this.queue(served);
  }

  /** Serves when its turn comes. */
  queue(served: Served): void {
    if (served.account.isQueued) return;
    served.account.served = served;
    this.#queue.add(served.account);
    this.#schedule();
  }

  /** Takes one that has gone out of the queue. */
  remove(served: Served): void {
    this.#queue.remove(served.account);
    served.account.served = undefined;
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
    while (this.#queue.size > 0 && this.#spentMs < TURN_MS) {
      const served = this.#queue.next()!.served!;
      served.account.served = undefined;
      if (this.#run(served)) this.queue(served);
    }
    if (this.#queue.size > 0) this.#schedule();
  }

  #run(served: Served): boolean {
    const { account } = served;
    const startedMs = this.#slice.begin();
    const isMore = served.serve(this.#slice);
    const tookMs = this.#clock.monotonicMs() - startedMs;
    account.add(tookMs, Math.floor((startedMs + tookMs) / HALF_LIFE_MS));
    this.#spentMs += tookMs;
    // What follows in this turn of the loop is only taken in.
    if (this.#spentMs >= TURN_MS) this.#schedule();
    return isMore;
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
