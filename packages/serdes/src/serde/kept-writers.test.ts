// What is kept of topics that are written to, and of ids that nobody knows: for how long, and how much.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { SerdeContext } from "@ottla/client";
import { SimulatedClock } from "@ottla/base/simulated";
import { avro } from "../avro/avro-serde.ts";
import { CachingRegistryClient } from "../registry-client/caching-registry-client.ts";
import { RegistryClientError } from "../registry-client/registry-client-error.ts";
import type { RegistryClient } from "../registry-client/registry-client-types.ts";
import { type ServedRegistry, startServedRegistry } from "../testing/served-registry.ts";

let served: ServedRegistry;
before(async () => {
  served = await startServedRegistry();
});
after(() => served[Symbol.asyncDispose]());

const at = (topic: string): SerdeContext => ({ topic, field: "value" });
/** The registry, with some calls in place of its own. */
function instead(calls: Partial<RegistryClient>): RegistryClient {
  return new Proxy(served.client, {
    get(client, name) {
      const own = calls[name as keyof RegistryClient] ?? client[name as keyof RegistryClient];
      return typeof own === "function" ? own.bind(client) : own;
    },
  });
}

test("whoever writes with the latest version looks for a newer one once a minute, and writes with the one before meanwhile", async (context) => {
  const realNow = performance.now.bind(performance);
  let laterMs = 0;
  context.mock.method(performance, "now", () => realNow() + laterMs);
  const schemas = ['"int"', '"long"'];
  let asked = 0;
  let answer = (): void => {};
  const registry = instead({
    version: async (subject) => {
      if (++asked > 1) await new Promise<void>((resolve) => (answer = resolve));
      return { id: asked, version: asked, subject, schema: schemas[asked - 1] ?? "", schemaType: "AVRO", references: [], guid: undefined };
    },
  });
  const serde = avro<number>({ registry, useLatestVersion: true });
  const idOf = async (): Promise<number> => Buffer.from((await serde.serialize(1, at("latest"))) as Buffer).readInt32BE(1);
  laterMs += 1_000;
  assert.equal(await idOf(), 1);
  laterMs += 59_000;
  assert.deepEqual([await idOf(), asked], [1, 1]);
  laterMs += 2_000;
  assert.deepEqual([await idOf(), await idOf(), asked], [1, 1, 2]);
  answer();
  while ((await idOf()) === 1) await new Promise(setImmediate);
  assert.deepEqual([await idOf(), asked], [2, 2]);
});

test("of ten thousand and one topics the one that was written to first is opened again", async () => {
  const asked = new Map<string, number>();
  const registry = instead({
    register: async (subject, definition) => {
      asked.set(subject, (asked.get(subject) ?? 0) + 1);
      return { ...definition, id: 1, schemaType: "AVRO", references: [], guid: undefined };
    },
    referencesOf: async () => [],
  });
  const serde = avro<number>({ registry, schema: '"int"' });
  const contexts = Array.from({ length: 10_001 }, (_each, n) => at(`t${n}`));
  for (const each of contexts) await serde.serialize(1, each);
  for (const n of [10_000, 1, 0]) await serde.serialize(1, contexts[n]!);
  assert.deepEqual(
    ["t10000", "t1", "t0"].map((topic) => asked.get(`${topic}-value`)),
    [1, 1, 2],
  );
});

test("of ten thousand and one ids that nobody knows the first is asked for again", async () => {
  let asked = 0;
  const call = (): Promise<never> => {
    asked++;
    return Promise.reject(new RegistryClientError("REGISTRY_REFUSED", "no such id", { status: 404, errorCode: 40403 }));
  };
  const client = new CachingRegistryClient({ call, close() {} }, { cacheSize: 10, latestCacheMs: 0, clock: new SimulatedClock() });
  for (let id = 1; id <= 10_001; id++) await assert.rejects(client.schemaById(id));
  for (const id of [10_001, 2, 1]) await assert.rejects(client.schemaById(id));
  assert.equal(asked, 10_002);
});
