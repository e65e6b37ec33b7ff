import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { serdes, streams, StreamsBuilder } from "@ottla/streams";
import { startKafka } from "@ottla/testing";
import { impatientSettings, startInstance } from "./known-answers.ts";
import { countsAre, wordCount } from "./word-count.ts";

test("stores are asked by key, and what is not here says so", async () => {
  await using kafka = await startKafka({ topics: { lines: 2, words: 1 }, settings: impatientSettings });
  await using instance = await startInstance(kafka, wordCount(), { applicationId: "asked" });
  const { app, kill } = instance;
  await kafka.topic("lines").produce(["a b a", "c"]);
  await countsAre(kafka, { a: 2, b: 1, c: 1 });
  const counts = app.store<string, number>("counts");
  assert.equal(await counts.get("a"), 2);
  assert.equal(await counts.get("z"), null);
  const all: string[] = [];
  for await (const { key, value } of counts.all()) all.push(`${key} ${value}`);
  assert.deepEqual(all.sort(), ["a 2", "b 1", "c 1"]);
  assert.throws(() => app.store("count"), { code: "STREAMS_UNKNOWN_STORE", message: /has no state store count: it has counts/ });
  await kill();
  await assert.rejects(counts.get("a"), {
    code: "STREAMS_STORE_UNAVAILABLE",
    message: /No task with store counts runs in this instance/,
  });
});

test("repartition topics are purged of what was committed", async () => {
  await using kafka = await startKafka({ topics: { lines: 1, words: 1 }, settings: impatientSettings });
  await using _instance = await startInstance(kafka, wordCount(), { applicationId: "purged", repartitionPurgeIntervalMs: 50 });
  await kafka.until("a purge", async () => {
    await kafka.topic("lines").produce(["a b a"]);
    const [listed] = await kafka
      .client()
      .admin()
      .listOffsets([{ topic: "purged-by-word-repartition", partition: 0, spec: "earliest" }]);
    return (listed?.value?.offset ?? 0) > 3;
  });
});

test("a table whose source is its changelog is restored as far as was committed, and what comes behind is a change of it", async () => {
  await using kafka = await startKafka({ topics: { cars: 1 }, settings: impatientSettings });
  const b = new StreamsBuilder();
  const texts = { key: serdes.string, value: serdes.string };
  b.table("cars", texts)
    .groupBy((color, car) => [color, car], texts)
    .count({ store: "colors" });
  const topology = b.build({ optimization: "all" });
  const options = { applicationId: "colors" };
  await using first = await startInstance(kafka, topology, options);
  await kafka.topic("cars").produce([{ key: "mini", value: "red" }]);
  await kafka.until("it is counted", async () => (await first.app.store<string, number>("colors").get("red")) === 1);
  await kafka.group("colors").lag().zero();
  await first.app.close();
  await kafka.topic("cars").produce([{ key: "mini", value: "blue" }]);
  await using second = await startInstance(kafka, topology, options);
  await kafka.until("the change is counted", async () => {
    const colors = second.app.store<string, number>("colors");
    return (await colors.get("blue")) === 1 && (await colors.get("red")) === 0;
  });
});

test("a store on the disk reads on where it was, and its folder is one instance's", async () => {
  const stateDir = mkdtempSync(join(tmpdir(), "ottla-application-"));
  try {
    await using kafka = await startKafka({ topics: { lines: 1, words: 1 }, settings: impatientSettings });
    const options = { applicationId: "kept", stateDir, guarantee: "exactlyOnce" } as const;
    await using first = await startInstance(kafka, wordCount({ persistent: true }), options);
    await kafka.topic("lines").produce(["a b a", "c"]);
    await countsAre(kafka, { a: 2, b: 1, c: 1 });
    const other = streams(wordCount(), { ...options, bootstrapServers: kafka.bootstrapServers });
    await assert.rejects(other.start(), { code: "DISK_LOCKED" });
    await other.close();
    await first.app.close();
    const second = streams(wordCount({ persistent: true }), {
      ...options,
      bootstrapServers: kafka.bootstrapServers,
      commitIntervalMs: 20,
      cacheMaxBytes: 0,
    });
    let restoredCount = 0;
    second.onRestore((event, progress) => {
      if (event === "end") restoredCount += progress.restoredCount;
    });
    await second.start();
    await kafka.topic("lines").produce(["a"]);
    await countsAre(kafka, { a: 3, b: 1, c: 1 });
    await second.close();
    assert.equal(restoredCount, 0);
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
});

test("input that was deleted behind what was committed is an error that names both offsets", async () => {
  await using kafka = await startKafka({ topics: { lines: 1, words: 1 }, settings: impatientSettings });
  const options = { applicationId: "lost" };
  await using first = await startInstance(kafka, wordCount(), options);
  await kafka.topic("lines").produce(["a b a", "c"]);
  await countsAre(kafka, { a: 2, b: 1, c: 1 });
  await first.app.close();
  await kafka.topic("lines").produce(["d", "e", "f"]);
  await kafka
    .client()
    .admin()
    .deleteRecords([{ topic: "lines", partition: 0, beforeOffset: 4 }]);
  await assert.rejects(startInstance(kafka, wordCount(), options), {
    code: "STREAMS_OFFSET_LOST",
    message: /has committed offset 2 of lines-0, and the topic begins at 4/,
  });
});

test("input that ends before what was committed is waited for as long as a task may take, and then an error that names both offsets", async () => {
  await using kafka = await startKafka({ topics: { lines: 1, words: 1 }, settings: impatientSettings });
  const options = { applicationId: "ahead", taskTimeoutMs: 600 };
  await using first = await startInstance(kafka, wordCount(), options);
  await kafka.topic("lines").produce(["a b a", "c"]);
  await countsAre(kafka, { a: 2, b: 1, c: 1 });
  await first.app.close();
  const setTo = (offset: number) =>
    kafka
      .client()
      .admin()
      .alterGroupOffsets("ahead", [{ topic: "lines", partition: 0, offset }]);
  await setTo(4);
  await assert.rejects(startInstance(kafka, wordCount(), options), {
    code: "STREAMS_TASK_TIMEOUT",
    message: /Task 0_0 .* has committed offset 4 of lines-0, and the topic ends at 2/,
  });
  // What ends there for a moment only is gone on with.
  const third = startInstance(kafka, wordCount(), { ...options, taskTimeoutMs: 10_000 });
  await kafka.topic("lines").produce(["d", "e"]);
  await kafka.topic("lines").produce(["f"]);
  await countsAre(kafka, { a: 2, b: 1, c: 1, f: 1 });
  await (await third).app.close();
});
