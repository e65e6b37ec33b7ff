import assert from "node:assert/strict";
import { test } from "node:test";
import { create, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import { parseProtobufSource } from "@ottla/registry/formats/protobuf";
import fc from "fast-check";
import { irregular } from "./irregular.ts";
import { ProtoOutput } from "./proto-output.ts";
import { compileMessageReader } from "./read-messages.ts";
import { isRegular } from "./regular-messages.ts";
import { compileMessageWriter } from "./write-messages.ts";

const ALL = `syntax = "proto3"; import "google/protobuf/timestamp.proto";
message All {
  int32 i32 = 1; int64 i64 = 2; uint32 u32 = 3; uint64 u64 = 4; sint32 s32 = 5; sint64 s64 = 6; bool flag = 7; fixed32 f32 = 8; fixed64 f64 = 9; sfixed32 sf32 = 10; sfixed64 sf64 = 11;
  float f = 12; double d = 13; string text = 14; bytes raw = 15; Color color = 16; optional int32 maybe = 17; All inner = 18; repeated int32 packed = 19;
  repeated int64 loose = 20 [packed = false]; repeated string texts = 21; repeated All inners = 22; map<string, int64> counts = 23; map<string, All> named = 24;
  oneof choice { string word = 25; All tree = 26; bool yes = 27; } google.protobuf.Timestamp at = 28;
  enum Color { RED = 0; BLUE = 5; }
}`;
const messageOf = (text: string, name: string): DescMessage =>
  parseProtobufSource({ schema: text, resolved: [] }).descriptors.getMessage(name)!;
const all = messageOf(ALL, "All");
const write = compileMessageWriter(all)!;
const read = compileMessageReader(all)!;
const output = new ProtoOutput();
const written = (value: unknown): Buffer => {
  output.begin();
  write(output, value);
  return output.take(0);
};

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const int32 = fc.integer();
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const words = fc.string({ unit: "grapheme", maxLength: 40 });
/** Messages with others in them, so deep. */
function messages(depth: number): fc.Arbitrary<object> {
  const inner: fc.Arbitrary<object> = depth === 0 ? fc.constant({}) : messages(depth - 1);
  const model = {
    i32: int32,
    i64: int64,
    u32: uint32,
    u64: uint64,
    s32: int32,
    s64: int64,
    flag: fc.boolean(),
    f32: uint32,
    f64: uint64,
    sf32: int32,
    sf64: int64,
    f: fc.float({ noNaN: true, max: 2 ** 100, min: -(2 ** 100) }),
    d: fc.double(),
    text: words,
    raw: fc.uint8Array(),
    color: fc.constantFrom(0, 5),
    maybe: int32,
    inner: fc.option(inner, { nil: undefined }),
    packed: fc.array(int32, { maxLength: 4 }),
    loose: fc.array(int64, { maxLength: 4 }),
    texts: fc.array(words, { maxLength: 4 }),
    inners: fc.array(inner, { maxLength: 2 }),
    counts: fc.dictionary(
      words.filter((key) => key !== "__proto__"),
      int64,
      { noNullPrototype: true, maxKeys: 4 },
    ),
    named: fc.dictionary(fc.constantFrom("a", "b"), inner, { noNullPrototype: true }),
    choice: fc.oneof(
      fc.record({ case: fc.constant("word"), value: words }),
      fc.record({ case: fc.constant("yes"), value: fc.boolean() }),
      fc.record({ case: fc.constant("tree"), value: inner }),
    ),
    at: fc.record({ seconds: fc.bigInt({ min: 0n, max: 2n ** 35n }), nanos: fc.nat(999_999_999) }),
  };
  return fc.record(model, { requiredKeys: [], noNullPrototype: true });
}

test("the quick way writes the library's bytes and reads the library's messages, for any message", () => {
  assert.ok(isRegular(all));
  fc.assert(
    fc.property(messages(1), (value) => {
      const bytes = toBinary(all, create(all, value as never));
      assert.equal(written(value).toString("hex"), Buffer.from(bytes).toString("hex"));
      const message = fromBinary(all, bytes);
      const own = read(Buffer.from(bytes), 0);
      assert.deepEqual(own, message);
      assert.deepEqual(written(own), Buffer.from(bytes));
    }),
    { numRuns: 150 },
  );
});

test("bytes that another writer may have: what is packed and what is not, fields in any order and twice", () => {
  const cases = ["980101980102980103", "9a0103010203", "a201020102", "08010805", "720161720162", "ca010161d80101"];
  for (const hex of cases) {
    const bytes = Buffer.from(hex, "hex");
    assert.deepEqual(read(bytes, 0), fromBinary(all, new Uint8Array(bytes)), hex);
  }
});

test("any bytes are read as the library reads them, or left to it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (given) => {
      const bytes = Buffer.from(given);
      let own: unknown;
      try {
        own = read(bytes, 0);
      } catch (error) {
        assert.equal(error, irregular);
        return;
      }
      assert.deepEqual(own, fromBinary(all, given));
    }),
    { numRuns: 20_000 },
  );
});

test("values that are not as they should be are left to the library, and so are messages of other kinds", () => {
  for (const value of [
    { i32: 1.5 },
    { i64: 2n ** 63n },
    { text: 5 },
    { text: "\ud800" },
    { nobody: 1 },
    { maybe: null },
    { packed: {} },
    { choice: { case: "none", value: 1 } },
    [],
    5,
  ])
    assert.throws(
      () => written(value),
      (error: unknown) => error === irregular,
    );
  assert.deepEqual(written({ i32: 1 }), Buffer.of(8, 1));
  const others = [
    'syntax = "proto2"; message M { required int32 a = 1; }',
    'syntax = "proto3"; import "google/protobuf/struct.proto"; message M { google.protobuf.Struct s = 1; }',
  ];
  for (const text of others) assert.equal(isRegular(messageOf(text, "M")), false, text);
  assert.equal(compileMessageWriter(messageOf('syntax = "proto3"; message M { map<int32, string> m = 1; }', "M")), undefined);
});
