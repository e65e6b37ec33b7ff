import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kafka } from "@ottla/testing";
import { ConsoleFixture } from "./console-fixture.ts";

const HEADERS = [
  { key: "mended", value: "yes" },
  { key: "none", value: null },
  { key: "bytes", value: "AQ==", encoding: "base64" },
];

/** Dead letters as Connect writes them (KIP-298), of records of `orders`; one as a streams application does (KIP-1034). */
async function died(kafka: Kafka, count: number): Promise<void> {
  const headers = (below: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, value]) => ({ key: `${below}${key}`, value: Buffer.from(value) }));
  const place = (offset: number) => ({ topic: "orders", partition: "1", offset: String(offset) });
  const producer = kafka.client().producer();
  await producer.send(
    Array.from({ length: count }, (_, n) => ({
      topic: "orders.dlq",
      key: `k${n}`,
      value: `bad ${n}`,
      headers: headers("__connect.errors.", {
        ...place(n),
        "connector.name": "lake",
        "task.id": "0",
        stage: "VALUE_CONVERTER",
        "exception.class.name": "DataException",
        "exception.message": `no JSON at ${n}`,
      }),
    })),
  );
  await producer.send({
    topic: "orders.dlq",
    value: "late",
    headers: headers("__streams.errors.", { ...place(99), exception: "TooLate", message: "it is over" }),
  });
}

test("dead letters are found, grouped by cause, edited, and sent back once each", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 2, "orders.dlq": 1, "not.dead": 1 } });
  await died(ottla.kafka, 4);
  await ottla.kafka.topic("not.dead").produce([{ value: "alive" }]);
  await ottla.kafka.until("the topic is found", async () => (await ottla.get("/dead-letters")).body.topics[0]?.name === "orders.dlq");
  const { body: wide } = await ottla.get("/dead-letters?all=true");
  assert.deepEqual(
    wide.topics.map(({ name }: { name: string }) => name),
    ["orders.dlq"],
  );
  const { body: causes } = await ottla.get("/dead-letters/causes?topic=orders.dlq");
  assert.deepEqual(
    causes.causes.map(({ origin, group, error, count, waiting, lastMessage }: Record<string, unknown>) => [
      origin,
      group,
      error,
      count,
      waiting,
      lastMessage,
    ]),
    [
      ["orders", "connect-lake", "DataException", 4, 4, "no JSON at 3"],
      ["orders", "", "TooLate", 1, 1, "it is over"],
    ],
  );
  const events = await ottla.events("/topics/orders.dlq/messages?from=earliest&limit=1");
  const [letter] = events.flatMap(({ event, data }) => (event === "records" ? data.records : []));
  assert.deepEqual(letter.story.connect, { connector: "lake", task: 0, stage: "VALUE_CONVERTER" });
  const edits = [
    { partition: 0, offset: 1, value: { text: '{"fixed":true}', encoding: "text" }, headers: HEADERS },
    { partition: 0, offset: 2, skip: true },
  ];
  const change = { kind: "redriveDeadLetters", topic: "orders.dlq", limit: 4, perS: 1000, edits };
  const unread = { ...edits[0], value: { text: "no*base64", encoding: "base64" } };
  const refused = await ottla.post("/plans", { changes: [{ ...change, edits: [unread] }] });
  assert.match(JSON.stringify([refused.status, refused.body]), /^\[400,.*these are no base64 digits/);
  const { body: plan } = await ottla.post("/plans", { changes: [change] });
  assert.equal(
    plan.steps[0]?.sentence,
    "Send what waits in orders.dlq back to where it came from, each once: 3 to orders, at most 1000 a second (1 as edited, 1 passed over for good).",
    JSON.stringify(plan),
  );
  assert.equal((await ottla.post(`/plans/${plan.planId}/apply`, { digest: plan.digest })).body.code, "NOT_AGREED");
  await ottla.post(`/plans/${plan.planId}/apply`, { digest: plan.digest, agreed: ["orders.dlq"] });
  const state = async (planId: string) =>
    (await ottla.get("/plans")).body.plans.find((each: { planId: string }) => each.planId === planId).state;
  await ottla.kafka.until("they are sent", async () => (await state(plan.planId)) === "done");
  const twice = await ottla.post(`/plans/${plan.planId}/apply`, { digest: plan.digest, agreed: ["orders.dlq"] });
  assert.deepEqual([twice.status, twice.body.code], [409, "PLAN_RUNNING"]);
  const undone = await ottla.post(`/plans/${plan.planId}/undo`, { digest: plan.digest });
  assert.deepEqual([undone.status, undone.body.code], [409, "NO_WAY_BACK"]);
  const sent = await ottla.kafka.topic("orders").records();
  assert.deepEqual(
    sent.map(({ partition, key, value, headers }) => [partition, String(key), String(value), headers]),
    [
      [1, "k0", "bad 0", {}],
      [1, "k1", '{"fixed":true}', { mended: "yes", none: null, bytes: "\u0001" }],
      [1, "k3", "bad 3", {}],
    ],
  );
  const { body: after } = await ottla.get("/dead-letters/causes?topic=orders.dlq");
  assert.deepEqual(
    after.causes.map(({ waiting }: { waiting: number }) => waiting),
    [0, 1],
  );
});

test("a redrive with a rate is looked after, stopped, and the next one goes on behind it", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 2, "orders.dlq": 1 } });
  await died(ottla.kafka, 30);
  const redrive = (more: object) => ottla.post("/plans", { changes: [{ kind: "redriveDeadLetters", topic: "orders.dlq", ...more }] });
  const { body: plan } = await redrive({ perS: 2 });
  const began = await ottla.post(`/plans/${plan.planId}/apply`, { digest: plan.digest, agreed: ["orders.dlq"] });
  assert.deepEqual([began.status, began.body.state], [200, "running"]);
  const view = async () => (await ottla.get("/plans")).body.plans.find((each: { planId: string }) => each.planId === plan.planId);
  await ottla.kafka.until("some are sent", async () => /^sent [1-9]/.test((await view()).progress.at(-1) ?? ""));
  assert.equal((await ottla.post(`/plans/${plan.planId}/stop`, {})).status, 200);
  await ottla.kafka.until("it has ended", async () => (await view()).state === "failed");
  assert.match((await view()).progress.at(-1), /It was stopped/);
  const { body: rest } = await redrive({});
  await ottla.post(`/plans/${rest.planId}/apply`, { digest: rest.digest, agreed: ["orders.dlq"] });
  await ottla.kafka.until("nothing waits", async () => (await redrive({})).body.unplanned.length === 1);
  const sent = await ottla.kafka.topic("orders").records();
  assert.equal(new Set(sent.map(({ value }) => String(value))).size, 31);
  assert.equal(sent.length, 31);
});
