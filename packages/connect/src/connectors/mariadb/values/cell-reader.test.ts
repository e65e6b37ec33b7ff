import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { BinlogBytes } from "../binlog/binlog-bytes.ts";
import { COLUMN_TYPE } from "../binlog/column-type-codes.ts";
import type { MappedColumn } from "../binlog/table-map.ts";
import { NO_DATE } from "./calendar.ts";
import { cellReaderOf } from "./cell-reader.ts";
import { factsOf } from "./column-facts.ts";

const seed = testSeed();
const random = new SeededRandom(seed);
const utf8 = (bytes: Buffer): string => bytes.toString("utf8");

function column(type: number, more: Partial<MappedColumn> = {}): MappedColumn {
  return {
    name: "c",
    type,
    length: 0,
    scale: 0,
    isUnsigned: false,
    isNullable: true,
    collation: undefined,
    labels: undefined,
    geometryType: undefined,
    ...more,
  };
}

function read(mapped: MappedColumn, bytes: Buffer): unknown {
  const at = new BinlogBytes(bytes);
  const value = cellReaderOf(mapped, factsOf(mapped, undefined, utf8), utf8)(at);
  assert.equal(at.left, 0, "the whole cell is read");
  return value;
}

const digits = (count: number): string => Array.from({ length: count }, () => random.nextInt(10)).join("");

/** As the manual describes DECIMAL's form: groups of nine digits in four bytes, the rest in as few as they need. */
function decimalCell(whole: string, fraction: string, isNegative: boolean): Buffer {
  const bytesOf = (text: string) => {
    if (text === "") return [];
    const length = Math.ceil((text.length % 9) / 2) || 4;
    const bytes = Buffer.alloc(length);
    bytes.writeUIntBE(Number(text), 0, length);
    return [bytes];
  };
  const first = whole.length % 9;
  const groups = [whole.slice(0, first), ...(whole.slice(first).match(/.{9}/g) ?? []), ...(fraction.match(/.{1,9}/g) ?? [])];
  const cell = Buffer.concat(groups.flatMap(bytesOf));
  if (isNegative) for (let i = 0; i < cell.length; i++) cell[i]! ^= 0xff;
  cell[0]! ^= 0x80;
  return cell;
}

test("decimals of every precision and scale are exact", () => {
  for (let precision = 1; precision <= 65; precision++)
    for (let scale = 0; scale <= Math.min(precision, 38); scale++) {
      const [whole, fraction] = [digits(precision - scale), digits(scale)];
      const unscaled = BigInt(whole + fraction);
      const isNegative = unscaled !== 0n && random.nextInt(2) === 0;
      const value = read(column(COLUMN_TYPE.newDecimal, { length: precision, scale }), decimalCell(whole, fraction, isNegative));
      assert.deepEqual(value, { unscaled: isNegative ? -unscaled : unscaled, scale }, `seed ${seed}: ${whole}.${fraction}`);
    }
});

const fractionBytes = (precision: number): number => Math.ceil(precision / 2);
/** So many microseconds as so many digits of a second have. */
const microsOf = (precision: number): number => random.nextInt(10 ** precision) * 10 ** (6 - precision);

function fractionCell(micros: number, precision: number): Buffer {
  const length = fractionBytes(precision);
  const cell = Buffer.alloc(length);
  if (length > 0) cell.writeUIntBE(micros / 100 ** (3 - length), 0, length);
  return cell;
}

test("moments are theirs to the microsecond, over all the years", () => {
  for (let i = 0; i < 3000; i++) {
    const precision = i % 7;
    const micros = microsOf(precision);
    const date = new Date(Date.UTC(1000, 0, 1) + random.nextInt(2 ** 31 - 1) * 132_000);
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    const [hour, minute, second] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
    const packed = (BigInt(year * 13 + month) << 22n) | (BigInt(day) << 17n) | BigInt((hour << 12) | (minute << 6) | second);
    const cell = Buffer.alloc(5);
    cell.writeUIntBE(Number(packed + 0x80_0000_0000n), 0, 5);
    const expected = BigInt(Math.floor(date.getTime() / 1000)) * 1_000_000n + BigInt(micros);
    const value = read(column(COLUMN_TYPE.datetime2, { length: precision }), Buffer.concat([cell, fractionCell(micros, precision)]));
    assert.equal(value, expected, `seed ${seed}: ${date.toISOString()} ${micros}`);
    const dateCell = Buffer.alloc(3);
    dateCell.writeUIntLE((year << 9) | (month << 5) | day, 0, 3);
    assert.equal(read(column(COLUMN_TYPE.date), dateCell), Math.floor(date.getTime() / 86_400_000));
  }
  const zero = Buffer.from("8000000000", "hex");
  assert.equal(read(column(COLUMN_TYPE.datetime2), zero), NO_DATE);
  assert.equal(read(column(COLUMN_TYPE.timestamp2), Buffer.alloc(4)), NO_DATE);
  assert.equal(read(column(COLUMN_TYPE.timestamp2), Buffer.from("ffffffff", "hex")), 4_294_967_295_000_000n, "MariaDB 11.5 goes to 2106");
  const february = Buffer.alloc(3);
  february.writeUIntLE((2026 << 9) | (2 << 5) | 30, 0, 3);
  assert.equal(read(column(COLUMN_TYPE.date), february), NO_DATE, "30 February");
});

test("times of day are theirs below zero and above a day", () => {
  for (let i = 0; i < 3000; i++) {
    const precision = i % 7;
    const micros = microsOf(precision);
    const [hour, minute, second] = [random.nextInt(839), random.nextInt(60), random.nextInt(60)];
    const extra = fractionBytes(precision);
    const unit = 256 ** extra;
    const absolute = ((hour << 12) | (minute << 6) | second) * unit + micros / 100 ** (3 - extra);
    const isNegative = absolute !== 0 && random.nextInt(2) === 0;
    const cell = Buffer.alloc(3 + extra);
    cell.writeUIntBE(0x80_0000 * unit + (isNegative ? -absolute : absolute), 0, 3 + extra);
    const expected = (hour * 3600 + minute * 60 + second) * 1_000_000 + micros;
    const value = read(column(COLUMN_TYPE.time2, { length: precision }), cell);
    assert.equal(value, isNegative ? -expected : expected, `seed ${seed}: ${hour}:${minute}:${second}.${micros} (${precision})`);
  }
});

test("a length takes as many bytes as the column may be long", () => {
  const text = "x".repeat(300);
  const long = Buffer.concat([Buffer.from([44, 1]), Buffer.from(text)]);
  assert.equal(read(column(COLUMN_TYPE.varchar, { length: 256, collation: 45 }), long), text);
  assert.equal(read(column(COLUMN_TYPE.string, { length: 1020, collation: 45 }), long), text);
  assert.equal(read(column(COLUMN_TYPE.varchar, { length: 255, collation: 45 }), Buffer.from("\x03abc")), "abc");
  for (const bytes of [1, 2, 3, 4]) {
    const cell = Buffer.alloc(bytes + 3);
    cell.writeUIntLE(3, 0, bytes);
    cell.write("abc", bytes);
    assert.deepEqual(read(column(COLUMN_TYPE.blob, { length: bytes, collation: 63 }), cell), Buffer.from("abc"));
  }
});

test("a cell that is cut, of no known type, or compressed by nobody knows what is refused", () => {
  assert.throws(() => read(column(COLUMN_TYPE.blob, { length: 2, collation: 63 }), Buffer.from([9, 0, 1])), MalformedBytesError);
  assert.throws(() => read(column(COLUMN_TYPE.newDecimal, { length: 10 }), Buffer.alloc(4)), MalformedBytesError);
  assert.throws(() => read(column(99), Buffer.alloc(4)), MalformedBytesError);
  const packed = column(COLUMN_TYPE.varcharCompressed, { length: 100, collation: 45 });
  assert.equal(read(packed, Buffer.from([2, 0, 97])), "a");
  for (const head of [0x10, 0x81, 0x8f]) assert.throws(() => read(packed, Buffer.from([4, head, 9, 9, 9])), MalformedBytesError);
});
