import type { Clock } from "../seams/clock.ts";

/** The machine's clocks. Timers do not keep the process alive. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule(delayMs, run) {
    const timer = setTimeout(run, Math.max(0, delayMs)).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
