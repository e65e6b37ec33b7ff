import { type Clock, OttlaError } from "@ottla/base";

/** How much of a dear work goes on, and how much of it waits. */
export interface PlaceLimits {
  /** At the same time. */
  readonly places: number;
  /** At the same time for one who asks. */
  readonly placesOfOne: number;
  readonly waiting: number;
  readonly waitingOfOne: number;
  /** Who has no place by then is told to come again. */
  readonly withinMs: number;
}

interface Waiter {
  readonly begin: () => void;
}

/** A few places for dear work. Those who ask get them in turn, whoever asks for how many; each one's own in the order of asking. */
export class FairPlaces {
  readonly #clock: Clock;
  readonly #limits: PlaceLimits;
  /** Of each who waits; whose turn is next stands first. */
  readonly #waiting = new Map<string, Waiter[]>();
  readonly #taken = new Map<string, number>();
  #waitingCount = 0;
  #takenCount = 0;

  constructor(clock: Clock, limits: PlaceLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /**
   * Resolves once `who` has a place, with what gives it back; given back twice, it is given back once. Rejects with the signal. Errors: `READS_BUSY`.
   */
  async take(who: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const { waiting, waitingOfOne, withinMs } = this.#limits;
    const own = this.#waiting.get(who) ?? [];
    if (!this.#isFreeFor(who)) {
      if (this.#waitingCount >= waiting || own.length >= waitingOfOne) throw busy();
      await this.#turn(who, withinMs, signal);
    } else this.#occupy(who);
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      this.#vacate(who);
    };
  }

  /** A place is occupied when it resolves. */
  #turn(who: string, withinMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        timer.cancel();
        signal.removeEventListener("abort", onAbort);
        this.#leave(who, waiter);
      };
      const waiter: Waiter = {
        begin: () => {
          settle();
          this.#occupy(who);
          resolve();
        },
      };
      const onAbort = (): void => {
        settle();
        reject(signal.reason as Error);
      };
      const timer = this.#clock.schedule(withinMs, () => {
        settle();
        reject(busy());
      });
      signal.addEventListener("abort", onAbort, { once: true });
      const own = this.#waiting.get(who);
      if (own === undefined) this.#waiting.set(who, [waiter]);
      else own.push(waiter);
      this.#waitingCount++;
    });
  }

  #leave(who: string, waiter: Waiter): void {
    const own = this.#waiting.get(who);
    const at = own?.indexOf(waiter) ?? -1;
    if (own === undefined || at < 0) return;
    own.splice(at, 1);
    this.#waitingCount--;
    if (own.length === 0) this.#waiting.delete(who);
  }

  #occupy(who: string): void {
    this.#takenCount++;
    this.#taken.set(who, (this.#taken.get(who) ?? 0) + 1);
  }

  #vacate(who: string): void {
    this.#takenCount--;
    const left = this.#taken.get(who)! - 1;
    if (left === 0) this.#taken.delete(who);
    else this.#taken.set(who, left);
    for (const [next, own] of this.#waiting) {
      if (!this.#isFreeFor(next)) continue;
      // Behind all others, if there is more of it.
      this.#waiting.delete(next);
      this.#waiting.set(next, own);
      own[0]!.begin();
      return;
    }
  }

  #isFreeFor(who: string): boolean {
    return this.#takenCount < this.#limits.places && (this.#taken.get(who) ?? 0) < this.#limits.placesOfOne;
  }
}

function busy(): OttlaError {
  return new OttlaError("READS_BUSY", "As many whole records are read as may be at once; come again in a second.");
}
