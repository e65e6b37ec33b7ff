import assert from "node:assert/strict";
import { test } from "node:test";
import avsc from "avsc";
import fc from "fast-check";
import { SerdeError } from "../serdes-error.ts";
import { type LoadedSchema, ValueProblem } from "../serde/format-engine.ts";
import { AvroEngine } from "./avro-engine.ts";

const loaded = (schema: unknown): LoadedSchema => ({ definition: { schema: JSON.stringify(schema) }, registered: undefined, resolved: [] });
const engine = new AvroEngine({ int64: "bigint", logicalTypes: true });
const write = (schema: unknown, value: unknown, by = engine): Buffer => by.writer(loaded(schema)).write(value, 0);
const read = (schema: unknown, bytes: Buffer, as?: unknown, by = engine): unknown =>
  by.reader(loaded(schema), as === undefined ? undefined : loaded(as)).read(bytes, 0);
const record = (...fields: object[]): object => ({ type: "record", name: "R", fields });
const logical = (type: unknown, logicalType: string, more: object = {}): object => ({
  ...(typeof type === "string" ? { type } : (type as object)),
  logicalType,
  ...more,
});

test("values of every type come back as they were, and their bytes are the specification's", () => {
  const cases: readonly (readonly [schema: unknown, value: unknown, hex: string])[] = [
    ["null", null, ""],
    ["boolean", true, "01"],
    ["int", -64, "7f"],
    ["int", 2 ** 31 - 1, "feffffff0f"],
    ["int", -(2 ** 31), "ffffffff0f"],
    ["long", 1n, "02"],
    ["long", -(2n ** 63n), "ffffffffffffffffff01"],
    ["long", 2n ** 63n - 1n, "feffffffffffffffff01"],
    ["long", 2n ** 53n + 1n, "8280808080808020"],
    ["float", 1.5, "0000c03f"],
    ["double", -0, "0000000000000080"],
    ["bytes", Buffer.of(1, 255), "0401ff"],
    ["string", "žluť", "0cc5be6c75c5a5"],
    ["string", "\ufffd", "06efbfbd"],
    ["string", "x".repeat(30), `3c${"78".repeat(30)}`],
    [{ type: "fixed", name: "F", size: 2 }, Buffer.of(7, 8), "0708"],
    [{ type: "enum", name: "E", symbols: ["A", "B"] }, "B", "02"],
    [{ type: "array", items: "int" }, [1, 2], "04020400"],
    [{ type: "map", values: "int" }, JSON.parse('{"__proto__":1,"a":2}'), "04125f5f70726f746f5f5f0202610400"],
    [["null", "string"], null, "00"],
    [["null", "string"], "a", "020261"],
    [["string", "int", "boolean"], 5, "020a"],
    [["int", "double"], { double: 1.5 }, "02000000000000f83f"],
    [
      record({ name: "__proto__", type: "int" }, { name: "constructor", type: "string" }),
      JSON.parse('{"__proto__":1,"constructor":"c"}'),
      "020263",
    ],
    [logical("bytes", "decimal", { precision: 4, scale: 2 }), "-12.50", "04fb1e"],
    [logical({ type: "fixed", name: "D", size: 3 }, "decimal", { precision: 6, scale: 1 }), "0.5", "000005"],
    [logical("int", "date"), "2026-11-26", "dec402"],
    [logical("int", "date"), "-000001-01-01", ""],
    [logical("long", "timestamp-millis"), new Date("2026-11-26T00:00:00.001Z"), ""],
    [logical("long", "timestamp-micros"), 2n ** 60n, ""],
    [logical("string", "uuid"), "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", ""],
    [logical({ type: "fixed", name: "U", size: 16 }, "uuid"), "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "f81d4fae7dec11d0a76500a0c91e6bf6"],
    [logical("string", "decimal"), "a logical type that does not fit is none", ""],
  ];
  for (const [schema, value, hex] of cases) {
    const bytes = write(schema, value);
    if (hex !== "") assert.equal(bytes.toString("hex"), hex, JSON.stringify(schema));
    assert.deepEqual(read(schema, bytes), value, JSON.stringify(schema));
  }
  assert.equal(Object.is(read("double", write("double", -0)), -0), true);
});

test("what is left out has its default, null stands for undefined, and each default is its own", () => {
  const schema = record(
    { name: "tags", type: { type: "array", items: "string" }, default: ["a"] },
    { name: "note", type: ["null", "string"], default: null },
    { name: "maybe", type: ["string", "null"] },
    { name: "at", type: logical("int", "date"), default: 1 },
    { name: "raw", type: "bytes", default: "\u00ff" },
  );
  assert.deepEqual(read(schema, write(schema, {})), { tags: ["a"], note: null, maybe: null, at: "1970-01-02", raw: Buffer.of(255) });
  const grown = (): { tags: string[] } => reader.read(Buffer.alloc(0), 0) as { tags: string[] };
  const reader = engine.reader(loaded(record()), loaded(record({ name: "tags", type: { type: "array", items: "string" }, default: [] })));
  grown().tags.push("mine");
  assert.deepEqual(grown().tags, []);
});

test("a value that is none of its type is refused with its place", () => {
  const cases: readonly (readonly [schema: unknown, value: unknown, path: string, word: RegExp])[] = [
    ["int", 2 ** 31, "", /2147483647/],
    ["int", 1.5, "", /whole/],
    ["long", 2 ** 53, "", /bigint/],
    ["long", 2n ** 63n, "", /64 bits/],
    ["string", "\ud800", "", /surrogate/],
    ["string", undefined, "", /nothing is given/],
    ["boolean", 1, "", /true or false/],
    [{ type: "enum", name: "E", symbols: ["A"] }, "toString", "", /one of A/],
    [{ type: "fixed", name: "F", size: 2 }, Buffer.of(1), "", /2 bytes/],
    [{ type: "array", items: "int" }, [1, "x"], "/1", /whole number/],
    [{ type: "map", values: "int" }, { "k~/": "x" }, "/k~0~1", /whole number/],
    [["null", "string"], 5, "", /a text/],
    [["int", "double"], 5, "", /one key/],
    [logical("bytes", "decimal", { precision: 4, scale: 2 }), "1.234", "", /2 digits behind the point/],
    [logical("bytes", "decimal", { precision: 4, scale: 2 }), "123.4", "", /precision is 4/],
    [logical("int", "date"), "2026-02-30", "", /a day/],
    [logical("long", "timestamp-millis"), new Date(Number.NaN), "", /Date/],
    [logical("string", "uuid"), "x", "", /UUID/],
  ];
  for (const [schema, value, path, word] of cases) {
    assert.throws(
      () => write(schema, value),
      (error: unknown) => {
        assert.ok(error instanceof ValueProblem, String(error));
        assert.equal(error.path, path);
        assert.match(error.message, word);
        return true;
      },
    );
  }
});

test("a reader's schema resolves what was written with another one", () => {
  const E = (symbols: string[], more: object = {}): object => ({ type: "enum", name: "E", symbols, ...more });
  const named = (name: string, ...fields: object[]): object => ({ type: "record", name, fields });
  const decimal = (scale: number): object => logical("bytes", "decimal", { precision: 9, scale });
  const cases: readonly (readonly [writer: unknown, value: unknown, reader: unknown, read: unknown])[] = [
    ["int", 5, "long", 5n],
    ["int", 5, "double", 5],
    ["long", 2n ** 60n, "double", 2 ** 60],
    ["float", 1.5, "double", 1.5],
    ["string", "a", "bytes", Buffer.from("a")],
    ["bytes", Buffer.from("a"), "string", "a"],
    ["int", 5, ["null", "long"], 5n],
    [["null", "int"], 5, "long", 5n],
    [["string", "int"], 5, ["null", "int", "string"], 5],
    [E(["A", "B"]), "B", E(["A"], { default: "A" }), "A"],
    [named("x.R", { name: "a", type: "int" }), { a: 1 }, named("y.R", { name: "a", type: "int" }), { a: 1 }],
    [
      named("Old", { name: "a", type: "int" }),
      { a: 1 },
      { ...named("New", { name: "b", type: "long", aliases: ["a"] }), aliases: ["Old"] },
      { b: 1n },
    ],
    [record({ name: "a", type: "string" }, { name: "b", type: "int" }), { a: "x", b: 2 }, record({ name: "b", type: "int" }), { b: 2 }],
    [decimal(1), "1.5", decimal(3), "1.500"],
    [decimal(3), "1.500", decimal(1), "1.5"],
    [decimal(3), "1.234", decimal(1), "1.234"],
    [logical("long", "timestamp-micros"), -1n, logical("long", "timestamp-millis"), new Date(-1)],
    [logical("long", "timestamp-millis"), new Date(5), logical("long", "timestamp-micros"), 5000n],
  ];
  for (const [writer, value, reader, expected] of cases)
    assert.deepEqual(read(writer, write(writer, value), reader), expected, `${JSON.stringify(writer)} as ${JSON.stringify(reader)}`);
  const refused: readonly (readonly [unknown, unknown, RegExp])[] = [
    ["string", "int", /cannot read string/],
    [E(["A", "B"]), { type: "enum", name: "Other", symbols: ["A"] }, /Other/],
    [record(), record({ name: "a", type: "int" }), /"a" has no default/],
    [{ type: "fixed", name: "F", size: 1 }, { type: "fixed", name: "F", size: 2 }, /bytes/],
  ];
  for (const [writer, reader, word] of refused)
    assert.throws(
      () => read(writer, Buffer.alloc(0), reader),
      (error: unknown) => error instanceof SerdeError && word.test(error.message),
    );
  // Only the branch that nobody can read fails.
  const union = engine.reader(loaded(["string", "int"]), loaded("string"));
  assert.equal(union.read(Buffer.of(0, 2, 0x61), 0), "a");
  assert.throws(() => union.read(Buffer.of(2, 2), 0), /int was written/);
  const unknown = engine.reader(loaded(E(["A", "B"])), loaded(E(["A"])));
  assert.throws(() => unknown.read(Buffer.of(2), 0), /symbol B is none of the reader's/);
});

test("records in themselves come to any depth that is allowed, and not one deeper; values that stand in themselves end", () => {
  const list = { type: "record", name: "L", fields: [{ name: "next", type: ["null", "L"] }] };
  const deep = (depth: number): object => Array.from({ length: depth - 1 }).reduce<object>((next) => ({ next }), { next: null });
  assert.deepEqual(read(list, write(list, deep(1_000))), deep(1_000));
  assert.throws(() => write(list, deep(1_001)), /more than 1000 records/);
  assert.throws(() => read(list, Buffer.alloc(200_000, 2)), /more than 1000 records/);
  const endless: { next: unknown } = { next: null };
  endless.next = endless;
  assert.throws(() => write(list, endless), /more than 1000 records/);
  // What failed leaves nothing behind.
  assert.deepEqual(read(list, write(list, deep(3))), deep(3));
});

test("hostile bytes end in one error and cost little", () => {
  const hostile: readonly (readonly [unknown, string, RegExp])[] = [
    [{ type: "array", items: "null" }, "feffffffffffffffff0100", /no number holds/],
    [{ type: "array", items: "null" }, "8094ebdc0300", /1,000,000/],
    [{ type: "array", items: record() }, "8094ebdc0300", /1,000,000/],
    [{ type: "array", items: "int" }, "8094ebdc0300", /too few/],
    [{ type: "map", values: "int" }, "8094ebdc0300", /too few/],
    ["string", "8094ebdc03", /too early/],
    ["bytes", "01", /length is -1/],
    ["long", "ffffffffffffffffffff01", /ten bytes/],
    ["long", "ffffffffffffffffff02", /64 bits/],
    ["int", "8080808010", /32 bits/],
    ["boolean", "02", /no boolean/],
    [["null", "int"], "04", /branch 2/],
    [{ type: "enum", name: "E", symbols: ["A"] }, "02", /symbol 1/],
    [logical("long", "timestamp-millis"), "feffffffffffff1f", /Date/],
  ];
  for (const [schema, hex, word] of hostile) assert.throws(() => read(schema, Buffer.from(hex, "hex")), word, JSON.stringify(schema));
});

test("int64 as numbers, and without logical types what is beneath", () => {
  const numbers = new AvroEngine({ int64: "number", logicalTypes: false });
  assert.equal(read("long", write("long", 2n ** 53n - 1n), undefined, numbers), 2 ** 53 - 1);
  assert.throws(() => read("long", write("long", 2n ** 53n), undefined, numbers), /2\^53/);
  assert.equal(read(logical("long", "timestamp-millis"), write("long", 5), undefined, numbers), 5);
  assert.deepEqual(read(logical("bytes", "decimal", { precision: 4 }), write("bytes", Buffer.of(5)), undefined, numbers), Buffer.of(5));
});

const scalar = fc.oneof(
  fc.tuple(fc.constant("int"), fc.integer()),
  fc.tuple(fc.constant("double"), fc.double({ noNaN: true })),
  fc.tuple(fc.constant("string"), fc.string({ unit: "grapheme" })),
  fc.tuple(fc.constant("boolean"), fc.boolean()),
  fc.tuple(
    fc.constant("bytes"),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  ),
  fc.tuple(fc.constant(["null", "string"]), fc.option(fc.string())),
  fc.tuple(fc.constant({ type: "array", items: "string" }), fc.array(fc.string())),
  fc.tuple(
    fc.constant({ type: "map", values: "double" }),
    fc.dictionary(
      fc.string().filter((key) => key !== "__proto__"),
      fc.double({ noNaN: true }),
      { noNullPrototype: true },
    ),
  ),
);

test("bytes are those of avsc, and each reads the other's, for any record", () => {
  fc.assert(
    fc.property(fc.array(scalar, { maxLength: 12 }), (fields) => {
      const schema = record(...fields.map(([type], index) => ({ name: `f${index}`, type })));
      const value = Object.fromEntries(fields.map(([, each], index) => [`f${index}`, each]));
      const theirs = avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: false });
      const bytes = write(schema, value);
      assert.deepEqual(bytes, theirs.toBuffer(value));
      assert.deepEqual(read(schema, bytes), { ...value });
    }),
    { numRuns: 200 },
  );
});

test("any bytes are read or refused, and what was read is written as a reader takes it", () => {
  const schema = record(
    { name: "id", type: "string" },
    { name: "n", type: "long" },
    {
      name: "lines",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "Line",
          fields: [{ name: "x", type: ["null", "int", "string"] }],
        },
      },
    },
    { name: "props", type: { type: "map", values: "bytes" } },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (given) => {
      let value: unknown;
      try {
        value = read(schema, Buffer.from(given));
      } catch (error) {
        assert.ok(error instanceof ValueProblem, String(error));
        return;
      }
      assert.deepEqual(read(schema, write(schema, value)), value);
    }),
    { numRuns: 2_000 },
  );
});
