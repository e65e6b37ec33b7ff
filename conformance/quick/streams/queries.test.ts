import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { serdes, session, StreamsBuilder, type Topology, tumbling } from "@ottla/streams";
import { type Kafka, startKafka } from "@ottla/testing";
import { impatientSettings, startInstance } from "./known-answers.ts";

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ottla-queries-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const texts = { key: serdes.string, value: serdes.string };

/** Every kind of store over topic `clicks`. */
function clicks(persistent: boolean): Topology {
  const b = new StreamsBuilder();
  const stream = b.stream("clicks", texts);
  const grouped = stream.groupByKey();
  grouped.count({ store: "counts" });
  grouped.windowedBy(tumbling({ sizeMs: 100, graceMs: 1_000 })).count({ store: { name: "windows", retentionMs: 10_000 } });
  grouped.windowedBy(session({ gapMs: 50, graceMs: 1_000 })).count({ store: { name: "sessions", retentionMs: 10_000 } });
  b.table("pages", { ...texts, store: { name: "pages", historyRetentionMs: 10_000 } });
  return b.build({ persistentStores: persistent });
}

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

async function produceClicks(kafka: Kafka): Promise<void> {
  await kafka.topic("clicks").produce(
    [
      ["ann", 10],
      ["bob", 20],
      ["ann", 130],
      ["ann", 150],
      ["cid", 420],
      ["ann", 430],
    ].map(([key, timestamp]) => ({ key: key as string, value: "x", timestamp: timestamp as number })),
  );
  await kafka.topic("pages").produce([
    { key: "p", value: "first", timestamp: 10 },
    { key: "p", value: "second", timestamp: 20 },
  ]);
}

for (const persistent of [false, true]) {
  const where = persistent ? "lmdb" : "memory";
  for (const cacheMaxBytes of [0, 1_000_000]) {
    test(`all kinds of stores are asked (${where}, cache of ${cacheMaxBytes})`, async () => {
      await using kafka = await startKafka({ topics: { clicks: 2, pages: 1 }, settings: impatientSettings });
      await using instance = await startInstance(kafka, clicks(persistent), {
        applicationId: "asked",
        cacheMaxBytes,
        // What is not committed is seen as well, through the cache.
        commitIntervalMs: 60_000,
        ...(persistent ? { stateDir: join(folder, `asked-${cacheMaxBytes}`) } : {}),
      });
      const { app } = instance;
      await produceClicks(kafka);
      const counts = app.store<string, number>("counts");
      const windows = app.windowStore<string, number>("windows");
      const sessions = app.sessionStore<string, number>("sessions");
      const pages = app.versionedStore<string, string>("pages");
      const ends = { clicks: Object.fromEntries((await endsOf(kafka, "clicks")).map(({ partition, offset }) => [partition, offset])) };
      // As new as what was written: waits for it, in each partition and in all of them.
      await counts.all({ bound: ends, waitMs: 20_000 }).page();
      for (const partition of [0, 1]) {
        const bound = { clicks: { [partition]: ends.clicks[partition]! } };
        await counts.all({ partition, bound, waitMs: 20_000 }).page();
      }
      assert.equal((await pages.get("p", { bound: { pages: { 0: 2 } }, waitMs: 20_000 }))?.value, "second");

      assert.equal(await counts.get("ann"), 4);
      const entry = await counts.entry("ann");
      assert.deepEqual([entry?.value, entry?.timestamp, entry?.role, entry?.lag], [4, 430, "active", 0]);
      assert.equal(entry?.position["clicks"]?.[entry.partition], ends.clicks[entry?.partition ?? -1]);
      assert.equal(await counts.get("dan"), null);
      const named = (rows: readonly { readonly key: string; readonly value: number }[]) => rows.map(({ key, value }) => `${key} ${value}`);
      assert.deepEqual(named(await collect(counts.all())).sort(), ["ann 4", "bob 1", "cid 1"]);
      assert.deepEqual(named(await collect(counts.range({ from: "b", to: "c" }))), ["bob 1"]);
      assert.deepEqual(named(await collect(counts.prefix("a"))), ["ann 4"]);
      const first = await counts.all().page({ limit: 2 });
      const second = await counts.all().page({ limit: 2, after: first.next ?? "" });
      assert.deepEqual(named([...first.rows, ...second.rows]).sort(), ["ann 4", "bob 1", "cid 1"]);
      assert.deepEqual([first.rows.length, second.next], [2, null]);

      assert.equal(await windows.get("ann", 100), 2);
      assert.equal(await windows.get("ann", 200), null);
      const starts = (rows: readonly { readonly windowStartMs: number; readonly windowEndMs: number; readonly value: number }[]) =>
        rows.map(({ windowStartMs, windowEndMs, value }) => `${windowStartMs}-${windowEndMs} ${value}`);
      assert.deepEqual(starts(await collect(windows.windows("ann"))), ["0-100 1", "100-200 2", "400-500 1"]);
      assert.deepEqual(starts(await collect(windows.windows("ann", { fromMs: 50, toMs: 150 }, { reverse: true }))), ["100-200 2"]);
      assert.equal((await collect(windows.all({ fromMs: 0, toMs: 100 }))).length, 3);

      const spans = (rows: readonly { readonly startMs: number; readonly endMs: number; readonly value: number }[]) =>
        rows.map(({ startMs, endMs, value }) => `${startMs}-${endMs} ${value}`);
      assert.deepEqual(spans(await collect(sessions.sessions("ann"))), ["10-10 1", "130-150 2", "430-430 1"]);
      assert.equal(await sessions.get("ann", 130, 150), 2);
      assert.equal((await collect(sessions.all({ fromEndMs: 15, toEndMs: 200 }))).length, 2);

      assert.equal((await pages.get("p", { asOfMs: 15 }))?.value, "first");
      assert.deepEqual(
        (await collect(pages.versions("p"))).map(({ value, timestamp, validToMs }) => `${value} ${timestamp} ${validToMs}`),
        ["first 10 20", "second 20 null"],
      );
    });
  }
}

async function endsOf(kafka: Kafka, topic: string): Promise<{ readonly partition: number; readonly offset: number }[]> {
  const admin = kafka.client().admin();
  const listed = await admin.listOffsets([0, 1].map((partition) => ({ topic, partition, spec: "latest" as const })));
  return listed.map(({ partition, value }) => ({ partition, offset: value?.offset ?? 0 }));
}

test("a question that cannot be answered says why, by a code that stays", async () => {
  await using kafka = await startKafka({ topics: { clicks: 2, pages: 1 }, settings: impatientSettings });
  const topology = clicks(false);
  {
    await using instance = await startInstance(kafka, topology, { applicationId: "refused" });
    const { app } = instance;
    assert.throws(() => app.store("nobody"), { name: "StreamsError", code: "STREAMS_UNKNOWN_STORE" });
    assert.throws(() => app.store("windows"), {
      code: "STREAMS_STORE_KIND",
      message: /windows is one by window, and is asked as one by key/,
    });
    const counts = app.store<string, number>("counts");
    await assert.rejects(counts.get(null as never), { code: "STREAMS_NULL_KEY" });
    await assert.rejects(counts.get(7 as never), { code: "STREAMS_SERIALIZATION" });
    await assert.rejects(counts.get("a", { partition: 9 }), { code: "STREAMS_BAD_ARGUMENT", message: /has 2 partitions/ });
    await assert.rejects(counts.all().page({ limit: 0 }), { code: "STREAMS_BAD_ARGUMENT" });
    await assert.rejects(counts.all().page({ after: "nonsense" }), { code: "STREAMS_BAD_ARGUMENT" });
    await assert.rejects(counts.all().page({ after: Buffer.from("[7]").toString("base64url") }), { code: "STREAMS_BAD_ARGUMENT" });
    await assert.rejects(counts.get("a", { partition: 0, bound: { clicks: { 0: 5 } } }), (error: unknown) => {
      const { code, details } = error as { readonly code: string; readonly details: { readonly position: unknown } };
      return code === "STREAMS_QUERY_BEHIND" && JSON.stringify(details.position).includes("clicks");
    });
    const stop = new AbortController();
    const waiting = counts.get("a", { partition: 0, bound: { clicks: { 0: 5 } }, waitMs: 60_000, signal: stop.signal });
    stop.abort(new Error("enough"));
    await assert.rejects(waiting, { message: "enough" });
  }
});
