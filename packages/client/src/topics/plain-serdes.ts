import { isUtf8 } from "node:buffer";
import { shown } from "../options/argument-checks.ts";
import type { Serde } from "./serde.ts";

/** The bytes themselves. What is read is a view of the fetched answer: copy what is kept for long. */
export function bytes(): Serde<Uint8Array, Buffer> {
  return bytesSerde;
}

/** Text in UTF-8, as Java's StringSerializer writes it. Bytes that are no UTF-8, and text with half a surrogate pair, are errors and not replaced. */
export function string(): Serde<string> {
  return stringSerde;
}

/** Four bytes, the highest first, as Java's IntegerSerializer. */
export function int32(): Serde<number> {
  return int32Serde;
}

/** Eight bytes, the highest first, as Java's LongSerializer. A bigint, since a number would lose what is beyond 2^53. */
export function int64(): Serde<bigint> {
  return int64Serde;
}

/** Eight bytes of IEEE 754, as Java's DoubleSerializer. */
export function double(): Serde<number> {
  return doubleSerde;
}

/** The text of a UUID, 36 characters in lower case, as Java's UUIDSerializer writes it. */
export function uuid(): Serde<string> {
  return uuidSerde;
}

const bytesSerde: Serde<Uint8Array, Buffer> = {
  serialize: (value) => (value instanceof Uint8Array ? value : refuse(value, "bytes")),
  deserialize: (read) => read,
};

const stringSerde: Serde<string> = {
  serialize: (value) => (typeof value === "string" && value.isWellFormed() ? value : refuse(value, "a text of whole characters")),
  deserialize(read) {
    if (!isUtf8(read)) throw new TypeError(`${read.length} bytes are no UTF-8.`);
    return read.toString();
  },
};

const int32Serde: Serde<number> = {
  serialize(value) {
    if (!Number.isInteger(value) || (value | 0) !== value) refuse(value, "a whole number from -2147483648 to 2147483647");
    const written = Buffer.allocUnsafe(4);
    written.writeInt32BE(value);
    return written;
  },
  deserialize: (read) => exactly(read, 4).readInt32BE(),
};

const int64Serde: Serde<bigint> = {
  serialize(value) {
    if (typeof value !== "bigint" || BigInt.asIntN(64, value) !== value) refuse(value, "a bigint of 64 bits");
    const written = Buffer.allocUnsafe(8);
    written.writeBigInt64BE(value);
    return written;
  },
  deserialize: (read) => exactly(read, 8).readBigInt64BE(),
};

const doubleSerde: Serde<number> = {
  serialize(value) {
    if (typeof value !== "number") refuse(value, "a number");
    const written = Buffer.allocUnsafe(8);
    written.writeDoubleBE(value);
    return written;
  },
  deserialize: (read) => exactly(read, 8).readDoubleBE(),
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const uuidSerde: Serde<string> = {
  serialize: (value) => (typeof value === "string" && UUID.test(value) ? value.toLowerCase() : refuse(value, "a UUID of 36 characters")),
  deserialize(read) {
    const text = read.toString("latin1", 0, 37);
    if (!UUID.test(text)) throw new TypeError(`${shown(text)} is no UUID.`);
    return text.toLowerCase();
  },
};

function exactly(read: Buffer, length: number): Buffer {
  if (read.length !== length) throw new TypeError(`There are ${read.length} bytes where ${length} were expected.`);
  return read;
}

function refuse(value: unknown, mustBe: string): never {
  throw new TypeError(`${shown(value)} was given; it must be ${mustBe}.`);
}
