import { isDeepStrictEqual } from "node:util";
import type { ConsumerRecord } from "@ottla/client";
import { TestingError } from "./testing-error.ts";

/** How bytes are shown: as UTF-8 text (default), as the value of their JSON, as they are, or as a function of yours has it. Null stays null. */
export type Decoder =
  | "text"
  | "json"
  | "bytes"
  | ((bytes: Buffer, record: { readonly topic: string; readonly partition: number; readonly offset: number }) => unknown);

/** How records are shown to a test. */
export interface DecodeOptions {
  readonly key?: Decoder;
  readonly value?: Decoder;
  /** Of headers, each. */
  readonly headers?: Decoder;
}

/** A record that lies in a topic, decoded. */
export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Ms since the epoch. */
  readonly timestamp: number;
  readonly key: unknown;
  readonly value: unknown;
  /** A header that stands twice has the last value. */
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A record as a test expects it: what is given must be so. A text or null alone is the value. */
export type ExpectedRecord = string | null | Partial<Pick<TopicRecord, "partition" | "offset" | "timestamp" | "key" | "value" | "headers">>;

/** Shows a record. Errors: `NOT_TEXT`, when bytes are no UTF-8 or no JSON. */
export function decodeRecord(record: ConsumerRecord, { key = "text", value = "text", headers = "text" }: DecodeOptions): TopicRecord {
  const { topic, partition, offset, timestamp } = record;
  const place = { topic, partition, offset };
  return {
    ...place,
    timestamp,
    key: decoded(record.key, key, "key", place),
    value: decoded(record.value, value, "value", place),
    headers: Object.fromEntries(
      record.headers.map((header) => [header.key, decoded(header.value, headers, `header "${header.key}"`, place)]),
    ),
  };
}

/**
 * Where expectation and records part: undefined when these are exactly the records expected. Each partition has its records in the order expected; between partitions there is no
 * order.
 */
export function differenceOf(records: readonly TopicRecord[], expected: readonly ExpectedRecord[]): string | undefined {
  const queues = new Map<number, TopicRecord[]>();
  for (const record of records) {
    const queue = queues.get(record.partition);
    if (queue) queue.push(record);
    else queues.set(record.partition, [record]);
  }
  for (const [at, wanted] of expected.entries()) {
    const queue = [...queues.values()].find(([next]) => next !== undefined && isAsExpected(next, wanted));
    if (queue === undefined) return `record ${at + 1} of ${expected.length}, ${shown(wanted)}, is not there; ${counted(records)}`;
    queue.shift();
  }
  const left = [...queues.values()].flat();
  return left.length === 0 ? undefined : `${left.length} more than expected, the first ${shown(left[0]!)}`;
}

/** Which of the expected records are nowhere among the records. */
export function missingOf(records: readonly TopicRecord[], expected: readonly ExpectedRecord[]): readonly ExpectedRecord[] {
  const left = [...records];
  return expected.filter((wanted) => {
    const at = left.findIndex((record) => isAsExpected(record, wanted));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** A record in a sentence. */
export function shown(record: ExpectedRecord): string {
  if (typeof record === "string" || record === null) return JSON.stringify(record);
  const { partition, offset, key, value } = record;
  const place = partition === undefined ? "" : ` at ${partition}:${offset ?? "?"}`;
  return `${key === undefined || key === null ? "" : `${text(key)} → `}${text(value)}${place}`;
}

function isAsExpected(record: TopicRecord, wanted: ExpectedRecord): boolean {
  if (typeof wanted === "string" || wanted === null) return record.value === wanted;
  return Object.entries(wanted).every(
    ([field, value]) => value === undefined || isDeepStrictEqual(record[field as keyof TopicRecord], value),
  );
}

function decoded(
  bytes: Buffer | null,
  decoder: Decoder,
  what: string,
  place: { topic: string; partition: number; offset: number },
): unknown {
  if (bytes === null) return null;
  if (typeof decoder === "function") return decoder(bytes, place);
  if (decoder === "bytes") return Buffer.from(bytes);
  try {
    const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return decoder === "text" ? utf8 : JSON.parse(utf8);
  } catch (cause) {
    const { topic, partition, offset } = place;
    throw new TestingError(
      "NOT_TEXT",
      `The ${what} of ${topic}-${partition} at offset ${offset} is no ${decoder === "text" ? "UTF-8 text" : "JSON"}; read it as "bytes" or with a decoder of yours.`,
      { cause },
    );
  }
}

function counted(records: readonly TopicRecord[]): string {
  if (records.length === 0) return "there are no records";
  const last = records.slice(-3).map((record) => shown(record));
  return `there are ${records.length}, the last ${last.join(", ")}`;
}

function text(value: unknown): string {
  const json = Buffer.isBuffer(value) ? `${value.length} bytes` : JSON.stringify(value);
  return json === undefined ? String(value) : json.length > 80 ? `${json.slice(0, 79)}…` : json;
}
