// A registry on our broker, over the public protocol: what is answered is there after a restart, and a topic that would lose schemas is refused.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { silentLogger } from "@ottla/base";
import { OpenPort } from "@ottla/base/node";
import { startBroker } from "@ottla/broker";
import { createClient } from "@ottla/client";
import { avroFormat, deleteSubject, Registry, RegistryError, registerSchema, SchemasTopic, serveRegistry } from "@ottla/registry";

const broker = await startBroker({ logger: silentLogger });
const client = createClient({ bootstrapServers: broker.bootstrap });
after(async () => {
  await client.close();
  await broker[Symbol.asyncDispose]();
});
const openPort = (port: number): Promise<OpenPort> => OpenPort.open({ what: "The registry", host: "127.0.0.1", port });
const start = (topic: string): Promise<Registry> =>
  Registry.start({ log: new SchemasTopic({ client, topic }), formats: { AVRO: avroFormat } });
const register = (registry: Registry, subject: string, type: string): Promise<number> =>
  registry.change((state, reader) => {
    const request = { subject, schemaType: "AVRO" as const, schema: JSON.stringify(type), references: [] };
    const { records, version } = registerSchema(state, reader, request);
    return { records, reply: version.id };
  });

test("what is answered is there after a restart, and ids go on", async () => {
  const registry = await start("first");
  const ids = await Promise.all(["int", "long", "int"].map((type, index) => register(registry, `s${index}`, type)));
  assert.deepEqual(ids, [1, 2, 1]);
  for (const permanent of [false, true]) {
    await registry.change((state) => {
      const { records, versions } = deleteSubject(state, "s1", permanent);
      return { records, reply: versions };
    });
  }
  await registry.stop();
  const again = await start("first");
  assert.deepEqual([...again.state.subjects()].sort(), ["s0", "s2"]);
  assert.equal(await register(again, "s3", "string"), 3);
  await again.stop();
});

test("the topic is made as a registry needs it", async () => {
  const registry = await start("second");
  const [configs] = await client.admin().describeConfigs([{ type: "topic", name: "second" }]);
  assert.equal(configs?.value?.find(({ name }) => name === "cleanup.policy")?.value, "compact");
  await registry.stop();
});

test("a topic that would lose schemas or their order is refused with the command that mends it", async () => {
  const admin = client.admin();
  await admin.createTopics([
    { name: "deleting", partitionCount: 1 },
    { name: "wide", partitionCount: 2, configs: { "cleanup.policy": "compact" } },
  ]);
  const refusals: [string, RegExp][] = [
    [
      "deleting",
      /cleanup\.policy=delete, by which schemas would be lost\. Set it: ottla configs set topic deleting cleanup\.policy=compact/,
    ],
    ["wide", /has 2 partitions, and a registry needs one\. .*ottla topics create wide-2 --partitions 1/],
  ];
  for (const [topic, message] of refusals) await assert.rejects(start(topic), { code: "REGISTRY_UNSUITABLE_TOPIC", message });
});

test("a batch of very many records is read in pieces, all of them and in order", async () => {
  await client.admin().createTopics([{ name: "full", partitionCount: 1, configs: { "cleanup.policy": "compact" } }]);
  await using producer = client.producer({ compression: "gzip", batchSizeBytes: 1024 * 1024, lingerMs: 100 });
  const count = 6_000;
  const records = Array.from({ length: count }, (_each, n) => ({
    topic: "full",
    partition: 0,
    key: Buffer.from(`k${n}`),
    value: Buffer.from("{}"),
  }));
  await producer.send(records);
  const log = new SchemasTopic({ client, topic: "full" });
  const pieces: number[][] = [];
  const failures: Error[] = [];
  await log.start(
    (piece) => pieces.push(piece.map(({ offset }) => offset)),
    (error) => failures.push(error),
  );
  assert.deepEqual(
    pieces.flat(),
    Array.from({ length: count }, (_each, n) => n),
  );
  assert.ok(
    pieces.every(({ length }) => length <= 500),
    `a piece has ${Math.max(...pieces.map(({ length }) => length))} records`,
  );
  assert.deepEqual(failures, []);
  await log.stop();
});

test("the API is served over the topic, and ends cleanly", async () => {
  const registry = await start("served");
  const server = await serveRegistry({ registry, port: await openPort(0) });
  const headers = { "content-type": "application/vnd.schemaregistry.v1+json" };
  const answer = await fetch(`${server.url}/subjects/a%2Fb/versions`, { method: "POST", headers, body: '{"schema":"\\"int\\""}' });
  assert.equal(((await answer.json()) as { id: number }).id, 1);
  const [first, second] = await Promise.all(
    ["/subjects", "/schemas/ids/1/versions"].map(async (path) => (await fetch(server.url + path)).json()),
  );
  assert.deepEqual([first, second], [["a/b"], [{ subject: "a/b", version: 1 }]]);
  await assert.rejects(openPort(Number(new URL(server.url).port)), { code: "PORT_IN_USE" });
  await server.close();
  await registry.stop();
});

test("a registry that has not begun answers with the reason", async () => {
  const registry = {
    get current(): Registry {
      throw new RegistryError("REGISTRY_UNSUITABLE_TOPIC", "It has cleanup.policy=delete.");
    },
    renewed: () => Promise.resolve(false),
  };
  const server = await serveRegistry({ registry, port: await openPort(0) });
  const answer = await fetch(`${server.url}/subjects`);
  assert.deepEqual([answer.status, await answer.json()], [500, { error_code: 50001, message: "It has cleanup.policy=delete." }]);
  await server.close();
});
