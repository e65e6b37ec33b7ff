import assert from "node:assert/strict";
import { test } from "node:test";
import { type ApiAnswer, ConsoleFixture } from "./console-fixture.ts";

/** What each page asks for. */
const PAGES: readonly string[] = [
  "/about",
  "/overview",
  "/topics",
  "/topic-tree",
  "/topics/orders",
  "/topics/orders/settings",
  "/topics/orders/groups",
  "/groups",
  "/group?id=billing",
  "/timeline",
  "/security",
  "/security/certificates",
  "/findings",
  "/dead-letters",
  "/streams",
  "/plans",
];

/** What a cluster may refuse, and the pages that cannot do without it. */
const REFUSALS = [
  { api: "DescribeConfigs", reply: "TOPIC_AUTHORIZATION_FAILED", needed: ["/topics/orders/settings"] },
  { api: "DescribeLogDirs", reply: "CLUSTER_AUTHORIZATION_FAILED", needed: [] },
  { api: "ListOffsets", reply: "TOPIC_AUTHORIZATION_FAILED", needed: [] },
  { api: "ListGroups", reply: "CLUSTER_AUTHORIZATION_FAILED", needed: [] },
  { api: "OffsetFetch", reply: "GROUP_AUTHORIZATION_FAILED", needed: [] },
  { api: "DescribeAcls", reply: "CLUSTER_AUTHORIZATION_FAILED", needed: [] },
] as const;

async function started(brokers: number): Promise<ConsoleFixture> {
  const ottla = await ConsoleFixture.start({ brokers, topics: { orders: { partitions: 6, replicationFactor: 1 } } });
  const admin = ottla.kafka.client().admin();
  await admin.alterGroupOffsets("billing", [{ topic: "orders", partition: 0, offset: 0 }]);
  await ottla.kafka.until("the group is known", async () => (await ottla.get("/group?id=billing")).status === 200);
  return ottla;
}

async function statuses(ottla: ConsoleFixture): Promise<Readonly<Record<string, string>>> {
  const answers = await Promise.all(
    PAGES.map(async (path) => {
      const { status, body } = await ottla.get(path);
      return [path, status === 200 ? "200" : `${status} ${body.code}`] as const;
    }),
  );
  return Object.fromEntries(answers);
}

const WELL = Object.fromEntries(PAGES.map((path) => [path, "200"]));

test("whatever a cluster refuses is missing and told, and the rest of every page is there", async () => {
  await using ottla = await started(1);
  for (const { api, reply, needed } of REFUSALS) {
    const fault = ottla.kafka.fault({ api, reply, times: "always" });
    const without: readonly string[] = needed;
    const expected = Object.fromEntries(PAGES.map((path) => [path, without.includes(path) ? `403 ${reply}` : "200"]));
    assert.deepEqual(await statuses(ottla), expected, `${api} is refused`);
    fault.remove();
  }
  assert.deepEqual(await statuses(ottla), WELL);
});

test("while one of three brokers is down every page is there, says what is offline, and is whole again by itself", async () => {
  await using ottla = await started(3);
  await ottla.kafka.broker(2).down();
  await ottla.kafka.until("its partitions are offline", async () => (await ottla.get("/overview")).body.health.offline > 0, {
    withinMs: 25_000,
  });
  const down = await statuses(ottla);
  assert.deepEqual(
    Object.entries(down).filter(([, status]) => !/^(?:200|404 UNKNOWN_GROUP|503)/.test(status)),
    [],
  );
  assert.equal(down["/topics/orders"], "200");
  await ottla.kafka.broker(2).up();
  await ottla.kafka.until("nothing is offline", async () => (await ottla.get("/overview")).body.health.offline === 0, { withinMs: 25_000 });
  await ottla.kafka.until(
    "all is seen",
    async () => (await ottla.get("/overview")).body.notSeen.length === 0 && (await ottla.get("/group?id=billing")).status === 200,
    { withinMs: 25_000 },
  );
});

test("a broker that takes requests and says nothing makes only what is asked of it old", async () => {
  await using ottla = await started(3);
  const fault = ottla.kafka.fault({ api: ["ListOffsets", "DescribeLogDirs", "ListGroups"], node: 3, hold: true, times: "always" });
  // The broker leads one of three partitions.
  const plan = await ottla.post("/plans", { changes: [{ kind: "createTopic", topic: "fresh", partitionCount: 3 }] });
  let done: ApiAnswer | undefined;
  void ottla.post(`/plans/${plan.body.planId}/apply`, { digest: plan.body.digest }).then((answer) => (done = answer));
  await ottla.kafka.until("the plan is carried out", () => done !== undefined, { withinMs: 8_000 });
  assert.equal(done?.body.state, "done", JSON.stringify(done?.body));
  await ottla.kafka.until("the new topic is seen", async () => (await ottla.get("/topics/fresh")).status === 200, { withinMs: 8_000 });
  fault.remove();
});

test("a topic whose ends cannot be seen is not taken for empty", async () => {
  await using ottla = await started(1);
  const producer = ottla.kafka.client().producer();
  await producer.send({ topic: "orders", value: "one" });
  await producer.close();
  const fault = ottla.kafka.fault({ api: "ListOffsets", reply: "TOPIC_AUTHORIZATION_FAILED", times: "always" });
  const plan = await ottla.post("/plans", { changes: [{ kind: "deleteTopic", topic: "orders", onlyIfEmpty: true }] });
  fault.remove();
  assert.deepEqual(
    [plan.body.steps, plan.body.unplanned],
    [[], ["Delete topic orders, if nobody has written to it. The principal may not do this with the topic."]],
  );
  assert.equal((await ottla.kafka.client().admin().describeTopics(["orders"]))[0]?.value?.name, "orders");
});
