import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RegistryFixture } from "../../../../testing/registry-fixture.ts";

const root = fileURLToPath(new URL("../../../../../../../", import.meta.url));

/** What would be code if a schema could write any. */
const HOSTILE = '*/ process.exit(7); /* `${process.exit(7)}` "; process.exit(7); // \u2028 process.exit(7)\n*/ process.exit(7);';

const ORDER = {
  type: "record",
  name: "Order",
  namespace: "shop",
  doc: `An order.\n${HOSTILE}`,
  fields: [
    { name: "id", type: "string", doc: "Its number." },
    { name: "amount", type: "long" },
    { name: "total", type: { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 } },
    { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "day", type: { type: "int", logicalType: "date" } },
    { name: "micros", type: { type: "long", logicalType: "timestamp-micros" } },
    { name: "uuid", type: { type: "string", logicalType: "uuid" } },
    { name: "status", type: { type: "enum", name: "Status", symbols: ["NEW", "PAID"], doc: HOSTILE } },
    { name: "note", type: ["null", "string"], default: null },
    {
      name: "paid",
      type: [
        "null",
        { type: "record", name: "Card", fields: [{ name: "number", type: "string" }] },
        { type: "record", name: "Cash", fields: [] },
      ],
    },
    {
      name: "lines",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "Line",
          fields: [
            { name: "n", type: "int", default: 1 },
            { name: "rows", type: { type: "array", items: { type: "array", items: "long" } } },
          ],
        },
      },
    },
    { name: "tags", type: { type: "map", values: ["null", "double"] } },
    { name: "parent", type: ["null", "Order"], default: null },
    { name: "hash", type: { type: "fixed", name: "Hash", size: 2 } },
    { name: "class", type: "boolean" },
    { name: "__proto__", type: "int" },
    { name: "constructor", type: "string" },
    { name: "größe", type: "float" },
    { name: "status2", type: { type: "enum", name: "Status", namespace: "other", symbols: ["class", "A"] } },
    { name: "any", type: { type: "record", name: "Buffer", namespace: "other", fields: [{ name: "b", type: "bytes" }] } },
  ],
};

const PERSON = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "class",
  description: HOSTILE,
  type: "object",
  properties: {
    name: { type: "string", description: `Its name ${HOSTILE}` },
    age: { type: "integer", minimum: 0, maximum: 200 },
    big: { type: "integer" },
    kind: { enum: ["a", HOSTILE, 1, null, { x: [true] }] },
    pair: { type: "array", items: [{ type: "string" }, { type: "number" }], additionalItems: false, minItems: 1 },
    children: { type: "array", items: { $ref: "#" } },
    address: { $ref: "#/definitions/home-address" },
    either: { anyOf: [{ type: "string" }, { $ref: "#/definitions/loop" }] },
    both: {
      allOf: [
        { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
        { type: "object", properties: { b: { type: "number" } } },
      ],
    },
    __proto__x: { type: "boolean" },
    [HOSTILE]: { type: "string" },
    nothing: false,
  },
  required: ["name", "age"],
  additionalProperties: false,
  definitions: {
    "home-address": { type: "object", properties: { street: { type: ["string", "null"] } } },
    loop: { anyOf: [{ $ref: "#/definitions/loop2" }, { type: "number" }] },
    loop2: { anyOf: [{ $ref: "#/definitions/loop" }, { type: "boolean" }] },
    map: { type: "object", additionalProperties: { type: "number" } },
  },
};

const SHIPMENT = `syntax = "proto3"; package shop;
import "google/protobuf/timestamp.proto"; import "google/protobuf/wrappers.proto"; import "google/protobuf/struct.proto"; import "parcel.proto";
message Shipment {
  string shipment_id = 1; int64 weight = 2; optional int32 floor = 3; Status status = 4; repeated Shipment parts = 5; map<string, Line> lines = 6;
  oneof carrier { string post = 7; Line van = 8; } google.protobuf.Timestamp at = 9; google.protobuf.StringValue note = 10; google.protobuf.Struct extra = 11;
  bool class = 12; string constructor = 13; bytes raw = 14; int64 long_text = 15 [jstype = JS_STRING]; box.Parcel parcel = 16;
  message Line { double price = 1; } enum Status { NEW = 0; delete = 1; __proto__ = 2; }
}
message Object { string name = 1; }`;
const PARCEL = 'syntax = "proto2"; package box; message Parcel { required string id = 1; optional int32 size = 2 [default = 7]; }';

const USE = `import assert from "node:assert/strict";
import { createRegistryClient } from "@ottla/serdes";
import { type Order, type OrderInput, orderSerde } from "./schemas/orders-value.ts";
import { type Class, classSerde, type HomeAddress } from "./schemas/people-value.ts";
import { object_Serde, Status, type Shipment, type ShipmentInput, shipmentSerde } from "./schemas/shipments-value.ts";
import { type Numbers, numbersSerde } from "./schemas/numbers.ts";

const registry = createRegistryClient({ baseUrls: process.argv[2] ?? "" });
const written: OrderInput = {
  id: "o-1", amount: 9007199254740993n, total: "12.50", at: new Date(5), day: "2026-11-26", micros: 7n, uuid: "00000000-0000-0000-0000-000000000001", status: "PAID",
  paid: { "shop.Card": { number: "4" } }, lines: [{ rows: [[1n], []] }], tags: { a: 1.5, b: null }, hash: Buffer.from([1, 2]),
  class: true, ["__proto__"]: 3, constructor: "c", größe: 0.5, status2: "class", any: { b: Buffer.from("x") },
};
const serde = orderSerde({ registry });
const context = { topic: "orders", field: "value" } as const;
const bytes = await serde.serialize(written, context);
const read: Order = await serde.deserialize(Buffer.from(bytes as Uint8Array), context, []);
const parent: Order | null = read.parent;
assert.deepEqual([read.id, read.amount, read.total, read.at.getTime(), read.day, read.micros, read.status, read.note, parent], ["o-1", 9007199254740993n, "12.50", 5, "2026-11-26", 7n, "PAID", null, null]);
assert.deepEqual(read.lines, [{ n: 1, rows: [[1n], []] }]);
const paid = read.paid;
assert.ok(paid !== null && "shop.Card" in paid && paid["shop.Card"].number === "4");
assert.deepEqual([read.class, Object.getOwnPropertyDescriptor(read, "__proto__")?.value, read.constructor, read.status2, read.any.b.toString()], [true, 3, "c", "class", "x"]);
// @ts-expect-error PAYED is no symbol
const wrong: OrderInput["status"] = "PAYED";
// @ts-expect-error a long is a bigint
const long: Order["amount"] = 1;
// @ts-expect-error what is read has its defaults
const missing: Order["lines"] = [{ rows: [] }];
const numbers: Numbers = await numbersSerde({ registry }).deserialize(Buffer.from(await numbersSerde({ registry }).serialize([1n], { topic: "numbers", field: "key" }) as Uint8Array), { topic: "numbers", field: "key" }, []);
assert.deepEqual(numbers, [1n]);

const child: Class = { name: "b", age: 1 };
const home: HomeAddress = { street: null, more: 1 };
const someone: Class = { name: "a", age: 2, big: 2n ** 60n, kind: 1, pair: ["x", 2], children: [child], address: home, either: true, both: { a: "x" } };
// @ts-expect-error the model is closed
const open: Class = { name: "a", age: 2, other: 1 };
// @ts-expect-error age is required
const young: Class = { name: "a" };
// @ts-expect-error one of the values
const kind: Class["kind"] = "b";
const people = classSerde({ registry });
const inPeople = { topic: "people", field: "value" } as const;
const { name, age, big }: Class = await people.deserialize(Buffer.from(await people.serialize({ name: "a", age: 2, big: 2n ** 60n }, inPeople) as Uint8Array), inPeople, []);
assert.deepEqual([name, age, big], ["a", 2, 2n ** 60n]);
await assert.rejects(async () => people.serialize({ name: "a", age: 201 }, inPeople), /age/);

const shipments = shipmentSerde({ registry });
const inShipments = { topic: "shipments", field: "value" } as const;
const shipment: ShipmentInput = {
  shipmentId: "s", weight: 2n ** 60n, status: Status.delete, parts: [{ weight: 1n }], lines: { a: { price: 1.5 } }, carrier: { case: "van", value: { price: 2 } },
  at: { seconds: 5n }, note: "n", extra: { a: [1] }, class: true, constructor$: "c", raw: Uint8Array.of(1), longText: "9007199254740993", parcel: { id: "p" },
};
const shipped: Shipment = await shipments.deserialize(Buffer.from(await shipments.serialize(shipment, inShipments) as Uint8Array), inShipments, []);
assert.deepEqual([shipped.$typeName, shipped.weight, shipped.floor, shipped.status, shipped.parts[0]?.weight, shipped.lines["a"]?.price, shipped.at?.seconds], ["shop.Shipment", 2n ** 60n, undefined, 1, 1n, 1.5, 5n]);
assert.deepEqual([shipped.note, shipped.extra, shipped.class, shipped.constructor$, shipped.raw[0], shipped.longText, shipped.parcel?.id, shipped.parcel?.size], ["n", { a: [1] }, true, "c", 1, "9007199254740993", "p", 7]);
assert.ok(shipped.carrier.case === "van" && shipped.carrier.value.price === 2);
await shipments.serialize(shipped, inShipments);
assert.equal((await object_Serde({ registry }).deserialize(Buffer.from(await object_Serde({ registry }).serialize({ name: "o" }, inShipments) as Uint8Array), inShipments, [])).name, "o");
assert.equal(Object.getOwnPropertyDescriptor(Status, "__proto__")?.value, 2);
// @ts-expect-error int64 is a bigint
const weight: ShipmentInput["weight"] = 1;
// @ts-expect-error a case has its own value
const carrier: ShipmentInput["carrier"] = { case: "post", value: 1 };
// @ts-expect-error proto2 asks for its id
const parcel: ShipmentInput["parcel"] = {};
assert.ok([weight, carrier, parcel].length > 0);
assert.ok([wrong, long, missing, someone, open, young, kind].length > 0);
await registry[Symbol.asyncDispose]();
`;

/** Code that was generated for hostile and common schemas, in a folder of the checkout, where it finds the serdes, beside a program that uses it. */
export class GeneratedCode {
  readonly registry: RegistryFixture;
  readonly folder: string;
  readonly root: string = root;

  private constructor(registry: RegistryFixture, folder: string) {
    this.registry = registry;
    this.folder = folder;
  }

  static async make(): Promise<GeneratedCode> {
    const registry = await RegistryFixture.start();
    mkdirSync(join(root, ".cache"), { recursive: true });
    const made = new GeneratedCode(registry, mkdtempSync(join(root, ".cache", "generated-")));
    await registry.register("orders-value", ORDER);
    await registry.register("people-value", PERSON, "--type", "json");
    await registry.register("parcel", PARCEL, "--type", "protobuf");
    await registry.register("shipments-value", SHIPMENT, "--type", "protobuf", "--reference", "parcel.proto=parcel@1");
    await registry.register("numbers", { type: "array", items: "long" });
    await registry.register("numbers-key", { type: "array", items: "long" });
    await registry.json("schemas", "pull", "--lock", made.lock);
    await registry.json("schemas", "codegen", "--lock", made.lock);
    writeFileSync(join(made.folder, "use.ts"), USE);
    return made;
  }

  get lock(): string {
    return join(this.folder, "schemas.lock.json");
  }

  /** Names of the generated files. */
  get files(): readonly string[] {
    return ["orders-value.ts", "people-value.ts", "numbers.ts"].map((name) => join(this.folder, "schemas", name));
  }

  async dispose(): Promise<void> {
    await this.registry.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
