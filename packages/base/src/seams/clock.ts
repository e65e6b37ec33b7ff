/** A scheduled call that can be taken back. */
export interface Timer {
  /** Takes the call back; harmless when it has run or was taken back before. */
  cancel(): void;
}

/** The two times a program needs and the way to wait, so that a test can own them. */
export interface Clock {
  /** Wall time in whole ms since the epoch; may jump. For timestamps and retention. */
  nowMs(): number;
  /** Time in ms that never goes back. For sessions, timeouts and measuring. */
  monotonicMs(): number;
  /** Calls `run` once after `delayMs` of monotonic time. Never keeps the process alive by itself. */
  schedule(delayMs: number, run: () => void): Timer;
  /** Calls `run` once after what else waits for the loop now (sockets, timers, disk) has had its turn. */
  nextTurn(run: () => void): void;
}
