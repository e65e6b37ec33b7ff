import type { Clock } from "./seams/clock.ts";

/** Resolves when so much time is over, or with the signal; leaves neither a timer nor a listener behind. Where there is nothing to wait for, others of the loop have their turn all the same. */
export function pause(clock: Pick<Clock, "schedule">, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      timer.cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = clock.schedule(Math.max(0, delayMs), end);
    signal.addEventListener("abort", end, { once: true });
  });
}
