import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ConsoleFixture } from "./console-fixture.ts";
import { connectWorker, type Service } from "./services.ts";

/** A console with Connect over one Kafka, and a folder with a file to read. */
async function started(): Promise<{ readonly ottla: ConsoleFixture; readonly file: string } & AsyncDisposable> {
  const folder = mkdtempSync(join(tmpdir(), "ottla-console-"));
  const file = join(folder, "lines.txt");
  writeFileSync(file, "one\ntwo\nthree\n");
  let connect: Service | undefined;
  const ottla = await ConsoleFixture.start({ topics: { lines: 1, numbers: 1 } }, async (kafka) => {
    connect = await connectWorker(kafka.bootstrapServers);
    return { services: { connect: connect.url } };
  });
  return {
    ottla,
    file,
    async [Symbol.asyncDispose]() {
      await connect?.[Symbol.asyncDispose]();
      await ottla[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

async function done(ottla: ConsoleFixture, change: object, agreed: readonly string[] = []) {
  const { body: plan } = await ottla.post("/plans", { changes: [change] });
  assert.deepEqual(plan.unplanned, []);
  const applied = await ottla.post(`/plans/${plan.planId}/apply`, { digest: plan.digest, agreed });
  assert.deepEqual([applied.status, applied.body.state], [200, "done"], JSON.stringify(applied.body));
  return plan;
}

test("a connector is made from a plugin's form, previewed, watched, paused, edited and deleted; each change is taken back", async () => {
  await using world = await started();
  const { ottla, file } = world;
  assert.equal((await ottla.get("/about")).body.rooms.connect, true);
  const { body: all } = await ottla.get("/connect/plugins");
  const { class: plugin } = all.plugins.find((each: { class: string }) => /FileStreamSource/.test(each.class));
  const bad = await ottla.post("/connect/validate", { config: { "connector.class": plugin, name: "files" } });
  assert.ok(bad.body.errorCount > 0);
  assert.ok(bad.body.settings.some(({ name, errors }: { name: string; errors: string[] }) => name === "topic" && errors.length > 0));
  const config = {
    "connector.class": plugin,
    file,
    topic: "lines",
    "tasks.max": "1",
    "key.converter": "string",
    "value.converter": "string",
  };
  const preview = await ottla.post("/connect/preview", { config: { ...config, name: "files" } });
  assert.equal(preview.status, 200, JSON.stringify(preview.body));
  assert.deepEqual(
    preview.body.records
      .map(({ written }: { written: { topic: string; value: string } }) => `${written.topic} ${written.value}`)
      .slice(0, 2),
    ["lines one", "lines two"],
  );
  const refused = await ottla.post("/plans", {
    changes: [{ kind: "putConnector", connector: "files", config: { "connector.class": plugin } }],
  });
  assert.match(refused.body.unplanned[0], /Connect refuses these settings\. .*topic/);
  await done(ottla, { kind: "putConnector", connector: "files", config });
  const running = async (state: string) => (await ottla.get("/connect/connector?name=files")).body.status?.state === state;
  await ottla.kafka.until("it runs", () => running("RUNNING"));
  await ottla.kafka.until("it is listed", async () => (await ottla.get("/connect/connectors?search=fil")).body.rows[0]?.tasks === 1);
  await ottla.kafka.until(
    "its offsets are told",
    async () => (await ottla.get("/connect/connector?name=files")).body.offsets.value?.length === 1,
  );
  const paused = await done(ottla, { kind: "setConnectorState", connector: "files", state: "PAUSED" });
  await ottla.kafka.until("it is paused", () => running("PAUSED"));
  await ottla.post(`/plans/${paused.planId}/undo`, { digest: paused.digest });
  await ottla.kafka.until("it goes on", () => running("RUNNING"));
  const edited = await done(ottla, { kind: "putConnector", connector: "files", config: { ...config, topic: "numbers" } }, ["files"]);
  assert.equal(edited.steps[0].sentence, "Change 1 setting of connector files: topic.");
  assert.equal((await ottla.get("/connect/connector?name=files")).body.config.topic, "numbers");
  await ottla.post(`/plans/${edited.planId}/undo`, { digest: edited.digest });
  assert.equal((await ottla.get("/connect/connector?name=files")).body.config.topic, "lines");
  const running2 = await ottla.post("/plans", { changes: [{ kind: "resetConnectorOffsets", connector: "files" }] });
  assert.match(running2.body.unplanned[0], /must be stopped first/);
  const gone = await done(ottla, { kind: "deleteConnector", connector: "files" }, ["files"]);
  await ottla.kafka.until("it is gone", async () => (await ottla.get("/connect/connector?name=files")).status === 404);
  await ottla.post(`/plans/${gone.planId}/undo`, { digest: gone.digest });
  await ottla.kafka.until("it is back", () => running("RUNNING"));
  const lines = await ottla.get("/connect/logs?name=files");
  assert.ok(Array.isArray(lines.body.lines));
  await ottla.kafka.until("its metrics are told", async () => (await ottla.get("/connect/metrics?name=files")).body.samples.length > 0);
});

test("a task that fails tells the record, the stage and the field; Connect that is away is told", async () => {
  await using world = await started();
  const { ottla, file } = world;
  await ottla.kafka.topic("numbers").produce([{ value: "no JSON" }]);
  const { body: all } = await ottla.get("/connect/plugins");
  const { class: plugin } = all.plugins.find((each: { class: string }) => /FileStreamSink/.test(each.class));
  const config = {
    "connector.class": plugin,
    file: `${file}.out`,
    topics: "numbers",
    "value.converter": "json",
    "value.converter.schemas.enable": "false",
  };
  await done(ottla, { kind: "putConnector", connector: "out", config });
  const task = async () => (await ottla.get("/connect/connector?name=out")).body.tasks?.[0];
  await ottla.kafka.until("it has failed", async () => (await task())?.isFailing === true);
  const { what, ...place } = (await task()).reason;
  assert.deepEqual(place, { task: "0", stage: "VALUE_CONVERTER", topic: "numbers", partition: "0", offset: "0" });
  assert.match(what, /JSON/);
  const { body: list } = await ottla.get("/connect/connectors?sort=failed&order=descending");
  assert.equal(list.rows[0].failed, 1);
  await using away = await ConsoleFixture.start({}, { services: { connect: "http://127.0.0.1:9" } });
  const refused = await away.get("/connect/connectors");
  assert.deepEqual([refused.status, refused.body.code], [503, "CONNECT_UNREACHABLE"]);
});

test("a password that is typed into a plan is shown nowhere", async () => {
  await using world = await started();
  const { ottla } = world;
  const config = {
    "connector.class": "org.apache.kafka.connect.file.FileStreamSourceConnector",
    file: "/x",
    topic: "lines",
    "database.password": "s3cret",
  };
  const { body } = await ottla.post("/plans", { changes: [{ kind: "putConnector", connector: "files", config }] });
  assert.equal(body.steps.length, 1, JSON.stringify(body));
  assert.equal(JSON.stringify(body).includes("s3cret"), false);
  assert.equal(JSON.stringify((await ottla.get("/plans")).body).includes("s3cret"), false);
});
