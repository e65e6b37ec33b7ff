import type { Clock } from "@ottla/base";
import { ApiKey } from "@ottla/protocol";
import type { FetchResponse } from "@ottla/protocol/apis/fetch";
import type { Session } from "../handler.ts";
import type { ClientThrottle } from "../quotas/client-throttle.ts";

/** A request that is about to be answered. */
interface AnsweredRequest {
  readonly session: Session;
  readonly apiKey: number;
  readonly clientId: string | null;
  readonly requestBytes: number;
  /** How long it held the loop. */
  readonly turnMs: number;
  /** Undefined: it gets no answer. */
  readonly response: unknown;
}

/**
 * For how long a connection is not served after the answer to this request (KIP-219: the answer goes out at once, and says so). Called once per answered request.
 */
export type Throttle = (request: AnsweredRequest) => number;

/** Nobody has a quota. */
export const noThrottle: Throttle = () => 0;

/** By the cluster's client quotas. Costs one look where there are none. */
export function throttleBy(quotas: ClientThrottle, clock: Clock): Throttle {
  return ({ session, apiKey, clientId, requestBytes, turnMs, response }) => {
    if (quotas.isIdle) return 0;
    const usage = {
      user: session.principal.name,
      clientId: clientId ?? "",
      producedBytes: apiKey === ApiKey.Produce ? requestBytes : 0,
      fetchedBytes: apiKey === ApiKey.Fetch ? recordBytes(response as FetchResponse) : 0,
      turnMs,
    };
    return quotas.use(usage, clock.monotonicMs());
  };
}

function recordBytes({ responses }: FetchResponse): number {
  let bytes = 0;
  for (const { partitions } of responses) {
    for (const { records } of partitions) {
      if (records === null) continue;
      if (Buffer.isBuffer(records)) bytes += records.byteLength;
      else for (const part of records) bytes += part.byteLength;
    }
  }
  return bytes;
}
