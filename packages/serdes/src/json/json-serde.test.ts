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
import { jsonSchema, type JsonSchemaSerdeOptions } from "./json-serde.ts";

let served: ServedRegistry;
before(async () => {
  served = await startServedRegistry();
});
after(() => served[Symbol.asyncDispose]());

const serde = (schema: unknown, options: Partial<JsonSchemaSerdeOptions> = {}) =>
  jsonSchema<unknown>({ registry: served.client, schema: schema as object, ...options });
const at = (topic: string): SerdeContext => ({ topic, field: "value" });
const written = async (made: unknown): Promise<Buffer> => Buffer.from((await made) as Buffer);
const dataOf = (bytes: Buffer): string => bytes.subarray(5).toString();
const fails =
  (code: string, ...words: readonly RegExp[]) =>
  (error: unknown) => {
    assert.ok(error instanceof SerdeError, String(error));
    assert.equal(error.code, code, error.message);
    for (const word of words) assert.match(error.message, word);
    return true;
  };
const ORDER = {
  title: "Order",
  type: "object",
  properties: { id: { type: "string" }, amount: { type: "integer" }, at: { type: "string", format: "date-time" } },
  required: ["id"],
  additionalProperties: false,
};

test("JSON is written behind the id, held against its schema on both ways, and synchronous after the first", async () => {
  const orders = serde(ORDER, { subject: "record" });
  const bytes = await written(orders.serialize({ id: "a", amount: 1 }, at("json")));
  assert.equal(dataOf(bytes), '{"id":"a","amount":1}');
  assert.ok((await served.client.subjects()).includes("Order"));
  assert.ok(Buffer.isBuffer(orders.serialize({ id: "b" }, at("json"))));
  assert.deepEqual(await serde(undefined).deserialize(bytes, at("json"), []), { id: "a", amount: 1 });
  assert.throws(() => orders.serialize({ id: 1 }, at("json")), fails("SERDE_BAD_VALUE", /at \/id: it must be string/));
  assert.throws(() => orders.serialize({ id: "a", more: 1 }, at("json")), fails("SERDE_BAD_VALUE", /additional properties \("more"\)/));
  const wrong = Buffer.concat([bytes.subarray(0, 5), Buffer.from('{"id":2}')]);
  await assert.rejects(async () => orders.deserialize(wrong, at("json"), []), fails("SERDE_BAD_BYTES", /at \/id/));
  for (const broken of ['{"id":', "", "\xff"]) {
    const cut = Buffer.concat([bytes.subarray(0, 5), Buffer.from(broken, "latin1")]);
    await assert.rejects(async () => orders.deserialize(cut, at("json"), []), fails("SERDE_BAD_BYTES"));
  }
});

test("whole numbers beyond 2^53 keep every digit; dates and what is undefined are as their text has them", async () => {
  const orders = serde(ORDER);
  const bytes = await written(orders.serialize({ id: "a", amount: 12345678901234567890n }, at("exact")));
  assert.equal(dataOf(bytes), '{"id":"a","amount":12345678901234567890}');
  assert.deepEqual(await orders.deserialize(bytes, at("exact"), []), { id: "a", amount: 12345678901234567890n });
  const dated = await written(orders.serialize({ id: "a", at: new Date(0), amount: undefined }, at("exact")));
  assert.equal(dataOf(dated), '{"id":"a","at":"1970-01-01T00:00:00.000Z"}');
  const plain = await written(orders.serialize({ id: "1234567890123456", amount: 2 ** 53 - 1 }, at("exact")));
  assert.deepEqual(await orders.deserialize(plain, at("exact"), []), { id: "1234567890123456", amount: 2 ** 53 - 1 });
  assert.throws(() => orders.serialize({ id: "a", amount: 1.5 }, at("exact")), fails("SERDE_BAD_VALUE", /integer/));
});

test("schemas of all drafts, references by name and beside an $id", async () => {
  const drafts = [
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
  ];
  for (const [index, $schema] of drafts.entries()) {
    const one = serde({ $schema, type: "object", properties: { n: { type: "integer", maximum: 5 } } });
    const bytes = await written(one.serialize({ n: 5 }, at(`draft-${index}`)));
    assert.deepEqual(await serde(undefined).deserialize(bytes, at(`draft-${index}`), []), { n: 5 });
    assert.throws(() => one.serialize({ n: 6 }, at(`draft-${index}`)), fails("SERDE_BAD_VALUE", /at \/n/));
  }
  await served.client.register("line", { schemaType: "JSON", schema: '{"type":"object","required":["price"]}' });
  for (const [topic, $id] of [
    ["plain", undefined],
    ["based", "https://example.org/schemas/order.json"],
  ] as const) {
    const schema = { ...($id !== undefined && { $id }), type: "object", properties: { line: { $ref: "line.json" } } };
    const one = serde(schema, { references: [{ name: "line.json", subject: "line", version: 1 }] });
    const bytes = await written(one.serialize({ line: { price: 1 } }, at(`reference-${topic}`)));
    assert.deepEqual(await serde(undefined).deserialize(bytes, at(`reference-${topic}`), []), { line: { price: 1 } });
    assert.throws(() => one.serialize({ line: {} }, at(`reference-${topic}`)), fails("SERDE_BAD_VALUE", /at \/line: .*'price'/));
  }
});

test("hostile patterns cost what the text is long, and what cannot be bounded is refused", async () => {
  const text = `${"a".repeat(50_000)}!`;
  for (const [index, pattern] of [
    "^(a+)+$",
    "^(a|aa)*$",
    "^a*a*a*a*b",
    "a+b",
    `^${"a?".repeat(30)}${"a".repeat(30)}b`,
    "a{900}b",
  ].entries()) {
    const one = serde({ type: "string", pattern });
    await one.prepare(at(`redos-${index}`));
    const cpu = process.cpuUsage();
    assert.throws(() => one.serialize(text, at(`redos-${index}`)), fails("SERDE_BAD_VALUE", /pattern/));
    const { user, system } = process.cpuUsage(cpu);
    assert.ok(user + system < 5_000_000, `${pattern}: ${user} µs`);
  }
  const ahead = { type: "string", pattern: "^(?=a)b" };
  await assert.rejects(async () => serde(ahead).serialize("b", at("ahead")), fails("SERDE_BAD_SCHEMA", /bounded time/, /native/));
  const native = await written(serde({ type: "string", pattern: "^(?=a)a" }, { patterns: "native" }).serialize("a", at("native")));
  assert.equal(dataOf(native), '"a"');
});

test("__proto__ is a property like any other, and deep JSON ends in one error or a value", async () => {
  const any = serde({});
  const given: unknown = JSON.parse('{"__proto__":{"polluted":1},"constructor":2}');
  const bytes = await written(any.serialize(given, at("proto")));
  const read = (await any.deserialize(bytes, at("proto"), [])) as object;
  assert.deepEqual(Object.keys(read), ["__proto__", "constructor"]);
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  const tree = serde({ $defs: { t: { type: "object", properties: { t: { $ref: "#/$defs/t" } } } }, $ref: "#/$defs/t" });
  const head = (await written(tree.serialize({}, at("tree")))).subarray(0, 5);
  const deep = Buffer.concat([head, Buffer.from('{"t":'.repeat(100_000) + "{}" + "}".repeat(100_000))]);
  await assert.rejects(async () => tree.deserialize(deep, at("tree"), []), fails("SERDE_BAD_BYTES"));
});

const zodOrder = z.object({ id: z.string(), amount: z.int().default(0), at: z.iso.datetime().optional() });

test("a zod type becomes a schema that is registered; what is read is the type's output", async () => {
  const orders = jsonSchema({ registry: served.client, type: zodOrder });
  const bytes = await written(orders.serialize({ id: "a" }, at("zod")));
  assert.equal(dataOf(bytes), '{"id":"a"}');
  const read: { id: string; amount: number } = await orders.deserialize(bytes, at("zod"), []);
  assert.deepEqual(read, { id: "a", amount: 0 });
  const { schema, schemaType } = await served.client.version("zod-value", "latest");
  assert.equal(schemaType, "JSON");
  assert.equal((JSON.parse(schema) as { additionalProperties: unknown }).additionalProperties, false);
  await assert.rejects(async () => orders.serialize({ id: 5 } as never, at("zod")), fails("SERDE_BAD_VALUE", /id: /));
  await assert.rejects(async () => orders.serialize({ id: "a", extra: 1 } as never, at("zod")), fails("SERDE_BAD_VALUE", /"extra"/));
  // The type of another version that breaks nobody, and of one that does.
  const wider = jsonSchema({ registry: served.client, type: zodOrder.extend({ note: z.string().optional() }) });
  await written(wider.serialize({ id: "a", note: "n" }, at("zod")));
  const narrower = jsonSchema({ registry: served.client, type: zodOrder.extend({ due: z.string() }) });
  await assert.rejects(
    async () => narrower.serialize({ id: "a", due: "d" }, at("zod")),
    (error: unknown) => error instanceof RegistryClientError && error.isIncompatible && /due/.test(error.message),
  );
});

test("arktype and valibot types do the same; a type without a JSON Schema is told what to take", async () => {
  const ark = jsonSchema({ registry: served.client, type: type({ id: "string", "n?": "number.integer" }) });
  const val = jsonSchema({ registry: served.client, type: toStandardJsonSchema(v.object({ id: v.string(), n: v.optional(v.number()) })) });
  for (const [name, one] of [
    ["ark", ark],
    ["val", val],
  ] as const) {
    const bytes = await written(one.serialize({ id: "a", n: 1 }, at(name)));
    assert.deepEqual(await one.deserialize(bytes, at(name), []), { id: "a", n: 1 });
    await assert.rejects(async () => one.serialize({ id: 1 } as never, at(name)), fails("SERDE_BAD_VALUE", /id/));
  }
  assert.throws(
    () => jsonSchema({ registry: served.client, type: v.string() as never }),
    fails("SERDE_BAD_SCHEMA", /valibot/, /toStandardJsonSchema/),
  );
  assert.throws(
    () => jsonSchema({ registry: served.client, type: z.object({ at: z.date() }) as never }),
    fails("SERDE_BAD_SCHEMA", /Date/),
  );
});

test("uniqueItems costs what a list is long: each element is compared once, by JSON's equality", async () => {
  const unique = serde({ type: "object", properties: { list: { type: "array", uniqueItems: true } } });
  const cases: readonly (readonly [list: readonly unknown[], isUnique: boolean])[] = [
    [[1, "1", true, null, [1], ["1"], { a: 1 }, { a: "1" }, [[]], [], {}, "{}", "[]", "null", '"', ""], true],
    [[1, 2, 1], false],
    [
      [
        { a: 1, b: [1, { c: null }] },
        { b: [1, { c: null }], a: 1 },
      ],
      false,
    ],
    [[{ a: { b: 1 } }, { a: { b: 2 } }], true],
    [[0, -0], false],
    [["a", "a"], false],
    [
      [
        [1, 2],
        [2, 1],
      ],
      true,
    ],
    [[{ a: "1,b" }, { a: "1", b: 1 }], true],
  ];
  for (const [list, isUnique] of cases) {
    const writing = async (): Promise<unknown> => unique.serialize({ list }, at("unique"));
    if (isUnique) await writing();
    else await assert.rejects(writing, fails("SERDE_BAD_VALUE", /at \/list: it must NOT have duplicate items/), JSON.stringify(list));
  }
  const objects = Array.from({ length: 20_000 }, (_, index) => ({ a: { b: index } }));
  const cpu = process.cpuUsage();
  await written(unique.serialize({ list: objects }, at("unique")));
  const { user, system } = process.cpuUsage(cpu);
  // It was the square: 12 s.
  assert.ok(user + system < 3_000_000, `${user} µs`);
});
