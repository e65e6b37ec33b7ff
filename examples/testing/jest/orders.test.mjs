import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { startKafka } from "@ottla/testing";

let kafka;
beforeAll(async () => {
  kafka = await startKafka({ brokers: 2, topics: { orders: 1 } });
});
beforeEach(() => kafka.reset());
afterAll(() => kafka.stop());

test("an order waits for a full disk", async () => {
  kafka.disk.fill();
  const tries = kafka.observe({ api: "Produce" });
  const sent = kafka.client().producer().send({ topic: "orders", value: "tea" });
  await tries.hit(2);
  kafka.disk.free();
  await sent;
  expect(await kafka.topic("orders").records()).toMatchObject([{ value: "tea" }]);
});

test("an order survives its leader", async () => {
  const producer = kafka.client().producer();
  await producer.send({ topic: "orders", value: "tea" });
  await kafka.broker(kafka.topic("orders").leader()).down();
  await producer.send({ topic: "orders", value: "cake" });
  await kafka.topic("orders").has(["tea", "cake"]);
});
