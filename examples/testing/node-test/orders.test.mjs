import { after, afterEach, test } from "node:test";
import assert from "node:assert/strict";
import { startKafka } from "@ottla/testing";

const kafka = await startKafka({ brokers: 3, topics: { orders: 3 } });
after(() => kafka.stop());
afterEach(() => kafka.reset());

test("an order gets over three errors", async () => {
  const fault = kafka.fault({ api: "Produce", topic: "orders", reply: "NOT_LEADER_OR_FOLLOWER", times: 3 });
  await kafka.client().producer().send({ topic: "orders", key: "ada", value: "tea" });
  assert.equal(fault.count, 3);
  await kafka.topic("orders").has([{ key: "ada", value: "tea" }]);
});

test("an order survives its leader", async () => {
  const producer = kafka.client().producer();
  const { partition } = await producer.send({ topic: "orders", key: "ada", value: "tea" });
  await kafka.broker(kafka.topic("orders").leader(partition)).down();
  await producer.send({ topic: "orders", key: "ada", value: "cake" });
  await kafka.topic("orders").has(["tea", "cake"]);
});

test("three packers share the work", async () => {
  await kafka.topic("orders").produce([0, 1, 2].map((partition) => ({ partition, value: `order ${partition}` })));
  const packed = [];
  const client = kafka.client();
  const packers = [1, 2, 3].map(() =>
    client.consumer({ groupId: "packers", autoOffsetReset: "earliest", heartbeatIntervalMs: 50, autoCommitIntervalMs: 20 }),
  );
  const packing = packers.map(async (consumer) => {
    consumer.subscribe("orders");
    for await (const record of consumer.records()) packed.push(String(record.value));
  });
  await kafka.group("packers").stable(3);
  await kafka.group("packers").lag().zero();
  assert.deepEqual(new Set(packed), new Set(["order 0", "order 1", "order 2"]));
  await client.close();
  await Promise.all(packing);
});
