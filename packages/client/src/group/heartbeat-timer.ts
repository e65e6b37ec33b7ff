import type { Clock, Timer } from "@ottla/base";
import { LATE_HEARTBEAT_MS } from "./membership.ts";

/** A beat so soon after another was urgent. */
const URGENT_MS = 10;
/** So many urgent ones in a row are more than any change takes: then there is a pause before each, whatever the coordinator says. */
const URGENT_MAX = 10;
const BREATH_MS = 100;

/** When a member says the next word to its coordinator: one heartbeat at a time is on the way, and what is urgent comes right behind it. */
export class HeartbeatTimer {
  readonly #clock: Clock;
  readonly #beat: () => Promise<number | undefined>;
  readonly #onLate: (lateMs: number) => void;
  #timer: Timer | undefined;
  #isBeating = false;
  /** Asked for while one was on the way. */
  #isWanted = false;
  #isStopped = false;
  #beganMs = -Infinity;
  #urgentCount = 0;

  /** `beat` sends one heartbeat, never throws, and gives the time until the next; undefined: none until {@link now}. `onLate`: the event loop was blocked. */
  constructor(clock: Clock, beat: () => Promise<number | undefined>, onLate: (lateMs: number) => void) {
    this.#clock = clock;
    this.#beat = beat;
    this.#onLate = onLate;
  }

  now(): void {
    if (this.#isBeating) this.#isWanted = true;
    else this.#in(0);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #in(wishedMs: number): void {
    this.#timer?.cancel();
    if (this.#isStopped) return;
    const nowMs = this.#clock.monotonicMs();
    const dueMs = Math.max(nowMs + wishedMs, this.#urgentCount < URGENT_MAX ? nowMs : this.#beganMs + BREATH_MS);
    const delayMs = dueMs - nowMs;
    this.#timer = this.#clock.schedule(delayMs, () => {
      const lateMs = this.#clock.monotonicMs() - dueMs;
      if (lateMs > LATE_HEARTBEAT_MS) this.#onLate(lateMs);
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#isBeating || this.#isStopped) return;
    this.#isBeating = true;
    this.#isWanted = false;
    const nowMs = this.#clock.monotonicMs();
    this.#urgentCount = nowMs - this.#beganMs < URGENT_MS + (this.#urgentCount < URGENT_MAX ? 0 : BREATH_MS) ? this.#urgentCount + 1 : 0;
    this.#beganMs = nowMs;
    const pauseMs = await this.#beat();
    this.#isBeating = false;
    if (this.#isWanted) this.#in(0);
    else if (pauseMs !== undefined) this.#in(pauseMs);
  }
}
