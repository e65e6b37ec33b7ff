import assert from "node:assert/strict";
import { test } from "node:test";
import { loadFormats } from "../formats/load-formats.ts";
import type { ParsedSchema, SchemaType } from "../formats/schema-format.ts";
import { changeAdvice, schemaAdvice } from "./advise-on-schemas.ts";

const formats = await loadFormats();
const read = (type: SchemaType, schema: unknown): ParsedSchema =>
  formats[type].parse({ schema: typeof schema === "string" ? schema : JSON.stringify(schema), resolved: [] });
const order = (...fields: object[]): object => ({ type: "record", name: "Order", namespace: "shop", fields });
const message = (body: string, head = ""): string => `syntax = "proto3"; package shop; ${head} message Order { ${body} }`;
const object = (properties: object): object => ({ type: "object", properties, additionalProperties: false });

const decimal = (precision: number, scale?: number): object => ({
  type: "bytes",
  logicalType: "decimal",
  precision,
  ...(scale !== undefined && { scale }),
});
const time = (logicalType: string): object => ({ type: "long", logicalType });

const single: readonly (readonly [name: string, type: SchemaType, schema: unknown, rules: readonly string[]])[] = [
  ["a decimal with a scale above its precision", "AVRO", order({ name: "total", type: decimal(2, 4) }), ["SCH-20 /fields/0/type"]],
  [
    "a decimal without a precision",
    "AVRO",
    order({ name: "total", type: { type: "bytes", logicalType: "decimal" } }),
    ["SCH-20 /fields/0/type"],
  ],
  [
    "a decimal that its bytes cannot hold",
    "AVRO",
    order({ name: "total", type: { type: "fixed", name: "F", size: 4, logicalType: "decimal", precision: 10 } }),
    ["SCH-20 /fields/0/type"],
  ],
  [
    "a timestamp on an int, inside of a union",
    "AVRO",
    order({ name: "at", type: ["null", { type: "int", logicalType: "timestamp-millis" }] }),
    ["SCH-20 /fields/0/type/1"],
  ],
  ["what is right", "AVRO", order({ name: "total", type: decimal(9, 2) }, { name: "at", type: time("timestamp-micros") }), []],
  ["a logical type of one's own", "AVRO", order({ name: "total", type: { type: "string", logicalType: "constructor" } }), []],
  ["fields that differ in case", "AVRO", order({ name: "userId", type: "int" }, { name: "userid", type: "int" }), ["SCH-21 /fields/1"]],
  [
    "fields of Protobuf that differ in case",
    "PROTOBUF",
    message("int32 user = 1; int32 USER = 2;").replace("proto3", "proto2").replaceAll("int32", "optional int32"),
    ["SCH-21 #/Order/USER"],
  ],
  ["properties that differ in case", "JSON", object({ a: {}, A: {} }), ["SCH-21 /properties/A"]],
];

for (const [name, type, schema, expected] of single) {
  test(`one schema: ${name}`, () => {
    assert.deepEqual(
      schemaAdvice(read(type, schema)).map(({ rule, path }) => `${rule} ${path}`),
      expected,
    );
  });
}

const changes: readonly (readonly [name: string, type: SchemaType, older: unknown, newer: unknown, rules: readonly string[]])[] = [
  ["scale", "AVRO", order({ name: "t", type: decimal(9, 2) }), order({ name: "t", type: decimal(9, 4) }), ["SCH-22 /fields/0/type"]],
  ["precision", "AVRO", order({ name: "t", type: decimal(9, 2) }), order({ name: "t", type: decimal(7, 2) }), ["SCH-22 /fields/0/type"]],
  ["a scale of 0 that is written", "AVRO", order({ name: "t", type: decimal(9) }), order({ name: "t", type: decimal(9, 0) }), []],
  [
    "unit of time",
    "AVRO",
    order({ name: "t", type: time("timestamp-millis") }),
    order({ name: "t", type: time("timestamp-micros") }),
    ["SCH-23 /fields/0/type"],
  ],
  [
    "logical type put on a long, beside null",
    "AVRO",
    order({ name: "t", type: "long" }),
    order({ name: "t", type: ["null", time("timestamp-micros")] }),
    ["SCH-23 /fields/0/type/1"],
  ],
  [
    "default",
    "AVRO",
    order({ name: "t", type: "int", default: 1 }),
    order({ name: "t", type: "int", default: 2 }),
    ["SCH-26 /fields/0/default"],
  ],
  ["long to double", "AVRO", order({ name: "t", type: "long" }), order({ name: "t", type: "double" }), ["SCH-28 /fields/0/type"]],
  ["int to long", "AVRO", order({ name: "t", type: "int" }), order({ name: "t", type: "long" }), []],
  [
    "a name's case",
    "AVRO",
    order({ name: "userId", type: "int" }),
    order({ name: "userid", type: "int", default: 0 }),
    ["SCH-21 /fields/0"],
  ],
  [
    "a name's case, with an alias",
    "AVRO",
    order({ name: "userId", type: "int" }),
    order({ name: "userid", type: "int", aliases: ["userId"] }),
    [],
  ],
  [
    "default of an enum",
    "AVRO",
    { type: "enum", name: "E", symbols: ["A", "B"], default: "A" },
    { type: "enum", name: "E", symbols: ["A", "B"], default: "B" },
    ["SCH-26 /default"],
  ],
  [
    "records that name themselves",
    "AVRO",
    order({ name: "n", type: ["null", "Order"] }),
    order({ name: "n", type: ["null", "Order"] }),
    [],
  ],
  ["a field's number", "PROTOBUF", message("string a = 1; string b = 2;"), message("string a = 3; string b = 2;"), ["SCH-24 #/Order/a"]],
  [
    "two numbers swapped",
    "PROTOBUF",
    message("string a = 1; string b = 2;"),
    message("string a = 2; string b = 1;"),
    ["SCH-24 #/Order/a", "SCH-24 #/Order/b", "SCH-24 #/Order/b", "SCH-24 #/Order/a"],
  ],
  ["a field renamed", "PROTOBUF", message("string a = 1;"), message("string b = 1;"), []],
  ["a field deleted", "PROTOBUF", message("string a = 1; string b = 2;"), message("string a = 1;"), ["SCH-27 #/Order/b"]],
  ["a field deleted and reserved", "PROTOBUF", message("string a = 1; string b = 2;"), message("string a = 1; reserved 2;"), []],
  [
    "messages reordered",
    "PROTOBUF",
    message("string a = 1;", "message A { int32 x = 1; }"),
    `syntax = "proto3"; package shop; message Order { string a = 1; } message A { int32 x = 1; }`,
    ["SCH-25 #/A", "SCH-25 #/Order"],
  ],
  ["a message put last", "PROTOBUF", message("string a = 1;"), `${message("string a = 1;")} message B { int32 x = 1; }`, []],
  ["int64 to int32", "PROTOBUF", message("int64 a = 1;"), message("int32 a = 1;"), ["SCH-28 #/Order/a"]],
  ["int32 to int64", "PROTOBUF", message("int32 a = 1;"), message("int64 a = 1;"), []],
  ["bytes to string", "PROTOBUF", message("bytes a = 1;"), message("string a = 1;"), ["SCH-28 #/Order/a"]],
  [
    "a constant's number",
    "PROTOBUF",
    'syntax = "proto3"; enum E { Z = 0; A = 1; B = 2; }',
    'syntax = "proto3"; enum E { Z = 0; A = 2; B = 1; }',
    ["SCH-24 #/E/A", "SCH-24 #/E/B"],
  ],
  [
    "a default of proto2",
    "PROTOBUF",
    'syntax = "proto2"; message M { optional int32 a = 1 [default = 1]; }',
    'syntax = "proto2"; message M { optional int32 a = 1 [default = 2]; }',
    ["SCH-26 #/M/a"],
  ],
  [
    "format",
    "JSON",
    object({ a: { type: "string", format: "date" } }),
    object({ a: { type: "string", format: "date-time" } }),
    ["SCH-23 /properties/a/format"],
  ],
  [
    "default of a property",
    "JSON",
    object({ a: { type: "string", default: "x" } }),
    object({ a: { type: "string", default: "y" } }),
    ["SCH-26 /properties/a/default"],
  ],
  ["a property's case", "JSON", object({ userId: {} }), object({ userid: {} }), ["SCH-21 /properties/userid"]],
  ["a schema that refers to itself", "JSON", { properties: { a: { $ref: "#" } } }, { properties: { a: { $ref: "#" } } }, []],
];

for (const [name, type, older, newer, expected] of changes) {
  test(`a change: ${name}`, () => {
    assert.deepEqual(
      changeAdvice(read(type, older), read(type, newer)).map(({ rule, path }) => `${rule} ${path}`),
      expected,
    );
  });
}

test("schemas of two formats are not compared", () => {
  assert.deepEqual(changeAdvice(read("AVRO", '"int"'), read("JSON", "{}")), []);
});
