import { type Clock, pause } from "@ottla/base";

const FIRST_DELAY_MS = 300;
const CAUSES_MAX = 20;

/** How often something that may go well later is tried. */
export interface RetryLimits {
  readonly retryTimeoutMs: number;
  readonly retryDelayMaxMs: number;
}

/** Tries again what failed with a `RetriableError`, with pauses that double, as long as the limits allow; then throws it. `wait`: how a pause is made. */
export async function retried<T>(
  run: () => T | Promise<T>,
  limits: RetryLimits,
  clock: Clock,
  signal: AbortSignal,
  wait: (delayMs: number) => Promise<void> = (delayMs) => pause(clock, delayMs, signal),
): Promise<T> {
  const startedMs = clock.monotonicMs();
  for (let attempt = 0; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      const retriable = retriableIn(error);
      if (retriable === undefined || signal.aborted || clock.monotonicMs() - startedMs >= limits.retryTimeoutMs) throw error;
      const left = limits.retryTimeoutMs - (clock.monotonicMs() - startedMs);
      const delay = Math.min(limits.retryDelayMaxMs, retriable.afterMs ?? FIRST_DELAY_MS * 2 ** attempt);
      await wait(Math.min(delay, Math.max(0, left)));
    }
  }
}

/** The error, or one that it was made of, that says that the same may go well later. */
export function retriableIn(error: unknown): (Error & { readonly afterMs?: number | undefined }) | undefined {
  let each = error;
  // An error may be its own cause.
  for (let depth = 0; each instanceof Error && depth < CAUSES_MAX; depth++, each = each.cause) if (isRetriable(each)) return each;
  return undefined;
}

/** By its code: a plugin may have a copy of this package of its own. */
function isRetriable(error: Error): error is Error & { readonly afterMs?: number | undefined } {
  return "code" in error && error.code === "CONNECT_RETRIABLE";
}
