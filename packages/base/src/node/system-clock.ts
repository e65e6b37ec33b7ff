import type { Clock, Timer } from "../seams/clock.ts";

/** Node turns a longer delay into one of 1 ms. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The machine's clocks and Node's timers. Timers run in order of their due time and never keep the process alive. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule: (delayMs, run) => (delayMs <= LONGEST_DELAY_MS ? scheduleShort(delayMs, run) : scheduleLong(delayMs, run)),
  nextTurn: (run) => void setImmediate(run),
};

function scheduleShort(delayMs: number, run: () => void): Timer {
  const timeout = setTimeout(run, delayMs).unref();
  return { cancel: () => clearTimeout(timeout) };
}

function scheduleLong(delayMs: number, run: () => void): Timer {
  let leg: Timer;
  const next = (restMs: number): void => {
    leg = restMs <= LONGEST_DELAY_MS ? scheduleShort(restMs, run) : scheduleShort(LONGEST_DELAY_MS, () => next(restMs - LONGEST_DELAY_MS));
  };
  next(delayMs);
  return { cancel: () => leg.cancel() };
}
