import { isUint8Array } from "node:util/types";
import type { HeaderInput as WireHeader } from "@ottla/protocol/records";
import type { BytesLike } from "../bytes.ts";
import { checkPartition, checkTimestamp, checkTopic, INT32_MAX, invalid } from "../options/argument-checks.ts";
import type { ProducerRecord } from "./record-types.ts";

/** Length fields, deltas and attributes of a record, at most. */
const RECORD_OVERHEAD_BYTES = 24;
const HEADER_OVERHEAD_BYTES = 10;
const NO_HEADERS: readonly WireHeader[] = [];
const TOPICS_KEPT_MAX = 1000;

/**
 * A record as it will be written: checked, and its texts turned into bytes. One draft serves record after record, as long as each is taken at once; one that
 * has to wait gets a {@link copy}, or is {@link kept}.
 */
export class RecordDraft {
  /** Checked, or empty at the beginning. */
  topic = "";
  partition: number | undefined;
  key: Uint8Array | null = null;
  value: Uint8Array | null = null;
  headers: readonly WireHeader[] = NO_HEADERS;
  timestamp = 0;
  /** What the record takes of buffer memory: an upper bound of its bytes in a batch. */
  sizeBytes = 0;
  /** For a partitioner of the application's own. */
  source: ProducerRecord | undefined;
  /** Names that were found good: the same few come again and again. */
  readonly #goodTopics: Set<string>;

  constructor(goodTopics: Set<string> = new Set()) {
    this.#goodTopics = goodTopics;
  }

  /** `index`: where in the list of the call; −1: the call has one record. Throws `ClientError` INVALID_ARGUMENT with the field's name. */
  read(record: ProducerRecord, nowMs: number, call: string, index: number): void {
    if (typeof record !== "object" || record === null || Array.isArray(record))
      throw invalid(subjectOf(call, index), record, "an object with a topic and a value");
    const { topic, partition, key, value, headers, timestamp } = record;
    if ((topic !== this.topic || topic === "") && !this.#goodTopics.has(topic)) this.#checkTopic(topic, call, index);
    if (partition !== undefined && !isInt32(partition)) checkPartition(`${subjectOf(call, index)}.partition`, partition);
    if (timestamp !== undefined && !isTime(timestamp)) checkTimestamp(`${subjectOf(call, index)}.timestamp`, timestamp);
    // All read before anything is kept: a getter of the caller's may send by itself.
    const keyBytes = toBytes(key, "key", call, index);
    const valueBytes = toBytes(value, "value", call, index);
    const wireHeaders =
      headers === undefined || (Array.isArray(headers) && headers.length === 0) ? NO_HEADERS : toWireHeaders(headers, call, index);
    this.topic = topic;
    this.partition = partition;
    this.key = keyBytes;
    this.value = valueBytes;
    this.headers = wireHeaders;
    this.timestamp = timestamp ?? nowMs;
    this.sizeBytes = sizeOf(keyBytes, valueBytes, wireHeaders);
    this.source = record;
  }

  copy(): RecordDraft {
    const copy = new RecordDraft(this.#goodTopics);
    copy.topic = this.topic;
    copy.partition = this.partition;
    copy.key = this.key;
    copy.value = this.value;
    copy.headers = this.headers;
    copy.timestamp = this.timestamp;
    copy.sizeBytes = this.sizeBytes;
    copy.source = this.source;
    return copy;
  }

  /** A copy with bytes of its own: the caller may use its buffers again as soon as the call is over, however long the record waits. */
  kept(): RecordDraft {
    const kept = this.copy();
    kept.key = kept.key && Buffer.from(kept.key);
    kept.value = kept.value && Buffer.from(kept.value);
    kept.headers = kept.headers.map(({ key, value }) => ({ key, value: value && Buffer.from(value) }));
    return kept;
  }

  #checkTopic(topic: unknown, call: string, index: number): void {
    checkTopic(`${subjectOf(call, index)}.topic`, topic);
    if (this.#goodTopics.size >= TOPICS_KEPT_MAX) this.#goodTopics.clear();
    this.#goodTopics.add(topic as string);
  }
}

function subjectOf(call: string, index: number): string {
  return index < 0 ? `${call}: record` : `${call}: records[${index}]`;
}

function isInt32(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= INT32_MAX;
}

function isTime(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function toBytes(value: BytesLike | null | undefined, field: string, call: string, index: number): Uint8Array | null {
  if (typeof value === "string") return Buffer.from(value);
  if (value === undefined || value === null) return null;
  if (value instanceof Uint8Array || isUint8Array(value)) return value;
  throw invalid(`${subjectOf(call, index)}.${field}`, value, "a text, bytes (Uint8Array) or null");
}

function toWireHeaders(headers: unknown, call: string, index: number): readonly WireHeader[] {
  if (Array.isArray(headers)) {
    return headers.map((header: unknown, at) => {
      if (typeof header !== "object" || header === null)
        throw invalid(`${subjectOf(call, index)}.headers[${at}]`, header, "an object with key and value");
      const { key, value } = header as { readonly key: unknown; readonly value: unknown };
      if (typeof key !== "string") throw invalid(`${subjectOf(call, index)}.headers[${at}].key`, key, "a text");
      return { key, value: headerBytes(value, `headers[${at}].value`, call, index) };
    });
  }
  // A Map has no entries as an object: its headers would be gone without a word.
  const isPlain =
    typeof headers === "object" &&
    headers !== null &&
    (Object.getPrototypeOf(headers) === null || Object.getPrototypeOf(Object.getPrototypeOf(headers)) === null);
  if (!isPlain) throw invalid(`${subjectOf(call, index)}.headers`, headers, "a list of { key, value } or a plain object");
  return Object.entries(headers as Readonly<Record<string, unknown>>).map(([key, value]) => ({
    key,
    value: headerBytes(value, `headers[${JSON.stringify(key)}]`, call, index),
  }));
}

function headerBytes(value: unknown, field: string, call: string, index: number): Uint8Array | null {
  if (value === undefined) throw invalid(`${subjectOf(call, index)}.${field}`, value, "a text, bytes (Uint8Array) or null");
  return toBytes(value as BytesLike | null, field, call, index);
}

function sizeOf(key: Uint8Array | null, value: Uint8Array | null, headers: readonly WireHeader[]): number {
  let bytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (let i = 0; i < headers.length; i++) bytes += HEADER_OVERHEAD_BYTES + headers[i]!.key.length * 3 + (headers[i]!.value?.length ?? 0);
  return bytes;
}
