// What the topic holds moves both ways: a dump of another registry gives the same ids here, ours replayed gives the same registry, and what is foreign, damaged or huge is passed over.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { silentLogger } from "@ottla/base";
import { startBroker } from "@ottla/broker";
import { createClient } from "@ottla/client";
import { avroFormat, deleteSubject, deleteVersion, Registry, registerSchema, SchemasTopic, setConfig, TopicCodec } from "@ottla/registry";

interface DumpedRecord {
  readonly key: string | null;
  readonly value: string | null;
}

const broker = await startBroker({ logger: silentLogger, settings: { "message.max.bytes": 8_000_000 } });
const client = createClient({ bootstrapServers: broker.bootstrap });
after(async () => {
  await client.close();
  await broker[Symbol.asyncDispose]();
});
const start = (topic: string): Promise<Registry> =>
  Registry.start({ log: new SchemasTopic({ client, topic }), formats: { AVRO: avroFormat } });
const register = (registry: Registry, subject: string, type: string): Promise<number> =>
  registry.change((state, reader) => {
    const request = { subject, schemaType: "AVRO" as const, schema: JSON.stringify(type), references: [] };
    const { records, version } = registerSchema(state, reader, request);
    return { records, reply: version.id };
  });

async function restore(topic: string, records: readonly DumpedRecord[]): Promise<void> {
  await client.admin().createTopics([{ name: topic, partitionCount: 1, configs: { "cleanup.policy": "compact" } }]);
  await using producer = client.producer({ maxRequestSizeBytes: 8_000_000 });
  for (const { key, value } of records) await producer.send({ topic, partition: 0, key, value });
}

async function dump(topic: string): Promise<DumpedRecord[]> {
  const [end] = await client.admin().listOffsets([{ topic, partition: 0, spec: "latest" }], { isolationLevel: "read_committed" });
  await using consumer = client.consumer({ isolationLevel: "read_committed", autoOffsetReset: "earliest" });
  consumer.assign([{ topic, partition: 0 }]);
  const records: DumpedRecord[] = [];
  for (let next = 0; next < (end?.value?.offset ?? 0); ) {
    for (const batch of await consumer.poll(1_000)) {
      for (const { key, value } of batch) records.push({ key: key?.toString() ?? null, value: value?.toString() ?? null });
      next = batch.nextOffset;
    }
  }
  return records;
}

/** Everything that can be asked of a registry. */
function known({ state }: Registry): unknown {
  return [...state.subjects()]
    .sort()
    .map((subject) => [subject, state.versions(subject), state.ownConfig(subject), state.ownMode(subject)]);
}

const theirs: readonly DumpedRecord[] = [
  { key: '{"keytype":"NOOP","magic":0}', value: null },
  {
    key: '{"keytype":"SCHEMA","subject":"orders-value","version":1,"magic":1}',
    value: '{"subject":"orders-value","version":1,"id":7,"md5":"4E7XIvqVlNxPJ4SxhlnLsw==","schema":"\\"int\\"","deleted":false}',
  },
  {
    key: '{"keytype":"SCHEMA","subject":"orders-value","version":2,"magic":1}',
    value: '{"subject":"orders-value","version":2,"id":9,"schema":"\\"long\\"","deleted":false,"ts":1700000000000,"offset":12}',
  },
  // Written by a registry that orders a key's properties otherwise.
  {
    key: '{"magic":1,"keytype":"SCHEMA","version":1,"subject":"old"}',
    value: '{"subject":"old","version":1,"id":8,"schema":"\\"bytes\\"","deleted":false}',
  },
  { key: '{"keytype":"CONFIG","subject":"orders-value","magic":0}', value: '{"compatibilityLevel":"FULL"}' },
  { key: '{"keytype":"MODE","subject":"old","magic":0}', value: '{"subject":"old","mode":"READONLY"}' },
  { key: '{"keytype":"DELETE_SUBJECT","subject":"old","magic":0}', value: '{"subject":"old","version":1}' },
  { key: '{"keytype":"CONTEXT","tenant":"default","context":".c"}', value: '{"tenant":"default","context":".c"}' },
  { key: '{"keytype":"ASSOC","x":1}', value: '{"y":2}' },
];

test("a dump of another registry gives its ids, and new ones come after them", async () => {
  await restore("theirs", theirs);
  const registry = await start("theirs");
  const { state } = registry;
  assert.deepEqual(
    state.versions("orders-value").map(({ version, id }) => [version, id]),
    [
      [1, 7],
      [2, 9],
    ],
  );
  assert.deepEqual(
    [state.version("old", 1)?.isDeleted, state.ownMode("old"), state.config("orders-value").compatibilityLevel],
    [true, "READONLY", "FULL"],
  );
  assert.deepEqual([await register(registry, "new", "long"), await register(registry, "new2", "string")], [9, 10]);
  await registry.stop();
});

test("our dump replayed gives the same registry, keys written again are equal, and who led there is not asked to lead here", async () => {
  const first = await start("ours");
  for (const [index, type] of ["int", "long", "string", "int"].entries()) await register(first, `s${index}`, type);
  await first.change((state) => ({ records: setConfig(state, "s0", { compatibilityLevel: "NONE" }).records, reply: undefined }));
  await register(first, "s0", "string");
  await first.change((state) => ({ records: deleteVersion(state, "s0", 1, false).records, reply: undefined }));
  for (const permanent of [false, true]) {
    await first.change((state) => ({ records: deleteSubject(state, "s2", permanent).records, reply: undefined }));
  }
  const records = await dump("ours");
  const codec = new TopicCodec();
  for (const { key, value } of records) {
    const read = codec.read(key === null ? null : Buffer.from(key), value === null ? null : Buffer.from(value));
    if (read.kind !== "change") continue;
    const written = codec.write(read.record).at(-1);
    assert.deepEqual([written?.key.toString(), written?.value?.toString() ?? null], [key, value]);
  }
  await restore("ours-again", records);
  const second = await start("ours-again");
  assert.deepEqual(known(second), known(first));
  assert.equal(second.stepToWrite(new Set()).kind, "claim");
  assert.deepEqual([await register(second, "n", "bytes"), await register(first, "n", "bytes")], [4, 4]);
  await Promise.all([first.stop(), second.stop()]);
});

test("foreign, damaged and huge records are passed over, and hold nobody up", async () => {
  const huge = `{"keytype":"SCHEMA","subject":"huge","version":1,"magic":1}`;
  await restore("odd", [
    { key: "", value: "" },
    { key: "{", value: "{}" },
    { key: "[]", value: null },
    { key: '{"keytype":"SCHEMA","subject":"s","version":0,"magic":1}', value: "{}" },
    { key: '{"keytype":"SCHEMA","subject":"s","version":1,"magic":1}', value: "not json" },
    { key: '{"keytype":"SCHEMA","subject":"s","version":2,"magic":1}', value: '{"subject":"s","version":2,"id":-1,"schema":"\\"int\\""}' },
    { key: huge, value: `{"subject":"huge","version":1,"id":3,"schema":${JSON.stringify("x".repeat(5_000_000))}}` },
    { key: '{"keytype":"SCHEMA","subject":"deep","version":1,"magic":1}', value: "[".repeat(100_000) },
    { key: `{"keytype":"${"k".repeat(100_000)}"}`, value: "{}" },
    {
      key: '{"keytype":"SCHEMA","subject":"good","version":1,"magic":1}',
      value: '{"subject":"good","version":1,"id":5,"schema":"\\"int\\""}',
    },
  ]);
  const registry = await start("odd");
  assert.equal(registry.damagedRecords, 7);
  assert.equal(registry.state.version("good", 1)?.id, 5);
  // A huge one that can be read is a schema like others; its text is nothing that a new version could be compared with.
  assert.equal(registry.state.version("huge", 1)?.id, 3);
  await assert.rejects(register(registry, "huge", "int"), { code: "REGISTRY_INVALID_SCHEMA" });
  assert.equal(await register(registry, "fine", "string"), 6);
  await registry.stop();
});
