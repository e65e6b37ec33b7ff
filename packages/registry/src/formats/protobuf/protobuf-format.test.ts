import assert from "node:assert/strict";
import { test } from "node:test";
import { type Difference, MAX_DIFFERENCES } from "../../compatibility/difference.ts";
import { protobufFormat, type ParsedProtobuf, parseProtobufSource } from "./protobuf-format.ts";
import { protobufSituations } from "./protobuf-situations.ts";

const parse = (schema: string, resolved: Readonly<Record<string, string>> = {}): ParsedProtobuf =>
  parseProtobufSource({ schema, resolved: Object.entries(resolved).map(([name, text]) => ({ name, schema: text })) });
const proto3 = (text: string): string => `syntax = "proto3"; ${text}`;
const told = (differences: readonly Difference[]): readonly string[] => differences.map(({ kind, path }) => `${kind} ${path}`);

const RICH = `// licence

/* file */ syntax = "proto3"; package a.b; import "google/protobuf/timestamp.proto"; import "google/protobuf/descriptor.proto";
import public 'confluent/meta.proto'; option java_package = "x." 'A\\u00e9\\x01"'; option (confluent.file_meta).doc = "hi";
extend google.protobuf.FieldOptions { optional Opt my = 50001; repeated string tags = 50002; }
message Opt { int64 x = 0x1; repeated Opt inner = 2; bytes b = 3; }
// What is ordered.
message Order { // In one go.
  enum Color { option allow_alias = true; RED = 0; MINUS = -1; BLUE = 1; AZUL = 1; }
  reserved 10, 12 to 14, 100 to max; reserved "old";
  oneof z { string s = 7; int32 i = 8; }

  // left alone

  /* The key
   * of it. */
  string id = 1 [deprecated = true, (my) = { x: 5 inner { x: -1 } inner < b: "\\001a" > }, (tags) = "t"]; // and more
  repeated .a.b.Order.Line more = 3; map<string, Line> lines = 2;
  optional int32 opt = 4; google.protobuf.Timestamp at = 5; Color c = 6 [json_name = "c"];
  message Line { int32 n = 1; };
}
service S { rpc Do (Order) returns (stream .a.b.Order) { option deprecated = true; } rpc Other(stream Order) returns (Opt); }
message Empty {}`;

test("each change of a Protobuf schema breaks what the table says", () => {
  assert.ok(protobufSituations.length >= 60);
  for (const { name, older, newer, backward, forward } of protobufSituations) {
    const [old, fresh] = [parse(older), parse(newer)];
    const found = { name, backward: told(fresh.problemsReading(old)), forward: told(old.problemsReading(fresh)) };
    assert.deepEqual(found, { name, backward, forward });
  }
});

test("a schema fits itself, and its printed text and descriptor are the same schema", () => {
  for (const text of [RICH, ...protobufSituations.flatMap(({ older, newer }) => [older, newer])]) {
    const { canonical, normalized, serialized } = parse(text);
    const again = parse(canonical);
    assert.equal(again.canonical, canonical);
    assert.equal(again.normalized, normalized);
    assert.equal(parse(normalized).normalized, normalized);
    assert.deepEqual(told(parse(text).problemsReading(again)), []);
    const fromDescriptor = parse(serialized);
    assert.equal(parse(fromDescriptor.canonical).normalized, fromDescriptor.normalized);
    assert.equal(fromDescriptor.normalized, normalized);
    assert.deepEqual(told(fromDescriptor.problemsReading(again)), []);
    assert.deepEqual(told(again.problemsReading(fromDescriptor)), []);
  }
});

test("text is printed again in one style, with what explains it", () => {
  assert.equal(
    parse(RICH).canonical,
    `syntax = "proto3";
package a.b;

import "google/protobuf/timestamp.proto";
import "google/protobuf/descriptor.proto";

import public "confluent/meta.proto";

option java_package = "x.Aé\\001\\"";
option (confluent.file_meta).doc = "hi";

message Opt {
  int64 x = 1;
  repeated Opt inner = 2;
  bytes b = 3;
}
// What is ordered.
// In one go.
message Order {
  reserved 10, 12 to 14, 100 to max;
  reserved "old";

  // The key
  // of it.
  // and more
  string id = 1 [
    deprecated = true,
    (my) = {
      x: 5,
      inner: {
        x: -1
      },
      inner: {
        b: "\\001a"
      }
    },
    (tags) = "t"
  ];
  repeated .a.b.Order.Line more = 3;
  map<string, Line> lines = 2;
  optional int32 opt = 4;
  google.protobuf.Timestamp at = 5;
  Color c = 6 [json_name = "c"];

  oneof z {
    string s = 7;
    int32 i = 8;
  }

  enum Color {
    option allow_alias = true;

    RED = 0;
    MINUS = -1;
    BLUE = 1;
    AZUL = 1;
  }
  message Line {
    int32 n = 1;
  }
}
message Empty {}

extend google.protobuf.FieldOptions {
  optional Opt my = 50001;
  repeated string tags = 50002;
}

service S {
  rpc Do (Order) returns (stream .a.b.Order) {
    option deprecated = true;
  }
  rpc Other (stream Order) returns (Opt);
}
`,
  );
});

test("normalised text is one for all freedoms of writing", () => {
  const a = proto3(`import "google/protobuf/any.proto"; import "google/protobuf/any.proto"; import "confluent/type/decimal.proto";
    message M { reserved 9, 7; oneof q { E f = 5; } oneof p { M d = 4; } /* c */ string b = 2; M.N a = 1 [json_name = "a", deprecated = true]; message N {} }
    enum E { A = 0; C = 2; B = 1; }`);
  const b = proto3(`import "confluent/type/decimal.proto"; import "google/protobuf/any.proto";
    message M { reserved 7; oneof p { .M d = 4; } N a = 1 [deprecated = true]; string b = 2; oneof q { .E f = 5; } reserved 9; message N {} } enum E { A = 0; B = 1; C = 2; }`);
  assert.notEqual(parse(a).canonical, parse(b).canonical);
  assert.equal(parse(a).normalized, parse(b).normalized);
  assert.match(parse(a).normalized, /import "confluent[^\n]*\nimport "google[^\n]*any.proto";\n\nmessage M/);
});

test("a descriptor keeps options of other files, defaults, groups, maps and what is optional", () => {
  const text = `syntax = "proto2"; import "options.proto"; message A { optional group G = 1 { optional int32 x = 1; }
    optional bytes b = 2 [default = "\\377\\"x"]; optional double d = 3 [default = -inf, (o.mark) = { at: 0x7, raw: "\\001a\\303" }]; optional E e = 4 [default = E1, json_name = "kind"];
    map<int32, A> m = 5; required string r = 6; extensions 100 to 199; enum E { E0 = 3; E1 = 1; } } message B { oneof o { A a = 2; } }
    extend A { repeated int32 more = 100 [packed = true]; }`;
  const options = `syntax = "proto3"; package o; import "google/protobuf/descriptor.proto"; message Mark { int64 at = 1; bytes raw = 02; } extend google.protobuf.FieldOptions { Mark mark = 50000; }`;
  const parsed = parse(text, { "options.proto": options });
  const again = parse(parsed.serialized, { "options.proto": options });
  assert.equal(again.normalized, parsed.normalized.replace("at: 0x7", "at: 7"));
  assert.match(again.normalized, /raw: "\\001a\\303"/);
  assert.throws(() => parse(parsed.serialized), { code: "REGISTRY_UNKNOWN_REFERENCE" });
  const optional = parse(proto3("message A { optional int32 a = 1; oneof o { int32 b = 2; } }"));
  assert.equal(parse(optional.serialized).canonical, optional.canonical);
});

test("names are looked up in imports, public ones too, from the innermost scope outwards", () => {
  const resolved = {
    "base.proto": proto3("package p.q; message Base { message In {} }"),
    "all.proto": proto3('import public "base.proto";'),
    "hidden.proto": proto3('import "base.proto";'),
  };
  assert.equal(parse(proto3('package p.r; import "all.proto"; message A { q.Base a = 1; p.q.Base.In b = 2; }'), resolved).type, "PROTOBUF");
  assert.equal(
    parse(proto3('package x.y; import "y.proto"; message A { y f = 1; }'), { "y.proto": proto3("message y {}") }).type,
    "PROTOBUF",
  );
  const [inner] = parse(proto3("message A { A.A x = 1; message A { message A {} } }")).file.types;
  assert.ok(inner?.kind === "message");
  const type = inner.fields[0]?.type;
  assert.equal(type?.kind === "named" && type.target?.fullName, "A.A.A");
  assert.throws(
    () => parse(proto3('import "hidden.proto"; message A { p.q.Base a = 1; }'), resolved),
    /the type "p.q.Base" is not known here/,
  );
  assert.throws(() => parse(proto3('import "x/y.proto";')), {
    code: "REGISTRY_UNKNOWN_REFERENCE",
    path: "1:27",
    message: /name it in "references"/,
  });
  assert.throws(() => parse(proto3(""), { "bad.proto": "nothing;" }), /The reference "bad.proto" cannot be used.*line 1, column 1/);
});

test("a type that a reference defines is compared where a field uses it", () => {
  const main = proto3('import "b.proto"; message A { p.B b = 1; }');
  const [old, fresh] = ["int32", "string"].map((type) => parse(main, { "b.proto": proto3(`package p; message B { ${type} x = 1; }`) }));
  assert.deepEqual(told((fresh as ParsedProtobuf).problemsReading(old as ParsedProtobuf)), ["FIELD_SCALAR_KIND_CHANGED #/p/B/x"]);
});

test("a difference says what to do and shows both pieces", () => {
  const [old, fresh] = [parse(proto3("message A { int32 a = 1; }")), parse(proto3("message A { string b = 1; }"))];
  assert.deepEqual(fresh.problemsReading(old), [
    {
      kind: "FIELD_SCALAR_KIND_CHANGED",
      path: "#/A/b",
      message:
        "The field with the number 1 is string for the reader and int32 in the data, which are written in different ways; give the new type another number.",
      reader: "string b = 1;",
      writer: "int32 a = 1;",
    },
  ]);
});

test("no more differences of Protobuf schemas are told than a person reads", () => {
  const many = (type: string): string =>
    proto3(`message A { ${Array.from({ length: 2_000 }, (_each, index) => `${type} f${index} = ${index + 1};`).join(" ")} }`);
  assert.equal(parse(many("int32")).problemsReading(parse(many("string"))).length, MAX_DIFFERENCES);
});

test("numbers are read as they are written: octal, hexadecimal, negative", () => {
  const { canonical } = parse(proto3("message A { int32 a = 010; int32 b = 0x1F; } enum E { X = 0; Y = -0x80000000; }"));
  assert.match(canonical, /a = 8;\n {2}int32 b = 31;[^]*Y = -2147483648;/);
});

test("Protobuf is known under the name that registries give it", () => {
  assert.equal(protobufFormat.type, "PROTOBUF");
  assert.equal(protobufFormat.parse({ schema: "message A {}", resolved: [] }).canonical, 'syntax = "proto2";\n\nmessage A {}\n');
});

test("normalised, a text says what its descriptor says: enums among messages, features, options by parts and as a whole, maps in them", () => {
  const meta = 'import "confluent/meta.proto";';
  const texts = [
    proto3("enum E { Z = 0; } message A {} enum F { Y = 0; } message B { enum G { X = 0; } message C {} }"),
    'edition = "2023"; option features = {}; message A { option features = {}; int32 a = 1; }',
    'edition = "2023"; option features = { enum_type: OPEN, field_presence: IMPLICIT }; message A { int32 a = 1; }',
    'edition = "2023"; message A { reserved gone; reserved 5; int32 a = 1 [features.field_presence = IMPLICIT]; }',
    proto3(
      `${meta} message A { int32 a = 1 [(confluent.field_meta).doc = "d", (confluent.field_meta).tags = "A", (confluent.field_meta).tags = "B"]; }`,
    ),
    proto3(
      `${meta} message A { int32 a = 1 [(confluent.field_meta) = { params: [{ key: "k" value: "v" }, { key: "l" }], tags: ["A"] }]; }`,
    ),
    proto3(`${meta} message A { int32 a = 1 [(confluent.field_meta).params = { key: "k", value: "v" }]; }`),
  ];
  for (const text of texts) {
    const { normalized, serialized } = parse(text);
    assert.equal(parse(serialized).normalized, normalized, text);
    assert.equal(parse(parse(text).canonical).serialized, serialized, text);
    assert.equal(parse(parse(normalized).serialized).normalized, normalized, text);
  }
  assert.match(parse(texts[3]!).canonical, /reserved gone;/);
  assert.match(parse(texts[5]!).normalized, /params: \[\{\s+key: "k",\s+value: "v"\s+\}, \{\s+key: "l",\s+value: ""/);
  assert.equal(parse(texts[1]!).normalized.includes("features"), false);
});

test("names that clash in JSON are refused where protoc refuses them, and taken where it only warns", () => {
  const P2 = 'syntax = "proto2";';
  const ED = 'edition = "2023";';
  const refused = [
    proto3("message M { int32 foo_bar = 1; int32 fooBar = 2; }"),
    proto3("message M { int32 foo_ = 1; int32 foo = 2; }"),
    proto3('message M { int32 a = 1 [json_name = "b"]; int32 b = 2; }'),
    proto3('message M { int32 foo_bar = 1 [json_name = "x"]; int32 fooBar = 2; }'),
    proto3('message M { int32 a = 1 [json_name = "x"]; int32 b = 2 [json_name = "x"]; }'),
    `${P2} message M { optional int32 a = 1 [json_name = "x"]; optional int32 b = 2 [json_name = "x"]; }`,
    `${ED} message M { int32 foo_bar = 1; int32 fooBar = 2; }`,
    proto3('message M { int32 a = 1 [json_name = "[x]"]; }'),
    proto3('message M { int32 a = 1 [json_name = "a\\0b"]; }'),
    `${P2} message M { extensions 1 to 10; } extend M { optional int32 a = 1 [json_name = "x"]; }`,
    proto3("enum Foo { FOO_A = 0; a = 1; }"),
    proto3("enum Foo { FOO_A_B = 0; A_b = 1; }"),
    proto3("enum FooBar { FOO_BAR_A = 0; FOOBARA = 1; }"),
    proto3("message M { enum Kind { KIND_A = 0; A = 1; } }"),
    `${P2} enum Foo { FOO_A = 0; a = 1; }`,
    `${ED} enum Foo { option features.json_format = LEGACY_BEST_EFFORT; FOO_A = 0; a = 1; }`,
  ];
  for (const text of refused) assert.throws(() => parse(text), /in JSON|JSON has|json_name|one name/, text);
  // What a version has by now was let pass once, and stays readable.
  for (const schema of refused) assert.ok(parseProtobufSource({ schema, isStored: true, resolved: [] }).canonical, schema);
  const clashing = [{ name: "old.proto", schema: proto3("message Old { int32 foo_bar = 1; int32 fooBar = 2; }"), isStored: true }];
  assert.ok(parseProtobufSource({ schema: proto3('import "old.proto"; message M { Old old = 1; }'), resolved: clashing }).canonical);
  const taken = [
    proto3("message M { int32 foo_bar = 1; int32 foobar = 2; }"),
    proto3("message M { int32 foo_bar = 1; int32 FooBar = 2; }"),
    `${P2} message M { optional int32 foo_bar = 1; optional int32 fooBar = 2; }`,
    `${P2} message M { optional int32 a = 1 [json_name = "b"]; optional int32 b = 2; }`,
    `${ED} option features.json_format = LEGACY_BEST_EFFORT; message M { int32 foo_bar = 1; int32 fooBar = 2; }`,
    `${ED} message M { option features.json_format = LEGACY_BEST_EFFORT; message N { int32 a_b = 1; int32 aB = 2; } }`,
    proto3("message M { option deprecated_legacy_json_field_conflicts = true; int32 foo_bar = 1; int32 fooBar = 2; }"),
    proto3("enum Foo { FOO_A_B = 0; AB = 1; }"),
    proto3("enum Foo { option allow_alias = true; FOO_A = 0; a = 0; }"),
  ];
  for (const text of taken) assert.ok(parse(text).serialized, text);
});

test("a large text is read in steps, none of which does more than one thing with it; what is wrong in any of them has its place", () => {
  const fields = Array.from({ length: 100 }, (_each, at) => `string f${at} = ${at + 1};`).join(" ");
  const stepsOf = (schema: string): { readonly steps: number; readonly canonical: string } => {
    const reading = protobufFormat.parseInSteps!({ schema, resolved: [{ name: "o.proto", schema: proto3("message O { int32 a = 1; }") }] });
    for (let steps = 1; ; steps++) {
      const { done, value } = reading.next();
      if (done) return { steps, canonical: value.canonical };
    }
  };
  const text = proto3(`import "o.proto"; message M { ${fields} O o = 101; }`);
  const { steps, canonical } = stepsOf(text);
  // Read, linked, checked and kept apart, both files; then printed.
  assert.equal(steps, 9);
  assert.equal(canonical, parse(text, { "o.proto": proto3("message O { int32 a = 1; }") }).canonical);
  const wrong: [string, string][] = [
    ["message M { string }", "1:39"],
    ["message M { Missing a = 1; }", "1:32"],
    ["message M { string a = 1; string b = 1; }", "1:46"],
    ["message M { string a_b = 1; string aB = 2; }", "1:48"],
  ];
  for (const [message, path] of wrong) assert.throws(() => stepsOf(proto3(message)), { code: "REGISTRY_INVALID_SCHEMA", path }, message);
});
