import { isUtf8 } from "node:buffer";
import { fixedSize } from "./fixed-size.ts";
import { canLend, LENT_BYTES_MAX, LentMemory } from "./lent-bytes.ts";
import { exactly, refuse } from "./refuse.ts";
import type { Serde } from "./serde.ts";

/** Text in UTF-8, as Java's StringSerializer. Bytes that are no UTF-8, and text with half a surrogate pair, are errors and not replaced. */
export const string: Serde<string> = {
  name: "string",
  serialize(_topic, value) {
    if (typeof value !== "string") refuse("string", value, A_TEXT);
    return (value.length <= LOOP_MAX ? asciiBytes(value) : undefined) ?? textBytes(value);
  },
  deserialize(_topic, bytes) {
    if (!isUtf8(bytes)) throw new TypeError(`${bytes.length} bytes are no UTF-8.`);
    return bufferOf(bytes).toString();
  },
};
canLend(string, () => {
  const memory = new LentMemory();
  return {
    ...string,
    serialize(topic, value, headers) {
      if (typeof value !== "string" || value.length > LENT_BYTES_MAX) return string.serialize(topic, value, headers);
      const length = (value.length <= LOOP_MAX && writeAscii(value, memory.bytes)) || writeText(value, memory.bytes);
      return length <= LENT_BYTES_MAX ? memory.first(length) : Buffer.from(memory.bytes.subarray(0, length));
    },
  };
});

/** The bytes themselves, as Java's ByteArraySerializer, BytesSerializer and ByteBufferSerializer. What is read is a copy, so it may be kept. */
export const bytes: Serde<Uint8Array> = {
  name: "bytes",
  serialize: (_topic, value) => (value instanceof Uint8Array ? value : refuse("bytes", value, "bytes")),
  deserialize: (_topic, read) => Uint8Array.prototype.slice.call(read),
};

/**
 * Eight bytes, the highest first, as Java's LongSerializer, and a number in the program. Only whole numbers from −(2^53 − 1) to 2^53 − 1, on both ways: what is beyond is an error and
 * not rounded; {@link bigint} takes it.
 */
export const long: Serde<number> = fixedSize("long", 8, writeSafeLong, readSafeLong);

/** As {@link long}, and a bigint in the program: all 64 bits. */
export const bigint: Serde<bigint> = fixedSize(
  "bigint",
  8,
  (value, into) => {
    if (typeof value !== "bigint" || BigInt.asIntN(64, value) !== value) refuse("bigint", value, "a bigint of 64 bits");
    into.writeBigInt64BE(value);
  },
  (read) => read.readBigInt64BE(),
);

/** Four bytes, the highest first, as Java's IntegerSerializer. */
export const integer: Serde<number> = fixedSize(
  "integer",
  4,
  (value, into) => {
    if (!Number.isInteger(value) || (value | 0) !== value) refuse("integer", value, "a whole number from -2147483648 to 2147483647");
    into.writeInt32BE(value);
  },
  (read) => read.readInt32BE(),
);

/** Two bytes, the highest first, as Java's ShortSerializer. */
export const short: Serde<number> = fixedSize(
  "short",
  2,
  (value, into) => {
    if (!Number.isInteger(value) || (value << 16) >> 16 !== value) refuse("short", value, "a whole number from -32768 to 32767");
    into.writeInt16BE(value);
  },
  (read) => read.readInt16BE(),
);

/** Four bytes of IEEE 754, as Java's FloatSerializer. A number loses what 24 bits of precision cannot hold. */
export const float: Serde<number> = fixedSize(
  "float",
  4,
  (value, into) => void into.writeFloatBE(aNumber("float", value)),
  (read) => read.readFloatBE(),
);

/** Eight bytes of IEEE 754, as Java's DoubleSerializer. −0 stays −0; every NaN is written as the same bytes. */
export const double: Serde<number> = fixedSize(
  "double",
  8,
  (value, into) => void into.writeDoubleBE(aNumber("double", value)),
  (read) => read.readDoubleBE(),
);

/** One byte, 1 or 0, as Java's BooleanSerializer. */
export const boolean: Serde<boolean> = {
  name: "boolean",
  serialize: (_topic, value) => (typeof value === "boolean" ? Buffer.of(value ? 1 : 0) : refuse("boolean", value, "true or false")),
  deserialize(_topic, read) {
    exactly(read, 1);
    if (read[0]! > 1) throw new TypeError(`The byte ${read[0]} is neither 0 nor 1.`);
    return read[0] === 1;
  },
};

/** Nothing but null, as Java's VoidSerializer: neither function is ever called for null. */
export const nothing: Serde<never> = {
  name: "void",
  serialize: (_topic, value) => refuse("void", value, "null"),
  deserialize(_topic, read): never {
    throw new TypeError(`There are ${read.length} bytes where there must be none.`);
  },
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The text of a UUID, 36 characters in lower case, as Java's UUIDSerializer. */
export const uuid: Serde<string> = fixedSize(
  "uuid",
  36,
  (value, into) =>
    void (typeof value === "string" && UUID.test(value)
      ? into.write(value.toLowerCase(), "latin1")
      : refuse("uuid", value, "a UUID of 36 characters")),
  (read) => {
    const text = read.toString("latin1");
    if (!UUID.test(text)) throw new TypeError("The bytes are the text of no UUID.");
    return text.toLowerCase();
  },
);

const TWO_32 = 2 ** 32;

function writeSafeLong(value: number, into: Buffer): void {
  if (!Number.isSafeInteger(value)) refuse("long", value, "a whole number of at most 53 bits (serdes.bigint takes all 64)");
  const high = Math.floor(value / TWO_32);
  into.writeInt32BE(high, 0);
  into.writeUInt32BE(value - high * TWO_32, 4);
}

function readSafeLong(read: Buffer): number {
  const value = read.readInt32BE(0) * TWO_32 + read.readUInt32BE(4);
  if (!Number.isSafeInteger(value)) throw new RangeError("The long is beyond 2^53, which no number holds exactly; serdes.bigint reads it.");
  return value;
}

function aNumber(serde: string, value: unknown): number {
  return typeof value === "number" ? value : refuse(serde, value, "a number");
}

const A_TEXT = "a text of whole characters";
/** Up to so many letters a loop is faster than three calls out of JavaScript. */
const LOOP_MAX = 24;

/** Undefined when the text is not of ASCII alone. */
function asciiBytes(text: string): Uint8Array | undefined {
  const into = Buffer.allocUnsafe(text.length);
  return writeAscii(text, into) === text.length ? into : undefined;
}

/** How many bytes it wrote: 0 when the text is not of ASCII alone. */
function writeAscii(text: string, into: Uint8Array): number {
  const length = text.length;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return 0;
    into[i] = code;
  }
  return length;
}

function textBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  checkWhole(text, bytes.length);
  return bytes;
}

/** How many bytes it wrote. */
function writeText(text: string, into: Buffer): number {
  const length = into.write(text, 0);
  checkWhole(text, length);
  return length;
}

/** Half a pair, as any letter that is not of ASCII, has more bytes than it has letters. */
function checkWhole(text: string, byteLength: number): void {
  if (byteLength !== text.length && !text.isWellFormed()) refuse("string", text, A_TEXT);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
