import assert from "node:assert/strict";
import { test } from "node:test";
import { ConsoleFixture } from "./console-fixture.ts";

test("of two plans that move the same group's offsets at once one is carried out, and the other is told why not", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } });
  await ottla.kafka.topic("orders").produce(Array.from({ length: 9 }, (_, n) => ({ value: `${n}` })));
  const admin = ottla.kafka.client().admin();
  await admin.alterGroupOffsets("billing", [{ topic: "orders", partition: 0, offset: 2 }]);
  const planned = async (offset: number) => {
    const change = { kind: "setGroupOffsets", group: "billing", offsets: [{ topic: "orders", partition: 0, offset }] };
    return (await ottla.post("/plans", { changes: [change] })).body;
  };
  const plans = [await planned(0), await planned(7)];
  const applied = await Promise.all(
    plans.map(({ planId, digest }) => ottla.post(`/plans/${planId}/apply`, { digest, agreed: ["billing"] })),
  );
  assert.deepEqual(applied.map(({ status, body }) => `${status} ${body.state ?? body.code}`).sort(), ["200 done", "409 PLAN_RUNNING"]);
  const won = applied.findIndex(({ status }) => status === 200);
  assert.match(applied[1 - won]!.body.message, /changing billing at this moment/);
  const [read] = await admin.listGroupOffsets("billing");
  assert.equal(read?.value?.offset, won === 0 ? 0 : 7);
  const { planId, digest } = plans[1 - won]!;
  const late = await ottla.post(`/plans/${planId}/apply`, { digest, agreed: ["billing"] });
  assert.deepEqual([late.status, late.body.code], [409, "PLAN_STALE"]);
});

test("the deletion that was agreed to is not that of another topic that has got its name since", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } });
  const admin = ottla.kafka.client().admin();
  const { body: plan } = await ottla.post("/plans", { changes: [{ kind: "deleteTopic", topic: "orders", onlyIfEmpty: false }] });
  await admin.deleteTopics(["orders"]);
  await admin.createTopics([{ name: "orders", partitionCount: 1, replicationFactor: 1 }]);
  await ottla.kafka.topic("orders").produce([{ value: "new" }]);
  const { status, body } = await ottla.post(`/plans/${plan.planId}/apply`, { digest: plan.digest, agreed: ["orders"] });
  assert.deepEqual([status, body.code], [409, "PLAN_STALE"]);
  await ottla.kafka.topic("orders").has(["new"]);
});
