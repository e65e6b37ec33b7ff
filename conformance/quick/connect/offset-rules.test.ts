import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { nodeDisk, systemClock } from "@ottla/base/node";
import { type AnyPlugin, defineSink, defineSource, RetriableError, type SinkTask } from "@ottla/connect";
import {
  builtinPlugins,
  type ConnectWorker,
  loadedEntry,
  MemoryOffsetStore,
  PluginCatalogue,
  type SourceOffset,
  startInProcessWorker,
  startWorker,
} from "@ottla/connect/worker";
import { type Kafka, startKafka } from "@ottla/testing";

const STRINGS = { "key.converter": "string", "value.converter": "string" };
const never = new Promise<never>(() => {});

const once = defineSource({
  name: "once",
  version: "1",
  exactlyOnce: true,
  config: {},
  async *read() {
    yield { topic: "t", value: "x", partition: { p: 1 }, offset: { o: 1 } };
    await never;
  },
});

function sinkOf(name: string, task: Partial<SinkTask>): AnyPlugin {
  return defineSink({ name, version: "1", config: {}, open: () => Promise.resolve({ write: () => Promise.resolve(), ...task }) });
}

async function committed(kafka: Kafka, group: string): Promise<Readonly<Record<number, number>>> {
  const listed = await kafka.client().admin().listGroupOffsets(group);
  return Object.fromEntries(listed.flatMap(({ partition, value }) => (value === undefined ? [] : [[partition, value.offset]])));
}

test("offsets that could not be committed are committed with the next try, though the source is silent", async () => {
  await using kafka = await startKafka();
  class FailingOnce extends MemoryOffsetStore {
    fails = 2;
    override put(connector: string, offsets: readonly SourceOffset[]): Promise<void> {
      return this.fails-- > 0 ? Promise.reject(new Error("the disk is full")) : super.put(connector, offsets);
    }
  }
  const offsets = new FailingOnce();
  const worker = await startInProcessWorker({
    client: kafka.client(),
    plugins: [once],
    offsets,
    properties: { "offset.flush.interval.ms": "30", "task.shutdown.graceful.timeout.ms": "200" },
  });
  await worker.putConfig("s", { "connector.class": "once", ...STRINGS });
  await kafka.until("it is there", async () => (await offsets.list("s")).length === 1);
  assert.ok(offsets.fails < 0);
  assert.equal(worker.statuses.get({ connector: "s", task: 0 })?.state, "RUNNING");
  await worker.stop();
});

test("a transaction that cannot end fails its task, though the source is silent", async () => {
  await using kafka = await startKafka();
  const client = kafka.client();
  const worker: ConnectWorker = await startWorker({
    client,
    catalogue: new PluginCatalogue([...builtinPlugins, loadedEntry(once)]),
    properties: { "group.id": "cluster", "exactly.once.source.support": "enabled", "task.shutdown.graceful.timeout.ms": "200" },
    workerId: "w:1",
    environment: {},
    disk: nodeDisk,
    clock: systemClock,
    logger: silentLogger,
  });
  const other = client.producer({ transactionalId: "cluster-s-0" });
  try {
    await worker.putConfig("s", {
      "connector.class": "once",
      "ottla.restart.max": "0",
      "transaction.boundary": "interval",
      "transaction.boundary.interval.ms": "1500",
      ...STRINGS,
    });
    await kafka.until("its record is taken", () => worker.metrics("s").get(0)?.["records_in_flight"] === 1);
    await other.initTransactions();
    await kafka.until("it has failed", () => worker.statuses.get({ connector: "s", task: 0 })?.state === "FAILED");
    assert.match(worker.statuses.get({ connector: "s", task: 0 })?.trace ?? "", /Connector "s", task 0/);
    assert.deepEqual(await worker.offsets.list("s"), []);
  } finally {
    await other.close();
    await worker.stop();
  }
});

test("a record that can be neither written nor kept as a dead letter is not passed over", async () => {
  await using kafka = await startKafka({ topics: { in: 1 } });
  const client = kafka.client();
  await client.admin().createTopics([{ name: "dead", partitionCount: 1, configs: { "max.message.bytes": "100" } }]);
  await kafka.topic("in").produce([{ key: "k", value: "x".repeat(1_000) }]);
  const refuses = sinkOf("refuses", { write: () => Promise.reject(new Error("no")) });
  const worker = await startInProcessWorker({ client, plugins: [refuses], properties: { "offset.flush.interval.ms": "30" } });
  await worker.putConfig("s", {
    "connector.class": "refuses",
    topics: "in",
    "ottla.restart.max": "0",
    "errors.tolerance": "all",
    "errors.deadletterqueue.topic.name": "dead",
    ...STRINGS,
  });
  await kafka.until("it has failed", () => worker.statuses.get({ connector: "s", task: 0 })?.state === "FAILED");
  assert.deepEqual(await committed(kafka, "connect-s"), {});
  await worker.stop();
});

test("a sink that loses a partition has committed what it wrote of it, and writes nothing more of it, not even what it was trying again", async () => {
  await using kafka = await startKafka({ topics: { in: 2 } });
  const client = kafka.client();
  const state = { isRefusing: false };
  const written: string[] = [];
  const lists = sinkOf("lists", {
    write: (records) => {
      if (state.isRefusing) return Promise.reject(new RetriableError("later", { afterMs: 50 }));
      for (const { originalPartition, value } of records) written.push(`${originalPartition} ${String(value)}`);
      return Promise.resolve();
    },
  });
  // Nothing is committed by the time here.
  const worker = await startInProcessWorker({ client, plugins: [lists], properties: { "offset.flush.interval.ms": "600000" } });
  const other = client.consumer({ groupId: "connect-s", autoOffsetReset: "earliest" });
  const both = (value: string): Promise<unknown> =>
    Promise.all([0, 1].map((partition) => kafka.topic("in").produce([{ partition, key: "k", value }])));
  try {
    await worker.putConfig("s", { "connector.class": "lists", topics: "in", ...STRINGS, "consumer.override.heartbeat.interval.ms": "100" });
    await both("first");
    await kafka.until("both are written", () => written.length === 2);
    state.isRefusing = true;
    await both("second");
    other.subscribe(["in"]);
    const read: string[] = [];
    await kafka.until(
      "the other has one",
      async () => {
        for (const batch of await other.poll(100)) for (const { value } of batch) read.push(`${batch.partition} ${String(value)}`);
        return read.length > 0;
      },
      { withinMs: 20_000 },
    );
    state.isRefusing = false;
    await kafka.until("what is left is written", () => written.length === 3);
    const theirs = read[0]?.slice(0, 1) ?? "";
    assert.deepEqual(read, [`${theirs} second`]);
    assert.deepEqual(written.toSorted(), ["0 first", "1 first", theirs === "0" ? "1 second" : "0 second"].toSorted());
  } finally {
    await other.close();
    await worker.stop();
  }
});

test("a sink that goes back while it writes is given what follows from there once, and no more is committed meanwhile", async () => {
  await using kafka = await startKafka();
  await kafka.topic("t").create();
  await kafka.topic("t").produce(Array.from({ length: 20 }, (_, n) => ({ value: String(n) })));
  const written: string[][] = [];
  const release = Promise.withResolvers<void>();
  const back = defineSink({
    name: "back",
    version: "1",
    config: {},
    open: async (_config, { seek }) => ({
      async write(records) {
        written.push(records.map(({ value }) => String(value)));
        if (written.length === 1) seek({ topic: "t", partition: 0 }, 7n);
        else await release.promise;
      },
    }),
  });
  const worker = await startInProcessWorker({
    client: kafka.client(),
    plugins: [back],
    properties: { "offset.flush.interval.ms": "1" },
  });
  await worker.putConfig("s", { "connector.class": "back", topics: "t", ...STRINGS });
  await kafka.until("it is given records again", () => written.length === 2);
  assert.deepEqual(written[1]?.[0], "7");
  const [at = 0] = Object.values(await committed(kafka, "connect-s"));
  assert.ok(at <= 7, `${at} is committed, and what is given again begins at 7`);
  release.resolve();
  await kafka.until("all are committed", async () => (await committed(kafka, "connect-s"))[0] === 20);
  assert.deepEqual(
    written.slice(1).flat(),
    Array.from({ length: 13 }, (_, n) => String(n + 7)),
  );
  await worker.stop();
});
