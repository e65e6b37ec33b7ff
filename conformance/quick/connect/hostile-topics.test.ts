import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { nodeDisk, systemClock } from "@ottla/base/node";
import type { Client } from "@ottla/client";
import { builtinPlugins, connectApi, type ConnectWorker, PluginCatalogue, startWorker } from "@ottla/connect/worker";
import { startKafka } from "@ottla/testing";

function started(client: Client): Promise<ConnectWorker> {
  return startWorker({
    client,
    catalogue: new PluginCatalogue(builtinPlugins),
    properties: { "group.id": "cluster", "offset.flush.interval.ms": "50", "heartbeat.interval.ms": "200" },
    workerId: "w:1",
    environment: {},
    disk: nodeDisk,
    clock: systemClock,
    logger: silentLogger,
  });
}

const deep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
/** By topic: what nobody of Connect's would write. */
const NONSENSE: Readonly<Record<string, readonly (readonly [key: string | null, value: string | null])[]>> = {
  "connect-configs": [
    [null, "{}"],
    ["", ""],
    ["connector-", "[]"],
    ["connector-x", '{"properties":7}'],
    ["connector-gone", null],
    ["target-state-unknown", '{"state":"STARTED"}'],
    ["target-state-unknown2", '{"state.v2":"NOWHERE"}'],
    ["commit-unknown", '{"tasks":3}'],
    ["commit-half", '{"tasks":1e9}'],
    ["commit-half", '{"tasks":-1}'],
    ["commit-half", '{"tasks":1.5}'],
    ["task-half-99999999999", '{"properties":{"a":"b"}}'],
    ["task-half-0", '{"properties":{"a":"b"}}'],
    ["tasks-fencing-ours", '{"task-count":1e12}'],
    ["tasks-fencing-ours", '{"task-count":"many"}'],
    ["restart-connector-unknown", "{}"],
    ["restart-connector-unknown", '{"include-tasks":true,"only-failed":false}'],
    ["logger-cluster-root", '{"level":["x"]}'],
    ["logger-cluster-root", '{"level":"SHOUT"}'],
    ["session-key", '{"key":"AAAA","algorithm":"HmacSHA256","creation-timestamp":1}'],
    ["connector-deep", deep],
    ["connector-ours", "\u0000\u0001"],
  ],
  "connect-offsets": [
    [null, "{}"],
    ['["ours",{"p":1}]', "nonsense"],
    ['["ours",{"p":2}]', "7"],
    ['["ours",{"p":3}]', "[1]"],
    ['["ours",[1]]', '{"o":1}'],
    ['["ours",{"p":4}]', deep],
    [`["ours",${deep}]`, '{"o":1}'],
    ['["ours",{"p":5}]', `{"o":${"9".repeat(1_000)}}`],
    ['[7,{"p":1}]', '{"o":1}'],
    ['["ours"]', '{"o":1}'],
    ['["ours",{"p":6}]', '{"o":12345678901234567890}'],
  ],
  "connect-status": [
    [null, "{}"],
    ["status-connector-unknown", '{"state":"FLYING","worker_id":"x","generation":1}'],
    ["status-connector-unknown", '{"state":"RUNNING","worker_id":{"a":1},"generation":"x"}'],
    ["status-task-unknown-0", '{"state":"RUNNING","worker_id":"nobody:1","generation":1}'],
    ["status-task-unknown-", "{}"],
    ["status-task-unknown-99999999999999999999", '{"state":"RUNNING"}'],
    ["status-topic-:connector-", "{}"],
    ["status-connector-deep", deep],
    ["what is this", "?"],
  ],
};

test("nonsense in Connect's topics, there before or coming while it runs, is passed over: connectors are made, run and deleted beside it", async () => {
  await using kafka = await startKafka();
  const client = kafka.client();
  const admin = client.admin();
  await admin.createTopics(
    [
      ["connect-configs", 1],
      ["connect-offsets", 5],
      ["connect-status", 5],
    ].map(([name, partitionCount]) => ({
      name: String(name),
      partitionCount: Number(partitionCount),
      configs: { "cleanup.policy": "compact" },
    })),
  );
  // The topics refuse records without a key: so would those of Apache Kafka.
  const write = async (): Promise<void> => {
    const producer = client.producer({});
    for (const [topic, records] of Object.entries(NONSENSE))
      for (const [key, value] of records)
        await producer.send({ topic, key, value }).catch((error: unknown) => assert.equal(key, null, String(error)));
    await producer.close();
  };
  const make = async (worker: ConnectWorker, name: string): Promise<void> => {
    await worker.putConfig(name, { "connector.class": "datagen", "kafka.topic": name, iterations: "10", "max.interval": "0" });
    await kafka.until(
      `${name} has written`,
      async () =>
        (
          await kafka
            .topic(name)
            .records()
            .catch(() => [])
        ).length === 10,
      {
        seen: () => JSON.stringify([worker.state.get(name), worker.statuses.get({ connector: name, task: 0 })]),
      },
    );
    await kafka.until(`${name}'s offset is there`, async () => (await worker.offsets.list(name)).length > 0);
  };
  await write();
  const first = await started(client);
  try {
    assert.deepEqual(first.state.names(), []);
    await make(first, "ours");
    await write();
    await make(first, "second");
    assert.deepEqual(first.state.names(), ["ours", "second"]);
    assert.equal(first.statuses.get({ connector: "ours" })?.state, "RUNNING");
    const api = connectApi({ worker: first });
    for (const path of [
      "/connectors?expand=status&expand=info",
      "/connectors/ours/offsets",
      "/metrics",
      "/connectors/unknown/tasks/0/status",
    ])
      assert.equal((await api.request(path)).status, 200, path);
    assert.equal((await api.request("/connectors/unknown/tasks/0/restart", { method: "POST" })).status, 404);
    await first.deleteConnector("second");
  } finally {
    await first.stop();
  }
  // Of connectors that never were nothing is written.
  const states = await kafka.topic("connect-status").records();
  const own = states.filter(({ key, value }) => String(key).includes("unknown") && value === null);
  assert.deepEqual(own, []);
  const next = await started(client);
  assert.deepEqual(next.state.names(), ["ours"]);
  await next.stop();
});

test("of a connector whose class is not known here all of its own settings are hidden", async () => {
  await using kafka = await startKafka({ topics: {} });
  const client = kafka.client();
  await client.admin().createTopics([{ name: "connect-configs", partitionCount: 1, configs: { "cleanup.policy": "compact" } }]);
  const properties = { "connector.class": "com.example.Gone", "tasks.max": "1", passphrase: "deep secret", url: "db://u:p@h" };
  const producer = client.producer({});
  await producer.send({ topic: "connect-configs", key: "connector-gone", value: JSON.stringify({ properties }) });
  await producer.close();
  const worker = await started(client);
  try {
    const answer = await connectApi({ worker }).request("/connectors/gone/config");
    assert.deepEqual(await answer.json(), { ...properties, passphrase: "[hidden]", url: "[hidden]" });
  } finally {
    await worker.stop();
  }
});
