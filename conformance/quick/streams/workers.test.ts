import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Logger, silentLogger } from "@ottla/base";
import { serdes, streams, StreamsBuilder } from "@ottla/streams";
import { startKafka } from "@ottla/testing";
import { impatientSettings, isCountedOnce } from "./known-answers.ts";
import { countsAre } from "./word-count.ts";
import { cluster, diesAndIsReplaced, lines, memberCount, module, wordCounts } from "./word-count-threads.ts";

test("two threads are two members that divide the tasks, and end as one", async () => {
  await using kafka = await cluster();
  const states: string[] = [];
  const app = wordCounts(kafka);
  app.onState((to) => states.push(to));
  await app.start();
  assert.deepEqual(app.workers(), [
    { number: 1, isRunning: true },
    { number: 2, isRunning: true },
  ]);
  assert.equal(await memberCount(kafka), 2);
  await kafka.topic("lines").produce(lines("a b a", "b c", "a", "c c"));
  const written = await countsAre(kafka, { a: 3, b: 2, c: 3 });
  assert.deepEqual(written.get("a"), [1, 2, 3]);
  await app.close();
  assert.equal(app.state, "NOT_RUNNING");
  // The second thread may join when the first one already runs, which is one more rebalance.
  assert.match(states.join(" "), /^(REBALANCING RUNNING ){1,2}PENDING_SHUTDOWN NOT_RUNNING$/);
  assert.equal(await memberCount(kafka), 0);
});

test("a thread comes and another one goes while records flow, and each counts once", async () => {
  await using kafka = await cluster();
  await using app = wordCounts(kafka, { workers: 1 });
  await app.start();
  let isProducing = true;
  const expected = new Map<string, number>();
  const producing = (async () => {
    for (let i = 0; isProducing; i++) {
      const words = [`w${i % 7}`, `w${(i * 3) % 5}`];
      for (const word of words) expected.set(word, (expected.get(word) ?? 0) + 1);
      await kafka.topic("lines").produce([{ key: String(i), value: words.join(" ") }]);
    }
  })();
  try {
    assert.equal(await app.addWorker(), 2);
    assert.equal(await memberCount(kafka), 2);
    assert.equal(await app.removeWorker(), 2);
    assert.equal(await memberCount(kafka), 1);
    const hasty = assert.rejects(app.addWorker(), { code: "STREAMS_CLOSED", message: /Worker 2 was removed before its tasks ran/ });
    assert.equal(await app.removeWorker(), 2);
    await hasty;
    await kafka.until("all run", async () => app.state === "RUNNING");
  } finally {
    isProducing = false;
    await producing;
  }
  const written = await countsAre(kafka, Object.fromEntries(expected));
  assert.equal(isCountedOnce(written, expected), undefined);
});

for (const [order, message] of [
  ["!throw", /told to throw/],
  ["!eat", /died of .*memory/],
] as const)
  test(`a thread that dies of ${order} is replaced, the other one goes on, and each word counts once`, () =>
    diesAndIsReplaced(order, message, 1));

test("without an answer the death of a thread is the application's end, with the reason", async () => {
  await using kafka = await cluster();
  await using app = wordCounts(kafka);
  await app.start();
  await kafka.topic("lines").produce(lines("!exit 0"));
  await kafka.until("it ends", async () => app.state === "ERROR");
  assert.equal((app.error as { code?: string } | undefined)?.code, "STREAMS_WORKER_DIED");
  assert.equal(await memberCount(kafka), 0);
  await assert.rejects(app.addWorker(), { code: "STREAMS_CLOSED" });
});

test("a thread that a function holds for ever does not hold close(), and what it had is done by another", async () => {
  await using kafka = await cluster();
  const obeyed = new SharedArrayBuffer(1);
  const app = wordCounts(kafka, { workers: 1 }, { obeyed });
  await app.start();
  await kafka.topic("lines").produce(lines("a", "!block 0", "a b"));
  await kafka.until("it blocks", async () => new Uint8Array(obeyed)[0] === 1);
  const begun = performance.now();
  await app.close({ timeoutMs: 200 });
  assert.ok(performance.now() - begun < 10_000);
  assert.equal(app.state, "NOT_RUNNING");
  assert.equal(await memberCount(kafka), 0);
  await using other = wordCounts(kafka, {}, { obeyed });
  await other.start();
  const written = await countsAre(kafka, { a: 2, b: 1 });
  assert.deepEqual([written.get("a"), written.get("b")], [[1, 2], [1]]);
});

test("a thread waits for the folder of a task that a held one of its process still has, and each word counts once", async () => {
  const stateDir = mkdtempSync(join(tmpdir(), "ottla-threads-"));
  try {
    await using kafka = await cluster();
    const obeyed = new SharedArrayBuffer(2);
    const waits: string[] = [];
    const warn: Logger["warn"] = (message, fields) => {
      if (message === "a task is not opened so far") waits.push(String(fields?.["error"]));
    };
    await using app = wordCounts(kafka, { stateDir }, { isPersistent: true, obeyed }, { ...silentLogger, warn });
    await app.start();
    await kafka.topic("lines").produce(lines("a b c d", "e f g h"));
    const all = { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1 };
    await countsAre(kafka, all);
    await kafka.topic("lines").produce(lines("!hold 0"));
    await kafka.until("it is held", async () => new Uint8Array(obeyed)[0] === 1);
    await kafka.topic("lines").produce(lines("a b c d e f g h"));
    // Its session is over, and the other one is given what it had.
    await kafka.until("the other waits", async () => waits.length > 0);
    assert.match(waits[0]!, /threads\/1_\d is in use by this process/);
    new Uint8Array(obeyed)[1] = 1;
    const expected = new Map(Object.keys(all).map((word) => [word, 2]));
    assert.equal(isCountedOnce(await countsAre(kafka, Object.fromEntries(expected)), expected), undefined);
    await kafka.until("all run", async () => app.state === "RUNNING");
    assert.equal(app.error, undefined);
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
});

test("what a module exports counts in its threads, and what they tell comes to the application's", async () => {
  await using kafka = await startKafka({ topics: { in: 2, out: 1 }, settings: impatientSettings });
  const restored: string[] = [];
  await using app = streams(new URL("./handled-module.ts", import.meta.url), {
    applicationId: "handled",
    bootstrapServers: kafka.bootstrapServers,
    commitIntervalMs: 20,
    cacheMaxBytes: 0,
    workers: 1,
  });
  app.onRestore((event) => restored.push(event));
  await kafka.topic("in").produce([{ value: "no key" }, { key: "a", value: "bad" }, ...lines(...Array<string>(20).fill("good"))]);
  await app.start();
  await kafka.until("all that are good are counted", async () => (await kafka.topic("out").records({ value: "bytes" })).length === 20);
  await kafka.until("two came to nothing", async () => app.droppedRecords().size === 2);
  assert.deepEqual(Object.fromEntries(app.droppedRecords()), { "null key or value": 1, failed: 1 });
  // A task moves, and has its counts again.
  assert.equal(await app.addWorker(), 2);
  assert.equal(await app.removeWorker(), 2);
  await kafka.until("a task was restored", async () => restored.includes("start") && restored.includes("end"));
});

test("a module that builds another topology in a thread is refused", async () => {
  await using kafka = await startKafka({ topics: { in: 1, out: 1 } });
  await using app = streams(new URL("./fickle-module.ts", import.meta.url), {
    applicationId: "fickle",
    bootstrapServers: kafka.bootstrapServers,
    workers: 1,
  });
  await assert.rejects(app.start(), { code: "STREAMS_TOPOLOGY_MODULE", message: /built another topology in a worker's thread/ });
});

test("a signal closes an application that was told to listen to it, and nothing listens afterwards", async () => {
  await using kafka = await cluster();
  const listeners = () => process.listenerCount("SIGCONT");
  const before = listeners();
  await using silent = wordCounts(kafka, { applicationId: "silent", workers: 0 });
  await silent.start();
  assert.equal(listeners(), before);
  await using app = wordCounts(kafka, { workers: 0, closeOnSignals: ["SIGCONT"] });
  await app.start();
  process.kill(process.pid, "SIGCONT");
  await kafka.until("it is closed", async () => app.state === "NOT_RUNNING");
  assert.equal(silent.state, "RUNNING");
  assert.equal(listeners(), before);
});

test("what cannot go to a thread is refused at once, with what to do", async () => {
  const options = { applicationId: "threads", bootstrapServers: "127.0.0.1:1", workers: 2 };
  const b = new StreamsBuilder();
  b.stream("lines", { key: serdes.string, value: serdes.string }).to("words");
  assert.throws(() => streams(b.build(), options), {
    code: "STREAMS_BAD_ARGUMENT",
    message: /new URL\("\.\/topology\.ts", import\.meta\.url\)/,
  });
  assert.throws(() => streams(module, { ...options, onError: { process: () => "continue" } }), {
    code: "STREAMS_BAD_ARGUMENT",
    message: /onError\.process .* export const onError/,
  });
  assert.throws(() => streams({ module, data: () => 1 }, options), {
    code: "STREAMS_BAD_ARGUMENT",
    message: /data for a topology's module/,
  });
  assert.throws(() => streams("./topology.ts" as never, options), { code: "STREAMS_BAD_ARGUMENT", message: /the URL of a module/ });
  await using missing = streams(new URL("./is-not-there.ts", import.meta.url), options);
  await assert.rejects(missing.start(), { code: "STREAMS_TOPOLOGY_MODULE", message: /is-not-there\.ts cannot be loaded/ });
  await using empty = streams(new URL("./known-answers.ts", import.meta.url), options);
  await assert.rejects(empty.start(), { code: "STREAMS_TOPOLOGY_MODULE", message: /exports no topology/ });
  await using inLoop = streams(module, { ...options, workers: 0 });
  await assert.rejects(inLoop.addWorker(), { code: "STREAMS_BAD_ARGUMENT", message: /workers: 1 or more/ });
});

test("what threads do is told as of one, and one that is held by a function is told as silent", async () => {
  await using kafka = await cluster();
  const app = wordCounts(kafka);
  await app.start();
  await kafka.topic("lines").produce(lines("a b a", "b c", "a", "c c"));
  await countsAre(kafka, { a: 3, b: 2, c: 3 });
  const tasks = (await app.tasks()).map(({ taskId }) => taskId).sort();
  assert.deepEqual(tasks, ["0_0", "0_1", "0_2", "0_3", "1_0", "1_1", "1_2", "1_3"]);
  const threads = (await app.metrics()).filter(({ name }) => name === "thread-state").map(({ tags }) => tags["thread-id"]?.slice(-14));
  assert.deepEqual(threads, ["StreamThread-1", "StreamThread-2"]);
  await kafka.topic("lines").produce([{ key: "x", value: "!block 5" }]);
  await kafka.until("a worker is silent", async () => (await app.whyNothing()).some(({ code }) => code === "WORKER_SILENT"));
  await app.close({ timeoutMs: 100 });
});

test("a live view tells the changes of all threads, of one that comes and of those that stay when it goes", async () => {
  await using kafka = await cluster();
  await using app = wordCounts(kafka);
  const server = await app.serve();
  await app.start();
  const words = Array.from("abcdefgh");
  const stop = new AbortController();
  const seen = readEvents(await fetch(`${server.url}/v1/stores/counts/changes`, { signal: stop.signal }));
  const seenOfOne = readEvents(await fetch(`${server.url}/v1/stores/counts/changes?key=a`, { signal: stop.signal }));
  const isWatched = (events: readonly SeenEvent[], count: number) =>
    events.findLast(({ event }) => event === "partitions")?.data.here?.length === count;
  let produced = 0;
  const round = async (what: string): Promise<void> => {
    await kafka.until(`all run: ${what}`, () => app.state === "RUNNING");
    const before = produced;
    const isTold = (word: string, events: readonly SeenEvent[]) =>
      events.some(({ event, data }) => event === "change" && data.key === word && Number(data.value) > before);
    // What comes before a thread's stores are watched is not told.
    await kafka.until(`all are told: ${what}`, async () => {
      if (words.every((word) => isTold(word, seen)) && isTold("a", seenOfOne)) return true;
      await kafka.topic("lines").produce(lines(...words));
      produced++;
      return false;
    });
    await kafka.until(`all are watched: ${what}`, () => isWatched(seen, 4) && isWatched(seenOfOne, 1));
  };
  await round("two threads");
  await app.addWorker();
  await round("three threads");
  await app.removeWorker();
  await round("two again");
  assert.deepEqual([...new Set(seenOfOne.flatMap(({ event, data }) => (event === "change" ? [data.key] : [])))], ["a"]);
  stop.abort();
});

test("stores on threads are asked from outside, by whichever thread has them, while one comes and goes", async () => {
  await using kafka = await cluster();
  await using app = wordCounts(kafka);
  const server = await app.serve();
  await app.start();
  await kafka.topic("lines").produce(lines("a b a", "b c", "a", "c c", "d e f g h"));
  const expected = { a: 3, b: 2, c: 3, d: 1, e: 1, f: 1, g: 1, h: 1 };
  await countsAre(kafka, expected);
  const counts = app.store<string, number>("counts");
  const all = async () => {
    const seen: Record<string, number> = {};
    for await (const { key, value } of counts.all({ waitMs: 10_000 })) seen[key] = value;
    return seen;
  };
  assert.deepEqual(await all(), expected);
  assert.equal(await counts.get("a"), 3);
  assert.equal(await counts.get("nobody"), null);
  assert.equal((await counts.entry("c"))?.role, "active");
  const answer = await fetch(`${server.url}/v1/stores/counts/keys/a`);
  assert.equal(((await answer.json()) as { readonly value: number }).value, 3);
  await app.addWorker();
  assert.deepEqual(await all(), expected);
  await app.removeWorker();
  assert.deepEqual(await all(), expected);
  await assert.rejects(counts.get("a", { partition: 9 }), { code: "STREAMS_BAD_ARGUMENT" });
  await app.close();
  await assert.rejects(counts.get("a"), { code: "STREAMS_STORE_UNAVAILABLE" });
});

interface SeenEvent {
  readonly event: string;
  readonly data: { readonly here?: readonly number[]; readonly key?: unknown; readonly value?: unknown };
}

/** The events of a view, which become more until it is aborted. */
function readEvents(view: Response): readonly SeenEvent[] {
  const seen: SeenEvent[] = [];
  void (async () => {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const piece of view.body!) {
      const whole = (rest + decoder.decode(piece as Uint8Array, { stream: true })).split("\n\n");
      rest = whole.pop()!;
      for (const text of whole) {
        const found = /^event: (.*)\ndata: (.*)$/.exec(text);
        if (found) seen.push({ event: found[1]!, data: JSON.parse(found[2]!) as SeenEvent["data"] });
      }
    }
  })().catch(() => {});
  return seen;
}
