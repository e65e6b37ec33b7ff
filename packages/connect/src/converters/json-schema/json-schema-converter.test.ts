import assert from "node:assert/strict";
import { test } from "node:test";
import { startServedRegistry } from "../testing/served-registry.ts";
import { decimalFromText } from "../../data/decimal.ts";
import { dateSchema, decimalSchema } from "../../data/logical-types.ts";
import { array, map, optional, plain, struct } from "../../data/make-schema.ts";
import { sameSchema, sameValue } from "../../data/same-schema.ts";
import type { Converter } from "../../plugin/converter-plugin.ts";
import { readConfig } from "../../plugin/read-config.ts";
import { jsonSchemaConverter } from "./json-schema-converter.ts";

const open = async (url: string, properties: Readonly<Record<string, string>> = {}): Promise<Converter> =>
  jsonSchemaConverter.open(readConfig(jsonSchemaConverter.config, { "schema.registry.url": url, ...properties }), { part: "value" });

const line = struct({ product: plain("string"), price: decimalSchema(2) }, { name: "shop.Line" });
const order = struct(
  { id: plain("int64"), note: plain("string", true), on: dateSchema(), lines: array(line), by: map(plain("int32"), plain("float")) },
  { name: "shop.Order", version: 3 },
);
const value = {
  id: 9_007_199_254_740_993n,
  note: null,
  on: new Date("2024-02-29"),
  lines: [{ product: "tea", price: decimalFromText("12.50") }],
  by: new Map([[7, 0.5]]),
};

test("the schema and the bytes are as Confluent documents them", async () => {
  await using registry = await startServedRegistry();
  const converter = await open(registry.url, { "decimal.format": "NUMERIC", "json.fail.invalid.schema": "true" });
  const bytes = (await converter.fromConnect("orders", { schema: order, value }, [])) as Buffer;
  assert.equal(
    bytes.toString("utf8", 5),
    '{"id":9007199254740993,"note":null,"on":19782,"lines":[{"product":"tea","price":12.50}],"by":[{"key":7,"value":0.5}]}',
  );
  const { schema } = await registry.client.version("orders-value", "latest");
  const price = { type: "number", "connect.type": "bytes", title: "org.apache.kafka.connect.data.Decimal", "connect.version": 1 };
  assert.deepEqual(JSON.parse(schema), {
    type: "object",
    title: "shop.Order",
    "connect.version": 3,
    properties: {
      id: { "connect.index": 0, type: "integer", "connect.type": "int64" },
      note: { "connect.index": 1, oneOf: [{ type: "null" }, { type: "string" }] },
      on: {
        "connect.index": 2,
        type: "integer",
        "connect.type": "int32",
        title: "org.apache.kafka.connect.data.Date",
        "connect.version": 1,
      },
      lines: {
        "connect.index": 3,
        type: "array",
        items: {
          type: "object",
          title: "shop.Line",
          properties: {
            product: { "connect.index": 0, type: "string" },
            price: { "connect.index": 1, ...price, "connect.parameters": { scale: "2" } },
          },
        },
      },
      by: {
        "connect.index": 4,
        type: "array",
        "connect.type": "map",
        items: {
          type: "object",
          properties: {
            key: { "connect.index": 0, type: "integer", "connect.type": "int32" },
            value: { "connect.index": 1, type: "number", "connect.type": "float32" },
          },
        },
      },
    },
  });
  const read = await converter.toConnect("orders", bytes, []);
  assert.ok(sameSchema(read.schema, order));
  assert.ok(sameValue(read.value, value));
  await converter.close!();
});

const FOREIGN = JSON.stringify({
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Job",
  type: "object",
  definitions: { Money: { type: "object", properties: { amount: { type: "number" }, unit: { enum: ["EUR", "CHF"] } } } },
  properties: {
    cost: { $ref: "#/definitions/Money" },
    who: { type: ["string", "null"] },
    any: { oneOf: [{ type: "integer" }, { type: "array", items: { type: "string" } }] },
    labels: { type: "object", additionalProperties: { type: "string" } },
    whole: { allOf: [{ properties: { a: { type: "integer" } } }, { properties: { b: { type: "boolean" } } }] },
    n: { type: "integer", default: 5 },
  },
  required: ["cost"],
});

test("a schema that others wrote is read: references, enums, unions, types in lists; what may be anything is refused by its path", async () => {
  await using registry = await startServedRegistry();
  const { jsonSchema } = await import("@ottla/serdes");
  const write = async (topic: string, schema: string, job: unknown): Promise<Uint8Array> =>
    (await jsonSchema({ registry: registry.client, schema, validateOnSend: false }).serialize(job, {
      topic,
      field: "value",
    })) as Uint8Array;
  const bytes = await write("jobs", FOREIGN, {
    cost: { amount: 1.5, unit: "CHF" },
    any: ["x"],
    labels: { a: "b" },
    whole: { a: 1, b: true },
  });
  const converter = await open(registry.url, { "use.optional.for.nonrequired": "true" });
  const read = await converter.toConnect("jobs", bytes, []);
  const prefix = "io.confluent.connect.json.OneOf.field.";
  assert.deepEqual(read.value, {
    cost: { amount: 1.5, unit: "CHF" },
    who: null,
    any: { [`${prefix}0`]: null, [`${prefix}1`]: ["x"] },
    labels: new Map([["a", "b"]]),
    whole: { a: 1n, b: true },
    n: 5n,
  });
  assert.deepEqual(
    read.schema!.fields!.map(({ name, schema }) => [name, schema.type, schema.optional, schema.defaultValue]),
    [
      ["cost", "struct", false, undefined],
      ["who", "string", true, undefined],
      ["any", "struct", true, undefined],
      ["labels", "map", true, undefined],
      ["whole", "struct", true, undefined],
      ["n", "int64", true, 5n],
    ],
  );
  // A union is one again.
  const copy = await converter.fromConnect("copies", read, []);
  assert.ok(sameValue((await converter.toConnect("copies", copy, [])).value, read.value));
  const refused = async (topic: string, schema: object, job: unknown, message: RegExp): Promise<void> =>
    assert.rejects(async () => converter.toConnect(topic, await write(topic, JSON.stringify(schema), job), []), {
      code: "CONNECT_DATA",
      message,
    });
  await refused("anything", { type: "object", properties: { x: {} } }, { x: 1 }, /^At x: a JSON Schema without a type/);
  await refused(
    "unsaid",
    { type: "object", properties: { x: { type: "object" } } },
    { x: {} },
    /^At x: an object whose properties are not said/,
  );
  await refused("self", { type: "object", properties: { x: { $ref: "#" } } }, {}, /stands in itself/);
  await refused("wrong", { type: "object", properties: { x: { type: "integer" } } }, { x: "5" }, /^At x: the text "5"/);
  await converter.close!();
});

test("what is no value is CONNECT_DATA with its path", async () => {
  await using registry = await startServedRegistry();
  const converter = await open(registry.url, { "object.additional.properties": "false" });
  const refused = async (schema: typeof line, given: unknown, message: RegExp): Promise<void> =>
    assert.rejects(async () => converter.fromConnect("t", { schema, value: given }, []), { code: "CONNECT_DATA", message });
  await refused(line, { product: 5, price: decimalFromText("1.00") }, /^At product: 5/);
  await refused(line, { product: "x", price: decimalFromText("1.0") }, /^At price: 1\.0 has the scale 1/);
  await refused(struct({ l: array(plain("int8")) }), { l: [1, 300] }, /^At l\[1\]: 300/);
  await refused(struct({ m: map(plain("string"), plain("boolean")) }), { m: new Map([["k", null]]) }, /^At m\.k: null/);
  assert.equal(converter.fromConnect("t", { schema: optional(line), value: null }, []), null);
  await converter.fromConnect("closed", { schema: line, value: { product: "x", price: decimalFromText("1.00") } }, []);
  assert.match((await registry.client.version("closed-value", "latest")).schema, /"additionalProperties":false/);
  await converter.close!();
});
