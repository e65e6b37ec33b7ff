import { inflateRawSync, inflateSync } from "node:zlib";
import { MalformedBytesError } from "@ottla/base";
import type { BinlogBytes } from "../binlog/binlog-bytes.ts";
import { COLUMN_TYPE } from "../binlog/column-type-codes.ts";
import type { MappedColumn } from "../binlog/table-map.ts";
import { daysOf, microsOf, NO_DATE } from "./calendar.ts";
import type { ColumnFacts, TextOf } from "./column-facts.ts";
import { decimalReader } from "./decimal-cell.ts";
import { jsonText } from "./json-binary.ts";

/**
 * Reads a cell of a row as it is in the binlog, and moves behind it. What comes out is the column's raw value:
 *
 * | kind | raw |
 * |---|---|
 * | integers to 32 bits, year | number |
 * | bigint, set (its bits) | bigint |
 * | decimal | `Decimal` |
 * | float, double | number |
 * | bit | Buffer, the highest byte first |
 * | date | days since 1970, or {@link NO_DATE} |
 * | datetime, timestamp | microseconds since 1970 as bigint, or {@link NO_DATE} |
 * | time | microseconds |
 * | enum | its number from 1; 0 is the empty text of a refused value |
 * | string, json, uuid, inet4, inet6 | string |
 * | bytes, point, geometry | Buffer |
 */
export type CellReader = (bytes: BinlogBytes) => unknown;

const UUID_BYTES = 16;
const INET6_BYTES = 16;
const INET4_BYTES = 4;

/** @throws MalformedBytesError where nobody knows how cells of the type are read. */
export function cellReaderOf(column: MappedColumn, facts: ColumnFacts | undefined, textOf: TextOf): CellReader {
  const { type, isUnsigned, length, scale } = column;
  switch (type) {
    case COLUMN_TYPE.tiny:
      return isUnsigned ? (bytes) => bytes.u8() : (bytes) => (bytes.u8() << 24) >> 24;
    case COLUMN_TYPE.short:
      return isUnsigned ? (bytes) => bytes.u16() : (bytes) => (bytes.u16() << 16) >> 16;
    case COLUMN_TYPE.int24:
      return isUnsigned ? (bytes) => bytes.u24() : (bytes) => (bytes.u24() << 8) >> 8;
    case COLUMN_TYPE.long:
      return isUnsigned ? (bytes) => bytes.u32() : (bytes) => bytes.u32() | 0;
    case COLUMN_TYPE.longLong:
      return isUnsigned ? (bytes) => bytes.u64() : (bytes) => BigInt.asIntN(64, bytes.u64());
    case COLUMN_TYPE.float:
      return (bytes) => bytes.slice(4).readFloatLE();
    case COLUMN_TYPE.double:
      return (bytes) => bytes.slice(8).readDoubleLE();
    case COLUMN_TYPE.newDecimal:
      return decimalReader(length, scale);
    case COLUMN_TYPE.bit: {
      const bitBytes = (length + 7) >> 3;
      return (bytes) => bytes.slice(bitBytes);
    }
    case COLUMN_TYPE.year:
      return (bytes) => yearOf(bytes.u8());
    case COLUMN_TYPE.date:
    case COLUMN_TYPE.newDate:
      return readDate;
    case COLUMN_TYPE.time:
      return readOldTime;
    case COLUMN_TYPE.time2:
      return timeReader(length);
    case COLUMN_TYPE.datetime:
      return readOldDatetime;
    case COLUMN_TYPE.datetime2:
      return datetimeReader(length);
    case COLUMN_TYPE.timestamp:
      return (bytes) => timestampOf(bytes.u32(), 0);
    case COLUMN_TYPE.timestamp2:
      return (bytes) => timestampOf(bytes.bigEndian(4), fractionOf(bytes, length));
    case COLUMN_TYPE.enum:
      return (bytes) => (length === 1 ? bytes.u8() : bytes.u16());
    case COLUMN_TYPE.set:
      return (bytes) => littleEndian(bytes.slice(length));
    default:
      return stringReader(column, facts, textOf);
  }
}

function stringReader({ type, length, name }: MappedColumn, facts: ColumnFacts | undefined, textOf: TextOf): CellReader {
  const take = takerOf(type, length);
  if (take === undefined) throw new MalformedBytesError(`Column ${name} is of type ${type}, which is not known.`);
  const kind = facts?.kind;
  if (kind === "string") return (bytes) => textOf(take(bytes));
  if (kind === "json") return (bytes) => jsonText(take(bytes));
  if (kind === "uuid") return (bytes) => uuidText(padded(take(bytes), UUID_BYTES));
  if (kind === "inet6") return (bytes) => inet6Text(padded(take(bytes), INET6_BYTES));
  if (kind === "inet4") return (bytes) => [...padded(take(bytes), INET4_BYTES)].join(".");
  // BINARY(n) goes without the zeros at its end.
  if (kind === "bytes" && type === COLUMN_TYPE.string) return (bytes) => padded(take(bytes), length);
  return take;
}

/** How the bytes of a cell of varying length are taken; undefined: it is none. */
function takerOf(type: number, length: number): ((bytes: BinlogBytes) => Buffer) | undefined {
  switch (type) {
    case COLUMN_TYPE.string:
    case COLUMN_TYPE.varString:
    case COLUMN_TYPE.varchar:
      return length > 255 ? (bytes) => bytes.slice(bytes.u16()) : (bytes) => bytes.slice(bytes.u8());
    case COLUMN_TYPE.varcharCompressed:
      return length > 255 ? (bytes) => inflated(bytes.slice(bytes.u16())) : (bytes) => inflated(bytes.slice(bytes.u8()));
    case COLUMN_TYPE.blobCompressed:
      return (bytes) => inflated(bytes.slice(lengthOf(bytes, length)));
    case COLUMN_TYPE.tinyBlob:
    case COLUMN_TYPE.blob:
    case COLUMN_TYPE.mediumBlob:
    case COLUMN_TYPE.longBlob:
    case COLUMN_TYPE.geometry:
    case COLUMN_TYPE.json:
    case COLUMN_TYPE.vector:
      return (bytes) => bytes.slice(lengthOf(bytes, length));
    default:
      return undefined;
  }
}

function lengthOf(bytes: BinlogBytes, lengthBytes: number): number {
  switch (lengthBytes) {
    case 1:
      return bytes.u8();
    case 2:
      return bytes.u16();
    case 3:
      return bytes.u24();
    case 4:
      return bytes.u32();
    default:
      throw new MalformedBytesError(`A length has 1 to 4 bytes, not ${lengthBytes}.`);
  }
}

function padded(bytes: Buffer, length: number): Buffer {
  if (bytes.length >= length) return bytes;
  const whole = Buffer.alloc(length);
  bytes.copy(whole);
  return whole;
}

function littleEndian(bytes: Buffer): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
}

const yearOf = (byte: number): number => (byte === 0 ? 0 : 1900 + byte);

function readDate(bytes: BinlogBytes): number | typeof NO_DATE {
  const packed = bytes.u24();
  return daysOf(packed >> 9, (packed >> 5) & 15, packed & 31);
}

const fractionBytes = (digits: number): number => (digits + 1) >> 1;

/** Microseconds of the part of a second that follows. */
function fractionOf(bytes: BinlogBytes, digits: number): number {
  const length = fractionBytes(digits);
  return bytes.bigEndian(length) * 100 ** (3 - length);
}

const DATETIME_BIAS = 0x80_0000_0000;

function datetimeReader(digits: number): CellReader {
  return (bytes) => {
    const packed = bytes.bigEndian(5) - DATETIME_BIAS;
    const micros = fractionOf(bytes, digits);
    if (packed < 0) return NO_DATE;
    const date = Math.floor(packed / 0x2_0000);
    const time = packed % 0x2_0000;
    const months = date >> 5;
    const seconds = (time >> 12) * 3600 + ((time >> 6) & 63) * 60 + (time & 63);
    return microsOf(daysOf(Math.floor(months / 13), months % 13, date & 31), seconds, micros);
  };
}

/** The zero of TIMESTAMP is none; 1970-01-01 00:00:00 cannot be written. */
function timestampOf(seconds: number, micros: number): bigint | typeof NO_DATE {
  return seconds === 0 && micros === 0 ? NO_DATE : BigInt(seconds) * 1_000_000n + BigInt(micros);
}

/** Hours, minutes, seconds in 24 bits and the fraction behind them as one signed number, from the middle of its range on. */
function timeReader(digits: number): CellReader {
  const extra = fractionBytes(digits);
  const unit = 256 ** extra;
  return (bytes) => {
    const signed = bytes.bigEndian(3 + extra) - 0x80_0000 * unit;
    const absolute = Math.abs(signed);
    const time = Math.floor(absolute / unit);
    const micros = (absolute % unit) * 100 ** (3 - extra);
    const seconds = ((time >> 12) & 0x3ff) * 3600 + ((time >> 6) & 63) * 60 + (time & 63);
    const value = seconds * 1_000_000 + micros;
    return signed < 0 ? -value : value;
  };
}

/** Of tables older than MariaDB 10.0 or MySQL 5.6: decimal digits of hours, minutes, seconds. */
function readOldTime(bytes: BinlogBytes): number {
  const packed = (bytes.u24() << 8) >> 8;
  const absolute = Math.abs(packed);
  const seconds = Math.floor(absolute / 10_000) * 3600 + (Math.floor(absolute / 100) % 100) * 60 + (absolute % 100);
  return (packed < 0 ? -seconds : seconds) * 1_000_000;
}

function readOldDatetime(bytes: BinlogBytes): bigint | typeof NO_DATE {
  const packed = Number(bytes.u64());
  const date = Math.floor(packed / 1_000_000);
  const time = packed % 1_000_000;
  const seconds = Math.floor(time / 10_000) * 3600 + (Math.floor(time / 100) % 100) * 60 + (time % 100);
  return microsOf(daysOf(Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100), seconds, 0);
}

/** A compressed column of MariaDB's: a byte that says how, how long it was, the bytes. */
function inflated(bytes: Buffer): Buffer {
  const head = bytes[0];
  if (head === undefined || head === 0) return bytes.subarray(1);
  const lengthBytes = head & 0x07;
  if (head >> 4 !== 8) throw new MalformedBytesError(`A compressed column is compressed by method ${head >> 4}; only zlib is known.`);
  let length = 0;
  for (let i = 0; i < lengthBytes; i++) length = length * 256 + (bytes[1 + i] ?? 0);
  const packed = bytes.subarray(1 + lengthBytes);
  const options = { maxOutputLength: Math.max(1, length) };
  try {
    return (head & 0x08) === 0 ? inflateSync(packed, options) : inflateRawSync(packed, options);
  } catch (error) {
    throw new MalformedBytesError(`A compressed column cannot be inflated: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const uuidText = (bytes: Buffer): string => bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** As RFC 5952 and the server write it: the longest row of zeros is `::`. */
function inet6Text(bytes: Buffer): string {
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0);
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2));
  const v4 = (): string => [...bytes.subarray(12)].join(".");
  if (isMapped && groups[5] === 0xffff) return `::ffff:${v4()}`;
  if (isMapped && groups[5] === 0 && groups[6] !== 0) return `::${v4()}`;
  let best = { start: 0, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const texts = groups.map((group) => group.toString(16));
  if (best.length < 2) return texts.join(":");
  return `${texts.slice(0, best.start).join(":")}::${texts.slice(best.start + best.length).join(":")}`;
}
