import { isUtf8 } from "node:buffer";
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

/** The record at an offset, as whoever asks may see it. Errors: `UNKNOWN_RECORD`, and those of {@link readMessages}. */
export async function readWholeRecord(
  world: ReadingWorld,
  { topic, partition, offset }: { readonly topic: string; readonly partition: number; readonly offset: number },
  signal: AbortSignal,
): Promise<WholeRecord> {
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
    if (record?.offset === offset) return whole(record);
    if (record !== undefined) break;
  }
  throw new OttlaError(
    "UNKNOWN_RECORD",
    `${topic}:${partition} has no record at offset ${offset} (any more): it may have been deleted or compacted away.`,
  );
}

function whole({ partition, offset, timestamp, key, value, headers }: ConsumerRecord): WholeRecord {
  return {
    partition,
    offset,
    timestampMs: timestamp,
    key: wholeBytes(key),
    value: wholeBytes(value),
    headers: headers.map((header) => ({ key: header.key, value: wholeBytes(header.value) })),
  };
}

function wholeBytes(bytes: Buffer | null): WholeBytes | null {
  if (bytes === null) return null;
  return isUtf8(bytes) ? { text: bytes.toString(), encoding: "text" } : { text: bytes.toString("base64"), encoding: "base64" };
}
