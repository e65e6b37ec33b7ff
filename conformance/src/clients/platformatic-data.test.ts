// @platformatic/kafka 2.12.1: the newest encodings (Produce 11+, Fetch 17, Metadata 12).
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { requireTarget } from "../target.ts";
import { codecs } from "./codecs.ts";
import { makeAdmin, makeProducer, readAll, type TextProducer } from "./platformatic-client.ts";
import { uniqueName } from "./unique-name.ts";

const target = requireTarget();
const values = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => `value-${from + index}`);

describe(`@platformatic/kafka producing and consuming against ${target.kind} with ${target.brokers} broker(s)`, () => {
  let producer: TextProducer;
  const admin = makeAdmin();
  before(() => {
    producer = makeProducer();
  });
  after(() => Promise.all([producer.close(), admin.close()]));

  const makeTopic = async (partitions = 1): Promise<string> => {
    const topic = uniqueName("platformatic");
    await admin.createTopics({ topics: [topic], partitions, replicas: 1 });
    return topic;
  };
  const messages = (topic: string, payloads: readonly string[]) => payloads.map((value) => ({ topic, partition: 0, value }));

  for (const codec of codecs) {
    test(`reads back in order what it wrote with ${codec}`, async () => {
      const topic = await makeTopic();
      await producer.send({ messages: messages(topic, values(500)), compression: codec, acks: -1 });
      await producer.send({ messages: messages(topic, values(500, 500)), compression: codec, acks: -1 });
      assert.deepEqual(
        (await readAll(topic, 1_000)).map(({ value }) => value),
        values(1_000),
      );
    });
  }

  test("is told the base offset of what it wrote", async () => {
    const topic = await makeTopic();
    await producer.send({ messages: messages(topic, values(3)), acks: -1 });
    const { offsets } = await producer.send({ messages: messages(topic, values(2)), acks: -1 });
    assert.deepEqual(offsets, [{ topic, partition: 0, offset: 3n }]);
  });

  for (const acks of [0, 1]) {
    test(`produces with acks=${acks}`, async () => {
      const topic = await makeTopic();
      await producer.send({ messages: messages(topic, values(100)), acks });
      assert.deepEqual(
        (await readAll(topic, 100)).map(({ value }) => value),
        values(100),
      );
    });
  }

  test("writes idempotently, many batches in a row", async () => {
    const topic = await makeTopic();
    const idempotent = makeProducer({ idempotent: true });
    for (let round = 0; round < 20; round += 1) await idempotent.send({ messages: messages(topic, values(10, round * 10)) });
    await idempotent.close();
    assert.deepEqual(
      (await readAll(topic, 200)).map(({ value }) => value),
      values(200),
    );
  });

  test("keeps keys, headers and timestamps", async () => {
    const topic = await makeTopic();
    await producer.send({
      messages: [{ topic, partition: 0, key: "k", value: "v", headers: { trace: "7", second: "8" }, timestamp: 1_700_000_000_123n }],
      acks: -1,
    });
    const [message] = await readAll(topic, 1);
    assert.equal(message?.key, "k");
    assert.equal(message?.timestamp, 1_700_000_000_123n);
    assert.deepEqual(
      [...(message?.headers ?? new Map())],
      [
        ["trace", "7"],
        ["second", "8"],
      ],
    );
  });

  test("auto-creates a topic on first use and spreads keys over its partitions", async () => {
    const topic = uniqueName("platformatic-auto");
    await producer.send({ messages: values(200).map((value) => ({ topic, key: value, value })), acks: -1 });
    const read = await readAll(topic, 200);
    assert.deepEqual(new Set(read.map(({ value }) => value)), new Set(values(200)));
    assert.equal(new Set(read.map(({ partition }) => partition)).size, 4);
  });

  test("a record beyond max.message.bytes is refused", async () => {
    const topic = await makeTopic();
    await assert.rejects(producer.send({ messages: messages(topic, ["x".repeat(1_100_000)]), acks: -1 }));
    await producer.send({ messages: messages(topic, ["small"]), acks: -1 });
    assert.deepEqual(
      (await readAll(topic, 1)).map(({ value }) => value),
      ["small"],
    );
  });
});
