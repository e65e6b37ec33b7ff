import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type ApplicationOptions, serdes, StreamsBuilder, type Topology, tumbling } from "@ottla/streams";
import { type FaultHandle, type Kafka, startKafka } from "@ottla/testing";
import { isCountedOnce, type Instance, impatientSettings, startInstance } from "./known-answers.ts";
import { countsAre, wordCount } from "./word-count.ts";

// What a run of bad days meets by chance is brought about here: one promise each, which one seeded bug breaks (`npm run test:streams:bugs`). A broken one is seen each time, at once.

const texts = { key: serdes.string, value: serdes.string } as const;
/** Nothing is committed but where something else asks for it. */
const NEVER_MS = 600_000;
/** What a slow step takes: some tens of lines between two turns of the loop, of which another instance needs a hundred to come. */
const SLOW_MS = 0.25;
const PATIENT = { transactionTimeoutMs: 60_000 } as const;

type Options = Omit<Partial<ApplicationOptions>, "applicationId">;

/** A cluster, a folder, and instances of one application on them. */
interface Scene {
  readonly kafka: Kafka;
  readonly folder: string;
  /** `name` is its client's, and its folder's. */
  start(name: string, topology: Topology, options?: Options): Promise<Instance>;
}

function promise(what: string, partitions: number, run: (scene: Scene) => Promise<void>): void {
  test(what, async () => {
    const folder = mkdtempSync(join(tmpdir(), "ottla-promise-"));
    try {
      await using ends = new AsyncDisposableStack();
      const topics = { lines: partitions, words: 1 };
      const kafka = ends.use(await startKafka({ topics, settings: impatientSettings, deadlineMs: 15_000 }));
      await run({
        kafka,
        folder,
        start: async (name, topology, options = {}) =>
          ends.use(
            await startInstance(kafka, topology, {
              applicationId: "promises",
              guarantee: "exactlyOnce",
              stateDir: join(folder, name),
              ...options,
              client: { clientId: name },
            }),
          ),
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** Writes each line as it is. `workMs`: so long a line takes, as in a slow step. */
function copy(workMs: () => number = () => 0): Topology {
  const b = new StreamsBuilder();
  b.stream("lines", texts)
    .mapValues((line) => {
      const endMs = performance.now() + workMs();
      while (performance.now() < endMs);
      return line;
    })
    .to("words", texts);
  return b.build();
}

const linesOf = (count: number, partition = 0, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ partition, key: `${partition}`, value: `${partition}-${from + i}` }));

/** Waits until each line has come and nothing is left to be done, and says which came more than once. */
async function untilCopied(kafka: Kafka, lines: readonly { readonly value: string }[]): Promise<string[]> {
  await kafka.group("promises").lag().zero();
  const values = lines.map(({ value }) => value);
  const seen = await kafka.until(`${values.length} lines`, async () => {
    const found = (await kafka.topic("words").records()).map(({ value }) => value as string);
    const distinct = new Set(found);
    return values.every((value) => distinct.has(value)) ? found : undefined;
  });
  const once = new Set<string>();
  return seen.filter((value) => once.has(value) || !once.add(value));
}

/** Waits until each of two members has something to do. */
async function untilShared(kafka: Kafka): Promise<void> {
  await kafka.until("two members that have tasks", async () => {
    const group = await kafka.group("promises").describe();
    return group?.members.length === 2 && group.members.every(({ assignment = [] }) => assignment.length > 0);
  });
}

async function untilCountedOnce(kafka: Kafka, expected: Readonly<Record<string, number>>): Promise<void> {
  const written = await countsAre(kafka, expected);
  assert.equal(isCountedOnce(written, new Map(Object.entries(expected))), undefined);
}

promise("offsets are committed in the transaction of what was made of their records", 1, async ({ kafka, start }) => {
  const killed = await start("a", copy());
  const offsets = kafka.fault({ api: "TxnOffsetCommit", lose: "request", connection: "hang" });
  await kafka.topic("lines").produce(linesOf(3));
  await offsets.hit();
  await killed.kill();
  await start("b", copy());
  assert.deepEqual(await untilCopied(kafka, linesOf(3)), []);
});

promise("a restore reads nothing past the last stable offset", 1, async ({ kafka, start }) => {
  const killed = await start("a", wordCount());
  await kafka.topic("lines").produce(["a a b"]);
  await countsAre(kafka, { a: 2, b: 1 });
  const end = kafka.fault({ api: "EndTxn", after: 1, lose: "request", connection: "hang" });
  await kafka.topic("lines").produce(["a b"]);
  await end.hit();
  await killed.kill();
  await start("b", wordCount());
  await untilCountedOnce(kafka, { a: 3, b: 2 });
});

promise("a task that goes lets go of its folder", 2, async ({ kafka, start }) => {
  const b = new StreamsBuilder();
  b.stream("lines", texts)
    .groupByKey()
    .count({ store: { name: "counts", persistent: true } })
    .toStream()
    .to("words");
  const topology = b.build();
  await start("a", topology);
  const comes = await start("b", topology);
  await untilShared(kafka);
  await comes.app.close();
  await kafka.topic("lines").produce([...linesOf(1, 0), ...linesOf(1, 1)]);
  await untilCountedOnce(kafka, { "0": 1, "1": 1 });
});

promise("records that wait go with their task when it is revoked", 2, async ({ kafka, start }) => {
  const lines: ReturnType<typeof linesOf> = [];
  const more = async (): Promise<void> => {
    const from = lines.length / 2;
    const added = [...linesOf(6_000, 0, from), ...linesOf(6_000, 1, from)];
    lines.push(...added);
    await kafka.topic("lines").produce(added);
  };
  await more();
  let slowMs = SLOW_MS;
  await start(
    "a",
    copy(() => slowMs),
    // It is not taken for dead while it works.
    { sessionTimeoutMs: 30_000 },
  );
  await kafka.until("it has begun", async () => (await kafka.topic("words").records()).length > 0);
  let takenOver = 0;
  const starting = start(
    "b",
    copy(() => (takenOver++, 0)),
  );
  await kafka.until("the other one has begun", async () => {
    // Always some wait, however long it takes.
    if (takenOver === 0 && (await kafka.group("promises").lag().total()) < 6_000) await more();
    return takenOver > 0;
  });
  await starting;
  slowMs = 0;
  assert.deepEqual(await untilCopied(kafka, lines), []);
});

promise("tasks whose transaction is lost begin anew", 1, async ({ kafka, start }) => {
  await start("a", copy());
  const refused = kafka.fault({ api: "TxnOffsetCommit", reply: "TRANSACTION_ABORTABLE" });
  await kafka.topic("lines").produce(linesOf(3));
  await refused.hit();
  assert.deepEqual(await untilCopied(kafka, linesOf(3)), []);
});

promise("a commit is told of what is written, not of what waits to be", 1, async ({ kafka, start }) => {
  const options = { guarantee: "atLeastOnce" } as const;
  const killed = await start("a", copy(), options);
  const lost = kafka.fault({ api: "Produce", topic: "words", lose: "request", connection: "hang", times: "always" });
  await kafka.topic("lines").produce(linesOf(3));
  await lost.hit();
  // Twenty commits are due meanwhile.
  await kafka.observe({ api: "Heartbeat" }).hit(8);
  await killed.kill();
  lost.remove();
  await start("b", copy(), options);
  await untilCopied(kafka, linesOf(3));
});

promise("the disk is told after the group has been", 1, async ({ kafka, start }) => {
  const killed = await start("a", wordCount({ persistent: true }));
  await kafka.topic("lines").produce(["a a b"]);
  await countsAre(kafka, { a: 2, b: 1 });
  const offsets = kafka.fault({
    api: "TxnOffsetCommit",
    topic: "promises-by-word-repartition",
    lose: "request",
    connection: "hang",
  });
  await kafka.topic("lines").produce(["a b"]);
  await offsets.hit();
  await killed.kill();
  await start("a", wordCount({ persistent: true }));
  await untilCountedOnce(kafka, { a: 3, b: 2 });
});

promise("what was written is aborted where its task is given up, never committed", 1, async ({ kafka, start }) => {
  const instance = await start("a", copy(), { ...PATIENT, commitIntervalMs: NEVER_MS });
  const written = kafka.observe({ api: "Produce", topic: "words" });
  await kafka.topic("lines").produce(linesOf(3));
  await written.hit();
  await kafka.group("promises").kick();
  await written.hit(2);
  await instance.app.close();
  assert.deepEqual(await untilCopied(kafka, linesOf(3)), []);
});

/** Lines that take their time, of which many wait when the first commit comes; and how far an instance is with them. */
async function untilCommitting({ kafka, start }: Scene, commit: FaultHandle, lines: ReturnType<typeof linesOf>): Promise<Instance> {
  await kafka.topic("lines").produce(lines);
  let taken = 0;
  const instance = await start(
    "a",
    copy(() => (taken++, SLOW_MS)),
    // It is not taken for dead while it works.
    { transactionTimeoutMs: 5_000, sessionTimeoutMs: 30_000 },
  );
  await commit.hit();
  const before = taken;
  await kafka.until("it goes on while the transaction ends", () => taken > before + 100);
  return instance;
}

promise("what is made while a transaction ends is the next one's", 1, async (scene) => {
  const { kafka } = scene;
  const lines = linesOf(3_000);
  const commit = kafka.fault({ api: "TxnOffsetCommit", hold: true });
  const killed = await untilCommitting(scene, commit, lines);
  const next = kafka.fault({ api: "TxnOffsetCommit", lose: "request", connection: "hang" });
  commit.release();
  await next.hit();
  await killed.kill();
  await kafka.group("promises").kick();
  await scene.start("b", copy());
  assert.deepEqual(await untilCopied(kafka, lines), []);
});

promise("what was made while a transaction ended is dropped where that one is given up", 1, async (scene) => {
  const lines = linesOf(3_000);
  const commit = scene.kafka.fault({ api: "TxnOffsetCommit", hold: true, reply: "TRANSACTION_ABORTABLE" });
  await untilCommitting(scene, commit, lines);
  commit.release();
  assert.deepEqual(await untilCopied(scene.kafka, lines), []);
});

promise("a task that others have by now commits nothing", 1, async ({ kafka, start }) => {
  await start("a", copy(), PATIENT);
  using silent = kafka.fault({ api: "Heartbeat", clientId: "a", hold: true, times: "always" });
  // Where the other one may not end its transaction.
  using _refused = kafka.fault({ api: "ListTransactions", clientId: "b", reply: "CLUSTER_AUTHORIZATION_FAILED", times: "always" });
  const late = kafka.fault({ api: "TxnOffsetCommit", hold: true, times: 1 });
  await kafka.topic("lines").produce(linesOf(3));
  await late.hit();
  await start("b", copy(), PATIENT);
  await kafka.until("the other one has committed", async () =>
    (await kafka.group("promises").committed()).some(({ offset }) => offset === 3),
  );
  late.release();
  silent.remove();
  assert.deepEqual(await untilCopied(kafka, linesOf(3)), []);
});

promise("the position of a store on the disk is that of its content", 1, async ({ kafka, start }) => {
  const words = Array.from({ length: 60 }, (_, i) => `word-${i}`);
  const once = Object.fromEntries(words.map((word) => [word, 1]));
  const first = await start("a", wordCount({ persistent: true }));
  await kafka.topic("lines").produce(["a"]);
  await countsAre(kafka, { a: 1 });
  await first.app.close();
  const second = await start("b", wordCount({ persistent: true }));
  await kafka.topic("lines").produce(words);
  await countsAre(kafka, once);
  await second.app.close();
  await start("a", wordCount({ persistent: true }));
  await kafka.topic("lines").produce(words);
  await untilCountedOnce(kafka, Object.fromEntries(words.map((word) => [word, 2])));
});

promise("what others did in the same transaction is committed with what goes", 2, async ({ kafka, start }) => {
  const lines = [...linesOf(3, 0), ...linesOf(3, 1)];
  // Neither is taken for dead on a busy machine: that would have everything done again.
  const patient = { ...PATIENT, sessionTimeoutMs: 30_000 };
  const killed = await start("a", copy(), { ...patient, commitIntervalMs: NEVER_MS });
  const written = kafka.observe({ api: "Produce", topic: "words" });
  await kafka.topic("lines").produce(lines);
  await written.hit();
  const starting = start("b", copy(), patient);
  await kafka.observe({ api: "EndTxn", clientId: "a" }).hit();
  await starting;
  await killed.kill();
  const group = await kafka.group("promises").describe();
  await kafka.group("promises").kick(group!.members.find(({ clientId }) => clientId === "a")!.memberId);
  await kafka.until("the other one has both tasks", async () => {
    const { members } = (await kafka.group("promises").describe())!;
    return members.length === 1 && members[0]!.assignment?.length === 2;
  });
  assert.deepEqual(await untilCopied(kafka, lines), []);
});

promise("what a window was closed with is known again after a restart", 1, async ({ kafka, start }) => {
  const topology = (): Topology => {
    const b = new StreamsBuilder();
    b.stream("lines", texts)
      .groupByKey()
      .windowedBy(tumbling({ sizeMs: 10, graceMs: 0 }))
      .emit("onClose")
      .count({ store: { name: "closing", persistent: true, retentionMs: 1_000 } })
      .toStream((_count, { window }) => String(window.startMs), { key: serdes.string })
      .to("words", { value: serdes.long });
    return b.build();
  };
  const closed = async () => (await kafka.topic("words").records({ value: "bytes" })).map(({ key }) => Number(key));
  const produce = (...times: number[]) => kafka.topic("lines").produce(times.map((timestamp) => ({ key: "k", value: "x", timestamp })));
  const first = await start("a", topology());
  await produce(100, 110, 120);
  await kafka.until("two windows", async () => (await closed()).length === 2);
  await first.app.close();
  await start("a", topology());
  await produce(130, 140);
  const seen = await kafka.until("what closes next", async () => {
    const windows = await closed();
    return windows.includes(120) ? windows : undefined;
  });
  assert.deepEqual([...new Set(seen)], seen);
});
