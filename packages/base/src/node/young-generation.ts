import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** As much as V8 took on every machine before it went by the machine's memory. */
const YOUNG_BYTES = 32 * 1024 * 1024;

/**
 * Keeps V8's young generation, where every object begins, from growing beyond `maxBytes`. By itself V8 lets it grow to 128 MiB on a machine with much memory: all of that is resident, and
 * when most of it is alive (thousands of requests that wait), one collection keeps the loop for 70 ms. V8 takes a bound only when a process starts, but asks at each collection by
 * what factor the space may grow; it grows in a collection only, and this is looked at in the turn of the loop after each, so that it may go a step too far. Of the whole process. Returns the way to let it grow again.
 */
export function boundYoungGeneration(maxBytes: number = YOUNG_BYTES): () => void {
  // Said anew each time: who starts the process keeps it small while code is loaded, and takes that back later.
  const allow = (isAllowed: boolean): void => setFlagsFromString(`--semi-space-growth-factor=${isAllowed ? 2 : 1}`);
  const look = (): void => allow(youngBytes() < maxBytes);
  look();
  const collections = new PerformanceObserver(look);
  collections.observe({ entryTypes: ["gc"] });
  return () => {
    collections.disconnect();
    allow(true);
  };
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === "new_space")?.space_size ?? 0;
}
