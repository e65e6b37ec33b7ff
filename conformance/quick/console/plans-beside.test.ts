import assert from "node:assert/strict";
import { test } from "node:test";
import { type ApiAnswer, ConsoleFixture } from "./console-fixture.ts";

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

test("what a console had begun is there in the next one, with how far it is, and is taken back there", async () => {
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1, stock: 1 } });
  const changed = async (value: string, topic: string) =>
    ottla.post("/plans", { changes: [{ kind: "config", target: { type: "topic", name: topic }, settings: { "retention.ms": value } }] });
  const done = (await changed("60000", "orders")).body;
  const applied = await ottla.post(`/plans/${done.planId}/apply`, { digest: done.digest, agreed: ["orders"] });
  assert.deepEqual([applied.status, applied.body.state], [200, "done"], JSON.stringify(applied.body));
  const open = (await changed("70000", "stock")).body;
  // What is left of a console that is killed behind the beginning of a step.
  await ottla.post(`/plans/${open.planId}/apply`, { digest: open.digest, agreed: ["stock"] });
  const journal = ottla.disk.list("/").find((name) => {
    const text = ottla.disk.stat(`/${name}`)?.isDirectory ? "" : ottla.disk.readFile(`/${name}`).toString();
    return name.endsWith(".journal") && text.includes(open.digest);
  });
  const lines = ottla.disk.readFile(`/${journal!}`).toString().split("\n");
  ottla.disk.replaceFile(`/${journal!}`, Buffer.from(`${lines.filter((line) => !line.includes('"done"')).join("\n")}`));
  await using next = await ottla.besides();
  let plans: ApiAnswer["body"][] = [];
  await ottla.kafka.until("the next console has seen the cluster", async () => {
    plans = (await next.get("/plans")).body.plans;
    return plans.length === 2;
  });
  assert.deepEqual(
    plans.map(({ digest, state, progress }) => [digest, state, progress]),
    [
      [done.digest, "done", ["step 1 done"]],
      [
        open.digest,
        "failed",
        ["step 1 was begun, and not seen to be done", "Whoever carried this out ended before it was done, or goes on with it elsewhere."],
      ],
    ],
  );
  for (const { planId, digest } of plans) {
    const undone = await next.post(`/plans/${planId}/undo`, { digest });
    assert.deepEqual([undone.status, undone.body.state], [200, "waiting"], JSON.stringify(undone.body));
  }
  for (const topic of ["orders", "stock"]) {
    const { settings } = (await next.get(`/topics/${topic}/settings`)).body;
    const retention = settings.find(({ name }: { readonly name: string }) => name === "retention.ms");
    assert.equal(retention.value, "604800000", topic);
  }
  await using last = await ottla.besides();
  await ottla.kafka.until("the last console has seen the cluster", async () => (await last.get("/topics/orders")).status === 200);
  assert.deepEqual((await last.get("/plans")).body.plans, [], "what was taken back is not begun any more");
});
