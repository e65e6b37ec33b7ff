import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Kafka, startKafka } from "@ottla/testing";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { ApacheConnect } from "./apache-connect.ts";
import { startOurConnect } from "./our-connect.ts";

/** A worker's start and a rebalance of Apache Connect take their time. */
const PATIENCE = { timeoutMs: 60_000 };

let kafka: Kafka;
let folder = "";
before(async () => {
  kafka = await startKafka();
  folder = makeTemporaryFolder("connect-worker");
});
after(async () => {
  await kafka.stop();
  removeTemporaryFolder(folder);
});

type Answer = readonly [status: number, body: unknown];

async function ask(url: string, call: string): Promise<Answer> {
  const [, method = "", path = "", body = ""] = /^(\S+) (\S+) ?(.*)$/s.exec(call) ?? [];
  const response = await fetch(`${url}${path}`, { method, ...(body !== "" && { body, headers: { "content-type": "application/json" } }) });
  const text = await response.text();
  return [response.status, text === "" ? "" : JSON.parse(text)];
}

/** A connector of lines: `name`'s own file and topic. */
function lines(name: string): Readonly<Record<string, string>> {
  return {
    "connector.class": "FileStreamSource",
    topic: name,
    file: join(folder, `${name}.txt`),
    "value.converter": "org.apache.kafka.connect.storage.StringConverter",
  };
}

/** What is asked of both, in this order; `?` at the beginning: until both say that they have come so far. */
function questions(name: string): string[] {
  const config = JSON.stringify(lines(name));
  const partition = `{"filename":${JSON.stringify(join(folder, `${name}.txt`))}}`;
  const runs = `? GET /connectors/a/status RUNNING`;
  return [
    "GET /connectors",
    "GET /connectors/a",
    "GET /connectors/a/config",
    "GET /connectors/a/tasks",
    "GET /connectors/a/status",
    "GET /connectors/a/topics",
    "GET /connectors/a/offsets",
    "GET /connectors/a/tasks/0/status",
    "PUT /connectors/a/pause",
    "PUT /connectors/a/stop",
    "PUT /connectors/a/resume",
    "POST /connectors/a/restart",
    "POST /connectors/a/restart?includeTasks=true",
    "POST /connectors/a/tasks/0/restart",
    "DELETE /connectors/a",
    "PATCH /connectors/a/config {}",
    `POST /connectors {"name":"a","config":{"connector.class":"FileStreamSource","file":"x"}}`,
    `POST /connectors {"name":"a","config":{"connector.class":"FileStreamSource","name":"b"}}`,
    `POST /connectors {"name":"a","config":${config}}`,
    `POST /connectors {"name":"a","config":${config}}`,
    runs,
    "GET /connectors",
    "GET /connectors/a",
    "GET /connectors/a/config",
    "GET /connectors/a/tasks",
    "GET /connectors/a/status",
    '? GET /connectors/a/topics topics":["',
    "GET /connectors/a/topics",
    "GET /connectors/a/tasks/0/status",
    "GET /connectors/a/tasks/9/status",
    "GET /connectors?expand=status",
    "GET /connectors?expand=info",
    "GET /connectors?expand=x",
    "PUT /connectors/a/pause",
    "? GET /connectors/a/tasks/0/status PAUSED",
    "GET /connectors/a/status",
    "PUT /connectors/a/resume",
    "? GET /connectors/a/tasks/0/status RUNNING",
    "POST /connectors/a/restart",
    runs,
    "POST /connectors/a/restart?includeTasks=true&onlyFailed=true",
    "POST /connectors/a/tasks/0/restart",
    "? GET /connectors/a/tasks/0/status RUNNING",
    "POST /connectors/a/tasks/7/restart",
    "PUT /connectors/a/topics/reset",
    `? GET /connectors/a/offsets "position":8`,
    "GET /connectors/a/offsets",
    `PATCH /connectors/a/offsets {"offsets":[{"partition":${partition},"offset":{"position":0}}]}`,
    "DELETE /connectors/a/offsets",
    "PUT /connectors/a/stop",
    '? GET /connectors/a/status "STOPPED"',
    "? GET /connectors/a/tasks [200,[]]",
    `? GET /connectors/a/status "tasks":[]`,
    "GET /connectors/a/status",
    "GET /connectors/a/tasks",
    `PATCH /connectors/a/offsets {"offsets":[{"partition":${partition},"offset":{"position":4}}]}`,
    `PATCH /connectors/a/offsets {"offsets":[]}`,
    "GET /connectors/a/offsets",
    "DELETE /connectors/a/offsets",
    "GET /connectors/a/offsets",
    `PUT /connectors/new/config ${config}`,
    "DELETE /connectors/new",
    "DELETE /connectors/new",
    "PUT /connectors/new/pause",
    "GET /connector-plugins/nope/config",
    `PUT /connector-plugins/FileStreamSource/config/validate {"connector.class":"FileStreamSink"}`,
    "GET /nope",
    "DELETE /connectors",
    "GET /health",
  ];
}

test("Apache Connect's REST API answers the same questions with the same status and body", async () => {
  const apache = await ApacheConnect.start(folder, kafka.bootstrapServers, "asked");
  const ours = await startOurConnect(kafka.bootstrapServers, "asked-ours");
  try {
    const answersOf = async (url: string, name: string): Promise<[string, Answer][]> => {
      writeFileSync(join(folder, `${name}.txt`), "one\ntwo\n");
      const answers: [string, Answer][] = [];
      for (const call of questions(name)) {
        const [, path = "", text = ""] = /^\? (GET \S+) (.*)$/.exec(call) ?? [];
        if (path !== "") await waitUntil(call, async () => JSON.stringify(await ask(url, path)).includes(text), PATIENCE);
        else answers.push([call.replaceAll(name, "NAME"), neutral(await ask(url, call), url, name)]);
      }
      return answers;
    };
    const [theirs, own] = await Promise.all([answersOf(apache.url, "apache-lines"), answersOf(ours.url, "ottla-lines")]);
    assert.deepEqual(own, theirs);
  } finally {
    await ours.stop();
    await apache.stop();
  }
});

/** Without what has to differ. */
function neutral([status, body]: Answer, url: string, name: string): Answer {
  const text = JSON.stringify(body).replaceAll(url.replace("http://", ""), "WORKER").replaceAll(name, "NAME");
  return [status, JSON.parse(text)];
}

test("configs, states and offsets that one wrote are read by the other, both ways", async () => {
  const name = "moved";
  const file = join(folder, `${name}.txt`);
  const config = JSON.stringify(lines(name));
  writeFileSync(file, "one\n");
  const values = async (): Promise<unknown[]> => (await kafka.topic(name).records()).map(({ value }) => value);
  const until = (what: string, count: number): Promise<unknown> => waitUntil(what, async () => (await values()).length >= count, PATIENCE);
  const begin = await ApacheConnect.start(folder, kafka.bootstrapServers, "both");
  await ask(begin.url, `POST /connectors {"name":"a","config":${config}}`);
  await ask(begin.url, `POST /connectors {"name":"quiet","config":${config},"initial_state":"STOPPED"}`);
  await until("Apache Connect writes the first line", 1);
  await waitUntil(
    "its offset is committed",
    async () => JSON.stringify(await ask(begin.url, "GET /connectors/a/offsets")).includes('"position":4'),
    PATIENCE,
  );
  await begin.stop();
  appendFileSync(file, "two\n");
  const ours = await startOurConnect(kafka.bootstrapServers, "both");
  assert.deepEqual(await ask(ours.url, "GET /connectors"), [200, ["a", "quiet"]]);
  await until("ours goes on behind it", 2);
  await waitUntil(
    "the quiet one is stopped",
    async () => JSON.stringify(await ask(ours.url, "GET /connectors/quiet/status")).includes("STOPPED"),
    PATIENCE,
  );
  await ask(ours.url, `PATCH /connectors/a/config {"errors.tolerance":"all"}`);
  await waitUntil(
    "its offset is committed",
    async () => JSON.stringify(await ask(ours.url, "GET /connectors/a/offsets")).includes('"position":8'),
    PATIENCE,
  );
  await ask(ours.url, `POST /connectors {"name":"c","config":${config},"initial_state":"PAUSED"}`);
  await waitUntil(
    "the third is paused",
    async () => JSON.stringify(await ask(ours.url, "GET /connectors/c/status")).includes('"id":0,"state":"PAUSED"'),
    PATIENCE,
  );
  await ours.stop();
  appendFileSync(file, "three\n");
  const end = await ApacheConnect.start(folder, kafka.bootstrapServers, "both");
  try {
    const [, names] = await ask(end.url, "GET /connectors");
    assert.deepEqual((names as string[]).toSorted(), ["a", "c", "quiet"]);
    await until("Apache Connect goes on behind ours", 3);
    assert.deepEqual(await values(), ["one", "two", "three"]);
    const [, changed] = await ask(end.url, "GET /connectors/a/config");
    assert.equal((changed as Readonly<Record<string, string>>)["errors.tolerance"], "all");
    await waitUntil(
      "it holds the third paused",
      async () => JSON.stringify(await ask(end.url, "GET /connectors/c/status")).includes('"id":0,"state":"PAUSED"'),
      PATIENCE,
    );
  } finally {
    await end.stop();
  }
});
