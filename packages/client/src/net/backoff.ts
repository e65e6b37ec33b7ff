import type { Clock, Random } from "@ottla/base";
import type { Lifetime } from "../lifetime.ts";

const JITTER = 0.2;
const JITTER_STEPS = 1000;

/** The pause before attempt `failures` + 1: `firstMs` doubled per failure, at most `maxMs`, give or take 20 %. */
export function backoffMs(failures: number, firstMs: number, maxMs: number, random: Random): number {
  const base = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30));
  const chance = random.nextInt(JITTER_STEPS + 1) / JITTER_STEPS;
  return base * (1 - JITTER + 2 * JITTER * chance);
}

/** Resolves after `delayMs` of monotonic time, or when the life ends: whoever sleeps looks around afterwards. */
export function sleep(clock: Clock, delayMs: number, life: Lifetime): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.schedule(delayMs, () => {
      forget();
      resolve();
    });
    const forget = life.onEnd(() => {
      timer.cancel();
      resolve();
    });
  });
}
