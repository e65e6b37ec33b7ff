import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_DATE } from "./calendar.ts";
import { textOfCharset } from "./charsets.ts";
import type { ColumnFacts, ColumnKind } from "./column-facts.ts";
import { textReaderOf } from "./text-cell.ts";
import type { ValueOptions } from "./value-type.ts";
import { valueTypeOf } from "./value-type-of.ts";

const OPTIONS: ValueOptions = { decimals: "precise", times: "adaptive_time_microseconds", unsignedBigints: "long", binary: "bytes" };
const facts = (kind: ColumnKind, more: Partial<ColumnFacts> = {}): ColumnFacts => ({
  name: "c",
  kind,
  isUnsigned: false,
  isNullable: true,
  length: 0,
  scale: 0,
  labels: [],
  isWideFloat: false,
  defaultText: undefined,
  ...more,
});
/** A value by the way of a query's text. */
const valueOf = (column: ColumnFacts, text: string | Buffer, options: Partial<ValueOptions> = {}): unknown => {
  const raw = textReaderOf(column)(Buffer.from(text));
  return valueTypeOf(column, { ...OPTIONS, ...options }).fromRaw(raw as never);
};
const typeOf = (column: ColumnFacts, options: Partial<ValueOptions> = {}): string => {
  const { type, name } = valueTypeOf(column, { ...OPTIONS, ...options }).schema;
  return name === undefined ? type : `${type} ${name.split(".").at(-1)}`;
};

test("whole numbers have room for their sign", () => {
  const kinds = ["tinyint", "smallint", "mediumint", "int", "bigint"] as const;
  assert.deepEqual(
    kinds.map((kind) => typeOf(facts(kind))),
    ["int16", "int16", "int32", "int32", "int64"],
  );
  assert.deepEqual(
    kinds.map((kind) => typeOf(facts(kind, { isUnsigned: true }))),
    ["int16", "int32", "int32", "int64", "int64"],
  );
  const big = facts("bigint", { isUnsigned: true });
  assert.equal(valueOf(big, "18446744073709551615"), -1n);
  assert.deepEqual(valueOf(big, "18446744073709551615", { unsignedBigints: "precise" }), {
    unscaled: 18_446_744_073_709_551_615n,
    scale: 0,
  });
  assert.equal(valueOf(facts("int", { isUnsigned: true }), "4294967295"), 4_294_967_295n);
});

test("decimals, floats and bits are exact", () => {
  const decimal = facts("decimal", { length: 65, scale: 3 });
  assert.deepEqual(valueOf(decimal, "-123456789012345678901234567890.5"), {
    unscaled: -123_456_789_012_345_678_901_234_567_890_500n,
    scale: 3,
  });
  assert.equal(valueOf(decimal, "1.5", { decimals: "string" }), "1.500");
  assert.equal(valueOf(decimal, "1.5", { decimals: "double" }), 1.5);
  assert.deepEqual(valueTypeOf(decimal, OPTIONS).schema.parameters, { scale: "3", "connect.decimal.precision": "65" });
  assert.equal(valueOf(facts("float"), "1.100000023841858"), Math.fround(1.1));
  assert.deepEqual([typeOf(facts("float")), typeOf(facts("float", { isWideFloat: true }))], ["float", "double"]);
  assert.equal(valueOf(facts("bit", { length: 1 }), Buffer.from([1])), true);
  assert.deepEqual(valueOf(facts("bit", { length: 9 }), Buffer.from([1, 2])), Buffer.from([2, 1]));
});

test("times keep their microseconds, and a date that is none is null", () => {
  const micro = facts("datetime", { length: 6 });
  assert.equal(valueOf(micro, "1969-12-31 23:59:59.999999"), -1n);
  assert.equal(valueOf(facts("datetime", { length: 3 }), "1969-12-31 23:59:59.999"), -1n);
  assert.equal(valueOf(facts("datetime"), "9999-12-31 23:59:59"), 253_402_300_799_000n);
  assert.equal(valueOf(facts("date"), "1000-01-01"), -354_285);
  assert.equal(valueOf(facts("time"), "-838:59:59"), -3_020_399_000_000n);
  assert.equal(valueOf(facts("time", { length: 6 }), "00:00:00.000001"), 1n);
  assert.equal(valueOf(facts("timestamp", { length: 3 }), "2026-03-04 05:06:07.1"), "2026-03-04T05:06:07.100Z");
  assert.equal(valueOf(facts("timestamp"), "2026-03-04 05:06:07"), "2026-03-04T05:06:07Z");
  for (const kind of ["datetime", "timestamp"] as const) assert.equal(valueOf(facts(kind), "0000-00-00 00:00:00"), null);
  for (const text of ["0000-00-00", "2026-00-05", "2026-02-30"])
    assert.equal(textReaderOf(facts("date"))(Buffer.from(text)), NO_DATE, text);
  assert.deepEqual(valueOf(micro, "2026-03-04 05:06:07.999999", { times: "connect" }), new Date("2026-03-04T05:06:07.999Z"));
  assert.throws(() => valueOf(facts("time"), "24:00:00", { times: "connect" }), /no time of a day/);
  assert.throws(() => valueOf(facts("date"), "soon"), /"soon" is no date/);
});

test("labels, bytes and geometries", () => {
  const labels = ["a", "b,c", "d"];
  assert.equal(valueOf(facts("enum", { labels }), "2"), "b,c");
  assert.equal(valueOf(facts("enum", { labels }), "0"), "");
  assert.equal(valueOf(facts("set", { labels }), "5"), "a,d");
  assert.deepEqual(valueTypeOf(facts("set", { labels }), OPTIONS).schema.parameters, { allowed: "a,b\\,c,d" });
  const bytes = facts("bytes");
  const modes = ["bytes", "hex", "base64", "base64-url-safe"] as const;
  assert.deepEqual(
    modes.map((binary) => valueOf(bytes, Buffer.from([251, 255]), { binary })),
    [Buffer.from([251, 255]), "fbff", "+/8=", "-_8="],
  );
  const point = Buffer.from(`e6100000${"0101000000"}000000000000f83f00000000000000c0`, "hex");
  assert.deepEqual(valueOf(facts("point"), point), { x: 1.5, y: -2, wkb: point.subarray(4), srid: 4326 });
  assert.deepEqual(valueOf(facts("geometry"), Buffer.concat([Buffer.alloc(4), point.subarray(4)])), { wkb: point.subarray(4), srid: null });
  assert.throws(() => valueOf(facts("point"), Buffer.alloc(9)), /no point/);
});

test("texts of a charset are read by its own table", () => {
  const table = Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(byte === 0x80 ? 0x20ac : byte)).join("");
  assert.equal(textOfCharset("latin1", table)(Buffer.from([0x80, 0xe9])), "€é");
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  assert.equal(textOfCharset("latin1", table)(all), table);
  assert.equal(textOfCharset("latin1", table)(Buffer.from("plain")), "plain");
  // Of a charset whose letters stand elsewhere, though all bytes are below 128.
  const turned = Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(255 - byte)).join("");
  assert.equal(textOfCharset("swe7", turned)(Buffer.from([1, 2])), "\u00fe\u00fd");
  assert.equal(textOfCharset("utf8mb4", undefined)(Buffer.from("🐎é")), "🐎é");
  assert.equal(textOfCharset("ucs2", undefined)(Buffer.from([0, 0xe9])), "é");
  assert.equal(textOfCharset("utf32", undefined)(Buffer.from([0, 1, 0xf4, 0x0e])), "🐎");
  assert.equal(textOfCharset("sjis", undefined)(Buffer.from([0x95, 0x5c, 0xb1])), "表ｱ");
  assert.throws(() => textOfCharset("cp850", "short"), /5 characters of the charset cp850/);
});
