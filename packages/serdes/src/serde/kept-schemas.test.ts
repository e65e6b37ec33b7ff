// What serdes keep of a registry: for how long, how much of it, and what becomes of it when the registry could not be asked.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { SerdeContext } from "@ottla/client";
import { avro, type AvroSerdeOptions } from "../avro/avro-serde.ts";
import { protobuf } from "../protobuf/protobuf-serde.ts";
import { RegistryClientError } from "../registry-client/registry-client-error.ts";
import type { RegistryClient } from "../registry-client/registry-client-types.ts";
import { type ServedRegistry, startServedRegistry } from "../testing/served-registry.ts";

let served: ServedRegistry;
before(async () => {
  served = await startServedRegistry();
});
after(() => served[Symbol.asyncDispose]());

const at = (topic: string): SerdeContext => ({ topic, field: "value" });
const RECORD = { type: "record", name: "R", fields: [{ name: "a", type: "string" }] };
const isUnreachable = (error: unknown): boolean => error instanceof RegistryClientError && error.code === "REGISTRY_UNREACHABLE";

/** The registry, with some calls in place of its own. */
function instead(calls: Partial<RegistryClient>): RegistryClient {
  return new Proxy(served.client, {
    get(client, name) {
      const own = calls[name as keyof RegistryClient] ?? client[name as keyof RegistryClient];
      return typeof own === "function" ? own.bind(client) : own;
    },
  });
}
/** The registry, whose answer to one call is lost the first time. */
function losing(name: "schemaById" | "register" | "referencesOf"): RegistryClient {
  let isLost = false;
  const call = (...given: never[]): unknown => {
    if (isLost) return (served.client[name] as (...args: never[]) => unknown)(...given);
    isLost = true;
    return Promise.reject(new RegistryClientError("REGISTRY_UNREACHABLE", "nobody is there"));
  };
  return instead({ [name]: call });
}
const serde = (registry: RegistryClient, options: Partial<AvroSerdeOptions> = {}) => avro<unknown>({ registry, ...options });
const written = async (): Promise<Buffer> =>
  Buffer.from((await serde(served.client, { schema: RECORD }).serialize({ a: "x" }, at("kept"))) as Buffer);

test("what could not be asked is asked again with the next value, on both ways", async () => {
  const bytes = await written();
  for (const [registry, options] of [
    [losing("schemaById"), {}],
    [losing("referencesOf"), { schema: RECORD, readAs: "writer" }],
    // The first that is asked for is what the serde reads as.
    [losing("referencesOf"), { schema: RECORD }],
  ] as const) {
    const reader = serde(registry, options);
    await assert.rejects(async () => reader.deserialize(bytes, at("kept"), []), isUnreachable);
    assert.deepEqual(await reader.deserialize(bytes, at("kept"), []), { a: "x" });
  }
  const writer = serde(losing("register"), { schema: RECORD });
  await assert.rejects(async () => writer.serialize({ a: "x" }, at("kept")), isUnreachable);
  assert.deepEqual(Buffer.from((await writer.serialize({ a: "x" }, at("kept"))) as Buffer), bytes);
});

test("what the serde reads as is asked for again when its references could not be had", async () => {
  await served.client.register("leaf", { schema: '{"type":"enum","name":"Leaf","symbols":["A"]}' });
  const schema = { type: "record", name: "Tree", fields: [{ name: "leaf", type: "Leaf" }] };
  const references = [{ name: "Leaf", subject: "leaf", version: 1 }];
  const bytes = Buffer.from((await serde(served.client, { schema, references }).serialize({ leaf: "A" }, at("tree"))) as Buffer);
  let lost = 0;
  const registry = instead({
    referencesOf: async (definition, options) => {
      // What was registered has an id; the serde's own has none.
      if (!("id" in definition) && lost++ === 0) throw new RegistryClientError("REGISTRY_UNREACHABLE", "nobody is there");
      return served.client.referencesOf(definition, options);
    },
  });
  const reader = serde(registry, { schema, references });
  await assert.rejects(async () => reader.deserialize(bytes, at("tree"), []), isUnreachable);
  assert.deepEqual(await reader.deserialize(bytes, at("tree"), []), { leaf: "A" });
  assert.equal(lost, 2);
});

test("a prefetch fails when the registry cannot be asked, and not for an id that it does not know", async () => {
  const bytes = await written();
  await assert.rejects(serde(losing("schemaById")).prefetch([{ bytes }]), isUnreachable);
  await serde(served.client).prefetch([{ bytes: Buffer.of(0, 0, 0, 99, 0, 1) }]);
});

test("as many schemas are kept as have room: of ten thousand and one the first is asked for again", async () => {
  const asked = new Map<number, number>();
  const registry = instead({
    schemaById: async (id) => {
      asked.set(id, (asked.get(id) ?? 0) + 1);
      return { id, schema: '"int"', schemaType: "AVRO", references: [], guid: undefined };
    },
  });
  const reader = serde(registry);
  const bytes = Buffer.of(0, 0, 0, 0, 0, 2);
  const read = async (id: number): Promise<void> => {
    bytes.writeInt32BE(id, 1);
    assert.equal(await reader.deserialize(bytes, at("many"), []), 1);
  };
  for (let id = 1; id <= 10_001; id++) await read(id);
  for (const id of [10_001, 2, 1]) await read(id);
  assert.deepEqual(
    [10_001, 2, 1].map((id) => asked.get(id)),
    [1, 1, 2],
  );
});

test("a header of the key says nothing of the value", async () => {
  const bytes = await written();
  const headers = [{ key: "__key_schema_id", value: Buffer.concat([Buffer.of(1), Buffer.alloc(16, 7)]) }];
  assert.deepEqual(await serde(served.client).deserialize(bytes, at("kept"), headers), { a: "x" });
});

test("a message far down its file has indexes of two bytes", async () => {
  const schema = `syntax = "proto3";\n${Array.from({ length: 130 }, (_each, n) => `message M${n} { string a = 1; }`).join("\n")}`;
  const messages = protobuf<object>({ registry: served.client, schema, message: "M100" });
  const bytes = Buffer.from((await messages.serialize({ a: "x" }, at("many-messages"))) as Buffer);
  assert.deepEqual([...bytes.subarray(5, 8)], [2, 0xc8, 1]);
  assert.deepEqual(await messages.deserialize(bytes, at("many-messages"), []), {
    $typeName: "M100",
    a: "x",
  });
});
