import assert from "node:assert/strict";
import { test } from "node:test";
import { serdes, StreamsBuilder, streams, type Topology } from "@ottla/streams";
import { startKafka } from "@ottla/testing";
import { impatientSettings, isCountedOnce } from "./known-answers.ts";
import { countsWritten } from "./word-count.ts";

const texts = { key: serdes.string, value: serdes.string } as const;
const LINES = 3_000;
/** Some tens of lines are done when the first commit comes. */
const SLOW_MS = 0.25;

test("what a step throws while a transaction ends ends the application, and that transaction is committed whole", async () => {
  await using kafka = await startKafka({ topics: { lines: 1, words: 1 }, settings: impatientSettings });
  let taken = 0;
  let throwsAt = Number.POSITIVE_INFINITY;
  const copy = (): Topology => {
    const b = new StreamsBuilder();
    b.stream("lines", texts)
      .mapValues((line) => {
        const endMs = performance.now() + SLOW_MS;
        while (performance.now() < endMs);
        if (++taken > throwsAt) throw new Error(`no more than ${throwsAt}`);
        return line;
      })
      .to("words", texts);
    return b.build();
  };
  const start = async () => {
    const app = streams(copy(), {
      applicationId: "copy",
      bootstrapServers: kafka.bootstrapServers,
      guarantee: "exactlyOnce",
      sessionTimeoutMs: 30_000,
    });
    await app.start();
    return app;
  };
  const commit = kafka.fault({ api: "TxnOffsetCommit", hold: true });
  const lines = Array.from({ length: LINES }, (_, i) => ({ value: `${i}` }));
  await kafka.topic("lines").produce(lines);
  const failing = await start();
  const failed = new Promise<string>((resolve) => failing.onState((state) => state === "ERROR" && resolve(state)));
  await commit.hit();
  const takenAtCommit = taken;
  throwsAt = taken + 100;
  await kafka.until("it has failed in its next transaction", () => taken > throwsAt);
  commit.release();
  await failed;
  await failing.close();
  const values = lines.map(({ value }) => value);
  const written = async () => (await kafka.topic("words").records()).map(({ value }) => value);
  const [committed] = await kafka.group("copy").committed();
  assert.ok(committed !== undefined && committed.offset <= takenAtCommit);
  assert.deepEqual(await written(), values.slice(0, committed.offset));
  throwsAt = Number.POSITIVE_INFINITY;
  await using _ = await start();
  await kafka.group("copy").lag().zero();
  assert.deepEqual(await written(), values);
});

test("records that come while slow transactions end, fail and are not heard of count once", async () => {
  const keys = 50;
  const eachKey = 400;
  await using kafka = await startKafka({ topics: { lines: 2, words: 2 }, settings: impatientSettings, deadlineMs: 60_000 });
  const b = new StreamsBuilder();
  b.stream("lines", texts).groupByKey().count({ store: "counts" }).toStream().to("words", { key: serdes.string, value: serdes.long });
  const lines = Array.from({ length: keys * eachKey }, (_, i) => ({ partition: i % 2, key: `k${i % keys}`, value: "v" }));
  await kafka.topic("lines").produce(lines);
  const ends = kafka.fault({ api: "EndTxn", delayMs: 15, times: "always" });
  const refused = kafka.fault({ api: "TxnOffsetCommit", after: 2, times: 2, delayMs: 20, reply: "TRANSACTION_ABORTABLE" });
  const unheard = kafka.fault({ api: "EndTxn", after: 3, lose: "answer" });
  const app = streams(b.build(), {
    applicationId: "slow-ends",
    bootstrapServers: kafka.bootstrapServers,
    guarantee: "exactlyOnce",
    commitIntervalMs: 20,
    // Every count is given on, so that each can be checked.
    cacheMaxBytes: 0,
  });
  await using _ = app;
  await app.start();
  await Promise.all([ends.hit(), refused.hit(2), unheard.hit()]);
  await kafka.group("slow-ends").lag().zero();
  const once = new Map(Array.from({ length: keys }, (_, i) => [`k${i}`, eachKey]));
  await kafka.until("all are counted", async () => (await countsWritten(kafka)).get(`k${keys - 1}`)?.at(-1) === eachKey);
  assert.equal(isCountedOnce(await countsWritten(kafka), once), undefined);
});

test("what is in caches alone when a transaction has ended goes out with the next one", async () => {
  await using kafka = await startKafka({ topics: { lines: 1, words: 1 }, settings: impatientSettings });
  // As many as are read at once: nobody polls while a transaction ends.
  const FEW_LINES = 800;
  let taken = 0;
  const b = new StreamsBuilder();
  b.stream("lines", texts)
    .mapValues((line) => {
      const endMs = performance.now() + SLOW_MS;
      while (performance.now() < endMs);
      taken++;
      return line;
    })
    .groupByKey(texts)
    .count({ store: "counts" })
    .toStream()
    .to("words", { key: serdes.string, value: serdes.long });
  const commit = kafka.fault({ api: "TxnOffsetCommit", hold: true });
  await kafka.topic("lines").produce(Array.from({ length: FEW_LINES }, () => ({ key: "k", value: "v" })));
  const app = streams(b.build(), {
    applicationId: "cached",
    bootstrapServers: kafka.bootstrapServers,
    guarantee: "exactlyOnce",
    sessionTimeoutMs: 30_000,
    transactionTimeoutMs: 60_000,
  });
  await using _ = app;
  await app.start();
  await commit.hit();
  // Nothing is left that would begin a transaction by itself.
  await kafka.until("all the rest is counted while the transaction ends", () => taken === FEW_LINES);
  commit.release();
  await kafka.group("cached").lag().zero();
  await kafka.until("the count is there", async () => (await countsWritten(kafka)).get("k")?.at(-1) === FEW_LINES);
  assert.equal(app.state, "RUNNING");
});
