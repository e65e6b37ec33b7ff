import assert from "node:assert/strict";
import { test } from "node:test";
import { type ApplicationOptions, StreamsBuilder, serdes, type Topology } from "@ottla/streams";
import { type Kafka, startKafka } from "@ottla/testing";
import { type Instance, impatientSettings, isCountedOnce, startInstance } from "./known-answers.ts";
import { countsWritten } from "./word-count.ts";

// What becomes of stores, copies, caches and answers while one transaction ends and the tasks process on: each line counts once.

const texts = { key: serdes.string, value: serdes.string } as const;
const KEYS = 20;
const SLOW_MS = 0.25;

/** Two instances, each with two tasks, and copies of the other's; of the first a commit is held, and it has gone on behind it. */
interface Scene {
  readonly kafka: Kafka;
  readonly first: Instance;
  readonly second: Instance;
  readonly release: () => void;
}

function moves(what: string, options: Partial<ApplicationOptions>, inBetween: (scene: Scene) => Promise<void>): void {
  for (const hold of ["TxnOffsetCommit", "EndTxn"] as const)
    test(`${what} (${hold} held)`, async () => {
      await using ends = new AsyncDisposableStack();
      const kafka = ends.use(await startKafka({ topics: { lines: 4, words: 1 }, settings: impatientSettings, deadlineMs: 30_000 }));
      let slowMs = 0;
      let taken = 0;
      const expected = new Map<string, number>();
      const produce = async (each: number): Promise<void> => {
        const records = Array.from({ length: each * KEYS }, (_, i) => ({ key: `k${i % KEYS}`, value: "v" }));
        for (const { key } of records) expected.set(key, (expected.get(key) ?? 0) + 1);
        await kafka.topic("lines").produce(records);
      };
      const topology = (): Topology => {
        const b = new StreamsBuilder();
        b.stream("lines", texts)
          .mapValues((line) => {
            const endMs = performance.now() + slowMs;
            while (performance.now() < endMs);
            taken++;
            return line;
          })
          .groupByKey(texts)
          .count({ store: "counts" })
          .toStream()
          .to("words", { key: serdes.string, value: serdes.long });
        return b.build();
      };
      const start = async (clientId: string): Promise<Instance> =>
        ends.use(
          await startInstance(kafka, topology(), {
            applicationId: "moves",
            guarantee: "exactlyOnce",
            transactionTimeoutMs: 20_000,
            ...options,
            client: { clientId },
          }),
        );
      const first = await start("first");
      const second = await start("second");
      await kafka.group("moves").stable(2);
      await produce(5);
      await kafka.group("moves").lag().zero();
      slowMs = SLOW_MS;
      const commit = kafka.fault({ api: hold, clientId: "first", hold: true });
      await produce(200);
      await commit.hit();
      const before = taken;
      await kafka.until("tasks go on while the transaction ends", () => taken > before + 100);
      await inBetween({ kafka, first, second, release: () => commit.remove() });
      commit.remove();
      slowMs = 0;
      await produce(5);
      await kafka.group("moves").lag().zero();
      const isWhole = async () => {
        const written = await countsWritten(kafka);
        return [...expected].every(([key, count]) => (written.get(key)?.at(-1) ?? 0) >= count) ? written : undefined;
      };
      assert.equal(isCountedOnce(await kafka.until("all are counted", isWhole), expected), undefined);
    });
}

moves("a copy becomes its task's stores whose instance is killed behind its commit", { numStandbyReplicas: 1 }, async ({ first }) => {
  await first.kill();
});

moves("tasks come to an instance while its commit is under way", { numStandbyReplicas: 1 }, async ({ second, release }) => {
  const closing = second.app.close();
  release();
  await closing;
});

moves("an instance closes behind its commit, and its copies go on elsewhere", { numStandbyReplicas: 1 }, async ({ first, release }) => {
  const closing = first.app.close();
  release();
  await closing;
});

for (const isAborted of [false, true])
  moves(
    `an answer that a question got behind a commit comes again when it is waited for, ${isAborted ? "also when that is aborted" : "and that comes about"}`,
    { applicationServer: "127.0.0.1:1" },
    async ({ kafka, first, second, release }) => {
      const entryOf = async (key: string, options: object) => {
        for (const { app } of [first, second]) {
          const entry = await app
            .store<string, number>("counts")
            .entry(key, options)
            .catch(() => null);
          if (entry !== null) return entry;
        }
        return undefined;
      };
      const keys = Array.from({ length: KEYS }, (_, i) => `k${i}`);
      const before = await Promise.all(keys.map((key) => kafka.until(key, () => entryOf(key, {}))));
      if (isAborted) await kafka.group("moves").kick();
      release();
      for (const [i, key] of keys.entries()) {
        const { value, position } = before[i]!;
        const again = await kafka.until(`${key} as of then`, () => entryOf(key, { bound: position }));
        assert.ok(again.value >= value, `${key}: ${again.value} after ${value}`);
      }
    },
  );

test("what a small cache gives up while a transaction ends is counted once, also when that is aborted", async () => {
  await using kafka = await startKafka({ topics: { lines: 2, words: 1 }, settings: impatientSettings, deadlineMs: 30_000 });
  const keys = 200;
  const times = 20;
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
  const held = kafka.fault({ api: "TxnOffsetCommit", hold: true, reply: "TRANSACTION_ABORTABLE" });
  await kafka
    .topic("lines")
    .produce(Array.from({ length: keys * times }, (_, i) => ({ partition: i % 2, key: `k${i % keys}`, value: "v" })));
  // Fewer than there are keys, so that each line makes another one go.
  await using app = await startInstance(kafka, b.build(), {
    applicationId: "small-cache",
    guarantee: "exactlyOnce",
    sessionTimeoutMs: 30_000,
    transactionTimeoutMs: 20_000,
    cacheMaxBytes: 2_000,
  });
  await held.hit();
  const before = taken;
  await kafka.until("tasks go on while the transaction ends", () => taken > before + 300);
  held.remove();
  await kafka.group("small-cache").lag().zero();
  const written = await kafka.until("all are counted", async () => {
    const found = await countsWritten(kafka);
    return found.size === keys && [...found.values()].every((counts) => counts.at(-1) === times) ? found : undefined;
  });
  for (const [key, counts] of written)
    assert.ok(
      counts.every((count, i) => count > (counts[i - 1] ?? 0)),
      `${key}: ${counts.join(" ")}`,
    );
  assert.equal(app.app.error, undefined);
});
