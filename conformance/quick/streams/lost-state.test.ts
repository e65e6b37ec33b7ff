import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { serdes, StreamsBuilder, type StreamsApplication } from "@ottla/streams";
import { type Kafka, startKafka } from "@ottla/testing";
import { impatientSettings, startInstance } from "./known-answers.ts";
import { countsAre, wordCount } from "./word-count.ts";

const changelog = "kept-counts-changelog";

async function within(use: (kafka: Kafka, stateDir: string) => Promise<void>): Promise<void> {
  const stateDir = mkdtempSync(join(tmpdir(), "ottla-lost-state-"));
  try {
    await using kafka = await startKafka({ topics: { lines: 1, words: 1 }, settings: impatientSettings });
    await use(kafka, stateDir);
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** As retention does with the changelogs of windows: what is before an offset goes. */
async function cut(kafka: Kafka, beforeOffset: number): Promise<void> {
  const admin = kafka.client().admin();
  const setPolicy = async (value: string) => {
    const changes = [{ name: "cleanup.policy", op: "set", value }] as const;
    for (const { error } of await admin.alterConfigs([{ type: "topic", name: changelog, changes }])) assert.equal(error, undefined);
  };
  await setPolicy("compact,delete");
  for (const { error } of await admin.deleteRecords([{ topic: changelog, partition: 0, beforeOffset }])) assert.equal(error, undefined);
  await setPolicy("compact");
}

/** Counts these lines with stores on the disk, and ends. */
async function count(kafka: Kafka, stateDir: string, lines: string[], expected: Record<string, number>): Promise<void> {
  const { app } = await start(kafka, stateDir);
  await kafka.topic("lines").produce(lines);
  await countsAre(kafka, expected);
  await kafka.group("kept").lag().zero();
  await app.close();
}

function start(kafka: Kafka, stateDir: string, watch: (app: StreamsApplication) => void = () => {}, warnings: string[] = []) {
  const options = { applicationId: "kept", stateDir, guarantee: "exactlyOnce" } as const;
  return startInstance(kafka, wordCount({ persistent: true }), options, watch, warnings);
}

/** How many records were read to make stores. */
function restoredBy(app: StreamsApplication): () => number {
  let count = 0;
  app.onRestore((event, { restoredCount }) => {
    if (event === "end") count += restoredCount;
  });
  return () => count;
}

test("a changelog that was cut behind what the disk has is no base: the store is made again from what is there", async () => {
  await within(async (kafka, stateDir) => {
    await count(kafka, stateDir, ["a b", "a b"], { a: 2, b: 2 });
    const [end] = await kafka
      .client()
      .admin()
      .listOffsets([{ topic: changelog, partition: 0, spec: "latest" }]);
    // Somebody else's count of b, and then everything before it goes.
    const other = kafka.client().producer();
    await other.send({ topic: changelog, partition: 0, key: "b", value: Buffer.from([0, 0, 0, 0, 0, 0, 0, 9]) });
    await other.send({ topic: changelog, partition: 0, key: "c", value: Buffer.from([0, 0, 0, 0, 0, 0, 0, 5]) });
    await cut(kafka, end!.value!.offset! + 1);
    let restored: () => number;
    await using _instance = await start(kafka, stateDir, (app) => (restored = restoredBy(app)));
    assert.equal(restored!(), 1);
    await kafka.topic("lines").produce(["a b c"]);
    await countsAre(kafka, { a: 1, b: 1, c: 6 });
  });
});

test("a changelog that was made anew is no base either", async () => {
  await within(async (kafka, stateDir) => {
    await count(kafka, stateDir, ["a b", "a b"], { a: 2, b: 2 });
    await kafka.client().admin().deleteTopics([changelog]);
    await using _instance = await start(kafka, stateDir);
    await kafka.topic("lines").produce(["a"]);
    await countsAre(kafka, { a: 1 });
  });
});

test("a changelog that was made anew and has more than before is no base either, and is told as another one", async () => {
  await within(async (kafka, stateDir) => {
    await count(kafka, stateDir, ["a b", "a b"], { a: 2, b: 2 });
    const admin = kafka.client().admin();
    await admin.deleteTopics([changelog]);
    await admin.createTopics([{ name: changelog, partitionCount: 1, configs: { "cleanup.policy": "compact" } }]);
    const other = kafka.client().producer();
    for (let i = 0; i < 30; i++)
      await other.send({ topic: changelog, partition: 0, key: `c${i}`, value: Buffer.from([0, 0, 0, 0, 0, 0, 0, 5]) });
    let restored: () => number;
    const warnings: string[] = [];
    await using _instance = await start(kafka, stateDir, (app) => (restored = restoredBy(app)), warnings);
    assert.equal(restored!(), 30);
    assert.match(warnings.join("\n"), /kept-counts-changelog-0 up to offset \d+ of a topic that was deleted and made again/);
    await kafka.topic("lines").produce(["a c0 c29"]);
    await countsAre(kafka, { a: 1, c0: 6, c29: 6 });
  });
});

test("global tables on the disk are made again where their file cannot be read, and where their topic is another one by now", async () => {
  await within(async (kafka, stateDir) => {
    const b = new StreamsBuilder();
    const texts = { key: serdes.string, value: serdes.string };
    const names = b.globalTable("names", { ...texts, store: { name: "names", persistent: true } });
    b.stream("lines", texts)
      .leftJoinGlobal(
        names,
        (line) => line,
        (line, name) => `${line}=${name}`,
      )
      .to("words", texts);
    const topology = b.build();
    const answers = async (lines: string[], expected: string[]) => {
      const warnings: string[] = [];
      await using _instance = await startInstance(kafka, topology, { applicationId: "kept", stateDir }, () => {}, warnings);
      await kafka.topic("lines").produce(lines);
      await kafka.topic("words").includes(expected);
      return warnings;
    };
    const fill = (value: string, count: number) =>
      kafka.topic("names").produce(Array.from({ length: count }, (_, i) => ({ key: String(i), value: `${value}${i}` })));
    const admin = kafka.client().admin();
    await admin.createTopics([{ name: "names", partitionCount: 1 }]);
    await fill("old", 3);
    assert.deepEqual(await answers(["0", "2"], ["0=old0", "2=old2"]), []);
    truncateSync(join(stateDir, "kept", "global", "data.mdb"), 10_000);
    assert.match((await answers(["1"], ["1=old1"])).join(), /the state of global tables is made again/);
    await admin.deleteTopics(["names"]);
    await admin.createTopics([{ name: "names", partitionCount: 1 }]);
    await fill("new", 2);
    await fill("new", 2);
    assert.match(
      (await answers(["0", "1", "2"], ["0=new0", "1=new1", "2=null"])).join(),
      /names-0 up to offset 3 of a topic that was deleted and made again/,
    );
  });
});

test("a file that cannot be read is made again from the changelog; what was whole is not read again", async () => {
  await within(async (kafka, stateDir) => {
    await count(kafka, stateDir, ["a b", "a b"], { a: 2, b: 2 });
    const folders = readdirSync(join(stateDir, "kept")).filter((name) => /^\d+_\d+$/.test(name));
    for (const name of folders) truncateSync(join(stateDir, "kept", name, "data.mdb"), 10_000);
    let restored: () => number;
    await using _instance = await start(kafka, stateDir, (app) => (restored = restoredBy(app)));
    assert.equal(restored!(), 4);
    await kafka.topic("lines").produce(["a b"]);
    await countsAre(kafka, { a: 3, b: 3 });
  });
});

test("what follows in a changelog is deleted while it is read: the store is made again, and the task runs", async () => {
  await within(async (kafka, stateDir) => {
    await count(kafka, stateDir, ["a b", "a b"], { a: 2, b: 2 });
    rmSync(join(stateDir, "kept"), { recursive: true });
    const fetched = kafka.fault({ api: "Fetch", topic: changelog, hold: true });
    const starting = start(kafka, stateDir);
    await fetched.hit(1);
    await cut(kafka, 3);
    fetched.release();
    await using _instance = await starting;
    await kafka.topic("lines").produce(["z"]);
    await countsAre(kafka, { z: 1 });
  });
});

test("folders of tasks that are not here are emptied after their time, and all is removed when it is asked for", async () => {
  await within(async (kafka, stateDir) => {
    await count(kafka, stateDir, ["a b", "a b"], { a: 2, b: 2 });
    const folder = join(stateDir, "kept");
    cpSync(join(folder, "1_0"), join(folder, "1_7"), { recursive: true });
    const options = { applicationId: "kept", stateDir, stateCleanupDelayMs: 50 } as const;
    await using instance = await startInstance(kafka, wordCount({ persistent: true }), options);
    const { app } = instance;
    await kafka.until("the folder is empty", () => {
      return readdirSync(join(folder, "1_7")).every((name) => name === ".lock");
    });
    assert.ok(existsSync(join(folder, "1_0", "data.mdb")), "the state of a task that runs is gone");
    assert.throws(() => app.cleanUp(), { code: "STREAMS_NOT_CLOSED" });
    await app.close();
    assert.ok(existsSync(join(folder, "1_0", "data.mdb")));
    app.cleanUp();
    assert.equal(existsSync(folder), false);
    app.cleanUp();
  });
});
