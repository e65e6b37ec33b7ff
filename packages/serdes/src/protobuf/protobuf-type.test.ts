import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { SerdeContext } from "@ottla/client";
import { z } from "zod";
import { type } from "arktype";
import { RegistryClientError } from "../registry-client/registry-client-error.ts";
import { SerdeError } from "../serdes-error.ts";
import type { StandardJsonSchema } from "../standard-schema/json-schema-of.ts";
import { type ServedRegistry, startServedRegistry } from "../testing/served-registry.ts";
import { protobuf } from "./protobuf-serde.ts";

let served: ServedRegistry;
before(async () => {
  served = await startServedRegistry();
});
after(() => served[Symbol.asyncDispose]());

const at = (topic: string): SerdeContext => ({ topic, field: "value" });
const written = async (made: unknown): Promise<Buffer> => Buffer.from((await made) as Buffer);
const open = <In, Out>(given: StandardJsonSchema<In, Out>, name = "shop.Order") => protobuf({ registry: served.client, type: given, name });
const latest = async (subject: string): Promise<string> =>
  ((await served.client.request({ method: "GET", path: `/subjects/${subject}/versions/latest` })) as { schema: string }).schema;
const numbers = async (topic: string): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries([...(await latest(`${topic}-value`)).matchAll(/(\w+) = (\d+);/g)].map(([, name, number]) => [name, Number(number)]));
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
const Order = z.object({
  id: z.uuid(),
  createdAt: z.date(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.int32() })),
  total_count: z.int(),
  big: z.bigint(),
  ratio: z.number(),
  paid: z.boolean(),
  day: z.iso.date(),
  price: z.string().meta({ format: "decimal", precision: 12, scale: 2 }),
  photo: z.instanceof(Uint8Array).meta({ type: "string", format: "binary" }),
  status: z.enum(["in-progress", "done"]).default("done"),
  note: z.string().optional(),
  comment: z.string().nullable(),
  retries: z.int().default(3),
  tags: z.array(z.string()).default([]),
  labels: z.record(z.string(), z.int()),
  payment: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("credit-card"), last4: z.string() }),
      z.object({ kind: z.literal("cash"), given: z.int().nullable() }),
    ])
    .optional(),
  tree: Tree.optional(),
});
const order: z.input<typeof Order> = {
  id: "7d444840-9dc0-11d1-b245-5ffdce74fad2",
  createdAt: new Date(-1_500),
  lines: [{ sku: "a", quantity: 2 }],
  total_count: 2 ** 53 - 1,
  big: 2n ** 62n,
  ratio: 0.1,
  paid: true,
  day: "2026-11-27",
  price: "12.50",
  photo: new Uint8Array([1, 2]),
  comment: null,
  labels: { a: 1 },
  payment: { kind: "cash", given: 5 },
  tree: { value: "a", children: [{ value: "b", children: [] }] },
};

test("a zod type becomes a Protobuf message, and its values come back as the type has them", async () => {
  const orders = open(Order);
  const bytes = await written(orders.serialize(order, at("orders")));
  const read: z.output<typeof Order> = await orders.deserialize(bytes, at("orders"), []);
  assert.deepEqual({ ...read, photo: new Uint8Array(read.photo) }, { ...order, status: "done", retries: 3, tags: [] });
  assert.equal(
    await latest("orders-value"),
    `syntax = "proto3";
package shop;

import "google/protobuf/timestamp.proto";

message Order {
  string id = 1;
  google.protobuf.Timestamp created_at = 2;
  repeated OrderLines lines = 3;
  int64 total_count = 4;
  int64 big = 5;
  double ratio = 6;
  bool paid = 7;
  string day = 8;
  string price = 9;
  bytes photo = 10;
  optional OrderStatus status = 11;
  optional string note = 12;
  optional string comment = 13;
  optional int64 retries = 14;
  repeated string tags = 15;
  map<string, int64> labels = 16;
  Tree tree = 19;

  oneof payment {
    OrderPaymentCreditCard payment_credit_card = 17;
    OrderPaymentCash payment_cash = 18;
  }
}
message OrderLines {
  string sku = 1;
  int32 quantity = 2;
}
enum OrderStatus {
  ORDER_STATUS_UNSPECIFIED = 0;
  ORDER_STATUS_IN_PROGRESS = 1;
  ORDER_STATUS_DONE = 2;
}
message OrderPaymentCreditCard {
  string kind = 1;
  string last4 = 2;
}
message OrderPaymentCash {
  string kind = 1;
  optional int64 given = 2;
}
message Tree {
  string value = 1;
  repeated Tree children = 2;
}
`,
  );
  const other = { ...order, status: "in-progress" as const, payment: { kind: "credit-card" as const, last4: "1" }, note: "", comment: "c" };
  const again = await orders.deserialize(await written(orders.serialize(other, at("orders"))), at("orders"), []);
  assert.deepEqual({ ...again, photo: new Uint8Array(again.photo) }, { ...other, retries: 3, tags: [] });
  for (const [wrong, words] of [
    [{ ...order, total_count: 1.5 }, /total_count/],
    [{ ...order, more: 1 }, /\/more: the type has no such property/],
    [{ ...order, tree: { value: "a", children: [{ value: "b", children: [], x: 1 }] } }, /\/tree\/children\/0\/x/],
  ] as const)
    assert.throws(() => orders.serialize(wrong as never, at("orders")), words);
});

test("numbers stay with their names whatever comes, goes, moves or comes back, and none is given twice", async () => {
  const first = z.object({ id: z.string(), amount: z.int(), state: z.enum(["A", "B"]) });
  const bytes = await written(open(first).serialize({ id: "a", amount: 1, state: "B" }, at("n")));
  assert.deepEqual(await numbers("n"), { id: 1, amount: 2, state: 3, ORDER_STATE_UNSPECIFIED: 0, ORDER_STATE_A: 1, ORDER_STATE_B: 2 });
  const second = z.object({ note: z.string().optional(), state: z.enum(["C", "B"]).optional(), id: z.string() });
  await open(second).prepare(at("n"));
  assert.deepEqual(await numbers("n"), { id: 1, state: 3, note: 4, ORDER_STATE_UNSPECIFIED: 0, ORDER_STATE_B: 2, ORDER_STATE_C: 3 });
  assert.match(await latest("n-value"), /message Order \{\n {2}reserved 2;\n {2}reserved "amount";/);
  assert.match(await latest("n-value"), /enum OrderState \{\n {2}reserved 1;\n {2}reserved "ORDER_STATE_A";/);
  assert.deepEqual(await open(second).deserialize(bytes, at("n"), []), { id: "a", state: "B" });
  // The program before goes on with its version, and registers none.
  const old = await written(open(first).serialize({ id: "b", amount: 2, state: "A" }, at("n")));
  assert.deepEqual(old.subarray(0, 5), bytes.subarray(0, 5));
  assert.deepEqual(await served.client.versions("n-value"), [1, 2]);
  const third = second.extend({ amount: z.int(), more: z.bigint() });
  await open(third).prepare(at("n"));
  const { ORDER_STATE_UNSPECIFIED: _, ...fields } = await numbers("n");
  assert.deepEqual(fields, { id: 1, amount: 2, state: 3, note: 4, more: 5, ORDER_STATE_B: 2, ORDER_STATE_C: 3 });
  // Numbers of a deleted version too: its data may be about.
  await served.client.deleteSubject("n-value");
  await open(z.object({ fresh: z.string() })).prepare(at("n"));
  assert.deepEqual(await numbers("n"), { fresh: 6 });
});

test("a change that breaks is refused by the registry, and two programs that take one number at once are told", async () => {
  const first = z.object({ id: z.string(), amount: z.int() });
  await open(first).prepare(at("breaks"));
  await assert.rejects(
    open(first.extend({ amount: z.string() })).prepare(at("breaks")),
    (error: unknown) => error instanceof RegistryClientError && error.isIncompatible && /amount/.test(error.message),
  );
  const { client } = served;
  const racing = {
    referencesOf: client.referencesOf.bind(client),
    versions: client.versions.bind(client),
    request: client.request.bind(client),
    async register(...given: Parameters<typeof client.register>) {
      await open(first.extend({ theirs: z.string().optional() })).prepare(at("breaks"));
      return client.register(...given);
    },
  } as unknown as typeof client;
  const late = protobuf({ registry: racing, type: first.extend({ ours: z.string().optional() }), name: "shop.Order" });
  await assert.rejects(late.prepare(at("breaks")), refuses(/number 3 of Order is ours/, /theirs in its version 2/));
});

test("what Protobuf cannot say is one error with its path, before anything is registered; arktype's types do as zod's", async () => {
  const cases: readonly (readonly [z.ZodType, RegExp, RegExp])[] = [
    [z.object({ a: z.array(z.string()).optional() }), /at \/a:/, /default/],
    [z.object({ a: z.record(z.string(), z.int()).nullable() }), /at \/a:/, /default/],
    [z.object({ a: z.array(z.array(z.int())) }), /at \/a:/, /put it into an object/],
    [z.object({ a: z.object({ b: z.array(z.string().nullable()) }) }), /at \/a\/b:/, /null/],
    [z.object({ a: z.union([z.string(), z.int()]) }), /at \/a:/, /a union/],
    [z.object({ a: z.union([z.object({ x: z.string() }), z.object({ y: z.string() })]) }), /at \/a:/, /tells apart/],
    [z.object({ fooBar: z.string(), foo_bar: z.string() }), /foo_bar/, /one name/],
    [z.object({ "a-b": z.string() }), /at \/a-b:/, /"a-b"/],
    [z.object({ a: z.enum(["x", "X"]) }), /at \/a:/, /two values/],
    [z.object({ a: z.tuple([z.string()]) }), /at \/a:/, /tuple/],
  ];
  for (const [each, ...words] of cases) assert.throws(() => open(each, "T"), refuses(...words), words.join());
  const ark = open(type({ id: "string", n: "number.integer", "note?": "string", state: "'A'|'B'", at: "Date" }), "T");
  const value = { id: "a", n: 5, state: "A" as const, at: new Date(7) };
  assert.deepEqual(await ark.deserialize(await written(ark.serialize(value, at("ark"))), at("ark"), []), value);
});
