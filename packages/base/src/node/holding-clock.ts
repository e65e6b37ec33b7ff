import type { Clock } from "../seams/clock.ts";
import { systemClock } from "./system-clock.ts";

/** Node takes a longer time for no time at all. */
const TIMER_MS_MAX = 0x7fffffff;

/** As the system clock, but a pending call keeps the process alive: a program that awaits a retry must not end before it. */
export const holdingClock: Clock = {
  nowMs: () => systemClock.nowMs(),
  monotonicMs: () => systemClock.monotonicMs(),
  schedule(delayMs, run) {
    const dueMs = systemClock.monotonicMs() + delayMs;
    const arm = (): NodeJS.Timeout => setTimeout(onTimer, Math.min(TIMER_MS_MAX, Math.max(0, dueMs - systemClock.monotonicMs())));
    const onTimer = (): void => {
      if (dueMs - systemClock.monotonicMs() > 1) timer = arm();
      else run();
    };
    let timer = arm();
    return { cancel: () => clearTimeout(timer) };
  },
  nextTurn: (run) => systemClock.nextTurn(run),
};
