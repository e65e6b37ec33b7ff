/**
 * What a program does with `@ottla/client`, feature by feature, on whatever runtime runs this file beside the installed package: `scenario.mjs HOST:PORT`. Prints a line of JSON per
 * feature. That the process then ends by itself is the last feature; the caller sees it.
 */
import { createRequire } from "node:module";
import { createClient, json, string } from "@ottla/client";

const [bootstrapServers = ""] = process.argv.slice(2);
const name = `runtime-${process.pid}`;
const client = createClient({ bootstrapServers });

await feature("administer: create, describe, list, configure", async () => {
  const admin = client.admin();
  const [created] = await admin.createTopics([{ name, partitionCount: 1 }]);
  if (created?.error) throw created.error;
  const [described] = await admin.describeTopics([name]);
  same(described?.value?.partitions.length, 1);
  const [configs] = await admin.describeConfigs([{ type: "topic", name }]);
  same(configs?.error, undefined);
});

await feature("produce: idempotent, one by one and many", async () => {
  const producer = client.producer();
  const { offset } = await producer.send({ topic: name, key: "k", value: "0" });
  same(offset, 0);
  const { acknowledged } = await producer.sendBatch(Array.from({ length: 999 }, (_, i) => ({ topic: name, value: String(i + 1) })));
  same(acknowledged, 999);
  await producer.close();
});

for (const compression of ["gzip", "snappy", "lz4", "zstd"]) {
  await feature(`${compression}, both ways`, async () => {
    const topic = `${name}-${compression}`;
    await client.admin().createTopics([{ name: topic, partitionCount: 1 }]);
    await client.producer({ compression }).send({ topic, value: "x".repeat(50_000) });
    const consumer = client.consumer();
    consumer.assign([{ topic, partition: 0 }]);
    consumer.seekToBeginning([]);
    for await (const record of consumer.records()) {
      same(record.value?.length, 50_000);
      break;
    }
  });
}

await feature("consume in a group, commit, go on where it stopped", async () => {
  const options = { groupId: `${name}-group`, autoOffsetReset: "earliest" };
  const first = client.consumer(options);
  first.subscribe(name);
  let count = 0;
  for await (const _ of first.records()) if (++count === 600) break;
  await first.commit();
  await first.close();
  const second = client.consumer(options);
  second.subscribe(name);
  for await (const record of second.records()) {
    same(record.offset, 600);
    break;
  }
});

await feature("typed topics", async () => {
  const orders = client.topic(`${name}-typed`, { key: string(), value: json() });
  await client.admin().createTopics([{ name: orders.name, partitionCount: 1 }]);
  await orders.producer().send({ key: "a", value: { n: 1 } });
  const consumer = orders.consumer({ groupId: `${name}-typed`, autoOffsetReset: "earliest" });
  for await (const { value } of consumer.records()) {
    same(value.n, 1);
    break;
  }
});

await feature("a signal ends a call at once", async () => {
  const reason = await client
    .topic(name)
    .producer()
    .raw.send({ topic: `${name}-missing`, partition: 7, value: "" }, { signal: AbortSignal.timeout(20) })
    .then(() => "sent")
    .catch(({ code }) => code);
  same(reason, "ABORTED");
});

await feature("kafkajs's API", async () => {
  const { Kafka, logLevel } = await import("@ottla/client/kafkajs");
  const kafka = new Kafka({ brokers: [bootstrapServers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: `${name}-kafkajs`, messages: [{ value: "v" }] });
  await producer.disconnect();
  const consumer = kafka.consumer({ groupId: `${name}-kafkajs` });
  await consumer.connect();
  await consumer.subscribe({ topic: `${name}-kafkajs`, fromBeginning: true });
  const read = Promise.withResolvers();
  await consumer.run({ eachMessage: async ({ message }) => read.resolve(message.value.toString()) });
  same(await read.promise, "v");
  await consumer.disconnect();
});

await feature("require() from CommonJS", async () => {
  const required = createRequire(import.meta.url)("@ottla/client");
  same(typeof required.createClient, "function");
});

await client.close();

async function feature(title, run) {
  let error;
  try {
    await Promise.race([run(), new Promise((_, reject) => setTimeout(() => reject(new Error("not done within 20 s")), 20_000).unref())]);
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  process.stdout.write(`${JSON.stringify({ feature: title, error })}\n`);
}

function same(actual, expected) {
  if (actual !== expected) throw new Error(`${actual} instead of ${expected}`);
}
