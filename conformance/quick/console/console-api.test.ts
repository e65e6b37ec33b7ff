import assert from "node:assert/strict";
import { test } from "node:test";
import { ConsoleFixture } from "./console-fixture.ts";

test("topics come in pages, searched and sorted on the server", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 3, "orders.dead": 1, payments: 2 } });
  await ottla.kafka.topic("orders").produce([{ value: "a" }, { value: "b" }]);
  await ottla.kafka.until("the records are counted", async () => (await ottla.get("/topics/orders")).body.topic.records === 2);
  const { body } = await ottla.get("/topics?search=ord&sort=partitions&order=descending&pageSize=1");
  assert.deepEqual(
    [body.rows.map(({ name, partitions }: { name: string; partitions: number }) => `${name} ${partitions}`), body.found, body.total],
    [["orders 3"], 2, 3],
  );
  const beyond = await ottla.get("/topics?search=ord&page=7&pageSize=1");
  assert.deepEqual([beyond.body.page, beyond.body.rows.length], [1, 1]);
  const absent = await ottla.get("/topics/absent");
  assert.deepEqual([absent.status, absent.body.code], [404, "UNKNOWN_TOPIC"]);
});

test("messages are read, filtered, and told with why they were decoded so", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 2 } });
  const records = Array.from({ length: 100 }, (_, i) => ({ key: `k${i}`, value: JSON.stringify({ id: i, total: i * 10 }) }));
  await ottla.kafka.topic("orders").produce(records);
  const filtered = await ottla.events(`/topics/orders/messages?from=earliest&filter=${encodeURIComponent("value.total > 950")}`);
  const shown = filtered.flatMap(({ event, data }) => (event === "records" ? data.records : []));
  assert.deepEqual(shown.map(({ key }: { key: { text: string } }) => key.text).sort(), ["k96", "k97", "k98", "k99"]);
  assert.equal(shown[0].value.format, "json");
  const { data } = filtered.at(-1)!;
  assert.deepEqual([data.reason, data.progress.scanned, data.progress.left], ["end", 100, 0]);
  const limited = await ottla.events("/topics/orders/messages?from=earliest&limit=7");
  assert.equal(limited.flatMap((each) => (each.event === "records" ? each.data.records : [])).length, 7);
  const bad = await ottla.events(`/topics/orders/messages?filter=${encodeURIComponent("value..")}`);
  assert.deepEqual([bad[0]!.event, bad[0]!.data.code], ["failed", "BAD_FILTER"]);
});

test("a change is previewed, agreed to, carried out and taken back", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } });
  const create = await ottla.post("/plans", { changes: [{ kind: "createTopic", topic: "new", partitionCount: 2 }] });
  assert.equal(create.body.steps[0].sentence, "Create topic new with 2 partitions.");
  const done = await ottla.post(`/plans/${create.body.planId}/apply`, { digest: create.body.digest });
  assert.deepEqual([done.status, done.body.state], [200, "done"]);
  await ottla.kafka.until("the topic is shown", async () => (await ottla.get("/topics/new")).status === 200);
  const undone = await ottla.post(`/plans/${create.body.planId}/undo`, { digest: create.body.digest });
  assert.equal(undone.status, 200, JSON.stringify(undone.body));
  await ottla.kafka.until("the topic is gone", async () => (await ottla.get("/topics/new")).status === 404);
  const dangerous = await ottla.post("/plans", { changes: [{ kind: "deleteTopic", topic: "orders", onlyIfEmpty: false }] });
  const { planId, digest } = dangerous.body;
  assert.equal((await ottla.post(`/plans/${planId}/apply`, { digest })).body.code, "NOT_AGREED");
  assert.equal((await ottla.post(`/plans/${planId}/apply`, { digest: "another", agreed: ["orders"] })).body.code, "PLAN_CHANGED");
  assert.equal((await ottla.post(`/plans/${planId}/apply`, { digest, agreed: ["orders"] })).body.state, "done");
});

test("what was not looked at yet is told as not known, and never as none", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } });
  await ottla.kafka.topic("orders").produce([{ key: "k", value: "v" }]);
  await ottla.kafka
    .client()
    .admin()
    .alterGroupOffsets("billing", [{ topic: "orders", partition: 0, offset: 0 }]);
  const told: unknown[] = [];
  await ottla.kafka.until("groups and sizes are known", async () => {
    const { counts } = (await ottla.get("/overview")).body;
    told.push(counts.groups, counts.bytes);
    return counts.groups === 1 && counts.bytes > 0;
  });
  assert.ok(!told.includes(0), JSON.stringify(told));
});

test("a console that only reads changes nothing, and strangers are not served", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } }, { readOnly: true });
  const plan = await ottla.post("/plans", { changes: [{ kind: "deleteTopic", topic: "orders", onlyIfEmpty: true }] });
  const refused = await ottla.post(`/plans/${plan.body.planId}/apply`, { digest: plan.body.digest });
  assert.deepEqual([refused.status, refused.body.code], [403, "READ_ONLY"]);
  const written = await ottla.post("/topics/orders/messages", { key: { text: null }, value: { text: "x" } });
  assert.deepEqual([written.status, written.body.code], [403, "READ_ONLY"]);
  const foreign = await ottla.get("/about", { origin: "https://evil.example", "sec-fetch-site": "cross-site" });
  assert.deepEqual([foreign.status, foreign.body.code], [403, "STRANGER"]);
});

test("a topic whose name has dots has a page of its own, and a file that is not there has none", async () => {
  await using ottla = await ConsoleFixture.start();
  const statusOf = async (path: string): Promise<string> => {
    const response = await fetch(`${ottla.url}${path}`);
    return `${response.status} ${response.headers.get("content-type")}`;
  };
  for (const path of ["/topics/orders.events.v1", "/groups/a.b", "/topics"])
    assert.equal(await statusOf(path), "200 text/html; charset=utf-8");
  for (const path of ["/assets/gone-12345678.js", "/favicon.ico"]) assert.equal(await statusOf(path), "404 text/plain");
});

test("Kafka's own topics are read as records of their coordinators", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 2 } });
  const admin = ottla.kafka.client().admin();
  await admin.alterGroupOffsets("billing", [{ topic: "orders", partition: 1, offset: 0 }]);
  const producer = ottla.kafka.client().producer({ transactionalId: "till" });
  await producer.initTransactions();
  await producer.close();
  const keysOf = async (topic: string): Promise<readonly string[]> => {
    const events = await ottla.events(`/topics/${topic}/messages?from=earliest`);
    const records = events.flatMap(({ event, data }) => (event === "records" ? data.records : []));
    return records.map(({ key }: { readonly key: { readonly format: string; readonly text: string } }) => `${key.format} ${key.text}`);
  };
  assert.ok((await keysOf("__consumer_offsets")).includes('kafka {"OffsetCommitKey":{"group":"billing","topic":"orders","partition":1}}'));
  assert.deepEqual([...new Set(await keysOf("__transaction_state"))], ['kafka {"TransactionLogKey":{"transactionalId":"till"}}']);
});

test("the position that Kafka Streams keeps in a changelog's header is read", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { "app-store-changelog": 1 } });
  const int32 = (value: number): readonly number[] => [0, 0, 0, value];
  const position = Buffer.from([0, ...int32(1), ...int32(2), ...Buffer.from("in"), ...int32(1), ...int32(3), 0, 0, 0, ...int32(0), 9]);
  const headers = [
    { key: "c", value: position },
    { key: "odd", value: Buffer.from([0xff, 0xfe]) },
  ];
  await ottla.kafka.client().producer().send({ topic: "app-store-changelog", key: "k", value: "v", headers });
  const events = await ottla.events("/topics/app-store-changelog/messages?from=earliest");
  const [record] = events.flatMap(({ event, data }) => (event === "records" ? data.records : []));
  assert.deepEqual(
    record.headers.map(({ value }: { readonly value: string }) => value),
    ['{"in:3":9}', "ff fe"],
  );
});

test("a topic as a table has the newest of each key, and a filter is asked about that", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { prices: 2 } });
  const prices = [
    ["EUR", 1],
    ["USD", 2],
    ["EUR", 3],
    ["JPY", 4],
    ["EUR", 5],
  ] as const;
  await ottla.kafka.topic("prices").produce(prices.map(([key, price]) => ({ key, value: JSON.stringify({ price }) })));
  await ottla.kafka.topic("prices").produce([{ key: "JPY", value: null }]);
  const table = async (more: string): Promise<readonly string[]> => {
    const events = await ottla.events(`/topics/prices/messages?from=keys${more}`);
    const records = events.flatMap(({ event, data }) => (event === "records" ? data.records : []));
    return records.map(
      ({ key, value }: { readonly key: { text: string }; readonly value: { text: string } }) => `${key.text} ${value.text}`,
    );
  };
  assert.deepEqual(await table(""), ['EUR {"price":5}', 'USD {"price":2}']);
  assert.deepEqual(await table(`&filter=${encodeURIComponent("value.price < 4")}`), ['USD {"price":2}']);
  assert.deepEqual(await table("&limit=1"), ['EUR {"price":5}']);
});
