import type { Clock } from "@ottla/base";

/** A look at so many partitions in one turn of the event loop is enough, a ms or two: of ten thousand each may call for one. */
const LOOKS_PER_TURN = 20_000;
/** Fewer partitions than this are looked at as often as it is asked for. */
const MANY = 200;

/** Bounds what looking at all partitions again and again costs in one turn of the event loop. */
export class LookBudget {
  readonly #clock: Clock;
  readonly #look: () => void;
  /** In this turn, where there are many. */
  #count = 0;
  #isDue = false;

  /** `look` is called in the next turn when one was refused in this. */
  constructor(clock: Clock, look: () => void) {
    this.#clock = clock;
    this.#look = look;
  }

  /** False: it was looked often enough in this turn. */
  take(partitionCount: number): boolean {
    if (partitionCount < MANY) return true;
    if (this.#count >= LOOKS_PER_TURN) {
      this.#isDue = true;
      return false;
    }
    if (this.#count === 0) this.#clock.nextTurn(() => this.#onNextTurn());
    this.#count += partitionCount;
    return true;
  }

  #onNextTurn(): void {
    this.#count = 0;
    if (!this.#isDue) return;
    this.#isDue = false;
    this.#look();
  }
}
