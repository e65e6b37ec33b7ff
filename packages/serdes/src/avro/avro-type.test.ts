import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { SerdeContext } from "@ottla/client";
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { RegistryClientError } from "../registry-client/registry-client-error.ts";
import { SerdeError } from "../serdes-error.ts";
import { type ServedRegistry, startServedRegistry } from "../testing/served-registry.ts";
import type { StandardJsonSchema } from "../standard-schema/json-schema-of.ts";
import { avro } from "./avro-serde.ts";

let served: ServedRegistry;
before(async () => {
  served = await startServedRegistry();
});
after(() => served[Symbol.asyncDispose]());

const at = (topic: string): SerdeContext => ({ topic, field: "value" });
const written = async (made: unknown): Promise<Buffer> => Buffer.from((await made) as Buffer);
const registered = async (topic: string): Promise<unknown> => JSON.parse((await served.client.version(`${topic}-value`, "latest")).schema);
const refuses =
  (...words: readonly RegExp[]) =>
  (error: unknown) => {
    assert.ok(error instanceof SerdeError, String(error));
    assert.equal(error.code, "SERDE_BAD_SCHEMA", error.message);
    for (const word of words) assert.match(error.message, word);
    return true;
  };

interface Tree {
  readonly value: string;
  readonly children: readonly Tree[];
}
const Tree: z.ZodType<Tree> = z
  .object({
    value: z.string(),
    get children() {
      return z.array(Tree);
    },
  })
  .meta({ id: "Tree" });
const Card = z.object({ kind: z.literal("credit-card"), last4: z.string() });
const Cash = z.object({ kind: z.literal("cash"), given: z.int().nullable() });
const Order = z.object({
  id: z.uuid(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.int32() })),
  count: z.int(),
  big: z.bigint(),
  ratio: z.number(),
  paid: z.boolean(),
  day: z.iso.date(),
  at: z.date(),
  when: z.iso.datetime(),
  price: z.string().meta({ format: "decimal", precision: 12, scale: 2 }),
  photo: z.instanceof(Uint8Array).meta({ type: "string", format: "binary" }),
  status: z.enum(["NEW", "PAID"]).default("NEW"),
  note: z.string().optional(),
  comment: z.string().nullable(),
  hint: z.string().nullish(),
  retries: z.int().default(3),
  since: z.date().default(() => new Date(5)),
  labels: z.record(z.string(), z.int()),
  payment: z.discriminatedUnion("kind", [Card, Cash]).optional(),
  either: z.union([z.string(), z.int()]),
  tree: Tree.optional(),
});
const order: z.input<typeof Order> = {
  id: "7d444840-9dc0-11d1-b245-5ffdce74fad2",
  lines: [{ sku: "a", quantity: 2 }],
  count: 2 ** 53 - 1,
  big: 2n ** 62n,
  ratio: 0.1,
  paid: true,
  day: "2026-11-27",
  at: new Date(1_000),
  when: "2026-11-27T00:00:00.000Z",
  price: "12.50",
  photo: Buffer.from([1, 2]),
  comment: null,
  labels: { a: 1 },
  payment: { kind: "cash", given: 5 },
  either: 7,
  tree: { value: "a", children: [{ value: "b", children: [] }] },
};

test("a zod type becomes an Avro schema, with exact whole numbers, dates, decimals, enums, defaults and what may be left out", async () => {
  const orders = avro({ registry: served.client, type: Order, name: "shop.Order", subject: "record" });
  const bytes = await written(orders.serialize(order, at("orders")));
  const read: z.output<typeof Order> = await orders.deserialize(bytes, at("orders"), []);
  assert.deepEqual(read, { ...order, status: "NEW", retries: 3, since: new Date(5), hint: null });
  const schema = JSON.parse((await served.client.version("shop.Order", "latest")).schema) as { fields: readonly { name: string }[] };
  const record = (name: string, fields: unknown) => ({ type: "record", name, fields });
  assert.deepEqual(schema, {
    type: "record",
    name: "Order",
    namespace: "shop",
    fields: [
      { name: "id", type: { type: "string", logicalType: "uuid" } },
      {
        name: "lines",
        type: {
          type: "array",
          items: record("OrderLines", [
            { name: "sku", type: "string" },
            { name: "quantity", type: "int" },
          ]),
        },
      },
      { name: "count", type: "long" },
      { name: "big", type: "long" },
      { name: "ratio", type: "double" },
      { name: "paid", type: "boolean" },
      { name: "day", type: { type: "int", logicalType: "date" } },
      { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
      { name: "when", type: "string" },
      { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 12, scale: 2 } },
      { name: "photo", type: "bytes" },
      { name: "status", type: { type: "enum", name: "OrderStatus", symbols: ["NEW", "PAID"] }, default: "NEW" },
      { name: "note", type: ["null", "string"], default: null },
      { name: "comment", type: ["null", "string"] },
      { name: "hint", type: ["null", "string"], default: null },
      { name: "retries", type: "long", default: 3 },
      { name: "since", type: ["null", { type: "long", logicalType: "timestamp-millis" }], default: null },
      { name: "labels", type: { type: "map", values: "long" } },
      {
        name: "payment",
        type: [
          "null",
          record("OrderPaymentCreditCard", [
            { name: "kind", type: "string" },
            { name: "last4", type: "string" },
          ]),
          record("OrderPaymentCash", [
            { name: "kind", type: "string" },
            { name: "given", type: ["null", "long"] },
          ]),
        ],
        default: null,
      },
      { name: "either", type: ["string", "long"] },
      {
        name: "tree",
        type: [
          "null",
          record("Tree", [
            { name: "value", type: "string" },
            { name: "children", type: { type: "array", items: "Tree" } },
          ]),
        ],
        default: null,
      },
    ],
  });
  assert.ok(Buffer.isBuffer(orders.serialize({ ...order, payment: { kind: "credit-card", last4: "1" } }, at("orders"))));
  for (const [wrong, words] of [
    [{ ...order, count: 1.5 }, /count/],
    [{ ...order, more: 1 }, /\/more: the type has no such property/],
    [{ ...order, tree: { value: "a", children: [{ value: "b", children: [], x: 1 }] } }, /\/tree\/children\/0\/x/],
  ] as const)
    assert.throws(() => orders.serialize(wrong as never, at("orders")), words);
});

test("a later version of a type is resolved to this one, and a change that breaks is refused with its reason", async () => {
  const first = z.object({ id: z.string(), amount: z.int32() });
  const open = <In, Out>(given: StandardJsonSchema<In, Out>) => avro({ registry: served.client, type: given, name: "Payment" });
  const old = open(first);
  const bytes = await written(old.serialize({ id: "a", amount: 1 }, at("payments")));
  const wider = open(first.extend({ amount: z.int(), currency: z.string().default("EUR") }));
  assert.deepEqual(await wider.deserialize(bytes, at("payments"), []), { id: "a", amount: 1, currency: "EUR" });
  await wider.prepare(at("payments"));
  await assert.rejects(
    open(first.extend({ due: z.string() })).prepare(at("payments")),
    (error: unknown) => error instanceof RegistryClientError && error.isIncompatible && /due/.test(error.message),
  );
});

test("arktype and valibot types become Avro too", async () => {
  const ark = type({
    id: "string",
    big: "bigint",
    at: "Date",
    "note?": "string",
    state: "'A'|'B'|null",
    photo: type.instanceOf(Uint8Array),
  });
  const val = toStandardJsonSchema(
    v.object({
      id: v.string(),
      big: v.bigint(),
      at: v.date(),
      note: v.optional(v.string()),
      state: v.nullable(v.picklist(["A", "B"])),
      photo: v.instance(Uint8Array),
    }),
  );
  const value = { id: "a", big: 5n, at: new Date(7), state: "A" as const, photo: Buffer.from([3]) };
  for (const [topic, serde] of [
    ["ark", avro({ registry: served.client, type: ark, name: "T" })],
    ["val", avro({ registry: served.client, type: val, name: "T" })],
  ] as const) {
    const bytes = await written(serde.serialize(value, at(topic)));
    assert.deepEqual(await serde.deserialize(bytes, at(topic), []), value);
    assert.deepEqual(
      Object.fromEntries(
        ((await registered(topic)) as { fields: { name: string; type: unknown }[] }).fields.map(({ name, type: is }) => [name, is]),
      ),
      {
        id: "string",
        big: "long",
        at: { type: "long", logicalType: "timestamp-millis" },
        note: ["null", "string"],
        state: ["null", { type: "enum", name: "TState", symbols: ["A", "B"] }],
        photo: "bytes",
      },
    );
  }
});

test("what Avro cannot say is one error with its path, before anything is registered", () => {
  const cases: readonly (readonly [z.ZodType, RegExp, RegExp])[] = [
    [z.object({ a: z.union([z.object({ x: z.string() }), z.object({ y: z.string() })]) }), /at \/a:/, /tells apart/],
    [z.object({ a: z.object({ b: z.tuple([z.string()]) }) }), /at \/a\/b:/, /tuple/],
    [z.object({ a: z.array(z.any()) }), /at \/a\/\*:/, /anything/],
    [z.object({ a: z.looseObject({ x: z.string() }).catchall(z.int()) }), /at \/a:/, /others beside them/],
    [z.object({ a: z.intersection(z.string().min(1), z.string().max(5)) }), /at \/a:/, /intersection/],
    [z.object({ a: z.enum(["in-progress"]) }), /at \/a:/, /"in-progress"/],
    [z.object({ "a-b": z.string() }), /at \/a-b:/, /"a-b"/],
    [z.object({ a: z.null() }), /at \/a:/, /null and nothing else/],
    [z.object({ a: z.union([z.int(), z.bigint()]) }), /at \/a:/, /two kinds of number/],
    [z.object({ a: z.literal(["x", 1]) }), /at \/a:/, /more than one kind/],
    [z.object({ a: z.string().meta({ format: "decimal" }) }), /at \/a:/, /precision/],
    [
      z.object({ a: z.object({ x: z.int() }).meta({ title: "P" }), b: z.object({ y: z.int() }).meta({ title: "P" }) }),
      /at \/b:/,
      /two types are called P/,
    ],
    [z.string(), /cannot be said:/, /no object/],
    [z.object({ a: z.symbol() as never }), /at \/a:/, /anything/],
  ];
  for (const [type, ...words] of cases)
    assert.throws(() => avro({ registry: served.client, type, name: "T" }), refuses(...words), words.join());
  assert.throws(() => avro({ registry: served.client, type: Order }), /avro: name must be/);
  assert.throws(
    () => avro({ registry: served.client, type: Order, name: "T", schema: "string" } as never),
    /avro: schema must be left out/,
  );
  const deep = Array.from({ length: 70 }).reduce<z.ZodType>((inner) => z.array(inner), z.string());
  assert.throws(() => avro({ registry: served.client, type: z.object({ deep }) as never, name: "T" }), refuses(/deep in each other/));
});

test("a number beyond 2^53 that another program wrote is an error, and no rounded number", async () => {
  const schema = { type: "record", name: "N", fields: [{ name: "n", type: "long" }] };
  const bytes = await written(avro<object>({ registry: served.client, schema }).serialize({ n: 2n ** 60n }, at("beyond")));
  const numbers = avro({ registry: served.client, type: z.object({ n: z.int() }), name: "N" });
  await assert.rejects(async () => numbers.deserialize(bytes, at("beyond"), []), /at \/n: 1152921504606846976 is beyond 2\^53/);
});
