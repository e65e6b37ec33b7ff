import { type Clock, type Logger, OttlaError } from "@ottla/base";
import type { Context } from "hono";
import { PAGE_ROWS_MAX } from "../store-options.ts";
import type { StoreRows } from "../store-queries.ts";
import { StoreQueryError } from "../store-query-error.ts";
import { toJson } from "./json-values.ts";
import { whole } from "./request-options.ts";

/** Bytes that are put together before a stream waits for its reader. */
const CHUNK_BYTES = 64 * 1024;
const SLICE_MS = 4;
const ROWS_PER_LOOK = 32;
const RETRY_AFTER_SECONDS = "1";

const statusOf: Readonly<Record<string, 400 | 403 | 404 | 412 | 421 | 500 | 502 | 503>> = {
  STREAMS_BAD_ARGUMENT: 400,
  STREAMS_NULL_KEY: 400,
  STREAMS_SERIALIZATION: 400,
  STREAMS_STORE_KIND: 400,
  STREAMS_UNKNOWN_STORE: 404,
  STREAMS_QUERY_BEHIND: 412,
  STREAMS_STORE_MOVED: 421,
  STREAMS_QUERY_REMOTE: 502,
  STREAMS_STORE_RESTORING: 503,
  STREAMS_STORE_UNAVAILABLE: 503,
  STREAMS_TOO_MANY_STREAMS: 503,
};

/** What a question failed with. */
export function errorAnswer(context: Context, error: Error, logger: Logger): Response {
  if (!(error instanceof OttlaError)) {
    logger.error("a question by HTTP failed", { error: error.message, path: context.req.path });
    return failed(context, 500, { code: "UNEXPECTED", message: "The question failed; the log says why." });
  }
  const details = error instanceof StoreQueryError ? error.details : {};
  return failed(context, statusOf[error.code] ?? 500, { code: error.code, message: error.message, ...details });
}

export async function* lines<T extends object>(rows: StoreRows<T>, signal: AbortSignal): AsyncGenerator<string, void> {
  let chunk = "";
  let count = 0;
  try {
    for await (const row of rows) {
      if (signal.aborted) return;
      count++;
      const { position: _position, ...shown } = row as T & { readonly position?: unknown };
      chunk += `${toJson(shown)}\n`;
      if (chunk.length < CHUNK_BYTES) continue;
      yield chunk;
      chunk = "";
    }
    // Who does not see this line knows that something is missing.
    yield `${chunk}${toJson({ end: { rows: count } })}\n`;
  } catch (error) {
    const known = error instanceof OttlaError;
    const told = known ? { code: error.code, message: error.message } : { code: "UNEXPECTED", message: "The question failed." };
    yield `${chunk}${toJson({ error: told })}\n`;
  }
}

/** A page may have ten thousand rows: others have their turn while they are written. */
export async function pageAnswer<T extends object>(
  context: Context,
  rows: StoreRows<T>,
  clock: Pick<Clock, "monotonicMs" | "nextTurn">,
): Promise<Response> {
  const limit = whole(context, "limit", 1, PAGE_ROWS_MAX);
  const page = await rows.page({ limit, after: context.req.query("after") });
  const parts: string[] = [];
  let endMs = clock.monotonicMs() + SLICE_MS;
  for (const row of page.rows) {
    // It is told once, by partition: it may name thousands of topics.
    parts.push(toJson({ ...row, position: undefined }));
    if (parts.length % ROWS_PER_LOOK !== 0 || clock.monotonicMs() < endMs) continue;
    await new Promise<void>((resolve) => clock.nextTurn(resolve));
    endMs = clock.monotonicMs() + SLICE_MS;
  }
  const body = `{"rows":[${parts.join(",")}],"next":${toJson(page.next)},"answers":${toJson(page.answers)}}`;
  return context.body(body, 200, { "content-type": "application/json" });
}

export function json(context: Context, value: object, status: 200 | 503 = 200): Response {
  return context.body(toJson(value), status, { "content-type": "application/json" });
}

export function failed(
  context: Context,
  status: 400 | 403 | 404 | 412 | 413 | 421 | 500 | 502 | 503,
  error: { readonly code: string; readonly message: string },
): Response {
  if (status === 503) context.header("retry-after", RETRY_AFTER_SECONDS);
  return context.body(toJson({ error }), status, { "content-type": "application/json" });
}
