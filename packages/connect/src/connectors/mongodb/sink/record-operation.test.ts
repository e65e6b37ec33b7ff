import assert from "node:assert/strict";
import { test } from "node:test";
import { calculateObjectSize, deserialize, Int32, Long, ObjectId, serialize } from "bson";
import type { SinkRecord } from "../../../data/connect-record.ts";
import { array, plain, struct } from "../../../data/make-schema.ts";
import { decimalSchema, timestampSchema } from "../../../data/logical-types.ts";
import type { ConnectSchema } from "../../../data/schema.ts";
import { mongodbSinkConfig, type MongodbSinkSettings } from "../mongodb-config.ts";
import { operationMaker } from "./record-operation.ts";

const settingsOf = (given: Readonly<Record<string, unknown>> = {}): MongodbSinkSettings =>
  ({
    ...Object.fromEntries(
      Object.entries(mongodbSinkConfig).map(([name, { type, defaultText }]) => [
        name,
        type === "boolean" ? defaultText === "true" : type === "list" ? [] : (defaultText ?? undefined),
      ]),
    ),
    database: "shop",
    ...given,
  }) as MongodbSinkSettings;

const recordOf = (value: unknown, rest: Partial<SinkRecord> = {}): SinkRecord => ({
  topic: "orders",
  partition: 2,
  offset: 7n,
  key: null,
  value,
  headers: [],
  timestampType: "createTime",
  originalTopic: "orders",
  originalPartition: 2,
  originalOffset: 7n,
  ...rest,
});

/** What the server would be sent, read back. */
function asked(record: SinkRecord, given: Readonly<Record<string, unknown>> = {}): unknown {
  const operation = operationMaker(settingsOf(given))(record)?.operation;
  return operation && deserialize(serialize(operation), { promoteValues: false });
}
const plainly = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

test("every type of Connect's has its own in BSON", () => {
  const schema: ConnectSchema = struct([
    { name: "small", schema: plain("int8") },
    { name: "large", schema: plain("int64") },
    { name: "double", schema: plain("double") },
    { name: "price", schema: decimalSchema(2) },
    { name: "at", schema: timestampSchema() },
    { name: "bytes", schema: plain("bytes") },
    { name: "none", schema: plain("string", true) },
    { name: "list", schema: array(plain("int32")) },
  ]);
  const value = {
    small: -1,
    large: 2n ** 63n - 1n,
    double: 3,
    price: { unscaled: -1250n, scale: 2 },
    at: new Date(5),
    bytes: Uint8Array.of(1, 2),
    none: null,
    list: [1],
  };
  const { replaceOne } = asked(recordOf(value, { valueSchema: schema })) as { replaceOne: { replacement: Record<string, unknown> } };
  const types = Object.entries(replaceOne.replacement).map(([name, item]) => [
    name,
    (item as { _bsontype?: string } | null)?._bsontype ?? Object.prototype.toString.call(item),
  ]);
  assert.deepEqual(types, [
    ["_id", "ObjectId"],
    ["small", "Int32"],
    ["large", "Long"],
    ["double", "Double"],
    ["price", "Decimal128"],
    ["at", "[object Date]"],
    ["bytes", "Binary"],
    ["none", "[object Null]"],
    ["list", "[object Array]"],
  ]);
  assert.equal(String(replaceOne.replacement["price"]), "-12.50");
  assert.deepEqual(replaceOne.replacement["large"], Long.MAX_VALUE);
  assert.deepEqual(replaceOne.replacement["list"], [new Int32(1)]);
});

test("a record that comes again has the _id that it had, and no other record has it", () => {
  for (const strategy of ["BsonOidStrategy", "UuidStrategy", "KafkaMetaDataStrategy"]) {
    const idOf = (rest: Partial<SinkRecord>): string => {
      const { replaceOne } = asked(recordOf({}, rest), { "document.id.strategy": strategy }) as {
        replaceOne: { replacement: { _id: unknown } };
      };
      return String(replaceOne.replacement._id);
    };
    const ids = [{}, { originalOffset: 8n }, { originalPartition: 3 }, { originalTopic: "others" }].map(idOf);
    assert.equal(new Set(ids).size, 4);
    assert.equal(idOf({}), ids[0]);
  }
  assert.equal(
    String(
      (asked(recordOf({}), { "document.id.strategy": "x.KafkaMetaDataStrategy" }) as { replaceOne: { replacement: { _id: unknown } } })
        .replaceOne.replacement._id,
    ),
    "orders#2#7",
  );
});

test("an _id of the value is kept, also 0, unless it is to be replaced", () => {
  const id = (given: Readonly<Record<string, unknown>>): unknown =>
    (asked(recordOf({ _id: 0n, n: 1n }), given) as { replaceOne: { replacement: { _id: unknown } } }).replaceOne.replacement._id;
  assert.deepEqual(id({}), Long.fromNumber(0));
  assert.ok(id({ "document.id.strategy.overwrite.existing": true }) instanceof ObjectId);
});

test("a key is compared, never taken for an order to the server", () => {
  const given = { "document.id.strategy": "FullKeyStrategy", "delete.on.null.values": true };
  assert.deepEqual(plainly(asked(recordOf(null, { key: { $gt: "" } }), given)), { deleteOne: { filter: { _id: { $eq: { $gt: "" } } } } });
  assert.deepEqual(plainly(asked(recordOf(null, { key: "a" }), given)), { deleteOne: { filter: { _id: "a" } } });
  assert.throws(() => asked(recordOf({ $set: { a: 1n } })), /The field the text "\$set" begins with \$/);
  assert.throws(() => asked(recordOf({ "a.b": 1n }), { "writemodel.strategy": "UpdateOneDefaultStrategy" }), /takes for a path/);
});

test("strategies write as they are called", () => {
  const value = { sku: "a", shop: "b", n: 1n };
  const business = {
    "document.id.strategy": "PartialValueStrategy",
    "document.id.strategy.partial.value.projection.type": "allowlist",
    "document.id.strategy.partial.value.projection.list": ["sku", "shop"],
  };
  const with_ = (strategy: string, rest: Readonly<Record<string, unknown>> = {}): unknown =>
    plainly(asked(recordOf(value, { key: "k" }), { "writemodel.strategy": strategy, "document.id.strategy": "FullKeyStrategy", ...rest }));
  const n = { low: 1, high: 0, unsigned: false };
  assert.deepEqual(with_("InsertOneDefaultStrategy"), { insertOne: { document: { _id: "k", sku: "a", shop: "b", n } } });
  assert.deepEqual(with_("UpdateOneDefaultStrategy"), {
    updateOne: { filter: { _id: "k" }, update: { $set: { sku: "a", shop: "b", n } }, upsert: true },
  });
  assert.deepEqual(with_("ReplaceOneBusinessKeyStrategy", business), {
    replaceOne: { filter: { sku: "a", shop: "b" }, replacement: { sku: "a", shop: "b", n }, upsert: true },
  });
  assert.deepEqual(with_("com.mongodb.kafka.connect.sink.writemodel.strategy.DeleteOneBusinessKeyStrategy", business), {
    deleteOne: { filter: { sku: "a", shop: "b" } },
  });
  assert.throws(() => with_("MineStrategy"), /writemodel\.strategy: MineStrategy is not known/);
  assert.throws(() => with_("ReplaceOneBusinessKeyStrategy"), /finds documents by a business key/);
  assert.throws(() => operationMaker(settingsOf({ "delete.on.null.values": true })), /finds documents by the key/);
});

test("fields are taken or left out, also within others", () => {
  const value = { a: { b: 1n, c: 2n }, d: 3n };
  const written = (type: string, list: readonly string[]): string[] => {
    const { replaceOne } = plainly(asked(recordOf(value), { "value.projection.type": type, "value.projection.list": list })) as {
      replaceOne: { replacement: Record<string, object> };
    };
    return Object.entries(replaceOne.replacement)
      .filter(([name]) => name !== "_id")
      .map(([name, item]) => (name === "a" ? `a(${Object.keys(item).join(",")})` : name));
  };
  assert.deepEqual(written("allowlist", ["a.b"]), ["a(b)"]);
  assert.deepEqual(written("blocklist", ["a.b", "d"]), ["a(c)"]);
});

test("texts are extended JSON and bytes are BSON; what is neither, too large or too deep is its record's fault", () => {
  assert.deepEqual(plainly(asked(recordOf('{"_id":{"$oid":"000000000000000000000001"},"n":{"$numberLong":"5"}}'))), {
    replaceOne: {
      filter: { _id: "000000000000000000000001" },
      replacement: { _id: "000000000000000000000001", n: { low: 5, high: 0, unsigned: false } },
      upsert: true,
    },
  });
  const bytes = serialize({ _id: 1, deep: { a: [1] } });
  assert.deepEqual((plainly(asked(recordOf(bytes))) as { replaceOne: { replacement: { _id: unknown } } }).replaceOne.replacement._id, 1);
  assert.throws(() => asked(recordOf("no JSON")), /is no extended JSON/);
  assert.throws(() => asked(recordOf(Uint8Array.of(1))), /are no BSON/);
  assert.throws(() => asked(recordOf(5n)), /the value is no document but 5/i);
  assert.throws(() => asked(recordOf({ text: "x".repeat(17 * 2 ** 20) })), /MongoDB takes 16777216/);
  assert.throws(() => asked(recordOf({ n: 2n ** 63n })), /At n: 9223372036854775808 is beyond 64 bits/);
  assert.throws(() => asked(recordOf({ n: { unscaled: 10n ** 35n + 1n, scale: 0 } })), /34 digits/);
  let deep: unknown = {};
  for (let i = 0; i < 10_000; i++) deep = { deep };
  assert.throws(() => asked(recordOf(deep)), /more than 100 documents within each other/);
  assert.ok(calculateObjectSize({ a: 1 }) > 0);
});

test("changes of a stream are carried out: documents come, change by their fields, and go", () => {
  const given = { "change.data.capture.handler": "com.mongodb.kafka.connect.sink.cdc.mongodb.ChangeStreamHandler" };
  const key = { _id: "k" };
  const change = (event: object): unknown => plainly(asked(recordOf(JSON.stringify(event)), given));
  assert.deepEqual(change({ operationType: "insert", documentKey: key, fullDocument: { _id: "k", a: 1 } }), {
    replaceOne: { filter: key, replacement: { _id: "k", a: 1 }, upsert: true },
  });
  assert.deepEqual(
    change({ operationType: "update", documentKey: key, updateDescription: { updatedFields: { "a.b": "x" }, removedFields: ["c"] } }),
    { updateOne: { filter: key, update: { $set: { "a.b": "x" }, $unset: { c: "" } }, upsert: true } },
  );
  assert.deepEqual(change({ operationType: "delete", documentKey: key }), { deleteOne: { filter: key } });
  assert.equal(asked(recordOf(JSON.stringify({ operationType: "drop" })), given), undefined);
  assert.throws(() => change({ operationType: "update", documentKey: key }), /neither/);
});
