import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RecordHeader, SerdeContext } from "@ottla/client";
import { avro } from "../avro/avro-serde.ts";
import { jsonSchema } from "../json/json-serde.ts";
import { protobuf } from "../protobuf/protobuf-serde.ts";
import { createRegistryClient } from "../registry-client/create-registry-client.ts";
import { BoundedCache } from "../registry-client/bounded-cache.ts";
import type { SchemaSerde } from "../serde/schema-serde-types.ts";
import { SerdeError } from "../serdes-error.ts";
import { type ServedRegistry, startServedRegistry } from "../testing/served-registry.ts";

let served: ServedRegistry;
before(async () => {
  served = await startServedRegistry();
});
after(() => served[Symbol.asyncDispose]());

const at = (topic: string): SerdeContext => ({ topic, field: "value" });
const ORDER = {
  type: "record",
  name: "Order",
  fields: [
    { name: "id", type: "string" },
    { name: "n", type: "long" },
    { name: "lines", type: { type: "array", items: "string" } },
  ],
};
const ORDER_JSON = { type: "object", properties: { id: { type: "string" }, n: { type: "integer" } }, required: ["id", "n", "lines"] };
const ORDER_PROTO = `syntax = "proto3"; message Other {} message Order { string id = 1; int64 n = 2; repeated string lines = 3; }`;
const open = (format: string, options: object): SchemaSerde<object> => {
  const all = { registry: served.client, ...options };
  if (format === "avro") return avro({ ...all, schema: ORDER });
  return format === "json" ? jsonSchema({ ...all, schema: ORDER_JSON }) : protobuf({ ...all, schema: ORDER_PROTO, message: "Order" });
};
const order = { id: "an-order", n: 2n ** 40n, lines: ["a", "bb", "ccc"] };

test("a payload that is cut off anywhere, in any format and framing, is one SerdeError or a value, and harms no other payload", async () => {
  for (const format of ["avro", "json", "proto"]) {
    for (const idIn of ["payload", "header"] as const) {
      const serde = open(format, { idIn });
      const headers: RecordHeader[] = [];
      const bytes = Buffer.from(
        (await serde.serialize(order, at(`cut-${format}`), { set: (key, value) => headers.push({ key, value }) })) as Buffer,
      );
      const whole = await serde.deserialize(bytes, at(`cut-${format}`), headers);
      let values = 0;
      for (let length = 0; length < bytes.length; length++) {
        const cut = Buffer.from(bytes.subarray(0, length));
        try {
          await serde.deserialize(cut, at(`cut-${format}`), headers);
          values++;
        } catch (error) {
          assert.ok(error instanceof SerdeError, `${format} ${idIn} ${length}: ${String(error)}`);
          assert.match(error.code, length < 5 && idIn === "payload" ? /NOT_FRAMED/ : /BAD_BYTES/, `${format} ${idIn} ${length}`);
        }
        const [header] = headers;
        if (header?.value == null) continue;
        const cutHeader = [{ key: header.key, value: header.value.subarray(0, length) }];
        if (length < header.value.length)
          await assert.rejects(
            async () => serde.deserialize(bytes, at(`cut-${format}`), cutHeader),
            SerdeError,
            `${format} header ${length}`,
          );
      }
      // What ends between two fields of a message is a shorter message, as Protobuf has it.
      assert.ok(format === "proto" ? values > 0 && values < 8 : values === 0, `${format} ${idIn}: ${values}`);
      assert.deepEqual(await serde.deserialize(bytes, at(`cut-${format}`), headers), whole);
    }
  }
});

test("a hundred thousand ids leave no more behind than the caches hold, and are each asked for once while they are", async () => {
  const cache = new BoundedCache<number, number>(10_000);
  let loads = 0;
  for (let id = 0; id < 100_000; id++) cache.get(id, () => Promise.resolve(++loads)).catch(() => {});
  assert.deepEqual([cache.size, loads], [10_000, 100_000]);
  await cache.get(99_999, async () => ++loads);
  await cache.get(0, async () => ++loads);
  assert.deepEqual([cache.size, loads], [10_000, 100_001]);
});

test("ids are what one client's registry says for as long as the client lives: behind a registry that was replaced, a new client reads what the new one means", async () => {
  const first = await startServedRegistry();
  const schemaOf = (name: string): object => ({ type: "record", name: "R", fields: [{ name, type: "string" }] });
  const old = avro<object>({ registry: first.client, schema: schemaOf("a") });
  const bytes = Buffer.from((await old.serialize({ a: "x" }, at("t"))) as Buffer);
  const replaced = await startServedRegistry();
  const other = avro<object>({ registry: replaced.client, schema: schemaOf("b") });
  await other.prepare(at("t"));
  try {
    // One id, two registries: who knows the first reads by it, who asks the second by that.
    assert.deepEqual(await avro<object>({ registry: first.client }).deserialize(bytes, at("t"), []), { a: "x" });
    await using fresh = createRegistryClient({ baseUrls: replaced.url });
    assert.deepEqual(await avro<object>({ registry: fresh }).deserialize(bytes, at("t"), []), { b: "x" });
    // Where the replaced registry means something else by it, that is told, not read wrongly by half.
    await assert.rejects(
      async () => jsonSchema<object>({ registry: replaced.client }).deserialize(bytes, at("t"), []),
      (error: unknown) => error instanceof SerdeError && error.code === "SERDE_OTHER_FORMAT",
    );
    // The header's GUID says the schema itself: a registry that does not have it says so.
    const headers: RecordHeader[] = [];
    const named = avro<object>({ registry: first.client, schema: schemaOf("a"), idIn: "header" });
    const bare = Buffer.from((await named.serialize({ a: "x" }, at("t"), { set: (key, value) => headers.push({ key, value }) })) as Buffer);
    await assert.rejects(
      async () => avro<object>({ registry: fresh }).deserialize(bare, at("t"), headers),
      (error: unknown) => error instanceof SerdeError && error.code === "SERDE_UNKNOWN_SCHEMA",
    );
  } finally {
    await first[Symbol.asyncDispose]();
    await replaced[Symbol.asyncDispose]();
  }
});
