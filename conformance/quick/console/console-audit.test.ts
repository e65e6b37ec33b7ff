import assert from "node:assert/strict";
import { test } from "node:test";
import { type AuditEvent, parseAuditLine } from "@ottla/base";
import { hashPassword } from "@ottla/base/node";
import { FaultyDisk, MemoryDisk } from "@ottla/base/simulated";
import { readConsoleUsers } from "@ottla/console";
import { ConsoleFixture } from "./console-fixture.ts";

const password = await hashPassword("right");
const users = readConsoleUsers({
  users: [
    { name: "vera", role: "viewer", password },
    { name: "anna\nadmin", role: "admin", password },
  ],
});
const path = "/audit/console.jsonl";
const nothing = { key: { text: null }, value: { text: "x" } };

/** What the file has, once so much is written. */
function eventsIn(disk: MemoryDisk): readonly AuditEvent[] {
  const lines = disk.stat(path) === undefined ? [] : disk.readFile(path).toString().split("\n").slice(0, -1);
  return lines.map((line) => {
    const read = parseAuditLine(line);
    assert.equal(read.kind, "event", line);
    return read.kind === "event" ? read.event : assert.fail();
  });
}

test("what is done over the console is told: who, from where, what, to what, and how it ended; names make no lines", async () => {
  const disk = new MemoryDisk();
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } }, { users, disk, audit: { path } });
  const [vera, anna] = [await ottla.loggedIn("vera", "right"), await ottla.loggedIn("anna\nadmin", "right")];
  await ottla.post("/login", { name: 'x","kind":"login","outcome":"succeeded\n{', password: "secret" });
  await ottla.post("/topics/orders/messages", nothing, vera);
  await ottla.post("/topics/orders/messages", nothing, anna);
  await ottla.events(`/topics/orders/messages?from=earliest&filter=${encodeURIComponent('value == "x"')}`, vera);
  await ottla.post("/topics/orders/exports", { format: "csv", records: 1 }, vera);
  const plan = await ottla.post("/plans", { changes: [{ kind: "createTopic", topic: "new", partitionCount: 1 }] }, anna);
  await ottla.post(`/plans/${plan.body.planId}/apply`, { digest: "another" }, anna);
  await ottla.post(`/plans/${plan.body.planId}/apply`, { digest: plan.body.digest }, anna);
  await ottla.post(`/plans/${plan.body.planId}/undo`, { digest: plan.body.digest }, anna);
  await ottla.post("/topics/a%0Ab/messages", nothing, vera);
  await ottla.post("/logout", {}, vera);
  await ottla.kafka.until("the last event is written", async () =>
    eventsIn(disk).some((each) => each.kind === "action" && each.action === "logout"),
  );
  const told = eventsIn(disk).map((event) => {
    if (event.kind === "login")
      return `login ${event.mechanism} ${event.outcome} ${event.client.principal ?? "nobody"} ${event.reason ?? ""}`.trim();
    if (event.kind !== "action") return event.kind;
    const { action, outcome, client, resource, error = "" } = event;
    assert.deepEqual([client.host, client.listener], ["127.0.0.1", "console"]);
    const name = resource.type === "PLAN" ? "" : (resource.name ?? "");
    return `${action} ${outcome} ${client.principal} ${resource.type} ${name} ${error}`.trim().replace(/ +/g, " ");
  });
  assert.deepEqual(told, [
    "started",
    "login PASSWORD succeeded User:vera",
    "login PASSWORD succeeded User:anna\nadmin",
    "login PASSWORD failed nobody invalid-credentials",
    "messages.produce denied User:vera TOPIC orders ROLE_NEEDED",
    "messages.produce succeeded User:anna\nadmin TOPIC orders",
    "messages.read succeeded User:vera TOPIC orders",
    "messages.export succeeded User:vera TOPIC orders",
    "plan.preview succeeded User:anna\nadmin PLAN",
    "plan.apply began User:anna\nadmin PLAN",
    "plan.apply failed User:anna\nadmin PLAN PLAN_CHANGED",
    "plan.apply began User:anna\nadmin PLAN",
    "plan.apply succeeded User:anna\nadmin PLAN",
    "plan.undo began User:anna\nadmin PLAN",
    "plan.undo succeeded User:anna\nadmin PLAN",
    "messages.produce denied User:vera TOPIC a\nb ROLE_NEEDED",
    "logout succeeded User:vera USER vera",
  ]);
  const reading = eventsIn(disk).find((event) => event.kind === "action" && event.action === "messages.read");
  assert.ok(reading?.kind === "action");
  assert.deepEqual([reading.detail?.["shown"], reading.detail?.["filter"]], [1, 'value == "x"']);
  for (const outcome of ["began", "succeeded"]) {
    const applied = eventsIn(disk).find((event) => event.kind === "action" && event.action === "plan.apply" && event.outcome === outcome);
    assert.ok(applied?.kind === "action", outcome);
    assert.deepEqual(applied.detail?.["steps"], ["Create topic new with 1 partition."], outcome);
  }
  assert.doesNotMatch(disk.readFile(path).toString(), /secret/);
});

test("a full disk is waited out; where the audit is required nothing is done meanwhile that it would tell", async () => {
  for (const isRequired of [false, true]) {
    const memory = new MemoryDisk();
    const disk = new FaultyDisk(memory);
    await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } }, { users, disk, audit: { path, isRequired } });
    const vera = await ottla.loggedIn("vera", "right");
    const anna = await ottla.loggedIn("anna\nadmin", "right");
    await ottla.kafka.until("logins are told", async () => eventsIn(memory).filter(({ kind }) => kind === "login").length === 2);
    disk.fail({ operation: "append", code: "DISK_FULL", times: Number.POSITIVE_INFINITY });
    const written = await ottla.post("/topics/orders/messages", nothing, anna);
    const read = await ottla.get("/topics/orders/messages?from=earliest", vera).catch(() => ({ status: 200, body: {} }));
    assert.deepEqual([written.status, read.status], isRequired ? [503, 503] : [201, 200]);
    if (isRequired) assert.deepEqual([written.body.code, read.body.code], ["AUDIT_UNWRITABLE", "AUDIT_UNWRITABLE"]);
    assert.equal((await ottla.get("/topics", vera)).status, 200, "the cluster is still looked at");
    disk.mend();
    const again = await ottla.post("/topics/orders/messages", nothing, anna);
    assert.equal(again.status, 201, "as soon as the disk works again");
    const outcomes = (): readonly string[] =>
      eventsIn(memory).flatMap((each) => (each.kind === "action" && each.action === "messages.produce" ? [each.outcome] : []));
    const wanted = isRequired ? ["began", "failed", "began", "succeeded"] : ["succeeded", "succeeded"];
    await ottla.kafka.until("all is told", async () => outcomes().length === wanted.length);
    assert.deepEqual(outcomes(), wanted);
    const numbers = eventsIn(memory).map(({ seq }) => seq);
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
      "nothing is missing",
    );
  }
});

test("it is told in a topic as well, which is made, in the same words as in the file", async () => {
  const disk = new MemoryDisk();
  await using ottla = await ConsoleFixture.start(
    { topics: { orders: 1 } },
    { users, disk, audit: { path, topic: "told", isRequired: true } },
  );
  const anna = await ottla.loggedIn("anna\nadmin", "right");
  assert.equal((await ottla.post("/topics/orders/messages", nothing, anna)).status, 201);
  await ottla.post("/logout", {}, anna);
  const isEnd = (event: AuditEvent): boolean => event.kind === "action" && event.action === "logout" && event.outcome === "succeeded";
  const told: AuditEvent[] = [];
  const consumer = ottla.kafka.client().consumer({ autoOffsetReset: "earliest" });
  consumer.assign([{ topic: "told", partition: 0 }]);
  for await (const { key, value } of consumer.records()) {
    const read = parseAuditLine(`${value?.toString()}`);
    assert.ok(read.kind === "event" && key === null);
    told.push(read.event);
    if (isEnd(read.event)) break;
  }
  await consumer.close();
  await ottla.kafka.until("the file has it", async () => eventsIn(disk).some(isEnd));
  assert.deepEqual(told, eventsIn(disk));
  assert.deepEqual(
    told.map((event) => (event.kind === "action" ? `${event.action} ${event.outcome}` : event.kind)),
    ["started", "login", "messages.produce began", "messages.produce succeeded", "logout succeeded"],
  );
});

test("nothing is done that a required topic cannot tell, and the refusal names it", async () => {
  const audit = { topic: "no topic", isRequired: true };
  await using ottla = await ConsoleFixture.start({ topics: { orders: 1 } }, { audit });
  const { status, body } = await ottla.post("/topics/orders/messages", nothing);
  assert.deepEqual([status, body.code], [503, "AUDIT_UNWRITABLE"]);
  assert.match(body.message, /The audit cannot be written to topic "no topic", and nothing may be done/);
  assert.equal((await ottla.get("/topics")).status, 200);
  const [end] = await ottla.kafka
    .client()
    .admin()
    .listOffsets([{ topic: "orders", partition: 0, spec: "latest" }]);
  assert.equal(end?.value?.offset, 0);
});
