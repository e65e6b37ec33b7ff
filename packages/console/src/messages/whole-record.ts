import { isUtf8 } from "node:buffer";
import { StringDecoder } from "node:string_decoder";
import { OttlaError } from "@ottla/base";
import type { ConsumerRecord } from "@ottla/client";
import type { MessageQuery } from "./message-query.ts";
import { type ReadingWorld, readMessages } from "./read-messages.ts";

/** All of some bytes, so that they can be written again: text where they are UTF-8, else base64. */
export interface WholeBytes {
  readonly text: string;
  readonly encoding: "text" | "base64";
}

/** A record with all of its bytes, where lists show the beginning. */
export interface WholeRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: WholeBytes | null;
  readonly value: WholeBytes | null;
  readonly headers: readonly { readonly key: string; readonly value: WholeBytes | null }[];
}

/** Of three bytes each, as base64 writes them. */
const PIECE_BYTES = 3 * 32 * 1024;

/** The record at an offset, as whoever asks may see it: the JSON of a {@link WholeRecord}, made as its pieces are asked for. Errors: `UNKNOWN_RECORD`, and those of {@link readMessages}. */
export async function readWholeRecord(
  world: ReadingWorld,
  { topic, partition, offset }: { readonly topic: string; readonly partition: number; readonly offset: number },
  signal: AbortSignal,
): Promise<Iterable<string>> {
  const query: MessageQuery = {
    topic,
    partitions: [partition],
    from: { kind: "offset", offset },
    limit: 1,
    scanMax: 1,
    scanPerS: 1_000,
    key: undefined,
    filter: undefined,
    isolation: "read_uncommitted",
  };
  for await (const event of readMessages(world, query, signal)) {
    const record = event.kind === "records" ? event.records[0]?.record : undefined;
    if (record?.offset === offset) return piecesOf(record);
    if (record !== undefined) break;
  }
  throw new OttlaError(
    "UNKNOWN_RECORD",
    `${topic}:${partition} has no record at offset ${offset} (any more): it may have been deleted or compacted away.`,
  );
}

/** The JSON of a {@link WholeRecord}, in pieces: all of it at once would hold the loop, and be in memory three times. */
function* piecesOf({ partition, offset, timestamp, key, value, headers }: ConsumerRecord): Generator<string, void, void> {
  yield `{"partition":${partition},"offset":${offset},"timestampMs":${timestamp},"key":`;
  yield* bytesPieces(key);
  yield ',"value":';
  yield* bytesPieces(value);
  yield ',"headers":[';
  for (const [i, header] of headers.entries()) {
    yield `${i === 0 ? "" : ","}{"key":${JSON.stringify(header.key)},"value":`;
    yield* bytesPieces(header.value);
    yield "}";
  }
  yield "]}";
}

function* bytesPieces(bytes: Buffer | null): Generator<string, void, void> {
  if (bytes === null) return yield "null";
  const encoding: WholeBytes["encoding"] = isUtf8(bytes) ? "text" : "base64";
  yield '{"text":"';
  // Letters that a piece would cut are kept for the next one.
  const decoder = new StringDecoder("utf8");
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    yield encoding === "text" ? JSON.stringify(decoder.write(piece)).slice(1, -1) : piece.toString("base64");
  }
  yield `","encoding":"${encoding}"}`;
}
