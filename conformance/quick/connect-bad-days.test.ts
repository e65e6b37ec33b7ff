// What a worker does where the cluster or the registry says no.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { silentLogger } from "@ottla/base";
import { nodeDisk, systemClock } from "@ottla/base/node";
import { createClient, rangeAssignor } from "@ottla/client";
import { defineSink, defineSource, plain, RetriableError, struct } from "@ottla/connect";
import { builtinPlugins, connectApi, type ConnectWorker, PluginCatalogue, startInProcessWorker, startWorker } from "@ottla/connect/worker";
import { type Kafka, startKafka } from "@ottla/testing";
import { startRegistry } from "../src/ottla/registry.ts";
import { waitUntil } from "../src/process/wait-until.ts";

const GENERATED = { "connector.class": "datagen", quickstart: "orders", "max.interval": "50" };

describe("a worker whose cluster says no", () => {
  let kafka: Kafka;
  before(async () => {
    kafka = await startKafka();
  });
  after(() => kafka.stop());

  const start = (group: string, more: Readonly<Record<string, string>> = {}, workerId = "127.0.0.1:1"): Promise<ConnectWorker> =>
    startWorker({
      client: kafka.client(),
      catalogue: new PluginCatalogue([...builtinPlugins]),
      properties: {
        "group.id": group,
        "config.storage.topic": `${group}-configs`,
        "offset.storage.topic": `${group}-offsets`,
        "status.storage.topic": `${group}-status`,
        "offset.flush.interval.ms": "50",
        ...more,
      },
      workerId,
      environment: {},
      disk: nodeDisk,
      clock: systemClock,
      logger: silentLogger,
    });
  const ask = async (worker: ConnectWorker, method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await connectApi({ worker }).request(path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    return answer.json();
  };

  test("a config topic that is deleted is made again with every config, at the next change or by itself, and tasks run on", async () => {
    const first = await start("gone");
    const second = await start("gone", {}, "127.0.0.1:2");
    await ask(first, "PUT", "/connectors/a/config", { ...GENERATED, "kafka.topic": "a" });
    await kafka.until("it runs", () => first.statuses.get({ connector: "a", task: 0 })?.state === "RUNNING");
    await kafka.client().admin().deleteTopics(["gone-configs"]);
    await ask(first, "PUT", "/connectors/b/config", { ...GENERATED, "kafka.topic": "b" });
    await kafka.until("both workers know both", async () =>
      (await Promise.all([ask(first, "GET", "/connectors"), ask(second, "GET", "/connectors")])).every(
        (names) => JSON.stringify(names) === `["a","b"]`,
      ),
    );
    const written = (await kafka.topic("a").records()).length;
    await kafka.until("the first connector's task runs on", async () => (await kafka.topic("a").records()).length > written);
    await kafka.client().admin().deleteTopics(["gone-configs"]);
    await kafka.until("it is made again by itself", async () => (await kafka.topic("gone-configs").records()).length > 0, {
      withinMs: 20_000,
    });
    await Promise.all([first.stop(), second.stop()]);
    const third = await start("gone");
    assert.deepEqual(await ask(third, "GET", "/connectors"), ["a", "b"]);
    await kafka.until("its tasks run", () => third.statuses.get({ connector: "b", task: 0 })?.state === "RUNNING");
    await third.stop();
  });
});

/** Two workers that make it again at the same time abort each other; what they leave is no config. */
test("a config topic that was made again and has an aborted transaction alone is filled with every config", async () => {
  await using kafka = await startKafka();
  const client = kafka.client();
  const worker = await startWorker({
    client,
    catalogue: new PluginCatalogue([...builtinPlugins]),
    properties: { "group.id": "aborted", "config.storage.topic": "configs" },
    workerId: "127.0.0.1:1",
    environment: {},
    disk: nodeDisk,
    clock: systemClock,
    logger: silentLogger,
  });
  await worker.putConfig("a", { ...GENERATED, "kafka.topic": "a" });
  await kafka.until("it runs", () => worker.statuses.get({ connector: "a", task: 0 })?.state === "RUNNING");
  await client.admin().deleteTopics(["configs"]);
  await client.admin().createTopics([{ name: "configs", partitionCount: 1, configs: { "cleanup.policy": "compact" } }]);
  const producer = client.producer({ transactionalId: "somebody" });
  await producer.initTransactions();
  await producer.begin();
  for (let n = 0; n < 20; n++) await producer.send({ topic: "configs", key: "connector-b", value: "{}" });
  await producer.abort();
  await producer.close();
  await worker.putConfig("c", { ...GENERATED, "kafka.topic": "c" });
  const kept = await kafka.topic("configs").records({ isolationLevel: "read_committed" });
  const connectors = new Set(kept.map(({ key }) => String(key)).filter((key) => key.startsWith("connector-")));
  assert.deepEqual([...connectors].toSorted(), ["connector-a", "connector-c"]);
  await worker.stop();
});

/** Whoever gets a partition again reads it from what is committed; what was read of it before is not to be handed over in between. */
test("of a partition that goes and comes back while a batch waits nothing is written from the middle", async () => {
  await using kafka = await startKafka();
  const client = kafka.client();
  await client.admin().createTopics([{ name: "lines", partitionCount: 1 }]);
  const producer = client.producer();
  await producer.send(Array.from({ length: 5000 }, (_, n) => ({ topic: "lines", value: String(n) })));
  /** Of each time that the partition was given: offsets of the first records of writes. */
  const given: number[][] = [];
  let refusals = 0;
  const sink = defineSink({
    name: "keeps",
    version: "1",
    config: {},
    open: () =>
      Promise.resolve({
        async assigned(places) {
          if (places.length > 0) given.push([]);
        },
        async write(records) {
          const first = Number(records[0]!.offset);
          given.at(-1)!.push(first);
          if (given.length === 1 && first > 0) {
            refusals++;
            throw new RetriableError("full", { afterMs: 300 });
          }
        },
        // Nothing is durable yet: an object is open.
        flush: () => Promise.resolve({ offsets: [] }),
      }),
  });
  const worker = await startInProcessWorker({ client, plugins: [sink], properties: { "offset.flush.interval.ms": "50" } });
  await worker.putConfig("keeps", {
    "connector.class": "keeps",
    topics: "lines",
    "value.converter": "string",
    "consumer.override.partition.assignment.strategy": "org.apache.kafka.clients.consumer.RangeAssignor",
    "consumer.override.group.protocol": "classic",
  });
  await kafka.until("the second batch is refused", () => refusals > 0);
  const other = client.consumer({
    groupId: "connect-keeps",
    assignors: [rangeAssignor],
    enableAutoCommit: false,
    autoOffsetReset: "earliest",
  });
  other.subscribe(["lines"]);
  // Either of the two may get it; the sink gave it up in any case.
  await kafka.until(
    "the partition has gone",
    async () => {
      await other.poll(50);
      return given.length > 1 || other.assignment().length > 0;
    },
    { withinMs: 60_000 },
  );
  await other.close();
  await kafka.until("all is written after the partition came back", () => given.length > 1 && (given.at(-1)?.length ?? 0) >= 3, {
    withinMs: 60_000,
    seen: () => JSON.stringify([given, refusals, worker.statuses.get({ connector: "keeps", task: 0 })]),
  });
  await worker.stop();
  await producer.close();
  for (const [first] of given) assert.ok(first === 0 || first === undefined, JSON.stringify(given));
});

const growing = defineSource({
  name: "growing",
  version: "1",
  config: {},
  async *read(_config, { offsets, signal }) {
    const from = Number((await offsets.get({ of: "growing" }))?.["n"] ?? 0);
    const small = struct({ id: plain("int32") }, { name: "Kettle" });
    // A reader of the new schema finds no litres in old data.
    const large = struct({ id: plain("int32"), litres: plain("int32") }, { name: "Kettle" });
    for (let n = from + 1; n <= 4; n++)
      yield {
        topic: "kettles",
        partition: { of: "growing" },
        offset: { n },
        value: n <= 2 ? { id: n } : { id: n, litres: n },
        valueSchema: n <= 2 ? small : large,
      };
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  },
});

test("a schema that the registry's level does not allow fails the task with the reason; it goes on by itself once the level does, each record once", async () => {
  const services = await startRegistry();
  const client = createClient({ bootstrapServers: services.bootstrap });
  const worker = await startInProcessWorker({ client, plugins: [growing], properties: { "offset.flush.interval.ms": "50" } });
  try {
    await worker.putConfig("growing", {
      "connector.class": "growing",
      "key.converter": "string",
      "value.converter": "io.confluent.connect.avro.AvroConverter",
      "value.converter.schema.registry.url": services.registry,
      "ottla.restart.backoff.ms": "100",
      "ottla.restart.backoff.max.ms": "200",
      "ottla.restart.max": "1000",
    });
    const status = () => worker.statuses.get({ connector: "growing", task: 0 });
    const trace = await waitUntil("the task says so", () => status()?.trace);
    assert.match(trace, /Connector "growing", task 0, VALUE_CONVERTER, topic kettles/);
    assert.match(trace, /kettles-value/);
    assert.match(trace, /BACKWARD/);
    assert.match(trace, /litres/);
    const answer = await fetch(`${services.registry}/config/kettles-value`, {
      method: "PUT",
      headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
      body: JSON.stringify({ compatibility: "NONE" }),
    });
    assert.equal(answer.status, 200);
    const consumer = client.consumer({ autoOffsetReset: "earliest" });
    consumer.assign([{ topic: "kettles", partition: 0 }]);
    const ids: number[] = [];
    await waitUntil("all records are there", async () => {
      // Avro's int of a record's first field, zigzag, behind five bytes of framing.
      for (const batch of await consumer.poll(100)) for (const { value } of batch) ids.push(value![5]! / 2);
      return ids.length >= 4 && status()?.state === "RUNNING";
    });
    assert.deepEqual(ids, [1, 2, 3, 4]);
    await consumer.close();
  } finally {
    await worker.stop();
    await client.close();
    await services.stop();
  }
});
