import { StoreQueryError } from "./store-query-error.ts";
import type { PartitionAsk, PartitionPage } from "./store-query.ts";
import { APPLICATION_HEADER, errorFrom, pageFrom, READ_PATH, toWire } from "./wire.ts";
import { reasonOf } from "../../thrown.ts";

/** Who does not answer in time is held to be gone. */
const TIMEOUT_MS = 5_000;
/** More than any page has: its rows are a MiB and one more. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** Asks the instance at `host:port`, once: it answers from what it has. Rejects with what it said, with `STREAMS_QUERY_REMOTE` when it did not answer, or with the signal's reason. */
export async function askInstance(
  host: string,
  applicationId: string,
  ask: PartitionAsk,
  signal: AbortSignal | undefined,
): Promise<PartitionPage> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const details = { store: ask.store, partition: ask.partition, host };
  let response: Response;
  let text: string;
  try {
    response = await fetch(`http://${host}${READ_PATH}`, {
      method: "POST",
      body: toWire(ask),
      headers: { "content-type": "application/json", [APPLICATION_HEADER]: applicationId },
      redirect: "error",
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    text = await textOf(response);
  } catch (cause) {
    signal?.throwIfAborted();
    const why = timeout.aborted
      ? `did not answer within ${TIMEOUT_MS} ms`
      : `cannot be asked: ${reasonOf(cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause)}`;
    throw new StoreQueryError(
      "STREAMS_QUERY_REMOTE",
      `The instance at ${host}, which has partition ${ask.partition} of store ${ask.store}, ${why}.`,
      details,
      cause,
    );
  }
  if (response.ok) return pageFrom(text);
  throw (
    errorFrom(text) ??
    new StoreQueryError("STREAMS_QUERY_REMOTE", `The instance at ${host} answered ${response.status}: ${text.slice(0, 200)}`, details)
  );
}

async function textOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`the answer has more than ${ANSWER_BYTES_MAX} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
