import assert from "node:assert/strict";
import { test } from "node:test";
import { startServedRegistry } from "../testing/served-registry.ts";
import { decimalFromText } from "../../data/decimal.ts";
import { dateSchema, decimalSchema, timeSchema, timestampSchema } from "../../data/logical-types.ts";
import { array, makeSchema, map, optional, plain, struct } from "../../data/make-schema.ts";
import { sameSchema, sameValue } from "../../data/same-schema.ts";
import type { ConnectSchema, SchemaAndValue } from "../../data/schema.ts";
import type { Converter } from "../../plugin/converter-plugin.ts";
import { readConfig } from "../../plugin/read-config.ts";
import { avroConverter } from "./avro-converter.ts";

const open = async (url: string, properties: Readonly<Record<string, string>> = {}): Promise<Converter> =>
  avroConverter.open(readConfig(avroConverter.config, { "schema.registry.url": url, ...properties }), { part: "value" });

const line = struct({ product: plain("string"), price: decimalSchema(2) }, { name: "shop.Line" });
const order = struct(
  {
    id: plain("int64"),
    small: plain("int8"),
    short: plain("int16", true),
    note: plain("string", true),
    state: makeSchema({ type: "string", optional: true, defaultValue: "new" }),
    count: makeSchema({ type: "int64", defaultValue: 9_007_199_254_740_993n }),
    at: timestampSchema(),
    day: dateSchema({ optional: true }),
    time: timeSchema(),
    raw: plain("bytes"),
    first: line,
    last: optional(line),
    lines: array(line),
    byName: map(plain("string"), plain("double")),
    byNumber: map(plain("int32"), plain("string", true)),
    inner: struct({ f: plain("float"), b: plain("boolean") }),
  },
  { name: "shop.Order", version: 3, parameters: { source: "till" } },
);
const tea = { product: "tea", price: decimalFromText("-12.50") };
const value = {
  id: 9_007_199_254_740_993n,
  small: -128,
  short: null,
  note: null,
  state: null,
  count: 1n,
  at: new Date(1_700_000_000_123),
  day: new Date("2024-02-29"),
  time: new Date(1),
  raw: Buffer.from([0, 255]),
  first: tea,
  last: null,
  lines: [tea, tea],
  byName: new Map([["a", 1.5]]),
  byNumber: new Map([[7, null]]),
  inner: { f: 0.5, b: true },
};

async function roundTrip(converter: Converter, schema: ConnectSchema, given: unknown): Promise<SchemaAndValue> {
  const bytes = await converter.fromConnect("orders", { schema, value: given }, []);
  return converter.toConnect("orders", bytes, []);
}

test("values of every type come back from Avro with their schema, and the second record waits for nobody", async () => {
  await using registry = await startServedRegistry();
  const converter = await open(registry.url);
  const read = await roundTrip(converter, order, value);
  assert.ok(sameSchema(read.schema, order));
  assert.ok(sameValue(read.value, value));
  const bytes = converter.fromConnect("orders", { schema: order, value }, []);
  assert.ok(bytes instanceof Uint8Array);
  const again = converter.toConnect("orders", bytes, []) as SchemaAndValue;
  assert.equal(again.schema, read.schema);
  assert.ok(sameValue(again.value, value));
  for (const schema of [plain("string"), plain("int64", true), array(plain("int32")), decimalSchema(3)]) {
    const own = schema.type === "string" ? "x" : schema.type === "int64" ? 5n : schema.type === "array" ? [1] : decimalFromText("1.250");
    const one = await roundTrip(
      await open(registry.url, { "value.subject.name.strategy": "TopicNameStrategy", "use.latest.version": "false" }),
      schema,
      own,
    ).catch((error: unknown) => error);
    // Another type under the same subject is refused by the registry's level.
    assert.match((one as Error).message, /incompatible|compatib/i);
  }
  assert.equal(converter.fromConnect("orders", { schema: optional(order), value: null }, []), null);
  assert.deepEqual(converter.toConnect("orders", null, []), { schema: undefined, value: null });
  await converter.close!();
});

test("Avro's schema carries what it has no word for, as Confluent documents it", async () => {
  await using registry = await startServedRegistry();
  const converter = await open(registry.url);
  await converter.fromConnect(
    "lines",
    {
      schema: struct({ price: decimalSchema(2), on: dateSchema(), n: plain("int8", true) }, { name: "shop.Line", version: 1 }),
      value: { price: decimalFromText("1.00"), on: new Date(0), n: 1 },
    },
    [],
  );
  const { schema } = await registry.client.version("lines-value", "latest");
  assert.deepEqual(JSON.parse(schema), {
    type: "record",
    name: "Line",
    namespace: "shop",
    fields: [
      {
        name: "price",
        type: {
          type: "bytes",
          scale: 2,
          precision: 64,
          "connect.version": 1,
          "connect.parameters": { scale: "2" },
          "connect.name": "org.apache.kafka.connect.data.Decimal",
          logicalType: "decimal",
        },
      },
      {
        name: "on",
        type: { type: "int", "connect.version": 1, "connect.name": "org.apache.kafka.connect.data.Date", logicalType: "date" },
      },
      { name: "n", type: ["null", { type: "int", "connect.type": "int8" }], default: null },
    ],
    "connect.version": 1,
    "connect.name": "shop.Line",
  });
  await converter.close!();
});

test("a schema that others wrote is read: enums, fixed, defaults, unions with null; what Connect has no schema for is refused by name", async () => {
  await using registry = await startServedRegistry();
  const { avro } = await import("@ottla/serdes");
  const fields = [
    { name: "state", type: { type: "enum", name: "State", symbols: ["NEW", "DONE"] }, default: "NEW" },
    { name: "hash", type: { type: "fixed", name: "Hash", size: 2 } },
    { name: "n", type: ["null", "long"], default: null },
    { name: "size", type: ["long", "null"], default: 7 },
    { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
  ];
  const written = avro({ registry: registry.client, schema: { type: "record", name: "Job", fields }, logicalTypes: false });
  const bytes = await written.serialize(
    { state: "DONE", hash: Buffer.from([1, 2]), n: 5n, size: null, at: 5n },
    { topic: "jobs", field: "value" },
  );
  const converter = await open(registry.url);
  const read = await converter.toConnect("jobs", bytes as Uint8Array, []);
  assert.ok(sameValue(read.value, { state: "DONE", hash: Buffer.from([1, 2]), n: 5n, size: null, at: new Date(5) }));
  assert.deepEqual(
    read.schema!.fields!.map((field) => [field.schema.type, field.schema.optional, field.schema.defaultValue]),
    [
      ["string", false, "NEW"],
      ["bytes", false, undefined],
      ["int64", true, undefined],
      ["int64", true, 7n],
      ["int64", false, undefined],
    ],
  );
  const union = avro({
    registry: registry.client,
    schema: { type: "record", name: "U", fields: [{ name: "u", type: ["string", "long"] }] },
  });
  const other = await union.serialize({ u: "x" }, { topic: "unions", field: "value" });
  await assert.rejects(async () => converter.toConnect("unions", other as Uint8Array, []), {
    code: "CONNECT_DATA",
    message: /^At u: a union of string, long/,
  });
  await converter.close!();
});

test("what cannot be written or read is CONNECT_DATA, and a registry that does not answer is asked again later", async () => {
  const registry = await startServedRegistry();
  const converter = await open(registry.url);
  await assert.rejects(async () => converter.fromConnect("t", { value: { a: 1 } }, []), {
    code: "CONNECT_DATA",
    message: /needs a schema/,
  });
  await assert.rejects(async () => converter.fromConnect("t", { schema: line, value: { product: "tea" } }, []), {
    code: "CONNECT_DATA",
    message: /^At price: null/,
  });
  await assert.rejects(async () => converter.fromConnect("t", { schema: line, value: { ...tea, product: 5 } }, []), {
    code: "CONNECT_DATA",
  });
  await assert.rejects(async () => converter.toConnect("t", Buffer.from('{"a":1}'), []), { code: "CONNECT_DATA" });
  await assert.rejects(async () => converter.toConnect("t", Buffer.from([0, 0, 0, 9, 9, 1]), []), { code: "CONNECT_DATA" });
  const twice = struct({ a: struct({ x: plain("int8") }, { name: "N" }), b: struct({ y: plain("int8") }, { name: "N" }) });
  await assert.rejects(async () => converter.fromConnect("t", { schema: twice, value: { a: { x: 1 }, b: { y: 1 } } }, []), {
    code: "CONNECT_DATA",
    message: /^Two different structs/,
  });
  await registry[Symbol.asyncDispose]();
  await assert.rejects(async () => converter.fromConnect("u", { schema: line, value: tea }, []), { code: "CONNECT_RETRIABLE" });
  await converter.close!();
});
