import assert from "node:assert/strict";
import { test } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { DescriptorProtoSchema, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { RegistryError } from "../../registry-error.ts";
import { type ParsedProtobuf, parseProtobufSource } from "./protobuf-format.ts";

const parse = (schema: string): ParsedProtobuf => parseProtobufSource({ schema, resolved: [] });
const refusal = (schema: string): RegistryError => {
  try {
    parse(schema);
  } catch (cause) {
    if (cause instanceof RegistryError) return cause;
    throw cause;
  }
  throw new Error(`taken: ${schema.slice(0, 100)}`);
};

test("what protoc refuses is refused with its line and column", () => {
  const P3 = 'syntax = "proto3";\n';
  const bad: [string, string, RegExp][] = [
    ["nonsense;", "1:1", /found "nonsense"/],
    ['syntax = "proto4";', "1:10", /"proto2" or "proto3"/],
    ['edition = "next";', "1:11", /is no edition/],
    ["package a; package b;", "1:12", /a second package/],
    [`${P3}message A {\n  string a = 1\n}`, "4:1", /expected ";", found "}"/],
    [`${P3}message A {\n  string a;\n}`, "3:11", /expected "="/],
    [`${P3}message A { string a = 1;`, "2:1", /the message A has no end/],
    [`${P3}message A { string a = 1; int32 b = 1; }`, "2:27", /"a" and "b" of A both have the number 1/],
    [`${P3}message A { string a = 1; int32 a = 2; }`, "2:27", /"a" is already defined in "A"/],
    [`${P3}message A {} message A {}`, "2:14", /"A" is already defined/],
    [`${P3}message A { string a = 0; }`, "2:13", /not between 1 and 536870911/],
    [`${P3}message A { string a = 536870912; }`, "2:13", /not between 1/],
    [`${P3}message A { string a = 99999999999; }`, "2:24", /too large/],
    [`${P3}message A { string a = 19500; }`, "2:13", /keeps for itself/],
    [`${P3}message A { string a = 1.5; }`, "2:24", /a whole number/],
    [`${P3}message A { reserved 1 to 5; string a = 3; }`, "2:30", /the number 3 of "a" is reserved/],
    [`${P3}message A { reserved "a"; string a = 3; }`, "2:27", /the name "a" is reserved/],
    [`${P3}message A { reserved 1 to 5, 4; }`, "2:30", /4 of A is there twice/],
    [`${P3}message A { reserved 5 to 1; }`, "2:22", /ends before it begins/],
    [`${P3}message A { reserved "a", "a"; }`, "2:27", /reserved twice/],
    [`${P3}message A { B b = 1; }`, "2:13", /the type "B" is not known/],
    [`${P3}message A { Sub b = 1; } message C { message Sub {} }`, "2:13", /".C.Sub" is/],
    [`${P3}message A { A.C x = 1; message A {} message C {} }`, "2:13", /not known here/],
    [`${P3}message A { oneof o {} }`, "2:13", /has no field/],
    [`${P3}message A { oneof o { repeated int32 a = 1; } }`, "2:23", /has no label/],
    [`${P3}message A { oneof o { map<int32, int32> a = 1; } }`, "2:23", /does not stand in a oneof/],
    [`${P3}message A { repeated map<int32, int32> a = 1; }`, "2:13", /a map has no label/],
    [`${P3}message A { map<float, int32> a = 1; }`, "2:17", /cannot be the key/],
    [`${P3}message A { required int32 a = 1; }`, "2:13", /no required fields/],
    [`${P3}message A { int32 a = 1 [default = 1]; }`, "2:26", /proto3 has none/],
    [`${P3}message A { optional group G = 1 {} }`, "2:22", /groups belong to proto2/],
    [`${P3}message A { extensions 1 to 5; }`, "2:13", /no extension ranges/],
    [`${P3}enum E { A = 1; }`, "2:10", /must be 0/],
    [`${P3}enum E {}`, "2:1", /has no constant/],
    [`${P3}enum E { A = 0; B = 0; }`, "2:17", /allow_alias/],
    [`${P3}enum E { A = 0; } enum F { A = 0; }`, "2:28", /"A" is already defined/],
    [`${P3}enum E { reserved 3; A = 0; B = 3; }`, "2:29", /the number 3 of B is reserved/],
    [`${P3}message A {} extend A { string x = 1; }`, "2:21", /proto3 extends only/],
    [`${P3}enum E { A = 0; } service S { rpc M (E) returns (E); }`, "2:38", /takes and gives messages/],
    ["message A { int32 a = 1; }", "1:13", /has no label.*is syntax = "proto3" missing/],
    ["message A { optional group g = 1 {} }", "1:28", /begin with a capital one/],
    ["message A { optional int32 a = 1 [default = x]; }", "1:35", /is no int32/],
    ["message A { optional E e = 1 [default = X]; enum E { Y = 1; } }", "1:31", /is no constant of E/],
    ["message A { repeated int32 a = 1 [default = 1]; }", "1:35", /only single values/],
    ["message A { extensions 5; optional int32 a = 5; }", "1:27", /is for extensions/],
    ["message A { extensions 5; } extend A { optional int32 a = 6; }", "1:40", /no extension range/],
    ["message A { extensions 5; } extend A { optional int32 a = 5; optional int32 b = 5; }", "1:62", /both have the number 5/],
    ["message A { extensions 5; } extend A { required int32 a = 5; }", "1:40", /extensions cannot be/],
    ['edition = "2023"; message A { optional int32 a = 1; }', "1:31", /features.field_presence/],
    ['option a = "open', "1:12", /has no end in its line/],
    ['option a = "\\q";', "1:13", /means nothing/],
    ["message A {} /* open", "1:14", /close it with \*\//],
    ["message é {}", "1:9", /outside of a string/],
    ["option a = 1x;", "1:12", /need a space/],
    ["option (a = 1;", "1:11", /expected "\)"/],
  ];
  for (const [schema, path, message] of bad) {
    const { code, path: place, message: text } = refusal(schema);
    assert.deepEqual({ schema, code, path: place }, { schema, code: "REGISTRY_INVALID_SCHEMA", path });
    assert.match(text, message);
  }
});

test("what is neither text nor a descriptor is refused", () => {
  for (const schema of ["AAAA", "Zm9v", "CgRhLmIgEgEi"]) assert.equal(refusal(schema).code, "REGISTRY_INVALID_SCHEMA");
  const { serialized } = parse('syntax = "proto3"; message A { string a = 1; }');
  assert.equal(refusal(serialized.slice(0, -8)).code, "REGISTRY_INVALID_SCHEMA");
  // A name that would be text of its own.
  const forged = Buffer.concat([Buffer.from([0x22, 12, 0x0a, 10]), Buffer.from("A {} x = 1")]).toString("base64");
  assert.match(refusal(forged).message, /cannot be the name of a message/);
});

test("what a descriptor says cannot leave its place in the printed text", () => {
  const descriptor = create(FileDescriptorProtoSchema, {
    syntax: "proto2",
    messageType: [
      {
        name: "A",
        reservedName: ['x"; optional int32 forged = 1; reserved "y'],
        field: [{ name: "b", number: 2, label: 1, type: 12, defaultValue: "\\'\\377\\x01", jsonName: '"];' }],
      },
    ],
  });
  const serialized = (): string => Buffer.from(toBinary(FileDescriptorProtoSchema, descriptor)).toString("base64");
  const { canonical, file } = parse(serialized());
  assert.equal(parse(canonical).canonical, canonical);
  assert.deepEqual(file.types.length, 1);
  assert.match(canonical, /default = "'\\377\\001"/);
  const field = descriptor.messageType[0]?.field[0];
  assert.ok(field !== undefined);
  field.defaultValue = '"]; optional int32 forged = 1 [default = 1';
  assert.match(refusal(serialized()).message, /is not escaped/);
  field.type = 5;
  assert.match(refusal(serialized()).message, /the default of "b" is no int32/);
  descriptor.messageType = Array.from({ length: 10_001 }, (_each, index) => create(DescriptorProtoSchema, { name: `M${index}` }));
  assert.equal(refusal(serialized()).code, "REGISTRY_SCHEMA_TOO_LARGE");
});

test("hostile schemas end in one error, and none fills the stack", () => {
  const many = (text: string, count: number): string => text.repeat(count);
  const fields = Array.from({ length: 100_000 }, (_each, index) => `int32 f${index}=${index + 1};`).join("");
  const hostile: [string, string][] = [
    [many("message A{", 100_000), "REGISTRY_INVALID_SCHEMA"],
    [`${many("message A{", 33)}${many("}", 33)}`, "REGISTRY_INVALID_SCHEMA"],
    [many("message A{}", 95_000), "REGISTRY_SCHEMA_TOO_LARGE"],
    [`message A{${fields.slice(0, 1_000_000)}`, "REGISTRY_SCHEMA_TOO_LARGE"],
    [many("x", 2_000_000), "REGISTRY_SCHEMA_TOO_LARGE"],
    [`option a = ${many("{a:", 100_000)}`, "REGISTRY_INVALID_SCHEMA"],
    [`option a = ${many("[", 100_000)}`, "REGISTRY_INVALID_SCHEMA"],
    [`option a = {${many("a:1 ", 200_000)}};`, "REGISTRY_SCHEMA_TOO_LARGE"],
    [`message A{reserved ${many("1,", 400_000)}1;}`, "REGISTRY_SCHEMA_TOO_LARGE"],
    [`enum E{${many("A=0;", 200_000)}}`, "REGISTRY_SCHEMA_TOO_LARGE"],
    [`option a = "${many("a", 1_000_000)}`, "REGISTRY_INVALID_SCHEMA"],
    [`/*${many("*\n", 500_000)}`, "REGISTRY_INVALID_SCHEMA"],
    [`message A{ ${many(".a", 400_000)} b = 1;}`, "REGISTRY_INVALID_SCHEMA"],
    [`package ${many("a.", 20_000)}b; message A { X b = 1; }`, "REGISTRY_INVALID_SCHEMA"],
    [`message ${many("A", 600)} {}`, "REGISTRY_INVALID_SCHEMA"],
    [Buffer.from([...Array.from({ length: 60_000 }, () => [0x22, 0xff, 0x01]).flat()]).toString("base64"), "REGISTRY_INVALID_SCHEMA"],
    [many("A", 1_000_000), "REGISTRY_SCHEMA_TOO_LARGE"],
  ];
  for (const [schema, code] of hostile) assert.equal(refusal(schema).code, code, schema.slice(0, 40));
  const comments = `${many("// x\n", 100_000)}message A {}`;
  assert.equal(parse(comments).canonical.length, comments.length + 'syntax = "proto2";\n\n\n'.length);
});

test("messages that name each other in a long chain are compared or refused, never a full stack", () => {
  const chain = (length: number, end: string): ParsedProtobuf => {
    const messages = Array.from({ length }, (_each, index) => `message M${index} { ${index + 1 < length ? `M${index + 1}` : end} f = 1; }`);
    return parse(`syntax = "proto3"; ${messages.join(" ")}`);
  };
  assert.equal(chain(300, "int32").problemsReading(chain(300, "string")).length, 1);
  assert.throws(() => chain(4_000, "int32").problemsReading(chain(4_000, "string")), { code: "REGISTRY_SCHEMA_TOO_LARGE" });
});

test("names that mean something to JavaScript are names", () => {
  const schema =
    'syntax = "proto3"; message __proto__ { constructor toString = 1; message constructor {} } message valueOf { __proto__ __proto__ = 1; }';
  assert.deepEqual(parse(schema).problemsReading(parse(parse(schema).serialized)), []);
});
