import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks `condition` every `everyMs` (default 50) until it gives something other than undefined or false, and returns that.
 * A throwing condition counts as "not yet"; after `timeoutMs` (default 60,000) the error names `what` and the last cause.
 */
export async function waitUntil<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  options: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 60_000;
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}.`, { cause });
    await sleep(options.everyMs ?? 50);
  }
}
