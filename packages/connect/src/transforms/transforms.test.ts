import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "@ottla/base";
import type { ConnectRecord } from "../data/connect-record.ts";
import { decimalFromText } from "../data/decimal.ts";
import { decimalSchema, timestampSchema } from "../data/logical-types.ts";
import { array, makeSchema, plain, struct } from "../data/make-schema.ts";
import { configKeysOf } from "../plugin/config-shape.ts";
import type { Predicate, Transform } from "../plugin/transform-plugin.ts";
import { transformEntries } from "./entries.ts";

type Properties = Readonly<Record<string, string>>;

async function pluginOf(name: string, properties: Properties): Promise<Transform | Predicate> {
  const plugin = await transformEntries.find((entry) => entry.name === name)!.load();
  const settings = configKeysOf(plugin.config).map((key) => [
    key.name,
    parseConfig(key, properties[key.name] ?? key.default ?? null).value ?? undefined,
  ]);
  return plugin.open(Object.fromEntries(settings) as never);
}
const transformOf = (name: string, properties: Properties = {}): Promise<Transform> => pluginOf(name, properties) as Promise<Transform>;

const inner = struct({ city: plain("string"), zip: plain("int32", true) });
const schema = struct(
  {
    id: plain("int64"),
    price: decimalSchema(2),
    at: timestampSchema(),
    address: inner,
    tags: array(plain("string")),
    note: makeSchema({ type: "string", optional: true, defaultValue: "none" }),
  },
  { name: "shop.Order", version: 2, doc: "an order" },
);
const value = {
  id: 9_007_199_254_740_993n,
  price: decimalFromText("12.50"),
  at: new Date(1_700_000_000_123),
  address: { city: "Ulm", zip: null },
  tags: ["a"],
};
const record: ConnectRecord = {
  topic: "orders",
  partition: 3,
  key: null,
  valueSchema: schema,
  value,
  headers: [],
  timestampMs: 1_700_000_000_123,
};
const frozen = JSON.stringify(record, (_key, part: unknown) => (typeof part === "bigint" ? part.toString() : part));

async function applied(name: string, properties: Properties, to: ConnectRecord = record): Promise<ConnectRecord> {
  const result = (await transformOf(name, properties)).apply(to);
  // What was given is never changed.
  assert.equal(
    JSON.stringify(record, (_key, part: unknown) => (typeof part === "bigint" ? part.toString() : part)),
    frozen,
  );
  return result!;
}

test("each transform and predicate is found by its name and by Java's", async () => {
  assert.equal(transformEntries.length, 10 * 2 + 6 + 3 + 3);
  for (const entry of transformEntries) {
    const plugin = await entry.load();
    assert.deepEqual([plugin.name, plugin.aliases, plugin.kind], [entry.name, entry.aliases, entry.kind]);
  }
});

test("fields are cast, extracted, hoisted, masked, renamed, flattened, and schemas follow", async () => {
  const cast = await applied("Cast$Value", { spec: "id:int32,price:float64,at:string" });
  assert.deepEqual(
    { ...(cast.value as object), address: 0, tags: 0 },
    { ...value, id: 1, price: 12.5, at: "2023-11-14T22:13:20.123Z", address: 0, note: "none", tags: 0 },
  );
  assert.deepEqual(
    cast.valueSchema!.fields!.slice(0, 3).map((field) => [field.name, field.schema.type, field.schema.name]),
    [
      ["id", "int32", undefined],
      ["price", "double", undefined],
      ["at", "string", undefined],
    ],
  );
  const city = await applied("ExtractField$Value", { field: "address.city", "field.syntax.version": "V2" });
  assert.deepEqual([city.value, city.valueSchema], ["Ulm", plain("string")]);
  assert.deepEqual((await applied("HoistField$Value", { field: "order" })).value, { order: value });
  const masked = await applied("MaskField$Value", { fields: "id,price,tags,note" });
  assert.deepEqual(masked.value, { ...value, id: 0n, price: decimalFromText("0.00"), tags: [], note: "" });
  assert.equal(masked.valueSchema, schema);
  assert.deepEqual((await applied("ReplaceField$Value", { include: "id,note", renames: "id:key" })).value, { key: value.id, note: "none" });
  assert.deepEqual((await applied("ReplaceField$Value", { include: "note", "replace.null.with.default": "false" })).value, { note: null });
  const flat = await applied("Flatten$Value", { delimiter: "_" });
  assert.deepEqual(Object.keys(flat.value as object), ["id", "price", "at", "address_city", "address_zip", "tags", "note"]);
  const named = await applied("SetSchemaMetadata$Value", { "schema.name": "shop.Sale" });
  assert.deepEqual([named.valueSchema!.name, named.valueSchema!.version], ["shop.Sale", 2]);
});

test("a schema that is derived of another is one object for all records of it", async () => {
  const cast = await transformOf("Cast$Value", { spec: "id:int32" });
  assert.equal(cast.apply(record)!.valueSchema, cast.apply({ ...record })!.valueSchema);
});

test("what is known of a record becomes fields, headers, key and topic", async () => {
  const inserted = await applied("InsertField$Value", {
    "topic.field": "from!",
    "timestamp.field": "when",
    "static.field": "source?",
    "static.value": "shop",
  });
  assert.deepEqual((inserted.value as { from: unknown; when: unknown; source: unknown }).from, "orders");
  assert.deepEqual(
    inserted.valueSchema!.fields!.slice(-3).map((field) => [field.name, field.schema.optional]),
    [
      ["from", false],
      ["when", true],
      ["source", true],
    ],
  );
  const sink = { ...record, offset: 7n };
  assert.equal(
    ((await applied("InsertField$Value", { "offset.field": "at.offset" }, sink)).value as Record<string, unknown>)["at.offset"],
    7n,
  );
  await assert.rejects(applied("InsertField$Value", { "offset.field": "o" }), { code: "CONNECT_DATA" });
  const moved = await applied("HeaderFrom$Value", { fields: "id", headers: "order.id", operation: "move" });
  assert.deepEqual(moved.headers, [{ key: "order.id", schema: plain("int64"), value: value.id }]);
  assert.ok(!Object.hasOwn(moved.value as object, "id"));
  assert.deepEqual((await applied("DropHeaders", { headers: "order.id" }, moved)).headers, []);
  const keyed = await applied("ValueToKey", { fields: "id" });
  assert.deepEqual([keyed.key, keyed.keySchema!.fields![0]!.name], [{ id: value.id }, "id"]);
  assert.equal((await applied("RegexRouter", { regex: "(or)(?<rest>.*)", replacement: "$1-${rest}\\$" })).topic, "or-ders$");
  assert.equal((await applied("RegexRouter", { regex: "or", replacement: "x" })).topic, "orders");
  assert.equal((await applied("TimestampRouter", {})).topic, "orders-20231114");
  assert.equal((await transformOf("Filter")).apply(record), undefined);
});

test("times become texts, numbers and Connect's types, and texts become times", async () => {
  const format = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";
  const text = await applied("TimestampConverter$Value", { field: "at", "target.type": "string", format });
  assert.equal((text.value as { at: unknown }).at, "2023-11-14T22:13:20.123Z");
  const back = await applied(
    "TimestampConverter$Value",
    { field: "at", "target.type": "unix", format, "unix.precision": "microseconds" },
    text,
  );
  assert.equal((back.value as { at: unknown }).at, 1_700_000_000_123_000n);
  const plainRecord = { ...record, valueSchema: undefined, value: { at: 1_700_000_000_123 } };
  assert.deepEqual((await applied("TimestampConverter$Value", { field: "at", "target.type": "Date" }, plainRecord)).value, {
    at: new Date("2023-11-14"),
  });
  await assert.rejects(transformOf("TimestampRouter", { "timestamp.format": "YYYY-MM" }), {
    code: "CONNECT_CONFIG",
    message: /the year is y/,
  });
  await assert.rejects(transformOf("TimestampRouter", { "timestamp.format": "yyyy-MMT" }), {
    code: "CONNECT_CONFIG",
    message: /in quotes/,
  });
});

test("what a transform cannot do names the field, and what its settings cannot mean is told before a record comes", async () => {
  await assert.rejects(applied("Cast$Value", { spec: "tags:int32" }), { code: "CONNECT_DATA", message: /^At tags: / });
  await assert.rejects(applied("ExtractField$Value", { field: "nope" }), { code: "CONNECT_DATA" });
  await assert.rejects(applied("MaskField$Value", { fields: "address" }), { code: "CONNECT_DATA", message: /^At address: / });
  for (const [name, properties] of [
    ["Cast$Value", { spec: "id:number" }],
    ["Cast$Value", { spec: "int32,id:int8" }],
    ["InsertField$Value", {}],
    ["HeaderFrom$Value", { fields: "a,b", headers: "a", operation: "copy" }],
    ["ReplaceField$Value", { renames: "a" }],
    ["SetSchemaMetadata$Value", {}],
    ["ExtractField$Value", { field: "`a", "field.syntax.version": "V2" }],
  ] as const)
    await assert.rejects(transformOf(name, properties), { code: "CONNECT_CONFIG" }, name);
  for (const [name, properties] of [
    ["RegexRouter", { regex: "(?=x)", replacement: "y" }],
    ["TopicNameMatches", { pattern: "(" }],
    ["EventRouter", { "route.topic.regex": "(a)\\1" }],
    ["ByLogicalTableRouter", { "topic.regex": "a++", "topic.replacement": "y" }],
  ] as const)
    await assert.rejects(
      transformOf(name, properties),
      /not allowed for [a-z.]+: it must be a regular expression without look-around/,
      name,
    );
});

test("predicates tell by header, tombstone and topic", async () => {
  const truth = async (name: string, properties: Properties, of: ConnectRecord): Promise<boolean> =>
    ((await pluginOf(name, properties)) as Predicate).test(of);
  assert.equal(await truth("HasHeaderKey", { name: "h" }, { ...record, headers: [{ key: "h", value: 1 }] }), true);
  assert.equal(await truth("RecordIsTombstone", {}, { ...record, value: null }), true);
  assert.equal(await truth("RecordIsTombstone", {}, record), false);
  assert.equal(await truth("TopicNameMatches", { pattern: "ord" }, record), false);
  assert.equal(await truth("TopicNameMatches", { pattern: "ord.*" }, record), true);
});
