import assert from "node:assert/strict";
import { connect } from "node:net";
import { once } from "node:events";
import { describe, test } from "node:test";
import { startKafka } from "./index.ts";

test("one line gives a Kafka on a free port that any client may use, and the end of the block stops it", async () => {
  let address = "";
  {
    await using kafka = await startKafka({ topics: { orders: 2 } });
    address = kafka.bootstrapServers;
    assert.match(address, /^127\.0\.0\.1:\d+$/);
    const { partition, offset } = await kafka.client().producer().send({ topic: "orders", key: "a", value: "1", partition: 1 });
    assert.deepEqual([partition, offset], [1, 0]);
    const [record] = await kafka.topic("orders").records();
    assert.deepEqual([record?.key, record?.value, record?.headers], ["a", "1", {}]);
  }
  const [host, port] = address.split(":");
  const [error] = await once(
    connect(Number(port), host).on("connect", () => assert.fail("it still listens")),
    "error",
  );
  assert.equal((error as NodeJS.ErrnoException).code, "ECONNREFUSED");
});

test("two run side by side, and know nothing of each other", async () => {
  await using one = await startKafka({ topics: { t: { records: ["of one"] } } });
  await using other = await startKafka({ topics: { t: 1 } });
  assert.notEqual(one.bootstrapServers, other.bootstrapServers);
  one.fault({ reply: "REQUEST_TIMED_OUT", times: "always" });
  await other.client().producer().send({ topic: "t", value: "of the other" });
  await other.topic("t").has(["of the other"]);
  await one.topic("t").has(["of one"]);
});

test("topics come as they were asked for, with as many replicas as there are brokers", async () => {
  await using kafka = await startKafka({
    brokers: 3,
    topics: {
      a: 3,
      b: {
        partitions: 2,
        replicationFactor: 1,
        configs: { "cleanup.policy": "compact" },
        records: [{ key: "k", value: "v", partition: 0 }],
      },
    },
  });
  const admin = kafka.client().admin();
  const [a, b] = await admin.describeTopics(["a", "b"]);
  assert.deepEqual(
    [a, b].map((topic) => topic?.value?.partitions.map(({ replicas }) => replicas.length)),
    [
      [3, 3, 3],
      [1, 1],
    ],
  );
  const [{ value: configs } = {}] = await admin.describeConfigs([{ type: "topic", name: "b" }], { keys: ["cleanup.policy"] });
  assert.equal(configs?.[0]?.value, "compact");
  await kafka.topic("b").has([{ key: "k", value: "v", offset: 0 }]);
  assert.deepEqual([kafka.topic("a").exists(), kafka.topic("c").exists()], [true, false]);
  await assert.rejects(kafka.topic("a").create(), { code: "TOPIC_ALREADY_EXISTS" });
});

test("internal topics have as many replicas as there are brokers, so that a group outlives its coordinator", async () => {
  for (const [brokers, replicas] of [
    [1, 1],
    [2, 2],
    [4, 3],
  ] as const) {
    await using kafka = await startKafka({ brokers, topics: { t: { records: ["a"] } } });
    const consumer = kafka.client().consumer({ groupId: "g", autoOffsetReset: "earliest" });
    consumer.subscribe("t");
    for await (const record of consumer.records()) {
      await consumer.commit(record);
      break;
    }
    const [offsets] = await kafka.client().admin().describeTopics(["__consumer_offsets"]);
    assert.equal(offsets?.value?.partitions[0]?.replicas.length, replicas);
  }
});

describe("what makes no sense is refused in a sentence", () => {
  for (const [options, sentence] of [
    [{ borkers: 3 }, /"brokers" was perhaps meant/],
    [{ brokers: 0 }, /brokers is 0/],
    [{ brokers: 101 }, /brokers is 101/],
    [{ deadlineMs: 0 }, /deadlineMs is 0/],
    [{ settings: { "num.partitions": "x" } }, /num\.partitions/],
    [{ settings: { "num.partition": 3 } }, /num\.partition; "num\.partitions" was perhaps meant/],
    [{ topics: { t: 0 } }, /partition/],
    [{ topics: { "a b": 1 } }, /a b|illegal|invalid/i],
  ] as const) {
    test(JSON.stringify(options), async () => {
      await assert.rejects(startKafka(options as object), { message: sentence });
    });
  }
});

test("stop ends what waits, and twice is fine", async () => {
  const kafka = await startKafka({ topics: { t: 1 } });
  const waiting = kafka.topic("t").has(["never"]);
  const fault = kafka.fault({ api: "Fetch" });
  const hit = fault.hit();
  const sent = kafka.client().consumer();
  sent.assign([{ topic: "t", partition: 0 }]);
  const polled = sent.poll(60_000);
  const ends = [assert.rejects(waiting, { code: "KAFKA_STOPPED" }), hit.catch(() => {}), assert.rejects(polled)];
  await Promise.all([kafka.stop(), kafka.stop()]);
  await Promise.all(ends);
  await assert.rejects(kafka.reset(), { code: "BROKER_STOPPED" });
});
