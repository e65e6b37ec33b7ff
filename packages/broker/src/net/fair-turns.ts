import type { Clock } from "@ottla/base";
import { type InTurn, TurnQueue } from "./turn-queue.ts";

/** How long one connection is served at a stretch, in ms; a single request may take longer. */
const SLICE_MS = 0.5;
/** How long connections are served until the loop looks for other events, in ms. */
const TURN_MS = 8;
/** What a connection is expected to take that was not served yet: less than a whole slice, so that one with a single request comes before those that are busy. */
const NEWCOMER_MS = 0.4;
/** More than this is not expected of a turn, nor is anybody kept back longer for what it took: one long request is paid for, and forgotten. */
const EXPECTED_MAX_MS = 2;
const DEBT_MAX_MS = 100;
/** How much of what a connection is expected to take is what it took the last time. */
const LAST_PART = 0.25;
/**
 * A turn that takes more than so many times what is expected was interrupted, more often than not: the machine gave the processor to others, or garbage was collected. The rest is
 * forgiven, up to a bound and then a small part of the time that goes by, so that nobody gets far with sending long requests among many small ones.
 */
const FORGIVEN_BEYOND = 4;
const FORGIVEN_MAX_MS = 20;
const FORGIVEN_PART = 0.05;
/**
 * So much of the time that goes by is free for each one who has been served before, and not much can be saved: else who asks every few ms had, beside thousands of newcomers,
 * its share after some requests, and waited until each of them had been served.
 */
const FREE_PART = 0.03;
const FREE_MAX_MS = 1;
/** The virtual time goes on by so much of each one's part of what was served, even if only newcomers are. */
const CREEP = 1 / 8;

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
  /** The virtual time at which it will have been served if it takes what is expected: whoever is done first goes first. */
  turn = 0;
  arrival = 0;
  queueIndex = -1;
  /** Set while it is queued. */
  served: Served | undefined;
  /** The virtual times at which its turn begins, and up to which it has been served. */
  startMs = 0;
  #servedUntilMs = 0;
  #meanMs = NEWCOMER_MS;
  #forgivableMs = 0;
  #freeMs = 0;
  #tookAtMs: number | undefined;

  get isQueued(): boolean {
    return this.queueIndex >= 0;
  }

  /** It asks for a turn. What it left unused is gone: nobody saves up. */
  ask(virtualMs: number): void {
    this.startMs = Math.max(virtualMs, Math.min(this.#servedUntilMs, virtualMs + DEBT_MAX_MS));
    this.turn = this.startMs + Math.min(this.#meanMs, EXPECTED_MAX_MS);
  }

  took(tookMs: number, nowMs: number): void {
    const passedMs = nowMs - (this.#tookAtMs ?? nowMs);
    this.#forgivableMs = Math.min(FORGIVEN_MAX_MS, this.#forgivableMs + FORGIVEN_PART * passedMs);
    this.#freeMs = Math.min(FREE_MAX_MS, this.#freeMs + FREE_PART * passedMs);
    this.#tookAtMs = nowMs;
    const forgivenMs = Math.min(this.#forgivableMs, Math.max(0, tookMs - FORGIVEN_BEYOND * this.#meanMs));
    this.#forgivableMs -= forgivenMs;
    const chargedMs = tookMs - forgivenMs;
    const freeMs = Math.min(this.#freeMs, chargedMs);
    this.#freeMs -= freeMs;
    this.#servedUntilMs = this.startMs + chargedMs - freeMs;
    this.#meanMs += LAST_PART * (chargedMs - this.#meanMs);
  }
}

/**
 * Shares the loop between connections: each is served for a slice, and after a few milliseconds the loop looks for new events. The order is that of start-time fair queueing
 * (Goyal, Vin and Cheng, 1996) with expected costs: a virtual time goes on as all who wait are served alike, everyone's next turn begins there or where its last one ended, and
 * whoever would be done first goes first. So a client with a small request now and then does not wait behind those who keep the broker busy, nor behind a crowd of newcomers,
 * of whom nothing is known yet; and the busy get equal shares of the time, whether they send many small requests or a few that take long.
 */
export class FairTurns {
  readonly #clock: Clock;
  readonly #queue = new TurnQueue<TurnAccount>();
  readonly #slice: RunningSlice;
  #virtualMs = 0;
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
    if (this.#spentMs < TURN_MS && this.#queue.size === 0) {
      served.account.ask(this.#virtualMs);
      if (!this.#run(served)) return;
    }
    this.queue(served);
  }

  /** Serves when its turn comes. */
  queue(served: Served): void {
    if (served.account.isQueued) return;
    served.account.served = served;
    served.account.ask(this.#virtualMs);
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
    const endedMs = this.#clock.monotonicMs();
    const tookMs = endedMs - startedMs;
    this.#account(account, tookMs, endedMs);
    this.#spentMs += tookMs;
    // What follows in this turn of the loop is only taken in.
    if (this.#spentMs >= TURN_MS) this.#schedule();
    return isMore;
  }

  #account(account: TurnAccount, tookMs: number, nowMs: number): void {
    account.took(tookMs, nowMs);
    const { startMs } = account;
    const others = this.#queue.size;
    // With nobody else there, all of the time was its own.
    this.#virtualMs = others === 0 ? startMs + tookMs : Math.max(this.#virtualMs, startMs) + (CREEP * tookMs) / (others + 1);
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
