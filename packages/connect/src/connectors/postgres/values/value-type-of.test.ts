import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runsOf } from "@ottla/base/simulated";
import type { ConnectError } from "../../../connect-error.ts";
import type { PgType } from "./pg-type.ts";
import type { ValueOptions } from "./value-type.ts";
import { valueTypeOf } from "./value-type-of.ts";

const standard: ValueOptions = {
  decimals: "precise",
  times: "adaptive",
  hstore: "json",
  intervals: "numeric",
  binary: "bytes",
  includesUnknown: false,
};
const base = (name: string): PgType => ({ oid: 1, name, kind: "b" });
const arrayOf = (name: string): PgType => ({ oid: 2, name: `_${name}`, kind: "b", element: base(name) });
const numeric = (precision: number, scale: number): number => ((precision << 16) | (scale & 0x7ff)) + 4;

function valueOf(type: PgType | string, text: string, modifier = -1, options: Partial<ValueOptions> = {}): unknown {
  const found = valueTypeOf(typeof type === "string" ? base(type) : type, modifier, { ...standard, ...options });
  assert.ok(found !== undefined);
  return found.parse(text);
}

/** Type, modifier, PostgreSQL's text, Connect's value. Expected values that are not plain come from PostgreSQL itself or from Debezium 3.3.1. */
const values: readonly [PgType | string, number, string, unknown, Partial<ValueOptions>?][] = [
  ["bool", -1, "t", true],
  ["bool", -1, "f", false],
  ["bit", 1, "1", true],
  ["bit", 8, "10100011", Buffer.from("a3", "hex")],
  ["bit", 16, "0000000010100011", Buffer.from("a3", "hex")],
  ["varbit", 12, "1010", Buffer.from("0a", "hex")],
  ["varbit", -1, "101010101", Buffer.from("5501", "hex")],
  ["int2", -1, "-2", -2],
  ["int8", -1, "9007199254740993", 9007199254740993n],
  ["oid", -1, "4000000000", 4000000000n],
  ["float4", -1, "NaN", Number.NaN],
  ["float8", -1, "-Infinity", Number.NEGATIVE_INFINITY],
  ["float8", -1, "-0", -0],
  ["bpchar", 9, "ab   ", "ab   "],
  ["numeric", numeric(8, 2), "12.34", { unscaled: 1234n, scale: 2 }],
  ["numeric", numeric(8, 2), "-0.01", { unscaled: -1n, scale: 2 }],
  ["numeric", numeric(5, -2), "12300", { unscaled: 123n, scale: -2 }],
  ["numeric", numeric(1000, 0), "1".repeat(1000), { unscaled: BigInt("1".repeat(1000)), scale: 0 }],
  ["numeric", -1, "123.4500", { scale: 2, value: Buffer.from("3039", "hex") }],
  ["numeric", -1, "100", { scale: 0, value: Buffer.from("64", "hex") }],
  ["numeric", -1, "0.00", { scale: 0, value: Buffer.from("00", "hex") }],
  ["numeric", -1, "-0.001", { scale: 3, value: Buffer.from("ff", "hex") }],
  ["numeric", -1, "10000000000", { scale: 0, value: Buffer.from("02540be400", "hex") }],
  ["numeric", -1, "NaN", Number.NaN, { decimals: "double" }],
  ["numeric", -1, "1.50", "1.50", { decimals: "string" }],
  ["money", -1, "-$1,234.56", { unscaled: -123456n, scale: 2 }],
  ["bytea", -1, "\\xdeadbeef", Buffer.from("deadbeef", "hex")],
  ["bytea", -1, "\\xfbff", "-_8=", { binary: "base64-url-safe" }],
  ["bytea", -1, "\\xfbff", "+/8=", { binary: "base64" }],
  ["bytea", -1, "\\xfbff", "fbff", { binary: "hex" }],
  ["date", -1, "2026-03-04", 20516],
  ["date", -1, "0044-03-15 BC", -735160],
  ["date", -1, "1582-10-10", -141432],
  ["date", -1, "5874897-12-31", 2145042905],
  ["date", -1, "infinity", 2147483647],
  ["date", -1, "-infinity", -2147483648],
  ["date", -1, "2026-03-04", new Date("2026-03-04T00:00:00Z"), { times: "connect" }],
  ["time", -1, "05:06:07.123456", 18367123456n],
  ["time", -1, "24:00:00", 86400000000n],
  ["time", 3, "05:06:07.123", 18367123],
  ["time", 3, "05:06:07.123", 18367123000n, { times: "adaptive_time_microseconds" }],
  ["timestamp", -1, "2026-03-04 05:06:07.123456", 1772600767123456n],
  ["timestamp", 3, "2026-03-04 05:06:07.123", 1772600767123n],
  ["timestamp", 3, "1969-12-31 23:59:59.999", -1n],
  ["timestamp", 0, "0001-01-01 00:00:00", -62135596800000n],
  ["timestamp", -1, "infinity", 9223372036825200000n],
  ["timestamp", 3, "-infinity", -9223372036832400n],
  ["timestamp", -1, "294276-12-31 23:59:59.999999", 2n ** 63n - 1n],
  ["timestamp", -1, "0044-03-15 12:00:00.5 BC", -63517780799500000n],
  ["timestamptz", -1, "2026-03-04 03:06:07.123456+00", "2026-03-04T03:06:07.123456Z"],
  ["timestamptz", -1, "2020-01-01 00:00:00+00", "2020-01-01T00:00:00.000000Z"],
  ["timestamptz", 3, "2026-03-04 03:06:07.12+00", "2026-03-04T03:06:07.120Z"],
  ["timestamptz", 0, "2020-01-01 01:02:03+00", "2020-01-01T01:02:03Z"],
  ["timestamptz", -1, "10000-01-01 00:00:00+00", "+10000-01-01T00:00:00.000000Z"],
  ["timestamptz", -1, "0044-03-15 00:00:00+00 BC", "-0043-03-15T00:00:00.000000Z"],
  ["timestamptz", -1, "infinity", "infinity"],
  ["timetz", -1, "05:06:07.123456+02", "03:06:07.123456Z"],
  ["timetz", -1, "00:00:00-15:59", "15:59:00Z"],
  ["timetz", -1, "01:00:00.5+02", "23:00:00.5Z"],
  ["interval", -1, "1 year 2 mons 3 days 04:05:06.789012", 37091106789012n],
  ["interval", -1, "-1 years -2 mons +3 days -04:05:06", -36572706000000n],
  ["interval", -1, "00:00:00", 0n],
  ["interval", -1, "178000000 years", 2n ** 63n - 1n],
  ["interval", -1, "1 year 2 mons 3 days 04:05:06.789012", "P1Y2M3DT4H5M6.789012S", { intervals: "string" }],
  ["interval", -1, "-00:00:00.5", "P0Y0M0DT0H0M-0.5S", { intervals: "string" }],
  ["json", -1, '{"a": 1}', '{"a": 1}'],
  ["point", -1, "(1.5,-2)", { x: 1.5, y: -2, wkb: Buffer.from("AQEAAAAAAAAAAAD4PwAAAAAAAADA", "base64"), srid: null }],
  ["hstore", -1, '"a"=>"1", "b"=>NULL, "c d"=>"e\\"f"', '{"a":"1","b":null,"c d":"e\\"f"}'],
  ["hstore", -1, "", "{}"],
  [
    "hstore",
    -1,
    '"a"=>"1", "b"=>NULL',
    new Map([
      ["a", "1"],
      ["b", null],
    ]),
    { hstore: "map" },
  ],
  [arrayOf("int4"), -1, "{1,NULL,3}", [1, null, 3]],
  [arrayOf("int4"), -1, "[2:3]={4,5}", [4, 5]],
  [arrayOf("int4"), -1, "{}", []],
  [arrayOf("text"), -1, '{"a b",NULL,"NULL","q\\"x","back\\\\slash",""}', ["a b", null, "NULL", 'q"x', "back\\slash", ""]],
  [arrayOf("numeric"), numeric(6, 1), "{1.5,NULL}", [{ unscaled: 15n, scale: 1 }, null]],
  [{ oid: 3, name: "price", kind: "d", base: base("numeric"), baseModifier: numeric(10, 2) }, -1, "9.99", { unscaled: 999n, scale: 2 }],
  [{ oid: 4, name: "mood", kind: "e", labels: ["sad", "ok"] }, -1, "ok", "ok"],
  ["box", -1, "(1,2),(0,0)", Buffer.from("(1,2),(0,0)"), { includesUnknown: true }],
];

describe("a value of", () => {
  for (const [type, modifier, text, expected, options] of values)
    test(`${typeof type === "string" ? type : type.name}${modifier < 0 ? "" : `(${modifier})`} ${text.slice(0, 40)}${options ? ` ${JSON.stringify(options)}` : ""}`, () => {
      assert.deepEqual(valueOf(type, text, modifier, options), expected);
    });
});

test("what has no exact form is refused with the way out", () => {
  for (const text of ["NaN", "Infinity", "-Infinity"])
    assert.throws(
      () => valueOf("numeric", text),
      (error: ConnectError) => error.code === "CONNECT_DATA" && error.message.includes("decimal.handling.mode"),
    );
  assert.throws(
    () => valueOf(arrayOf("int4"), "{{1,2},{3,4}}"),
    (error: ConnectError) => error.code === "CONNECT_DATA",
  );
});

test("a type without a form in Connect is left out", () => {
  for (const type of ["box", "polygon", "pg_lsn", "xid8"]) assert.equal(valueTypeOf(base(type), -1, standard), undefined);
  assert.equal(valueTypeOf(arrayOf("box"), -1, standard), undefined);
});

test("schemas have Debezium's names and parameters", () => {
  const schemaOf = (type: PgType | string, modifier = -1) =>
    valueTypeOf(typeof type === "string" ? base(type) : type, modifier, standard)?.schema;
  assert.deepEqual(schemaOf("numeric", numeric(8, 2)), {
    type: "bytes",
    name: "org.apache.kafka.connect.data.Decimal",
    version: 1,
    parameters: { scale: "2", "connect.decimal.precision": "8" },
  });
  assert.deepEqual(schemaOf("varbit")?.parameters, { length: "2147483647" });
  assert.deepEqual(schemaOf({ oid: 4, name: "mood", kind: "e", labels: ["sad", "it's"] })?.parameters, { allowed: "sad,it's" });
  assert.deepEqual(schemaOf(arrayOf("date")), {
    type: "array",
    valueSchema: { type: "int32", name: "io.debezium.time.Date", version: 1, optional: true },
  });
});

test("every day of 12,000 years is the one that JavaScript counts, every microsecond is kept", () => {
  fc.assert(
    fc.property(fc.integer({ min: -4_000_000, max: 2_900_000 }), fc.integer({ min: 0, max: 86_399_999_999 }), (days, us) => {
      const date = new Date(days * 86_400_000);
      const year = date.getUTCFullYear();
      const iso = date.toISOString().slice(-20, -14);
      const time = new Date(Math.floor(us / 1000)).toISOString().slice(11, 23) + String(us % 1000).padStart(3, "0");
      const text = `${String(year > 0 ? year : 1 - year).padStart(4, "0")}${iso} ${time}${year > 0 ? "" : " BC"}`;
      assert.equal(valueOf("timestamp", text), BigInt(days) * 86_400_000_000n + BigInt(us));
    }),
    { numRuns: runsOf({ quick: 300, long: 20_000 }) },
  );
});
