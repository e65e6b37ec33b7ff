import assert from "node:assert/strict";
import { test } from "node:test";
import { startServedRegistry } from "../testing/served-registry.ts";
import { decimalFromText } from "../../data/decimal.ts";
import { decimalSchema, timestampSchema } from "../../data/logical-types.ts";
import { array, makeSchema, map, plain, struct } from "../../data/make-schema.ts";
import { sameValue } from "../../data/same-schema.ts";
import type { SchemaAndValue } from "../../data/schema.ts";
import type { Converter } from "../../plugin/converter-plugin.ts";
import { readConfig } from "../../plugin/read-config.ts";
import { timestampMessage, timestampOf } from "./logical-messages.ts";
import { protobufConverter } from "./protobuf-converter.ts";

const open = async (url: string, properties: Readonly<Record<string, string>> = {}): Promise<Converter> =>
  protobufConverter.open(readConfig(protobufConverter.config, { "schema.registry.url": url, ...properties }), { part: "value" });

const order = struct(
  {
    id: plain("int64"),
    note: plain("string", true),
    size: plain("int8"),
    price: decimalSchema(2),
    at: timestampSchema({ optional: true }),
    tags: array(plain("string", true)),
    counts: map(plain("string"), plain("int16")),
  },
  { name: "shop.Order", version: 2 },
);
const value = {
  id: 9_007_199_254_740_993n,
  note: null,
  size: -1,
  price: decimalFromText("-12.50"),
  at: new Date(-1),
  tags: ["a", null],
  counts: new Map([["a", -5]]),
};

test("a schema of Connect's becomes a .proto whose message is the first, and what Protobuf has no word for stands in confluent's options", async () => {
  await using registry = await startServedRegistry();
  const converter = await open(registry.url);
  await converter.fromConnect("orders", { schema: order, value }, []);
  const { schema } = await registry.client.version("orders-value", "latest");
  const meta = (...params: (readonly [string, string])[]): string =>
    `(confluent.field_meta) = { params: [${params.map(([key, value]) => `{ key: "${key}", value: "${value}" }`).join(", ")}] }`;
  const text = `syntax = "proto3"; package shop;
    import "confluent/meta.proto"; import "confluent/type/decimal.proto"; import "google/protobuf/timestamp.proto";
    message Order {
      option ${meta(["connect.name", "shop.Order"], ["connect.version", "2"]).replace("field", "message")};
      int64 id = 1;
      optional string note = 2;
      int32 size = 3 [${meta(["connect.type", "int8"])}];
      .confluent.type.Decimal price = 4 [${meta(["scale", "2"], ["connect.optional", "false"])}];
      .google.protobuf.Timestamp at = 5;
      repeated .shop.TagsItem tags = 6;
      map<string, int32> counts = 7 [${meta(["items.connect.type", "int16"])}];
    }
    message TagsItem {
      option ${meta(["connect.wraps", "true"]).replace("field", "message")};
      optional string value = 1;
    }`;
  const unspaced = (proto: string): string => proto.replaceAll(/\s+/g, "");
  assert.equal(unspaced(schema), unspaced(text));
  // The second record waits for nobody.
  const bytes = converter.fromConnect("orders", { schema: order, value }, []);
  assert.ok(bytes instanceof Uint8Array);
  await converter.toConnect("orders", bytes, []);
  assert.ok(sameValue((converter.toConnect("orders", bytes, []) as SchemaAndValue).value, value));
  await converter.close!();
});

const FOREIGN = `syntax = "proto3";
package jobs;
import "google/protobuf/wrappers.proto";
import "google/type/date.proto";
enum State { STATE_NEW = 0; STATE_DONE = 1; }
message Other { string x = 1; }
message Job {
  State state = 1;
  uint32 count = 2;
  uint64 big = 3;
  oneof what { string text = 4; Other other = 5; }
  google.protobuf.StringValue label = 6;
  google.type.Date due = 7;
  map<int32, Other> byNumber = 8;
  optional double ratio = 9;
}
message Tree { repeated Tree children = 1; }`;

test("messages that others wrote are read: enums, oneofs, unsigned numbers, wrappers, and any message of the file", async () => {
  await using registry = await startServedRegistry();
  const { protobuf } = await import("@ottla/serdes");
  const write = async (message: string, job: object): Promise<Uint8Array> =>
    (await protobuf({ registry: registry.client, schema: FOREIGN, message }).serialize(job, {
      topic: "jobs",
      field: "value",
    })) as Uint8Array;
  const job = {
    state: 1,
    count: 4_294_967_295,
    big: 5n,
    what: { case: "text", value: "x" },
    label: "l",
    due: { year: 2024, month: 2, day: 29 },
    byNumber: { "-7": { x: "y" } },
  };
  const bytes = await write("jobs.Job", job);
  const converter = await open(registry.url);
  const read = await converter.toConnect("jobs", bytes, []);
  const expected = {
    state: "STATE_DONE",
    count: 4_294_967_295n,
    big: 5n,
    what_0: { text: "x", other: null },
    label: { value: "l" },
    due: new Date("2024-02-29"),
    byNumber: new Map([[-7, { x: "y" }]]),
    ratio: null,
  };
  assert.ok(sameValue(read.value, expected));
  assert.equal(read.schema!.name, "Job");
  assert.deepEqual(
    read.schema!.fields!.map(({ name, schema }) => [name, schema.type, schema.optional, schema.name]),
    [
      ["state", "string", false, undefined],
      ["count", "int64", false, undefined],
      ["big", "int64", false, undefined],
      ["what_0", "struct", true, "io.confluent.connect.protobuf.Union.what"],
      ["label", "struct", true, "StringValue"],
      ["due", "int32", true, "org.apache.kafka.connect.data.Date"],
      ["byNumber", "map", false, undefined],
      ["ratio", "double", true, undefined],
    ],
  );
  assert.deepEqual(read.schema!.fields![0]!.schema.parameters, {
    "io.confluent.connect.protobuf.Enum": "State",
    "io.confluent.connect.protobuf.Enum.STATE_NEW": "0",
    "io.confluent.connect.protobuf.Enum.STATE_DONE": "1",
  });
  const other = await converter.toConnect("jobs", await write("jobs.Other", { x: "1" }), []);
  assert.deepEqual([other.schema!.name, other.value], ["Other", { x: "1" }]);
  const chosen = await open(registry.url, {
    "wrapper.for.nullables": "true",
    "enhanced.protobuf.schema.support": "true",
    "int.for.enums": "true",
    "generate.index.for.unions": "false",
  });
  const otherwise = await chosen.toConnect("jobs", bytes, []);
  const { label, state, what } = otherwise.value as Readonly<Record<string, unknown>>;
  assert.deepEqual([otherwise.schema!.name, state, label, what], ["jobs.Job", 1, "l", { text: "x", other: null }]);
  // What was made of a oneof and an enum is one again.
  await converter.fromConnect("copies", read, []);
  const { schema } = await registry.client.version("copies-value", "latest");
  assert.match(schema, /oneof what \{\n {4}string text = 4;\n {4}\.Other other = 5;\n {2}\}/);
  assert.match(schema, /enum State \{\n {2}STATE_NEW = 0;\n {2}STATE_DONE = 1;\n\}/);
  const copied = await converter.toConnect("copies", await converter.fromConnect("copies", read, []), []);
  assert.ok(sameValue(copied.value, expected));
  await assert.rejects(async () => converter.toConnect("jobs", await write("jobs.Tree", {}), []), {
    code: "CONNECT_DATA",
    message: /jobs\.Tree stands in itself/,
  });
  await assert.rejects(async () => converter.toConnect("jobs", await write("jobs.Job", { big: 2n ** 63n }), []), {
    message: /^At big: .*int64/,
  });
  await assert.rejects(async () => converter.toConnect("jobs", await write("jobs.Job", { state: 9 }), []), {
    message: /^At state: 9 is no number of State/,
  });
  await assert.rejects(async () => converter.toConnect("jobs", await write("jobs.Job", { due: { year: 2023, month: 2, day: 29 } }), []), {
    message: /^At due: .* is no day/,
  });
  await converter.close!();
  await chosen.close!();
});

test("what Protobuf cannot have is CONNECT_DATA with its field and the way out, and null is 0 for who asks for it", async () => {
  await using registry = await startServedRegistry();
  const converter = await open(registry.url);
  const refused = async (schema: ReturnType<typeof struct>, given: unknown, message: RegExp): Promise<void> =>
    assert.rejects(async () => converter.fromConnect("t", { schema, value: given }, []), { code: "CONNECT_DATA", message });
  await refused(struct({ "x-y": plain("string") }), { "x-y": "" }, /^At x-y: "x-y" is no name.*scrub\.invalid\.names=true/);
  await refused(struct({ a_b: plain("string"), aB: plain("string") }), {}, /^At aB: "a_b" and "aB" are one name/);
  await refused(struct({ inner: struct({ n: plain("int8") }) }), { inner: { n: 128 } }, /^At inner\.n: 128/);
  await refused(struct({ n: plain("int32") }), { n: null }, /^At n: null is no value of int32/);
  await refused(struct({ d: decimalSchema(2) }), { d: decimalFromText("1.255") }, /^At d: 1\.255 has the scale 3/);
  await refused(struct({ l: array(plain("int64")) }), { l: [1n, 2] }, /^At l\[1\]: 2/);
  await assert.rejects(async () => converter.fromConnect("t", { value: { a: 1 } }, []), { message: /needs a schema/ });
  const bare = await open(registry.url, { "connect.meta.data": "false", "optional.for.nullables": "false" });
  const schema = makeSchema({ ...struct({ n: plain("int32", true), s: plain("int8") }), name: "N", version: 1 });
  const read = await bare.toConnect("bare", await bare.fromConnect("bare", { schema, value: { n: null, s: 1 } }, []), []);
  assert.deepEqual(read.value, { n: 0, s: 1 });
  assert.equal((await registry.client.version("bare-value", "latest")).schema.includes("confluent"), false);
  await converter.close!();
  await bare.close!();
});

test("a time before 1970 has a second before it and a part of one behind that, as Protobuf wants it", () => {
  assert.deepEqual(timestampMessage(new Date(-1)), { seconds: -1n, nanos: 999_000_000 });
  assert.deepEqual(timestampOf({ seconds: -1n, nanos: 999_999_999 }), new Date(-1));
});
