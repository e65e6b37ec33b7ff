// kafkajs 2.2.4: the strictest client of the old, non-flexible encodings (Produce <= 7, Fetch <= 11, Metadata <= 6).
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { KafkaMessage, Producer } from "kafkajs";
import { waitUntil } from "../process/wait-until.ts";
import { requireTarget } from "../target.ts";
import { codecs } from "./codecs.ts";
import { kafkajsCompression, makeKafkajs } from "./kafkajs-client.ts";
import { uniqueName } from "./unique-name.ts";

const target = requireTarget();
const kafka = makeKafkajs();

async function readAll(topic: string, count: number, fromBeginning = true): Promise<{ partition: number; message: KafkaMessage }[]> {
  const consumer = kafka.consumer({ groupId: uniqueName("kafkajs-read"), sessionTimeout: 6_000, maxWaitTimeInMs: 100 });
  const read: { partition: number; message: KafkaMessage }[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning });
    await consumer.run({ eachMessage: async ({ partition, message }) => void read.push({ partition, message }) });
    await waitUntil(`${count} records of ${topic} are read`, () => read.length >= count);
  } finally {
    await consumer.disconnect();
  }
  return read;
}

const texts = (read: readonly { message: KafkaMessage }[]): string[] => read.map(({ message }) => String(message.value));
const values = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => `value-${from + index}`);

describe(`kafkajs producing and consuming against ${target.kind} with ${target.brokers} broker(s)`, () => {
  let producer: Producer;
  before(async () => {
    producer = kafka.producer({ allowAutoTopicCreation: true });
    await producer.connect();
  });
  after(() => producer.disconnect());

  const send = (topic: string, payloads: readonly string[], codec: (typeof codecs)[number] = "none", acks = -1) =>
    producer.send({ topic, acks, compression: kafkajsCompression[codec], messages: payloads.map((value) => ({ value, partition: 0 })) });

  for (const codec of codecs) {
    test(`reads back in order what it wrote with ${codec}`, async () => {
      const topic = uniqueName(`kafkajs-${codec}`);
      await send(topic, values(500), codec);
      await send(topic, values(500, 500), codec);
      assert.deepEqual(texts(await readAll(topic, 1_000)), values(1_000));
    });
  }

  test("is told the base offset and the append time -1 of what it wrote", async () => {
    const topic = uniqueName("kafkajs-offset");
    await send(topic, values(3));
    const [answer] = await send(topic, values(2));
    assert.equal(answer?.baseOffset, "3");
    assert.equal(answer?.logAppendTime, "-1");
    assert.equal(answer?.errorCode, 0);
  });

  for (const acks of [0, 1, -1]) {
    test(`produces with acks=${acks}`, async () => {
      const topic = uniqueName("kafkajs-acks");
      await send(topic, ["created"]);
      await send(topic, values(100), "none", acks);
      assert.deepEqual(texts(await readAll(topic, 101)).slice(1), values(100));
    });
  }

  test("keeps keys, headers, timestamps, null and empty values", async () => {
    const topic = uniqueName("kafkajs-parts");
    await producer.send({
      topic,
      messages: [
        { key: "k", value: "v", headers: { a: "1", b: ["2", "3"] }, timestamp: "1700000000123", partition: 0 },
        { key: null, value: null, partition: 0 },
        { key: "", value: "", partition: 0 },
      ],
    });
    const read = (await readAll(topic, 3)).map(({ message }) => message);
    assert.deepEqual(
      read.map(({ key, value }) => [key?.toString() ?? null, value?.toString() ?? null]),
      [
        ["k", "v"],
        [null, null],
        ["", ""],
      ],
    );
    assert.equal(read[0]?.timestamp, "1700000000123");
    assert.equal(String(read[0]?.headers?.["a"]), "1");
    assert.deepEqual([read[0]?.headers?.["b"]].flat().map(String), ["2", "3"]);
  });

  test("writes idempotently, many batches in a row", async () => {
    const topic = uniqueName("kafkajs-idempotent");
    await send(topic, ["created"]);
    const idempotent = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await idempotent.connect();
    for (let round = 0; round < 20; round += 1) {
      await idempotent.send({ topic, messages: values(10, round * 10).map((value) => ({ value, partition: 0 })) });
    }
    await idempotent.disconnect();
    assert.deepEqual(texts(await readAll(topic, 201)).slice(1), values(200));
  });

  test("spreads keys over partitions and reads every one of them", async () => {
    const topic = uniqueName("kafkajs-keys");
    await producer.send({ topic, messages: values(200).map((value) => ({ key: value, value })) });
    const read = await readAll(topic, 200);
    assert.deepEqual(new Set(texts(read)), new Set(values(200)));
    assert.equal(new Set(read.map(({ partition }) => partition)).size, 4);
  });

  test("seeks into the middle of a batch and gets the rest of it", async () => {
    const topic = uniqueName("kafkajs-seek");
    await send(topic, values(100), "gzip");
    const consumer = kafka.consumer({ groupId: uniqueName("kafkajs-seek"), sessionTimeout: 6_000, maxWaitTimeInMs: 100 });
    const read: string[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void read.push(`${message.offset}:${message.value}`) });
    consumer.seek({ topic, partition: 0, offset: "57" });
    await waitUntil("the last record is read", () => read.includes("99:value-99"));
    const start = read.lastIndexOf("57:value-57");
    assert.deepEqual(
      read.slice(start),
      values(43, 57).map((value, index) => `${57 + index}:${value}`),
    );
    await consumer.disconnect();
  });

  test("reads batches up to the high watermark with eachBatch", async () => {
    const topic = uniqueName("kafkajs-batch");
    await send(topic, values(30));
    const consumer = kafka.consumer({ groupId: uniqueName("kafkajs-batch"), sessionTimeout: 6_000, maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const seen: { highWatermark: string; lastOffset: string }[] = [];
    await consumer.run({
      eachBatch: async ({ batch }) =>
        void (batch.partition === 0 && seen.push({ highWatermark: batch.highWatermark, lastOffset: batch.lastOffset() })),
    });
    await waitUntil("a batch came", () => seen.length > 0);
    assert.deepEqual(seen[0], { highWatermark: "30", lastOffset: "29" });
    await consumer.disconnect();
  });

  test("an illegal topic name is refused", async () => {
    await assert.rejects(send("not/legal", ["x"]), /invalid topic/i);
  });

  test("a record beyond max.message.bytes is refused", async () => {
    const topic = uniqueName("kafkajs-large");
    await send(topic, ["created"]);
    const once = makeKafkajs().producer({ retry: { retries: 0 } });
    await once.connect();
    await assert.rejects(
      once.send({ topic, messages: [{ value: Buffer.alloc(1_100_000), partition: 0 }] }),
      /too large|max message|larger than/i,
    );
    await once.disconnect();
  });
});
