import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { nodeDisk, systemClock } from "@ottla/base/node";
import type { Client } from "@ottla/client";
import { type AnyPlugin, defineConverter, defineSource, int, str } from "@ottla/connect";
import { builtinPlugins, type ConnectWorker, loadedEntry, PluginCatalogue, startWorker } from "@ottla/connect/worker";
import { startKafka } from "@ottla/testing";

const COUNT = 3_000;

/** Counts from its offset on, each number a record, some of them one by one, some in batches. */
const counter = defineSource({
  name: "counter",
  version: "1",
  exactlyOnce: true,
  config: { topic: str(), "batch.size": int().default(7) },
  async *read({ topic, "batch.size": size }, { offsets, signal }) {
    const partition = { of: "counter" };
    let next = Number((await offsets.get(partition))?.["next"] ?? 0);
    while (next < COUNT && !signal.aborted) {
      const batch = Array.from({ length: Math.min(size, COUNT - next) }, (_, at) => ({
        topic,
        value: String(next + at),
        partition,
        offset: { next: next + at + 1 },
        transactionEnds: (next + at + 1) % 50 === 0,
      }));
      next += batch.length;
      yield batch;
      if (next % 5 === 0) await new Promise(setImmediate);
    }
  },
});

function started(client: Client, properties: Record<string, string> = {}, plugins: readonly AnyPlugin[] = []): Promise<ConnectWorker> {
  return startWorker({
    client,
    catalogue: new PluginCatalogue([...builtinPlugins, ...[counter, ...plugins].map(loadedEntry)]),
    properties: { "group.id": "g", "exactly.once.source.support": "enabled", "offset.flush.interval.ms": "50", ...properties },
    workerId: "w:1",
    environment: {},
    disk: nodeDisk,
    clock: systemClock,
    logger: silentLogger,
  });
}

for (const boundary of ["poll", "interval", "connector"])
  test(`exactly once by ${boundary}: a worker that dies again and again writes every record once, as readers of what is committed see`, async () => {
    await using kafka = await startKafka({ topics: { t: 1 } });
    const committed = async (client: Client): Promise<string[]> => {
      await using consumer = client.consumer({ isolationLevel: "read_committed", enableAutoCommit: false });
      const partition = { topic: "t", partition: 0 };
      consumer.assign([partition]);
      consumer.seekToBeginning([partition]);
      const [end] = await consumer.endOffsets([partition]);
      const values: string[] = [];
      while ((await consumer.position(partition)) < (end?.offset ?? 0))
        for (const batch of await consumer.poll(50)) for (const { value } of batch) values.push(value?.toString() ?? "");
      return values;
    };
    const reader = kafka.client();
    const config = {
      "connector.class": "counter",
      topic: "t",
      "value.converter": "string",
      "key.converter": "string",
      "exactly.once.support": "required",
      "transaction.boundary": boundary,
      "transaction.boundary.interval.ms": "20",
    };
    for (let life = 0; life < 4; life++) {
      const client = kafka.client();
      const worker = await started(client);
      await worker.putConfig("c", config);
      const before = (await committed(reader)).length;
      await kafka.until("it wrote something", async () => (await committed(reader)).length > before || before === COUNT);
      // Nothing is finished, nothing is aborted: it is gone.
      await client.close({ timeoutMs: 0 });
      void worker.stop().catch(() => {});
    }
    const last = await started(kafka.client());
    await kafka.until("all is written", async () => (await committed(reader)).length >= COUNT, { seen: () => "fewer" });
    assert.deepEqual(
      await committed(reader),
      Array.from({ length: COUNT }, (_, number) => String(number)),
    );
    assert.deepEqual(await last.offsets.list("c"), [{ partition: { of: "counter" }, offset: { next: COUNT } }]);
    await last.stop();
  });

/** Longer than the boundary's interval, which is over in the middle of a batch then. */
const slow = defineConverter({
  name: "slow",
  version: "1",
  config: {},
  open: () => ({
    fromConnect: (_topic, { value }) => new Promise((resolve) => setTimeout(() => resolve(Buffer.from(String(value))), 10)),
    toConnect: () => ({ schema: undefined, value: null }),
  }),
});

const twoBatches = defineSource({
  name: "two-batches",
  version: "1",
  exactlyOnce: true,
  config: {},
  async *read(_config, { signal }) {
    for (const from of [0, 6])
      yield Array.from({ length: 6 }, (_, at) => ({
        topic: "t",
        value: from + at,
        partition: { of: "t" },
        offset: { next: from + at + 1 },
      }));
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  },
});

test("exactly once by interval: a batch of the source is never parted, however long its records take", async () => {
  await using kafka = await startKafka({ topics: { t: 1 } });
  const client = kafka.client();
  const worker = await started(client, {}, [twoBatches, slow]);
  await worker.putConfig("c", {
    "connector.class": "two-batches",
    "value.converter": "slow",
    "transaction.boundary": "interval",
    "transaction.boundary.interval.ms": "5",
  });
  await kafka.until("all is committed", async () => (await worker.offsets.list("c"))[0]?.offset["next"] === 12);
  const [end] = await client.admin().listOffsets([{ topic: "t", partition: 0, spec: "latest" }]);
  assert.equal(end?.value?.offset, 14, "twelve records, and for each batch one that says that it is committed");
  await worker.stop();
});

test("exactly once is refused where the worker or the connector cannot", async () => {
  await using kafka = await startKafka();
  const worker = await started(kafka.client(), { "exactly.once.source.support": "disabled" });
  const config = { "connector.class": "counter", topic: "t", "exactly.once.support": "required" };
  await assert.rejects(worker.putConfig("c", config), /exactly\.once\.source\.support=enabled/);
  await worker.stop();
});

test("an offset that was committed behind a transaction that another task left open is waited for, and never taken as it was before", async () => {
  await using kafka = await startKafka();
  const client = kafka.client();
  const worker = await startWorker({
    client,
    catalogue: new PluginCatalogue(builtinPlugins),
    properties: { "group.id": "cluster", "offset.storage.partitions": "1" },
    workerId: "w:1",
    environment: {},
    disk: nodeDisk,
    clock: systemClock,
    logger: silentLogger,
  });
  const write = client.producer({});
  const left = client.producer({ transactionalId: "left-behind" });
  const key = '["a",{"p":1}]';
  try {
    await write.send({ topic: "connect-offsets", key, value: '{"o":1}' });
    assert.deepEqual(await worker.offsets.get("a", { p: 1 }), { o: 1 });
    await left.initTransactions();
    await left.begin();
    await left.send({ topic: "connect-offsets", key: '["b",{"p":1}]', value: '{"o":7}' });
    await write.send({ topic: "connect-offsets", key, value: '{"o":2}' });
    let known: unknown;
    const asked = worker.offsets.get("a", { p: 1 }).then((offset) => (known = offset));
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(known, undefined, "it waits");
    await left.abort();
    await asked;
    assert.deepEqual(known, { o: 2 });
    assert.equal(await worker.offsets.get("b", { p: 1 }), undefined);
  } finally {
    await Promise.all([write.close(), left.close()]);
    await worker.stop();
  }
});
