import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { ApplicationOptions } from "@ottla/streams";
import { type Kafka, startKafka } from "@ottla/testing";
import { type Instance, impatientSettings, isCountedOnce, openTransactions, startInstance } from "./known-answers.ts";
import { countsAre, wordCount } from "./word-count.ts";

// What a kill leaves open times out when no test waits for it any more: somebody has to end it.

const wordCountModule = new URL("./word-count-module.ts", import.meta.url);
const OPEN_MS = 300_000;
/** A session that is not over while a test runs. */
const SESSION_MS = 60_000;

async function cluster(): Promise<Kafka> {
  return startKafka({ topics: { lines: 2, words: 1 }, settings: impatientSettings, deadlineMs: 20_000 });
}

function given(options: Partial<ApplicationOptions> = {}) {
  return {
    applicationId: "left",
    guarantee: "exactlyOnce",
    transactionTimeoutMs: OPEN_MS,
    sessionTimeoutMs: SESSION_MS,
    ...options,
  } satisfies Partial<ApplicationOptions>;
}

/** With their epochs. */
async function ongoing(kafka: Kafka) {
  const described = await kafka
    .client()
    .admin()
    .describeTransactions(await openTransactions(kafka));
  return described.flatMap(({ value }) =>
    value?.state === "Ongoing" ? { transactionalId: value.transactionalId, producerEpoch: value.producerEpoch } : [],
  );
}

const words = ["a", "b", "c", "d", "e", "f"];
const lines = words.map((word, i) => ({ partition: i % 2, key: word, value: word }));
const once = Object.fromEntries(words.map((word) => [word, 1]));

/** Kills it in the middle of the commits of so many transactions. */
async function killCommitting(kafka: Kafka, instance: Instance, transactions: number): Promise<void> {
  const end = kafka.fault({ api: "EndTxn", lose: "request", connection: "hang", times: "always" });
  await kafka.topic("lines").produce(lines);
  await end.hit(transactions);
  await instance.kill();
  end.remove();
  assert.equal((await openTransactions(kafka)).length, transactions);
}

test("a static member with nothing on a disk, which nobody divides tasks for when it is back, is back at once", async () => {
  await using kafka = await cluster();
  await using ends = new AsyncDisposableStack();
  const start = () => startInstance(kafka, wordCount(), given({ groupInstanceId: "one" }), (app) => void ends.use(app));
  await killCommitting(kafka, await start(), 1);
  const back = start();
  back.catch(() => {});
  assert.equal(isCountedOnce(await countsAre(kafka, once), new Map(Object.entries(once))), undefined);
  await back;
  assert.deepEqual(await openTransactions(kafka), []);
});

test("an instance that is back with fewer workers ends what those had open that it has no more, and what it has open goes on", async () => {
  const stateDir = mkdtempSync(join(tmpdir(), "ottla-left-"));
  try {
    await using kafka = await cluster();
    const start = (workers: number, options: Partial<ApplicationOptions> = {}) =>
      startInstance(
        kafka,
        { module: wordCountModule, data: {} },
        given({ stateDir, workers, groupInstanceId: "one", client: { clientId: "app" }, ...options }),
      );
    await killCommitting(kafka, await start(2), 2);
    const [left] = await ongoing(kafka);
    const looks = kafka.fault({ api: "ListTransactions", clientId: "app", hold: true, times: "always" });
    const coming = start(1, { commitIntervalMs: 60_000 });
    await looks.hit();
    await kafka.topic("lines").produce(lines);
    // Its first worker takes over from the one before it, and begins a transaction of its own.
    const own = await kafka.until("its own is open", async () =>
      (await ongoing(kafka)).find(({ producerEpoch }) => producerEpoch > left!.producerEpoch),
    );
    looks.remove();
    await using _ = await coming;
    await kafka.until("one is ended", async () => (await openTransactions(kafka)).length < 2);
    assert.deepEqual(await ongoing(kafka), [own]);
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
});

test("a transaction of an instance that lives is left alone by one that comes", async () => {
  await using kafka = await cluster();
  const warnings: string[] = [];
  const begun = kafka.observe({ api: "InitProducerId" });
  const start = (clientId: string, commitIntervalMs = SESSION_MS) =>
    startInstance(kafka, wordCount(), given({ commitIntervalMs, client: { clientId } }), undefined, warnings);
  await using first = await start("first");
  const look = kafka.fault({ api: "ListTransactions", clientId: "second", hold: true });
  const asked = kafka.observe({ api: "DescribeGroups", clientId: "second" });
  await using second = await start("second");
  await look.hit();
  await kafka.topic("lines").produce(lines);
  await kafka.until("both are open", async () => (await openTransactions(kafka)).length === 2);
  look.release();
  await asked.hit();
  await second.app.close();
  await first.app.close();
  assert.equal(begun.count, 2);
  await using _ = await start("third", 20);
  assert.equal(isCountedOnce(await countsAre(kafka, once), new Map(Object.entries(once))), undefined);
  assert.deepEqual(warnings, []);
});
