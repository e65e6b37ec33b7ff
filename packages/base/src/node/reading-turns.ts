import type { Clock } from "../seams/clock.ts";
import { systemClock } from "./system-clock.ts";

/** So many connections are a crowd; in smaller companies nobody is held. */
const CROWD = 256;
/** A turn of the loop may read for so long, in ms, with whatever is done at once with what was read. */
const READING_MS = 8;
/** That much time may be one client's long request; so many reads are many clients'. */
const READS = 64;
/** So many of each kind are read again in a turn, of the quiet ones some before the busy ones: no more than a part of the turn's time is theirs. */
const RELEASED = 256;
const RELEASED_FIRST = 64;
/** Who brings something twice within so many ms is busy. */
const BUSY_MS = 1000;

/** A connection whose reading may be held for some turns. What it has in its sender's and the system's buffers waits there. */
export interface PacedReader {
  /** What {@link ReadingTurns} keeps of it. */
  readonly pace: ReadingPace;
  /** Reads nothing until {@link PacedReader.goOnReading}. */
  holdReading(): void;
  goOnReading(): void;
}

/** Changed by {@link ReadingTurns} alone. */
export class ReadingPace {
  isHeld = false;
  isBusy = false;
  lastReadMs = -Infinity;
}

/**
 * Lets one turn of the loop read of a part of a crowd. Node reads of every connection that has something to say before it does anything else, and looks at nobody who comes meanwhile: of 8,000 clients that ask
 * at once, or leave at once, for longer than 100 ms. Here all are held once a turn has read for long enough, and in each later turn some are read again, first a few of those that have waited longest, then those that ask again
 * and again, then more of the first, so that nobody waits for the crowd, nor it for them.
 */
export class ReadingTurns {
  readonly #clock: Pick<Clock, "monotonicMs" | "nextTurn">;
  readonly #readers = new Set<PacedReader>();
  /** Held, in the order of their turns. */
  readonly #quiet = new Set<PacedReader>();
  readonly #busy = new Set<PacedReader>();
  /** Of the turn that is watched. */
  #untilMs: number | undefined;
  #reads = 0;
  #isReleasing = false;

  constructor(clock: Pick<Clock, "monotonicMs" | "nextTurn"> = systemClock) {
    this.#clock = clock;
  }

  /** How many are held. */
  get heldCount(): number {
    return this.#quiet.size + this.#busy.size;
  }

  add(reader: PacedReader): void {
    this.#readers.add(reader);
  }

  /** It is closed, and not told to go on any more. */
  remove(reader: PacedReader): void {
    this.#readers.delete(reader);
    this.#quiet.delete(reader);
    this.#busy.delete(reader);
  }

  /** Something was read of it, be it the end. */
  hasRead({ pace }: PacedReader): void {
    if (this.#readers.size <= CROWD) return;
    const nowMs = this.#clock.monotonicMs();
    pace.isBusy = nowMs - pace.lastReadMs < BUSY_MS;
    pace.lastReadMs = nowMs;
    if (this.#untilMs === undefined) this.#watch(nowMs);
    else if (++this.#reads >= READS && nowMs >= this.#untilMs) this.#holdAll(nowMs);
  }

  #watch(nowMs: number): void {
    this.#untilMs = nowMs + READING_MS;
    this.#reads = 1;
    this.#clock.nextTurn(() => {
      this.#untilMs = undefined;
    });
  }

  #holdAll(nowMs: number): void {
    // Once in a turn.
    this.#untilMs = Infinity;
    for (const reader of this.#readers) {
      const { pace } = reader;
      if (pace.isHeld) continue;
      pace.isHeld = true;
      (pace.isBusy && nowMs - pace.lastReadMs < BUSY_MS ? this.#busy : this.#quiet).add(reader);
      reader.holdReading();
    }
    if (this.#isReleasing) return;
    this.#isReleasing = true;
    this.#clock.nextTurn(() => this.#release());
  }

  #release(): void {
    this.#goOn(this.#quiet, RELEASED_FIRST);
    this.#goOn(this.#busy, RELEASED);
    this.#goOn(this.#quiet, RELEASED - RELEASED_FIRST);
    if (this.heldCount === 0) this.#isReleasing = false;
    else this.#clock.nextTurn(() => this.#release());
  }

  #goOn(held: Set<PacedReader>, most: number): void {
    let count = 0;
    for (const reader of held) {
      if (count++ === most) return;
      held.delete(reader);
      reader.pace.isHeld = false;
      reader.goOnReading();
    }
  }
}

/** Of this thread. */
export const readingTurns = new ReadingTurns();
