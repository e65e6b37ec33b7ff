import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startKafka } from "./index.ts";

describe("a fault", () => {
  test("is met as often as it was asked for, and a client gets over it", async () => {
    await using kafka = await startKafka({ brokers: 2, topics: { orders: 1, others: 1 } });
    const fault = kafka.fault({ api: "Produce", topic: "orders", reply: "NOT_LEADER_OR_FOLLOWER", times: 3 });
    const producer = kafka.client().producer();
    await producer.send({ topic: "others", value: "untouched" });
    assert.equal(fault.count, 0);
    await producer.send({ topic: "orders", value: "v" });
    await fault.hit(3);
    assert.deepEqual([fault.count, fault.isSpent, fault.hits.map(({ topics }) => topics)], [3, true, [["orders"], ["orders"], ["orders"]]]);
    await kafka.topic("orders").has(["v"]);
  });

  test("that loses an answer shows whether a client writes twice", async () => {
    await using kafka = await startKafka({ topics: { safe: 1, unsafe: 1 } });
    const lost = () => kafka.fault({ api: "Produce", lose: "answer" });
    lost();
    await kafka.client().producer().send({ topic: "safe", value: "once" });
    await kafka.topic("safe").has(["once"]);
    lost();
    await kafka.client().producer({ idempotent: false }).send({ topic: "unsafe", value: "twice" });
    await kafka.topic("unsafe").has(["twice", "twice"]);
  });

  test("meets nothing that the kit asks itself", async () => {
    await using kafka = await startKafka({ topics: { t: 1 } });
    const fault = kafka.fault({ reply: "REQUEST_TIMED_OUT", times: "always" });
    await kafka.topic("t").produce(["a"]);
    await kafka.topic("t").has(["a"]);
    assert.equal(fault.count, 0);
  });

  test("is taken back by hand, by the end of a block, or with all others", async () => {
    await using kafka = await startKafka();
    {
      using fault = kafka.fault({ api: "Fetch", delayMs: 5 });
      assert.deepEqual(kafka.faults(), [fault]);
    }
    assert.deepEqual(kafka.faults(), []);
    const [one, other] = [kafka.observe({ api: "Produce" }), kafka.fault({ api: "Fetch", hold: true })];
    one.remove();
    one.remove();
    assert.deepEqual(kafka.faults(), [other]);
    await assert.rejects(one.hit(), { code: "FAULT_REMOVED", message: /was removed after 0 of 1 requests/ });
    kafka.clearFaults();
    assert.deepEqual([kafka.faults(), other.isSpent], [[], true]);
  });

  test("that nobody meets says so, with the requests that came", async () => {
    await using kafka = await startKafka({ topics: { t: 1 } });
    await kafka.client().producer().send({ topic: "t", value: "v" });
    const fault = kafka.fault({ api: "Fetch", topic: "t", reply: "NOT_LEADER_OR_FOLLOWER" });
    await assert.rejects(fault.hit(2, { withinMs: 20 }), {
      code: "WAITED_TOO_LONG",
      message:
        /^Waited 20 ms for fault 1 \(.*"api":"Fetch".*\) to meet 2 requests\. Last seen: 0 of them; the last requests were .*Produce\.$/,
    });
  });

  test("whose function throws is told by who waits for it", async () => {
    await using kafka = await startKafka({ topics: { t: 1 } });
    const cause = new Error("a slip");
    const fault = kafka.fault({
      api: "Produce",
      when: () => {
        throw cause;
      },
      lose: "request",
    });
    const hit = assert.rejects(fault.hit(), { code: "HOOK_FAILED", cause });
    await kafka.client().producer().send({ topic: "t", value: "v" });
    await hit;
  });

  test("of a misspelt name names the right one", async () => {
    await using kafka = await startKafka();
    // @ts-expect-error: the types know the names, too.
    assert.throws(() => kafka.fault({ api: "Prodce" }), { code: "INVALID_FAULT", message: /Produce was perhaps meant/ });
    // @ts-expect-error: and those of errors
    assert.throws(() => kafka.fault({ reply: "NOT_LEADER" }), /NOT_LEADER_OR_FOLLOWER was perhaps meant/);
    // @ts-expect-error: and the fields
    assert.throws(() => kafka.fault({ tpoic: "orders" }), /"topic" was perhaps meant/);
  });
});

test("requests are watched, with what they name", async () => {
  await using kafka = await startKafka({ topics: { t: 1 } });
  const bodies: unknown[] = [];
  const watched = kafka.observe({ api: ["Produce", "InitProducerId"] }, ({ body }) => bodies.push(body["transactionalId"]));
  await kafka.client({ clientId: "mine" }).producer().send({ topic: "t", value: "v" });
  assert.deepEqual(
    watched.hits.map(({ api, clientId, topics }) => [api, clientId, topics]),
    [
      ["InitProducerId", "mine", []],
      ["Produce", "mine", ["t"]],
    ],
  );
  assert.deepEqual(bodies, [null, null]);
});

test("an older broker is one that announces no later versions", async () => {
  await using kafka = await startKafka({ topics: { t: 1 } });
  const limits = kafka.limitVersions({ Produce: 8, DescribeTopicPartitions: null });
  const produced = kafka.observe({ api: "Produce" });
  const client = kafka.client();
  await client.producer().send({ topic: "t", value: "old" });
  const [described] = await client.admin().apiVersions();
  const latest = new Map(described?.value?.apis.map(({ apiKey, maxVersion }) => [apiKey, maxVersion]));
  assert.deepEqual([produced.hits.map(({ version }) => version), latest.get(0), latest.has(75), latest.has(1)], [[8], 8, false, true]);
  limits.remove();
  await kafka.client().producer().send({ topic: "t", value: "new" });
  assert.ok((produced.hits.at(-1)?.version ?? 0) > 8);
  assert.throws(() => kafka.limitVersions({ Prodce: 3 } as object), { code: "INVALID_FAULT", message: /Produce was perhaps meant/ });
});

test("a slow broker answers late", async () => {
  await using kafka = await startKafka({ topics: { t: 1 } });
  const producer = kafka.client().producer();
  await producer.send({ topic: "t", value: "a" });
  const slow = kafka.broker(1).latency(40);
  const startedMs = performance.now();
  await producer.send({ topic: "t", value: "b" });
  assert.ok(performance.now() - startedMs >= 39);
  slow.remove();
});

test("connections are dropped, and clients come again", async () => {
  await using kafka = await startKafka({ topics: { t: 1 } });
  const producer = kafka.client().producer();
  await producer.send({ topic: "t", value: "a" });
  const opened = kafka.observe({ api: "ApiVersions" });
  kafka.broker(1).dropConnections();
  await producer.send({ topic: "t", value: "b" });
  assert.ok(opened.count > 0);
  await kafka.topic("t").has(["a", "b"]);
});

test("a function of a fault that throws is told when Kafka stops, unless somebody heard of it before", async () => {
  const broken = (): never => {
    throw new Error("a bug of the test");
  };
  for (const hook of [{ when: broken }, { observe: broken }, { edit: broken }]) {
    const kafka = await startKafka({ topics: { t: 1 } });
    kafka.fault({ api: "Metadata", ...hook });
    await kafka.client().producer().send({ topic: "t", value: "v" });
    await assert.rejects(kafka.stop(), { code: "HOOK_FAILED", cause: new Error("a bug of the test") });
  }
  const kafka = await startKafka({ topics: { t: 1 } });
  const fault = kafka.fault({ api: "Produce", when: broken });
  await kafka.client().producer().send({ topic: "t", value: "v" });
  await assert.rejects(fault.hit(), { code: "HOOK_FAILED" });
  await kafka.stop();
});

test("a fault after stop() is refused", async () => {
  const kafka = await startKafka();
  await kafka.stop();
  assert.throws(() => kafka.fault({ api: "Produce", reply: "NOT_LEADER_OR_FOLLOWER" }), { code: "KAFKA_STOPPED" });
  assert.throws(() => kafka.observe(), { code: "KAFKA_STOPPED" });
});
