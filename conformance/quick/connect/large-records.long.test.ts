// Records of 10 and 100 MB through a source and a sink, and a sink over a thousand partitions.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type AnyPlugin, startInProcessWorker } from "@ottla/connect/worker";
import { defineSink, defineSource } from "@ottla/connect";
import { startKafka } from "@ottla/testing";
import { startFakeS3 } from "../../src/connect/s3/fake-s3.ts";

const MIB = 2 ** 20;
const SIZES = [10 * MIB, 100 * MIB];
const JSON_VALUES = { "value.converter": "json", "value.converter.schemas.enable": "false" };

const source: AnyPlugin = defineSource({
  name: "large",
  version: "1",
  config: {},
  async *read(_config, { offsets, signal }) {
    for (let n = Number((await offsets.get({}))?.["n"] ?? 0); n < SIZES.length; n++)
      yield { topic: "large", partition: {}, offset: { n: n + 1 }, value: { text: "x".repeat(SIZES[n]!) } };
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  },
});

test("records of 10 and 100 MB go through where the limits allow it, and one that is too large says which", async () => {
  const topicLimit = { partitions: 1, configs: { "max.message.bytes": String(200 * MIB) } };
  await using kafka = await startKafka({
    settings: { "socket.request.max.bytes": String(300 * MIB), "ottla.client.memory.bytes": String(1024 * MIB) },
    topics: { large: topicLimit },
  });
  const sizes: number[] = [];
  const sink = defineSink({
    name: "measures",
    version: "1",
    config: {},
    open: () =>
      Promise.resolve({
        write: async (records) => {
          for (const { value } of records) sizes.push((value as { readonly text: string }).text.length);
        },
      }),
  });
  const worker = await startInProcessWorker({
    client: kafka.client(),
    plugins: [source, sink],
    properties: { "offset.flush.interval.ms": "100" },
  });
  const limited = { "connector.class": "large", "ottla.restart.max": "0", ...JSON_VALUES };
  await worker.putConfig("source", limited);
  const status = () => worker.statuses.get({ connector: "source", task: 0 });
  await kafka.until("it is too large", () => status()?.state === "FAILED", { withinMs: 60_000 });
  assert.match(
    status()?.trace ?? "",
    /Connector "source", task 0, KAFKA_PRODUCE: .*"large" takes 104857\d\d bytes, more than maxRequestSize/,
  );
  await worker.putConfig("source", {
    ...limited,
    "producer.override.max.request.size": String(250 * MIB),
    "producer.override.buffer.memory": String(300 * MIB),
  });
  await worker.putConfig("sink", { "connector.class": "measures", topics: "large", "ottla.restart.max": "0", ...JSON_VALUES });
  await kafka.until("both are through", () => sizes.length === SIZES.length, { withinMs: 120_000, seen: () => JSON.stringify(sizes) });
  assert.deepEqual(sizes, SIZES);
  await worker.stop();
});

test("a sink over a thousand partitions writes each one's object and commits all of them", async () => {
  const PARTITIONS = 1_000;
  const EACH = 10;
  await using kafka = await startKafka({ topics: { wide: PARTITIONS } });
  await using s3 = await startFakeS3(["lake"]);
  const producer = kafka.client().producer();
  await producer.send(
    Array.from({ length: PARTITIONS * EACH }, (_, n) => ({ topic: "wide", partition: n % PARTITIONS, value: JSON.stringify({ n }) })),
  );
  await producer.close();
  const worker = await startInProcessWorker({ client: kafka.client(), properties: { "offset.flush.interval.ms": "500" } });
  await worker.putConfig("lake", {
    "connector.class": "io.confluent.connect.s3.S3SinkConnector",
    "tasks.max": "2",
    topics: "wide",
    "s3.bucket.name": "lake",
    "store.url": s3.url,
    "aws.access.key.id": "test",
    "aws.secret.access.key": "test",
    "format.class": "io.confluent.connect.s3.format.json.JsonFormat",
    "flush.size": String(EACH),
    ...JSON_VALUES,
  });
  const committed = async (): Promise<number> =>
    (await kafka.client().admin().listGroupOffsets("connect-lake")).filter(({ value }) => value?.offset === EACH).length;
  await kafka.until("all are committed", async () => (await committed()) === PARTITIONS, { withinMs: 120_000 });
  assert.equal(s3.objects.size, PARTITIONS);
  await worker.stop();
});
