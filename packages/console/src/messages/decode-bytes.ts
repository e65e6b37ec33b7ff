import { isUtf8 } from "node:buffer";
import { jsonOf } from "@ottla/serdes";
import { readPacked } from "./packed-formats.ts";

/** What bytes of a record were taken for. */
export interface Decoded {
  readonly format: "null" | "empty" | "json" | "text" | "int32" | "int64" | "msgpack" | "cbor" | "kafka" | "schema" | "bytes";
  /** Why it was taken for that, in half a sentence. */
  readonly why: string;
  /** As a person reads it: JSON as it was written, a number, text; of bytes their hexadecimal digits. Cut at {@link SHOWN_CHARS_MAX}. */
  readonly text: string;
  /** All of the bytes, in base64; absent when they are many. */
  readonly base64?: string;
  /** The text is what a schema makes of the bytes: written back, it would be other bytes. */
  readonly isTranslated?: true;
  readonly sizeBytes: number;
  /** Whether `text` is not all of it. */
  readonly isCut: boolean;
}

/** More of one key or value is not shown in a list; it is downloaded. */
export const SHOWN_CHARS_MAX = 20_000;
const BASE64_BYTES_MAX = 2_000;
/** Larger values are not parsed to see whether they are JSON: their first sign tells. */
const PARSED_BYTES_MAX = 1024 * 1024;
/** Of larger values no more is made a text of than is shown, which these bytes have whatever letters they are. */
const BEGINNING_BYTES = 128 * 1024;

/** A mark of byte order stays: what is shown is what is there. */
const UTF8 = { fatal: true, ignoreBOM: true } as const;
const strictUtf8 = new TextDecoder("utf-8", UTF8);

/** What the bytes are, judged by themselves. Pure; never throws. */
export function decodeBytes(bytes: Buffer | null): Decoded {
  if (bytes === null)
    return { format: "null", why: "there are no bytes: a null, in compacted topics a deletion", text: "", sizeBytes: 0, isCut: false };
  const sizeBytes = bytes.length;
  if (sizeBytes === 0) return { format: "empty", why: "it has no bytes, and is not null", text: "", sizeBytes, isCut: false };
  const base64 = sizeBytes <= BASE64_BYTES_MAX ? { base64: bytes.toString("base64") } : {};
  const told = (format: Decoded["format"], why: string, text: string): Decoded => ({
    format,
    why,
    text: text.slice(0, SHOWN_CHARS_MAX),
    ...base64,
    sizeBytes,
    isCut: text.length > SHOWN_CHARS_MAX,
  });
  const schemaId = bytes[0] === 0 && sizeBytes > 5 ? bytes.readInt32BE(1) : undefined;
  const text = textOf(bytes);
  if (text !== undefined) {
    const trimmed = text.trimStart();
    if (/^[[{"]/.test(trimmed) || /^(?:-?\d|true|false|null)/.test(trimmed)) {
      if (isJson(text, bytes)) return told("json", "it parses as JSON", text);
    }
    return told("text", "all of it is printable UTF-8", text);
  }
  if (schemaId !== undefined && schemaId > 0)
    return told("schema", `it begins with the mark of a schema registry, schema id ${schemaId}`, hexOf(bytes));
  const packed = readPacked(bytes);
  if (packed !== undefined) return told(packed.format, packed.why, jsonOf(packed.value));
  if (sizeBytes === 4)
    return told("int32", "it is 4 bytes that are no text, as Kafka's integer serialiser writes them", String(bytes.readInt32BE(0)));
  if (sizeBytes === 8)
    return told("int64", "it is 8 bytes that are no text, as Kafka's long serialiser writes them", String(bytes.readBigInt64BE(0)));
  return told("bytes", "it is no text and of no format that is known here", hexOf(bytes));
}

/** The value that a filter asks about: parsed JSON, text, a number; bytes where nothing else fits. */
export function filterValueOf(bytes: Buffer | null, decoded: Decoded): unknown {
  switch (decoded.format) {
    case "null":
      return null;
    case "empty":
      return "";
    case "json":
      return decoded.sizeBytes <= PARSED_BYTES_MAX ? (JSON.parse(bytes!.toString()) as unknown) : decoded.text;
    case "text":
      return bytes!.toString();
    case "int32":
      return bytes!.readInt32BE(0);
    case "int64":
      return bytes!.readBigInt64BE(0);
    case "msgpack":
    case "cbor":
      return readPacked(bytes!)?.value;
    case "kafka":
    case "schema":
    case "bytes":
      return bytes;
  }
}

/** All of the text, or the beginning of a long one; undefined where it is none. */
function textOf(bytes: Buffer): string | undefined {
  if (bytes.length > BEGINNING_BYTES) return isPrintable(bytes) ? beginningOf(bytes) : undefined;
  try {
    const text = strictUtf8.decode(bytes);
    // oxlint-disable-next-line no-control-regex -- these are what makes text unprintable
    return /[\0-\x08\x0e-\x1f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** As the text of a short value is judged, without one being made of it. */
function isPrintable(bytes: Buffer): boolean {
  const judged = bytes.length <= PARSED_BYTES_MAX ? bytes : bytes.subarray(0, letterBegin(bytes, PARSED_BYTES_MAX));
  if (!isUtf8(judged)) return false;
  for (let at = 0; at < judged.length; at++) {
    const byte = judged[at]!;
    if (byte < 0x20 && (byte < 0x09 || byte > 0x0d)) return false;
  }
  return true;
}

function beginningOf(bytes: Buffer): string {
  return strictUtf8.decode(bytes.subarray(0, letterBegin(bytes, BEGINNING_BYTES)));
}

/** The last place at or before `at` where no letter is cut. */
function letterBegin(bytes: Buffer, at: number): number {
  let begin = at;
  while (begin > at - 4 && (bytes[begin]! & 0xc0) === 0x80) begin--;
  return begin;
}

/** `text` is the beginning of a long one. */
function isJson(text: string, bytes: Buffer): boolean {
  if (bytes.length > PARSED_BYTES_MAX) return /^\s*[[{]/.test(text);
  try {
    JSON.parse(bytes.length > BEGINNING_BYTES ? strictUtf8.decode(bytes) : text);
    return true;
  } catch {
    return false;
  }
}

function hexOf(bytes: Buffer): string {
  return bytes.toString("hex", 0, Math.min(bytes.length, SHOWN_CHARS_MAX)).replace(/(..)(?=.)/g, "$1 ");
}
