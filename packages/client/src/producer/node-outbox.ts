import type { Clock, Timer } from "@ottla/base";
import type { BatchQueue } from "./producer-batch.ts";

/** What waits for one broker, and how much is on the way to it. */
export class NodeOutbox {
  readonly nodeId: number;
  /** Queues with something in them; sending moves a queue to the end, so all get their turn. */
  readonly queues = new Set<BatchQueue>();
  inFlight = 0;
  isConnecting = false;
  isDrainScheduled = false;
  /** Since when something waits that cannot be sent (monotonic ms). */
  stuckSinceMs: number | undefined;

  readonly #clock: Clock;
  #timer: Timer | undefined;
  #timerDueMs = Infinity;

  constructor(nodeId: number, clock: Clock) {
    this.nodeId = nodeId;
    this.#clock = clock;
  }

  noteStuck(nowMs: number): void {
    this.stuckSinceMs ??= nowMs;
  }

  /** Calls `run` at a time (monotonic ms), unless it will be called before that anyway. */
  wakeAt(dueMs: number, run: () => void): void {
    if (dueMs >= this.#timerDueMs) return;
    this.#timer?.cancel();
    this.#timerDueMs = dueMs;
    this.#timer = this.#clock.schedule(Math.max(0, dueMs - this.#clock.monotonicMs()), () => {
      this.#timerDueMs = Infinity;
      run();
    });
  }

  close(): void {
    this.#timer?.cancel();
    this.#timerDueMs = -Infinity;
  }
}
