import { decode as decodeMessagePack } from "@msgpack/msgpack";
import { decode as decodeCbor } from "cborg";

/** A value in a self-describing binary format. */
export interface Packed {
  readonly format: "msgpack" | "cbor";
  readonly why: string;
  readonly value: unknown;
}

/** Larger ones are not tried. */
const PACKED_BYTES_MAX = 1024 * 1024;
/** So few bytes may be one of these by chance. */
const TELLING_BYTES = 9;
/** CBOR's own mark (RFC 8949, 3.4.6). */
const CBOR_MARK = Buffer.from([0xd9, 0xd9, 0xf7]);

/**
 * Reads MessagePack and CBOR. Only maps, and lists that are not short, are taken for one of them: nearly any bytes begin with a number of both. All of the bytes must belong to it. Pure; never throws.
 */
export function readPacked(bytes: Buffer): Packed | undefined {
  if (bytes.length < 2 || bytes.length > PACKED_BYTES_MAX) return undefined;
  const first = bytes[0]!;
  if (bytes.subarray(0, CBOR_MARK.length).equals(CBOR_MARK)) return told("cbor", "it begins with CBOR's own mark", attempt(cborOf, bytes));
  const value = mayBeMessagePack(first) ? attempt(messagePackOf, bytes) : undefined;
  if (isTelling(value, bytes)) return told("msgpack", `all of it parses as MessagePack, ${kindOf(value)}`, value);
  const other = first >= 0x80 && first <= 0xbf ? attempt(cborOf, bytes) : undefined;
  return isTelling(other, bytes) ? told("cbor", `all of it parses as CBOR, ${kindOf(other)}`, other) : undefined;
}

function told(format: Packed["format"], why: string, value: unknown): Packed | undefined {
  return value === undefined ? undefined : { format, why, value };
}

/** Of maps and lists. */
function mayBeMessagePack(first: number): boolean {
  return (first >= 0x80 && first <= 0x9f) || (first >= 0xdc && first <= 0xdf);
}

function messagePackOf(bytes: Buffer): unknown {
  // A list may say that it has four thousand million items: it has no more than there are bytes.
  const most = { maxArrayLength: bytes.length, maxMapLength: bytes.length };
  return decodeMessagePack(bytes, { ...most, useBigInt64: true });
}

function cborOf(bytes: Buffer): unknown {
  return plainOf(decodeCbor(bytes, { useMaps: true, allowIndefinite: true, tags: TAGS }));
}

/** Of tags only what they stand before is shown. */
const TAGS = new Proxy<((decode: () => unknown) => unknown)[]>([], { get: () => (decode: () => unknown) => decode() });

function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, each]) => [String(key), plainOf(each)]));
}

function isTelling(value: unknown, bytes: Buffer): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return bytes.length >= TELLING_BYTES && value.length > 0;
  const keys = Object.keys(value);
  return keys.length > 0 && (bytes.length >= TELLING_BYTES || keys.every((key) => /^\w+$/.test(key)));
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? `a list of ${value.length}` : `a map of ${Object.keys(value as object).length}`;
}

function attempt(read: (bytes: Buffer) => unknown, bytes: Buffer): unknown {
  try {
    return read(bytes);
  } catch {
    return undefined;
  }
}
