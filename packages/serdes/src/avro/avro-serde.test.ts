import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RecordHeader, SerdeContext } from "@ottla/client";
import { RegistryClientError } from "../registry-client/registry-client-error.ts";
import { SerdeError } from "../serdes-error.ts";
import { startServedRegistry, type ServedRegistry } from "../testing/served-registry.ts";
import { avro, type AvroSerdeOptions } from "./avro-serde.ts";

let served: ServedRegistry;
before(async () => {
  served = await startServedRegistry();
});
after(() => served[Symbol.asyncDispose]());

const order = (...more: object[]): object => ({
  type: "record",
  name: "Order",
  namespace: "shop",
  fields: [{ name: "id", type: "string" }, ...more],
});
const amount = { name: "amount", type: "long", default: 0 };
const serde = (options: Partial<AvroSerdeOptions>) => avro<unknown>({ registry: served.client, ...options });
const at = (topic: string, field: "key" | "value" = "value"): SerdeContext => ({ topic, field });
const written = async (made: unknown): Promise<Buffer> => Buffer.from((await made) as Buffer);
const fails =
  (code: string, ...words: readonly RegExp[]) =>
  (error: unknown) => {
    assert.ok(error instanceof SerdeError, String(error));
    assert.equal(error.code, code, error.message);
    for (const word of words) assert.match(error.message, word);
    return true;
  };

test("the first record waits for the registry, the second one is synchronous, on both ways", async () => {
  const orders = serde({ schema: order(amount) });
  const context = at("first");
  const first = orders.serialize({ id: "o-1", amount: 5n }, context);
  assert.ok(first instanceof Promise);
  const bytes = await written(first);
  assert.equal(bytes[0], 0);
  assert.equal(bytes.readInt32BE(1), (await served.client.version("first-value", "latest")).id);
  assert.deepEqual([...bytes.subarray(5)], [6, ...Buffer.from("o-1"), 10]);
  const second = orders.serialize({ id: "o-2", amount: 2n ** 62n }, context);
  assert.ok(Buffer.isBuffer(second));
  const reader = serde({});
  const read = reader.deserialize(second, context, []);
  assert.ok(read instanceof Promise);
  assert.deepEqual(await read, { id: "o-2", amount: 2n ** 62n });
  assert.deepEqual(reader.deserialize(bytes, context, []), { id: "o-1", amount: 5n });
});

test("prepare and prefetch do the waiting beforehand, for topologies too", async () => {
  const orders = serde({ schema: order(amount) });
  await orders.prepare(at("ahead"));
  const bytes = orders.serialize({ id: "x", amount: 1 }, at("ahead")) as Buffer;
  assert.ok(Buffer.isBuffer(bytes));
  const reader = serde({}).forStreams("value");
  let loading: Promise<void> | undefined;
  assert.throws(
    () => reader.deserialize("ahead", bytes, []),
    (error: unknown) => {
      loading = (error as SerdeError).loading;
      return fails("SERDE_NOT_LOADED", /ahead/, /prefetch/)(error);
    },
  );
  await loading;
  assert.deepEqual(reader.deserialize("ahead", bytes, []), { id: "x", amount: 1n });
  const other = serde({});
  await other.prefetch([{ bytes }, { bytes: Buffer.from("no payload") }]);
  assert.deepEqual(other.deserialize(bytes, at("ahead"), []), { id: "x", amount: 1n });
  assert.equal(reader.carriesSchemaId, true);
});

test("data of an older and a newer version is read as the reader's own schema", async () => {
  const [old, fresh] = [serde({ schema: order() }), serde({ schema: order(amount) })];
  const older = await written(old.serialize({ id: "a" }, at("evolved")));
  const newer = await written(fresh.serialize({ id: "b", amount: 7 }, at("evolved")));
  assert.deepEqual(await fresh.deserialize(older, at("evolved"), []), { id: "a", amount: 0n });
  assert.deepEqual(await old.deserialize(newer, at("evolved"), []), { id: "b" });
  const asWritten = serde({ schema: order(amount), readAs: "writer" });
  assert.deepEqual(await asWritten.deserialize(older, at("evolved"), []), { id: "a" });
  const stranger = serde({ schema: order({ name: "due", type: "string" }) });
  await assert.rejects(
    async () => stranger.deserialize(older, at("evolved"), []),
    fails("SERDE_UNREADABLE_SCHEMA", /"due" has no default/, /evolved/),
  );
});

test("autoRegister false, useLatestVersion, useLatestWithMetadata and a schema that would break readers", async () => {
  await assert.rejects(
    async () => serde({ schema: order(), autoRegister: false }).serialize({ id: "a" }, at("strict")),
    fails("SERDE_NOT_REGISTERED", /strict-value/, /autoRegister/),
  );
  await served.client.register("strict-value", {
    schema: JSON.stringify(order()),
    metadata: { properties: { stage: "one" } },
  });
  const strict = serde({ schema: order(), autoRegister: false });
  const first = await written(strict.serialize({ id: "a" }, at("strict")));
  await served.client.register("strict-value", { schema: JSON.stringify(order(amount)) });
  const latest = await written(serde({ useLatestVersion: true }).serialize({ id: "a" }, at("strict")));
  assert.notEqual(latest.readInt32BE(1), first.readInt32BE(1));
  const staged = await written(serde({ useLatestWithMetadata: { stage: "one" } }).serialize({ id: "a" }, at("strict")));
  assert.deepEqual(await serde({}).deserialize(staged, at("strict"), []), { id: "a" });
  await assert.rejects(
    async () => serde({ schema: order({ name: "due", type: "string" }) }).serialize({ id: "a", due: "b" }, at("strict")),
    (error: unknown) => error instanceof RegistryClientError && error.isIncompatible && /"due"/.test(error.message),
  );
  await assert.rejects(async () => serde({}).serialize({}, at("nothing")), fails("SERDE_INVALID_OPTION", /schema/));
});

test("subjects are named after topic, record, both, or by a function; keys have their own", async () => {
  const names = [
    "topic",
    "record",
    "topic-record",
    ({ topic, field, recordName }: { topic: string; field: string; recordName?: string }) => `${topic}/${field}/${recordName}`,
  ];
  for (const subject of names) await serde({ schema: order(), subject: subject as "topic" }).prepare(at("named", "key"));
  const subjects = await served.client.subjects();
  for (const name of ["named-key", "shop.Order", "named-shop.Order", "named/key/shop.Order"]) assert.ok(subjects.includes(name), name);
  await assert.rejects(serde({ schema: "string", subject: "record" }).prepare(at("unnamed")), fails("SERDE_INVALID_OPTION", /has no name/));
});

test("the header form: a GUID beside the data, read by any serde", async () => {
  const headers: RecordHeader[] = [];
  const orders = serde({ schema: order(), idIn: "header" });
  const set = (key: string, value: Buffer): void => void headers.push({ key, value });
  const bytes = await written(orders.serialize({ id: "h" }, at("headers"), { set }));
  assert.deepEqual([...bytes], [2, 0x68]);
  assert.equal(headers[0]?.key, "__value_schema_id");
  assert.equal(headers[0].value?.length, 17);
  assert.equal(headers[0].value[0], 1);
  assert.deepEqual(await serde({}).deserialize(bytes, at("headers"), headers), { id: "h" });
  assert.throws(() => serde({ schema: order(), idIn: "header" }).forStreams("key"), fails("SERDE_INVALID_OPTION", /header/));
});

test("references: a schema that uses another subject's, written and read", async () => {
  const currency = { type: "enum", name: "Currency", namespace: "shop", symbols: ["CZK", "EUR"] };
  await served.client.register("currency", { schema: JSON.stringify(currency) });
  const price = { type: "record", name: "Price", namespace: "shop", fields: [{ name: "currency", type: "Currency" }] };
  const prices = serde({ schema: price, references: [{ name: "shop.Currency", subject: "currency", version: 1 }] });
  const bytes = await written(prices.serialize({ currency: "EUR" }, at("prices")));
  assert.deepEqual(await serde({}).deserialize(bytes, at("prices"), []), { currency: "EUR" });
});

test("what cannot be written names topic, field, subject, id and the place; the serde goes on", async () => {
  const lines = {
    name: "lines",
    type: { type: "array", items: { type: "record", name: "Line", fields: [{ name: "price", type: "double" }] } },
  };
  const orders = serde({ schema: order(lines) });
  const bad = { id: "a", lines: [{ price: 1 }, { price: "two" }] };
  for (const each of [bad, bad]) {
    await assert.rejects(
      async () => orders.serialize(each, at("bad")),
      (error: unknown) => {
        fails("SERDE_BAD_VALUE", /at \/lines\/1\/price: 'two' is given; it must be a number/, /bad-value/)(error);
        const { field, path, schemaId, subject, topic } = error as SerdeError;
        assert.deepEqual([topic, field, subject, path, typeof schemaId], ["bad", "value", "bad-value", "/lines/1/price", "number"]);
        return true;
      },
    );
  }
  assert.ok(Buffer.isBuffer(orders.serialize({ id: "a", lines: [] }, at("bad"))));
});

test("bytes that are no payload, of an unknown id, cut off, or too long are told with a guess", async () => {
  const orders = serde({ schema: order(amount) });
  const good = await written(orders.serialize({ id: "o-1", amount: 5 }, at("bytes")));
  const cases: readonly (readonly [Buffer, string, ...RegExp[]])[] = [
    [Buffer.from('{"id":"o-1"}'), "SERDE_NOT_FRAMED", /7b 22/, /JSON without a schema's id/],
    [Buffer.from("hello, world"), "SERDE_NOT_FRAMED", /the text "hello, world"/],
    [Buffer.alloc(0), "SERDE_NOT_FRAMED", /no bytes/],
    [Buffer.of(0, 0, 0), "SERDE_NOT_FRAMED", /cut off/],
    [Buffer.of(0, 0, 0, 3, 231, 1), "SERDE_UNKNOWN_SCHEMA", /schema 999/, /does not know \(40403\)/],
    [good.subarray(0, 7), "SERDE_BAD_BYTES", /at \/id: it ends too early/],
    [good.subarray(0, -1), "SERDE_BAD_BYTES", /at \/amount: it ends too early/],
    [Buffer.concat([good, Buffer.of(1)]), "SERDE_BAD_BYTES", /1 bytes come after/],
    [Buffer.concat([good.subarray(0, 5), Buffer.of(4, 0xff, 0xfe, 2)]), "SERDE_BAD_BYTES", /at \/id: a text of 2 bytes is no UTF-8/],
  ];
  for (const [bytes, code, ...words] of cases)
    await assert.rejects(async () => orders.deserialize(bytes, at("bytes"), []), fails(code, ...words));
  assert.deepEqual(orders.deserialize(good, at("bytes"), []), { id: "o-1", amount: 5n });
});

test("data of another format is told", async () => {
  const { id } = await served.client.register("json-value", { schemaType: "JSON", schema: "{}" });
  const bytes = Buffer.of(0, 0, 0, 0, 0, 123, 125);
  bytes.writeInt32BE(id, 1);
  await assert.rejects(async () => serde({}).deserialize(bytes, at("json"), []), fails("SERDE_OTHER_FORMAT", /JSON/, /AVRO/));
  await assert.rejects(async () => serde({ useLatestVersion: true }).serialize({}, at("json")), fails("SERDE_OTHER_FORMAT", /JSON/));
});

test("options that are none are refused at once", () => {
  const refused: readonly (readonly [Record<string, unknown>, RegExp])[] = [
    [{ registry: {} }, /registry/],
    [{ idIn: "body" }, /idIn/],
    [{ int64: "long" }, /int64/],
    [{ subject: "name" }, /subject/],
    [{ schema: 7 }, /schema/],
  ];
  for (const [options, word] of refused) assert.throws(() => serde(options), fails("SERDE_INVALID_OPTION", word));
});
