import { KafkaError } from "@ottla/protocol";
import { ClientError } from "../client-error.ts";
import type { ClientDeps } from "../deps.ts";
import { backoffMs } from "../net/backoff.ts";
import type { ResolvedClientOptions } from "../options/client-options.ts";
import type { CallLimit } from "./call-limit.ts";

/** A topic that a broker does not know is asked for this often: somebody may just have created it. Of those of this client see `MadeTopics`. */
export const UNKNOWN_TOPIC_ATTEMPTS = 3;

/** Whether the same call may succeed later. */
export function isRetriable(error: unknown): boolean {
  if (error instanceof KafkaError) return error.retriable;
  return error instanceof ClientError && error.retriable;
}

/**
 * Runs `attempt` until it succeeds, fails for good or the limit is reached (`ClientError` CALL_TIMEOUT with the last failure as cause, or
 * ABORTED). `onRetry` sees each failure that will be tried again, to drop what it disproves (a coordinator, metadata).
 */
export async function withRetries<T>(
  deps: ClientDeps,
  options: ResolvedClientOptions,
  what: string,
  limit: CallLimit,
  attempt: () => Promise<T>,
  onRetry: (error: unknown) => void = () => {},
): Promise<T> {
  let lastError: unknown;
  for (let failures = 1; ; failures++) {
    try {
      return await limit.bound(what, attempt);
    } catch (error) {
      if (!isRetriable(error)) throw error;
      // The limit's own word, and that of a call inside this one, tell less than what failed before.
      const isTime = error instanceof ClientError && error.code === "CALL_TIMEOUT";
      if (isTime) throw lastError === undefined ? error : limit.timedOut(what, lastError);
      lastError = error;
      const pauseMs = backoffMs(failures, options.retryBackoffMs, options.retryBackoffMaxMs, deps.random);
      if (deps.clock.monotonicMs() + pauseMs >= limit.deadlineMs) throw limit.timedOut(what, error);
      onRetry(error);
      await limit.sleep(pauseMs);
    }
  }
}
