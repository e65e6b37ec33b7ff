import { KafkaError } from "@ottla/protocol";
import { ClientError } from "../client-error.ts";
import type { ClientDeps } from "../deps.ts";
import { backoffMs, sleep } from "../net/backoff.ts";
import type { ResolvedClientOptions } from "../options/client-options.ts";

/** Whether the same call may succeed later. */
export function isRetriable(error: unknown): boolean {
  if (error instanceof KafkaError) return error.retriable;
  return error instanceof ClientError && error.retriable;
}

/**
 * Runs `attempt` until it succeeds, fails for good or the time is up (`ClientError` CALL_TIMEOUT with the last failure as cause).
 * `onRetry` sees each failure that will be tried again, to drop what it disproves (a coordinator, metadata).
 */
export async function withRetries<T>(
  deps: ClientDeps,
  options: ResolvedClientOptions,
  what: string,
  deadlineMs: number,
  attempt: () => Promise<T>,
  onRetry: (error: unknown) => void = () => {},
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isRetriable(error)) throw error;
      const pauseMs = backoffMs(failures, options.retryBackoffMs, options.retryBackoffMaxMs, deps.random);
      if (deps.clock.monotonicMs() + pauseMs >= deadlineMs) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new ClientError("CALL_TIMEOUT", `${what} was not done in time; the last attempt: ${reason}`, { cause: error });
      }
      onRetry(error);
      await sleep(deps.clock, pauseMs);
    }
  }
}
