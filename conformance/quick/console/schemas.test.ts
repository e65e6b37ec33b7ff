import assert from "node:assert/strict";
import { test } from "node:test";
import { ConsoleFixture } from "./console-fixture.ts";
import { memoryRegistry } from "./services.ts";

const record = (...fields: readonly object[]): string =>
  JSON.stringify({ type: "record", name: "Order", namespace: "com.acme", fields: [{ name: "id", type: "string" }, ...fields] });
const register = (subject: string, schema: string) => ({ kind: "registerSchema", subject, schemaType: "AVRO", schema });

/** Plans the change, and carries it out. */
async function done(ottla: ConsoleFixture, change: object, agreed: readonly string[] = []) {
  const { body: plan } = await ottla.post("/plans", { changes: [change] });
  assert.deepEqual(plan.unplanned, []);
  const applied = await ottla.post(`/plans/${plan.planId}/apply`, { digest: plan.digest, agreed });
  assert.deepEqual([applied.status, applied.body.state], [200, "done"], JSON.stringify(applied.body));
  return plan;
}

test("subjects come in pages with their latest version and level; one is shown with versions, users and references", async () => {
  await using registry = await memoryRegistry();
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } }, { services: { registry: registry.url } });
  await done(ottla, register("orders-value", record()));
  await done(ottla, register("orders-value", record({ name: "total", type: "int", default: 0 })));
  await done(ottla, register("orders-com.acme.Order", record()));
  await done(ottla, {
    ...register("basket-value", JSON.stringify({ type: "record", name: "Basket", fields: [{ name: "order", type: "com.acme.Order" }] })),
    references: [{ name: "com.acme.Order", subject: "orders-value", version: 2 }],
  });
  const list = await ottla.get("/schemas?search=orders&pageSize=1&order=descending");
  assert.deepEqual([list.body.found, list.body.total, list.body.level], [2, 3, "BACKWARD"]);
  assert.deepEqual(list.body.rows, [{ subject: "orders-value", latest: { version: 2, id: 2, schemaType: "AVRO" }, level: null }]);
  await ottla.kafka.until("the topic is seen", async () => (await ottla.get("/schema?subject=orders-value")).body.topics.length === 1);
  const { body } = await ottla.get("/schema?subject=orders-value");
  assert.deepEqual(
    [body.versions, body.level, body.ownLevel, body.topics, body.referencedBy],
    [
      [1, 2],
      "BACKWARD",
      null,
      [{ topic: "orders", part: "value", strategy: "TopicNameStrategy", groups: [] }],
      [{ subject: "basket-value", version: 1 }],
    ],
  );
  const byRecord = await ottla.get("/schema?subject=orders-com.acme.Order");
  assert.deepEqual(byRecord.body.topics, [{ topic: "orders", part: "either", strategy: "TopicRecordNameStrategy", groups: [] }]);
  assert.equal((await ottla.get("/schema/version?subject=orders-value&version=1")).body.schema, record());
  const absent = await ottla.get("/schema?subject=absent");
  assert.deepEqual([absent.status, absent.body.code], [404, "UNKNOWN_SUBJECT"]);
  const used = await ottla.post("/plans", { changes: [{ kind: "deleteSubject", subject: "orders-value" }] });
  assert.match(used.body.unplanned[0], /Version 2 of orders-value is used by other schemas/);
});

test("a draft is checked with the reasons, and what is deleted or set comes back", async () => {
  await using registry = await memoryRegistry();
  await using ottla = await ConsoleFixture.start({}, { services: { registry: registry.url } });
  await done(ottla, register("orders-value", record()));
  const bad = { subject: "orders-value", schemaType: "AVRO", schema: record({ name: "total", type: "int" }) };
  const { body: verdict } = await ottla.post("/schema/check", bad);
  assert.equal(verdict.isCompatible, false);
  assert.match(verdict.reasons.join(" "), /total/);
  const refused = await ottla.post("/plans", { changes: [{ kind: "registerSchema", ...bad }] });
  assert.deepEqual(refused.body.steps, []);
  assert.match(refused.body.unplanned[0], /The registry would refuse it: .*total/);
  const known = await ottla.post("/schema/check", { ...bad, schema: record() });
  assert.deepEqual(known.body, { isCompatible: true, reasons: [], version: null, passesUnder: null, registeredAs: 1 });
  const level = await done(ottla, { kind: "setCompatibility", subject: "orders-value", level: "NONE" }, ["orders-value"]);
  assert.equal((await ottla.get("/schema?subject=orders-value")).body.ownLevel, "NONE");
  assert.equal((await ottla.post(`/plans/${level.planId}/undo`, { digest: level.digest })).body.state, "waiting");
  assert.equal((await ottla.get("/schema?subject=orders-value")).body.ownLevel, null);
  const gone = await ottla.post("/plans", { changes: [{ kind: "deleteSubject", subject: "orders-value" }] });
  const { planId, digest } = gone.body;
  assert.equal((await ottla.post(`/plans/${planId}/apply`, { digest })).body.code, "NOT_AGREED");
  // Somebody else registers meanwhile: the plan is not about that.
  await done(ottla, register("orders-value", record({ name: "note", type: "string", default: "" })));
  assert.equal((await ottla.post(`/plans/${planId}/apply`, { digest, agreed: ["orders-value"] })).body.code, "PLAN_STALE");
  const again = await done(ottla, { kind: "deleteSubject", subject: "orders-value" }, ["orders-value"]);
  assert.equal((await ottla.get("/schema?subject=orders-value")).status, 404);
  const back = await ottla.post(`/plans/${again.planId}/undo`, { digest: again.digest });
  assert.equal(back.status, 200, JSON.stringify(back.body));
  assert.equal((await ottla.get("/schema?subject=orders-value")).body.versions.length, 2);
});

test("without a registry, with one that is away, and read-only the console says so", async () => {
  await using ottla = await ConsoleFixture.start();
  assert.deepEqual((await ottla.get("/about")).body.rooms, { schemas: false, connect: false, streams: false });
  const none = await ottla.get("/schemas");
  assert.deepEqual([none.status, none.body.code], [404, "NO_REGISTRY"]);
  await using away = await ConsoleFixture.start({}, { services: { registry: "http://127.0.0.1:9" } });
  const refused = await away.get("/schemas");
  assert.deepEqual([refused.status, refused.body.code], [503, "REGISTRY_UNREACHABLE"]);
  await using registry = await memoryRegistry();
  await using reader = await ConsoleFixture.start({}, { services: { registry: registry.url }, readOnly: true });
  const { body } = await reader.post("/plans", { changes: [register("a", record())] });
  const applied = await reader.post(`/plans/${body.planId}/apply`, { digest: body.digest });
  assert.deepEqual([applied.status, applied.body.code], [403, "READ_ONLY"]);
  assert.equal(body.steps[0].commands[0].startsWith("curl -X POST"), true);
});
