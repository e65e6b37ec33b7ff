// Ids mean schemas within a context of the registry: the same id is another schema in the next one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { SerdeContext } from "@ottla/client";
import { avro } from "../avro/avro-serde.ts";
import { jsonSchema } from "../json/json-serde.ts";
import { protobuf } from "../protobuf/protobuf-serde.ts";
import { createRegistryClient } from "../registry-client/create-registry-client.ts";
import { type ServedRegistry, startServedRegistry } from "../testing/served-registry.ts";

let served: ServedRegistry;
before(async () => {
  served = await startServedRegistry();
});
after(() => served[Symbol.asyncDispose]());

const at = (topic: string): SerdeContext => ({ topic, field: "value" });
const record = (...names: readonly string[]) => ({ type: "record", name: "R", fields: names.map((name) => ({ name, type: "string" })) });
const message = (name: string): string => `syntax = "proto3"; message M { string ${name} = 1; }`;
const object = (name: string): object => ({ type: "object", properties: { [name]: { type: "string" } }, required: [name] });
/** Topics that begin with a letter and a hyphen are in the context of that name. */
const inContext = ({ topic, field }: SerdeContext): string => `${/^\w-/.test(topic) ? `:.${topic[0]}:` : ""}${topic}-${field}`;
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify({ ...(value as object), $typeName: undefined }));

const formats = {
  avro: (name?: string) => avro<unknown>({ registry: fresh(), subject: inContext, ...(name !== undefined && { schema: record(name) }) }),
  json: (name?: string) =>
    jsonSchema<unknown>({ registry: fresh(), subject: inContext, ...(name !== undefined && { schema: object(name) }) }),
  protobuf: (name?: string) =>
    protobuf<object>({ registry: fresh(), subject: inContext, ...(name !== undefined && { schema: message(name) }) }),
};
const fresh = () => createRegistryClient({ baseUrls: served.url });

for (const [format, serde] of Object.entries(formats)) {
  test(`${format}: what was written in a context is read by that context's schemas, also beside others with the same id`, async () => {
    const payloads = new Map<string, Buffer>();
    for (const [name, topic] of [
      ["a", "a-1"],
      ["b", "b-1"],
      ["c", "c1"],
    ] as const)
      payloads.set(topic, Buffer.from((await serde(name).serialize({ [name]: topic }, at(`${topic}-${format}`))) as Buffer));
    assert.deepEqual(payloads.get("a-1")!.subarray(0, 5), payloads.get("b-1")!.subarray(0, 5), "one id, in two contexts");
    const reader = serde();
    for (const round of [1, 2]) {
      for (const [topic, bytes] of payloads)
        assert.deepEqual(plain(await reader.deserialize(bytes, at(`${topic}-${format}`), [])), { [topic[0]!]: topic }, `round ${round}`);
    }
    const streams = serde().forStreams("value");
    const prefetched = serde();
    await prefetched.prefetch([...payloads].map(([topic, bytes]) => ({ bytes, topic: `${topic}-${format}` })));
    for (const [topic, bytes] of payloads) {
      assert.throws(() => streams.deserialize(`${topic}-${format}`, bytes, []), { code: "SERDE_NOT_LOADED" });
      assert.deepEqual(plain(prefetched.forStreams("value").deserialize(`${topic}-${format}`, bytes, [])), { [topic[0]!]: topic });
    }
  });
}

test("references and migration rules are those of the context", async () => {
  const registry = fresh();
  await registry.register(":.r:city", { schemaType: "AVRO", schema: JSON.stringify({ ...record("name"), name: "City" }) });
  await registry.register("city", { schemaType: "AVRO", schema: JSON.stringify({ ...record("other"), name: "City" }) });
  const references = [{ name: "City", subject: ":.r:city", version: 1 }];
  const schema = { type: "record", name: "P", fields: [{ name: "city", type: "City" }] };
  const open = () => avro<unknown>({ registry: fresh(), subject: inContext, schema, references });
  const bytes = Buffer.from((await open().serialize({ city: { name: "x" } }, at("r-2"))) as Buffer);
  assert.deepEqual(plain(await avro<unknown>({ registry: fresh(), subject: inContext }).deserialize(bytes, at("r-2"), [])), {
    city: { name: "x" },
  });

  const upgrade = { name: "r", kind: "TRANSFORM", mode: "UPGRADE", type: "CEL", expr: "{'first': message.name}" } as const;
  for (const idIn of ["payload", "header"] as const) {
    const topic = `m-${idIn}`;
    await registry.request({ method: "PUT", path: `/config/${encodeURIComponent(`:.m:${topic}-value`)}`, body: { compatibility: "NONE" } });
    const old = avro<unknown>({ registry: fresh(), subject: inContext, schema: record("name"), idIn });
    const headers: { key: string; value: Buffer }[] = [];
    const data = Buffer.from(
      (await old.serialize({ name: "x" }, at(topic), { set: (key, value) => headers.push({ key, value }) })) as Buffer,
    );
    const now = avro<unknown>({
      registry: fresh(),
      subject: inContext,
      schema: { ...record("first") },
      ruleSet: { migrationRules: [upgrade] },
    });
    await now.prepare(at(topic));
    assert.deepEqual(plain(await now.deserialize(data, at(topic), headers)), { first: "x" }, idIn);
  }
});
