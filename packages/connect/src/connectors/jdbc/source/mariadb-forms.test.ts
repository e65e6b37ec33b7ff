import assert from "node:assert/strict";
import { test } from "node:test";
import { timeZone } from "./exact-time.ts";
import { mariadbForm, type MariadbField, type MariadbRules, shapeOf } from "./mariadb-forms.ts";

const field = (type: number, more: Partial<MariadbField> = {}): MariadbField => {
  return { name: "c", type, flags: 0, decimals: 0, charset: 63, length: 11, ...more };
};
const rules: MariadbRules = {
  numeric: "none",
  granularity: "connect_logical",
  zone: timeZone("Europe/Berlin"),
  unsigned: "long",
  zeroDateIsNull: false,
};

test("whole numbers become the smallest type that has all of them", () => {
  const types = [1, 2, 9, 3, 8, 13].map((type) => [0, 32].map((flags) => mariadbForm(field(type, { flags }), rules).schema.type));
  assert.deepEqual(types, [
    ["int8", "int16"],
    ["int16", "int32"],
    ["int32", "int32"],
    ["int32", "int64"],
    ["int64", "int64"],
    ["int32", "int32"],
  ]);
  const unsigned = mariadbForm(field(8, { flags: 32 }), rules);
  assert.equal(unsigned.read("9223372036854775807"), 2n ** 63n - 1n);
  assert.throws(() => unsigned.read("9223372036854775808"), /more than an int64 has; bigint\.unsigned\.handling\.mode=precise/);
  const precise = mariadbForm(field(8, { flags: 32 }), { ...rules, unsigned: "precise" });
  assert.deepEqual(precise.read("18446744073709551615"), { unscaled: 2n ** 64n - 1n, scale: 0 });
});

test("a decimal's digits are of its column, with and without a sign", () => {
  const digits = (flags: number, length: number, decimals: number) => {
    const { schema } = mariadbForm(field(246, { flags, length, decimals }), { ...rules, numeric: "best_fit" });
    return schema.type;
  };
  // DECIMAL(9) and DECIMAL(10), of which only the first fits into an int32; DECIMAL(15,2) and DECIMAL(16,2), of which only the first fits into a double.
  assert.deepEqual([digits(0, 10, 0), digits(0, 11, 0), digits(32, 9, 0), digits(32, 10, 0)], ["int32", "int64", "int32", "int64"]);
  assert.deepEqual([digits(0, 17, 2), digits(0, 18, 2), digits(32, 16, 2), digits(32, 17, 2)], ["double", "bytes", "double", "bytes"]);
});

test("a DATETIME is of db.timezone and a TIMESTAMP of UTC; a date that no calendar has is refused, or null", () => {
  const [datetime, timestamp] = [mariadbForm(field(12), rules), mariadbForm(field(7), rules)];
  assert.deepEqual(datetime.read("2026-07-01 12:00:00"), new Date("2026-07-01T10:00:00Z"));
  assert.deepEqual(timestamp.read("2026-07-01 12:00:00"), new Date("2026-07-01T12:00:00Z"));
  assert.equal(timestamp.time?.us("1970-01-01 00:00:01.5"), 1_500_000n);
  assert.equal(datetime.time?.unitUs, 1_000_000n);
  for (const text of ["0000-00-00", "2026-00-10", "2026-10-00", "2026-02-30"]) {
    for (const type of [10, 12, 7]) {
      const raw = type === 10 ? text : `${text} 00:00:00`;
      assert.throws(() => mariadbForm(field(type), rules).read(raw), /a date that no calendar has; zeroDateTimeBehavior=CONVERT_TO_NULL/);
      assert.throws(() => mariadbForm(field(type), rules).time?.us(raw), /no calendar has/);
      const mild = mariadbForm(field(type), { ...rules, zeroDateIsNull: true });
      assert.deepEqual([mild.hasNulls, mild.read(raw)], [true, null]);
    }
  }
  const time = mariadbForm(field(11), rules);
  assert.deepEqual(time.read("23:59:59.999999"), new Date(86_399_999));
  for (const text of ["24:00:00", "-00:00:01", "838:59:59"]) assert.throws(() => time.read(text), /no time of a day/);
});

test("what a key's value is in an offset stands in a statement as a value of its type, and nothing else does", () => {
  const key = (type: number, more: Partial<MariadbField> = {}) => mariadbForm(field(type, more), rules).key!;
  assert.equal(key(8).literal(key(8).kept("-5")), "-5");
  assert.equal(key(246, { decimals: 2 }).literal("12.50"), "12.50");
  assert.equal(key(16, { length: 9 }).literal(key(16).kept(Buffer.from([1, 1]))), "257");
  assert.equal(key(16).expression("`c`"), "(`c` + 0)");
  assert.equal(key(253).literal(key(253).kept(Buffer.from("a'"))), "x'6127'");
  assert.equal(key(254, { flags: 256, charset: 45 }).literal("it's"), "_utf8mb4 x'69742773'");
  for (const text of ["1 OR 1=1", "", "0x10", "1;", "NaN"]) assert.throws(() => key(8).literal(text), { code: "CONNECT_CONFIG" });
  for (const text of ["6127", "\\x6", "\\x00' OR '1"]) assert.throws(() => key(253).literal(text), { code: "CONNECT_CONFIG" });
});

test("a column is the same while its values are of one form", () => {
  const same = (a: MariadbField, b: MariadbField): boolean => JSON.stringify(shapeOf(a)) === JSON.stringify(shapeOf(b));
  assert.ok(same(field(4, { decimals: 31, flags: 1 }), field(5, { decimals: 2, length: 22 })), "a float is asked for as a double");
  assert.ok(same(field(3), field(3, { flags: 1, length: 5 })), "nulls and widths change nothing");
  for (const [a, b] of [
    [field(3), field(3, { flags: 32 })],
    [field(246, { decimals: 2 }), field(246, { decimals: 3 })],
    [field(246, { length: 12 }), field(246)],
    [field(254, { charset: 45 }), field(254, { charset: 45, flags: 256 })],
    [field(253), field(253, { charset: 45 })],
    [field(12), field(7)],
    [field(12), field(12, { decimals: 6 })],
  ] as const)
    assert.ok(!same(a, b));
  const float = mariadbForm(field(4), rules);
  assert.equal(float.read("0.10000000149011612"), Math.fround(0.1));
  assert.throws(() => float.read("0.1"), { name: "ColumnsChanged" });
});
