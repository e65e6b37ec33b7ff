// What the worker believes of what it wrote where an answer is an error, is lost, or comes late.
import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { nodeDisk, systemClock } from "@ottla/base/node";
import { defineSink, defineSource } from "@ottla/connect";
import {
  builtinPlugins,
  connectApi,
  type ConnectWorker,
  loadedEntry,
  PluginCatalogue,
  startInProcessWorker,
  startWorker,
} from "@ottla/connect/worker";
import { type Kafka, startKafka } from "@ottla/testing";

function distributed(kafka: Kafka): Promise<ConnectWorker> {
  return startWorker({
    client: kafka.client(),
    catalogue: new PluginCatalogue([...builtinPlugins]),
    properties: { "group.id": "cluster" },
    workerId: "w:1",
    environment: {},
    disk: nodeDisk,
    clock: systemClock,
    logger: silentLogger,
  });
}

test("offsets of a sink whose commit was refused are committed with the next flush, though nothing more comes", async () => {
  await using kafka = await startKafka({ topics: { in: 1 } });
  await kafka.topic("in").produce(["a", "b", "c"]);
  const sink = defineSink({ name: "takes", version: "1", config: {}, open: () => Promise.resolve({ write: () => Promise.resolve() }) });
  const refused = kafka.fault({ api: "OffsetCommit", group: "connect-s", reply: "GROUP_AUTHORIZATION_FAILED", times: 1 });
  const worker = await startInProcessWorker({ client: kafka.client(), plugins: [sink], properties: { "offset.flush.interval.ms": "30" } });
  await worker.putConfig("s", { "connector.class": "takes", topics: "in", "value.converter": "string" });
  await refused.hit(1);
  await kafka.until("all is committed", async () => (await kafka.client().admin().listGroupOffsets("connect-s"))[0]?.value?.offset === 3);
  await worker.stop();
});

test("a connector whose commit was answered with an error, though it was written, is made once and is no conflict", async () => {
  await using kafka = await startKafka();
  const worker = await distributed(kafka);
  const error = kafka.fault({
    api: "EndTxn",
    transactionalId: "connect-cluster-cluster",
    edit: (answer) => ({ ...answer, errorCode: 47 }),
  });
  const answer = await connectApi({ worker }).request("/connectors", {
    method: "POST",
    body: JSON.stringify({ name: "a", config: { "connector.class": "datagen", quickstart: "orders", "kafka.topic": "a" } }),
    headers: { "content-type": "application/json" },
  });
  assert.equal(error.count, 1);
  assert.equal(answer.status, 201, await answer.text());
  const keys = (await kafka.topic("connect-configs").records({ key: "text", isolationLevel: "read_committed" })).map(({ key }) => key);
  assert.equal(keys.filter((key) => key === "connector-a").length, 1);
  await worker.stop();
});

test("a state that is read back behind a later one of one's own does not take its place", async () => {
  await using kafka = await startKafka();
  const worker = await distributed(kafka);
  const owner = { connector: "c", task: 0 };
  const put = (state: "RUNNING" | "FAILED"): void => worker.statuses.put(owner, { state, workerId: "w:1", generation: 1 });
  const topic = "connect-status";
  const lies = (count: number) => kafka.until(`${count} lie there`, async () => (await kafka.topic(topic).records()).length === count);
  const asked = kafka.fault({ api: "Fetch", topic, hold: true, times: "always" });
  const answered = kafka.fault({ api: "Fetch", topic, hold: true, late: "answer", times: "always" });
  await asked.hit(1);
  put("FAILED");
  await lies(1);
  // Somebody else's, by which it is seen that the first one was read.
  const other = { state: "PAUSED", trace: null, worker_id: "w:2", generation: 1 };
  await kafka.topic(topic).produce([{ key: "status-connector-other", value: JSON.stringify(other) }]);
  asked.release();
  await answered.hit(1);
  put("RUNNING");
  await lies(3);
  answered.release();
  await kafka.until("the other's is read", () => worker.statuses.get({ connector: "other" })?.state === "PAUSED");
  assert.equal(worker.statuses.get(owner)?.state, "RUNNING");
  asked.remove();
  answered.remove();
  await worker.stop();
});

for (const end of ["fails", "is told to stop"] as const)
  test(`a source's task that ${end} does not wait for offsets that nobody takes`, async () => {
    await using kafka = await startKafka({ topics: { numbers: 1 } });
    const counting = defineSource({
      name: "counting",
      version: "1",
      config: {},
      async *read(_config, { signal }) {
        for (let n = 1; !signal.aborted; n++) {
          yield { topic: "numbers", value: String(n), partition: {}, offset: { n } };
          if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        }
      },
    });
    const worker = await startWorker({
      client: kafka.client(),
      catalogue: new PluginCatalogue([...builtinPlugins, loadedEntry(counting)]),
      properties: { "group.id": "cluster", "offset.flush.interval.ms": "30", "task.shutdown.graceful.timeout.ms": "100" },
      workerId: "w:1",
      environment: {},
      disk: nodeDisk,
      clock: systemClock,
      logger: silentLogger,
    });
    const held = kafka.fault({ api: "Produce", topic: "connect-offsets", hold: true, times: "always" });
    await worker.putConfig("s", { "connector.class": "counting", "value.converter": "string", "ottla.restart.max": "0" });
    await held.hit(1);
    if (end === "fails") {
      kafka.fault({ api: "Produce", topic: "numbers", reply: "TOPIC_AUTHORIZATION_FAILED", times: "always" });
      await kafka.until("its state says why", () => worker.statuses.get({ connector: "s", task: 0 })?.state === "FAILED");
    }
    let isStopped = false;
    const stopping = worker.stop().then(() => {
      isStopped = true;
    });
    await kafka.until("it has stopped", () => isStopped, { withinMs: 30_000 });
    await stopping;
  });
