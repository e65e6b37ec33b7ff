import type { Meter } from "../meter.ts";

/** What every client's function per record does: nothing, or wait as for a database. */
export function handler(workMs: number, meter: Meter): () => Promise<void> {
  if (workMs === 0) return async () => void meter.add(1);
  return () =>
    new Promise((resolve) =>
      setTimeout(() => {
        meter.add(1);
        resolve();
      }, workMs),
    );
}
