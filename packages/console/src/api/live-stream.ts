import type { ServerResponse } from "node:http";
import type { Clock } from "@ottla/base";
import type { Context } from "hono";
import type { SSEStreamingApi } from "hono/streaming";

/** Whoever takes nothing for so long is not waited for: a machine that sleeps holds a place that others want. */
const TAKEN_WITHIN_MS = 30_000;

/** Sends an event, and ends the answer of who does not take it. False: there is nobody any more. */
export async function told(
  c: Context,
  stream: SSEStreamingApi,
  clock: Clock,
  event: { readonly event: string; readonly data: string },
): Promise<boolean> {
  if (stream.aborted || stream.closed) return false;
  const late = Promise.withResolvers<"late">();
  const timer = clock.schedule(TAKEN_WITHIN_MS, () => late.resolve("late"));
  try {
    const end = await Promise.race([stream.writeSSE(event), late.promise]);
    if (end !== "late") return !stream.aborted;
    stream.abort();
    (c.env as { readonly outgoing?: ServerResponse }).outgoing?.destroy();
    return false;
  } finally {
    timer.cancel();
  }
}
