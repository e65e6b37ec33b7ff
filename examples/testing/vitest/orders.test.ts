import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Kafka, startKafka } from "@ottla/testing";

let kafka: Kafka;
beforeAll(async () => {
  kafka = await startKafka({ brokers: 2, topics: { orders: 1 } });
});
beforeEach(() => kafka.reset());
afterAll(() => kafka.stop());

test("an order gets over a lost acknowledgement, and is written once", async () => {
  const lost = kafka.fault({ api: "Produce", lose: "answer" });
  await kafka.client().producer().send({ topic: "orders", value: "tea" });
  expect(lost.count).toBe(1);
  expect(await kafka.topic("orders").records()).toMatchObject([{ value: "tea" }]);
});

test("a misspelt error is refused with the right one", () => {
  expect(() => kafka.fault({ api: "Produce", reply: "NOT_LEADER" as "NONE" })).toThrow(/NOT_LEADER_OR_FOLLOWER was perhaps meant/);
});

test("what is not there is said, with what is", async () => {
  await kafka.topic("orders").produce(["tea"]);
  await expect(kafka.topic("orders").has(["cake"], { withinMs: 20 })).rejects.toThrow(/record 1 of 1, "cake", is not there/);
});
