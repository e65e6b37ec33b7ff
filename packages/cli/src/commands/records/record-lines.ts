import { isUtf8 } from "node:buffer";
import { OttlaError } from "@ottla/base";
import type { HeaderInput, ProducerRecord } from "@ottla/client";

/** A record as a line says it; the topic is added by the command. */
export type LineRecord = Omit<ProducerRecord, "topic" | "headers"> & { readonly headers?: readonly HeaderInput[] };
export type LineParser = (line: Buffer) => LineRecord;

/** How a plain line is read. */
export interface PlainLineOptions {
  readonly keySeparator?: Buffer | string | undefined;
  /** A key or value of this text is null. */
  readonly nullMarker?: string | undefined;
}

/** `value`, or `key SEPARATOR value`. Bytes are taken as they are. Throws `BAD_LINE`. */
export function plainLineParser({ keySeparator, nullMarker }: PlainLineOptions): LineParser {
  const separator = typeof keySeparator === "string" ? Buffer.from(keySeparator) : keySeparator;
  const marker = nullMarker === undefined ? undefined : Buffer.from(nullMarker);
  const nullable = (bytes: Buffer): Buffer | null => (marker?.equals(bytes) ? null : bytes);
  if (separator === undefined) return (line) => ({ value: nullable(line) });
  return (line) => {
    const at = line.indexOf(separator);
    if (at < 0) throw badLine(`it has no key separator ${JSON.stringify(separator.toString())}`);
    return { key: nullable(line.subarray(0, at)), value: nullable(line.subarray(at + separator.length)) };
  };
}

const FIELDS: ReadonlySet<string> = new Set([
  "key",
  "keyBase64",
  "value",
  "valueBase64",
  "headers",
  "partition",
  "timestamp",
  "topic",
  "offset",
]);

/**
 * A JSON object per line with `key`, `value`, `headers`, `partition`, `timestamp`, as `ottla consume --json` prints it (its `topic` and
 * `offset` are passed over). A key or value that is no string is written as JSON; bytes that are no text come as `keyBase64`, `valueBase64`.
 * Throws `BAD_LINE`.
 */
export function parseJsonLine(line: Buffer): LineRecord {
  const fields = parseFields(line);
  const unknown = Object.keys(fields).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) throw badLine(`it has the unknown field "${unknown}"`);
  const { partition, timestamp, headers } = fields;
  if (partition !== undefined && !isCount(partition)) throw badLine("its partition is no whole number");
  if (timestamp !== undefined && !isCount(timestamp)) throw badLine("its timestamp is no whole number of milliseconds");
  return {
    key: bytesOf(fields, "key"),
    value: bytesOf(fields, "value"),
    ...(headers !== undefined && headers !== null && { headers: headersOf(headers) }),
    ...(partition !== undefined && { partition }),
    ...(timestamp !== undefined && { timestamp }),
  };
}

function parseFields(line: Buffer): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    if (!isUtf8(line)) throw new SyntaxError("it is not UTF-8");
    parsed = JSON.parse(line.toString());
  } catch (error) {
    throw badLine(`it is no JSON: ${(error as Error).message}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw badLine("it is no JSON object");
  return parsed as Record<string, unknown>;
}

function bytesOf(fields: Readonly<Record<string, unknown>>, name: "key" | "value"): string | Buffer | null {
  const encoded = fields[`${name}Base64`];
  if (encoded === undefined) return textOf(fields[name]);
  if (typeof encoded !== "string") throw badLine(`its ${name}Base64 is no text`);
  return Buffer.from(encoded, "base64");
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function headersOf(headers: unknown): HeaderInput[] {
  if (Array.isArray(headers)) {
    return headers.map((header: unknown) => {
      const { key, value, valueBase64 } = (header ?? {}) as Record<string, unknown>;
      if (typeof key !== "string") throw badLine("one of its headers has no key");
      return { key, value: typeof valueBase64 === "string" ? Buffer.from(valueBase64, "base64") : textOf(value) };
    });
  }
  if (typeof headers !== "object") throw badLine("its headers are neither an object nor a list");
  return Object.entries(headers as object).map(([key, value]) => ({ key, value: textOf(value) }));
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function badLine(fault: string): OttlaError {
  return new OttlaError("BAD_LINE", `The line cannot be read: ${fault}.`);
}
