import { isUtf8 } from "node:buffer";
import { printable, printableJson } from "@ottla/base";
import type { ConsumerRecord } from "@ottla/client";
import { UsageError } from "../../command.ts";
import { unescapeBytes } from "../../escapes.ts";

/** Turns a record into what is printed for it, its delimiter included. */
export type RecordFormat = (record: ConsumerRecord) => (Uint8Array | string)[];

export interface TextFormatOptions {
  /** Printed for a null key, value or header. */
  readonly nullMarker: string;
  readonly delimiter: Uint8Array | string;
  /** On a terminal, bytes that could move its cursor are shown escaped; elsewhere bytes go out as they are. */
  readonly isTerminal: boolean;
}

type Part = string | Uint8Array | ((record: ConsumerRecord) => Uint8Array | string);

/**
 * A format such as `%t[%p]@%o %k=%v`: `%t` topic, `%p` partition, `%o` offset, `%k` key, `%v` (or `%s`) value, `%h` headers, `%T` timestamp
 * in milliseconds, `%D` the same as ISO 8601, `%%` a per cent sign. Throws {@link UsageError}.
 */
export function textFormat(template: string, options: TextFormatOptions): RecordFormat {
  const bytes = (value: Buffer | null): Uint8Array | string =>
    value === null ? options.nullMarker : options.isTerminal ? shown(value) : value;
  const fields: Readonly<Record<string, (record: ConsumerRecord) => Uint8Array | string>> = {
    t: ({ topic }) => printable(topic),
    p: ({ partition }) => String(partition),
    o: ({ offset }) => String(offset),
    k: ({ key }) => bytes(key),
    v: ({ value }) => bytes(value),
    s: ({ value }) => bytes(value),
    h: ({ headers }) =>
      headers.map(({ key, value }) => `${printable(key)}=${value === null ? options.nullMarker : shown(value)}`).join(","),
    T: ({ timestamp }) => String(timestamp),
    D: ({ timestamp }) => isoTime(timestamp),
  };
  const parts: Part[] = template.split(/(%.?)/s).map((piece) => {
    if (!piece.startsWith("%")) return unescapeBytes(piece);
    if (piece === "%%") return "%";
    const field = fields[piece.slice(1)];
    if (field === undefined)
      throw new UsageError(
        `--format holds "${piece}"; the fields are ${Object.keys(fields)
          .map((name) => `%${name}`)
          .join(" ")} and %%.`,
      );
    return field;
  });
  return (record) => [...parts.map((part) => (typeof part === "function" ? part(record) : part)), options.delimiter];
}

/** One JSON object per line; keys and values that are no UTF-8 stand as `keyBase64`, `valueBase64`. `ottla produce --input json` reads it back. */
export function jsonFormat(record: ConsumerRecord): string[] {
  return [`${printableJson(jsonRecord(record))}\n`];
}

/** What {@link jsonFormat} prints, as an object. */
export function jsonRecord({
  topic,
  partition,
  offset,
  timestamp,
  key,
  value,
  headers,
}: ConsumerRecord): Readonly<Record<string, unknown>> {
  return {
    topic,
    partition,
    offset,
    timestamp,
    ...jsonBytes("key", key),
    ...jsonBytes("value", value),
    headers: headers.map((header) => ({ key: header.key, ...jsonBytes("value", header.value) })),
  };
}

/** `{ key: "text" }`, or `{ keyBase64: "…" }` for bytes that are no text. */
export function jsonBytes(name: string, bytes: Buffer | null): Record<string, string | null> {
  if (bytes === null) return { [name]: null };
  return isUtf8(bytes) ? { [name]: bytes.toString() } : { [`${name}Base64`]: bytes.toString("base64") };
}

/** ISO 8601; "-" for a record without a time. */
export function isoTime(timestampMs: number): string {
  const time = new Date(timestampMs);
  return timestampMs < 0 || Number.isNaN(time.getTime()) ? "-" : time.toISOString();
}

/** Bytes as text for a person: what is no UTF-8 becomes U+FFFD, control characters but tab and line feed are escaped. */
function shown(bytes: Buffer): string {
  return bytes
    .toString()
    .split(/([\n\t])/)
    .map((part) => (part === "\n" || part === "\t" ? part : printable(part)))
    .join("");
}
