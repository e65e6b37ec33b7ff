import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  type ApplicationOptions,
  type FixedKeyProcessor,
  type FixedKeyRecord,
  serdes,
  StreamsBuilder,
  type Topology,
} from "@ottla/streams";
import { type FaultHandle, type Kafka, startKafka } from "@ottla/testing";
import { type Instance, impatientSettings, isCountedOnce, openTransactions, startInstance } from "./known-answers.ts";
import { countsWritten } from "./word-count.ts";

// What may come while a transaction ends and its tasks process on: each count comes once and in its order, whatever it was.

const texts = { key: serdes.string, value: serdes.string } as const;
const LINES = 2_000;
const KEYS = 20;
/** Some tens of lines are done when the first commit comes, and hundreds wait. */
const SLOW_MS = 0.25;
const BAD = "bad";
const LONG_BYTES = 10_000;
/** So much is held at most, beside what one slice makes. */
const HELD_BYTES = 4 * 1024 * 1024;

interface Scene {
  readonly kafka: Kafka;
  /** Holds the commit in which things happen. */
  readonly commit: FaultHandle;
  readonly app: Instance;
  /** How many lines were taken, those that are done again as well. */
  readonly taken: () => number;
  readonly takenAtCommit: number;
  /** Of each key one is added. */
  readonly more: () => Promise<void>;
  /** Waits until the tasks have gone on for some more lines. */
  goesOn(): Promise<void>;
  another(name: string): Promise<Instance>;
}

interface Given {
  readonly hold?: "TxnOffsetCommit" | "EndTxn";
  readonly reply?:
    | "TRANSACTION_ABORTABLE"
    | "INVALID_PRODUCER_EPOCH"
    | "PRODUCER_FENCED"
    | "ILLEGAL_GENERATION"
    | "COORDINATOR_NOT_AVAILABLE";
  readonly partitions?: number;
  readonly options?: Partial<ApplicationOptions> & { readonly "consumer.max.partition.fetch.bytes"?: number };
  readonly topology?: (slowly: (line: string) => string) => Topology;
  /** How many lines the n-th is worth; 1. */
  readonly lineOf?: (i: number) => string;
}

function counting(slowly: (line: string) => string): Topology {
  const b = new StreamsBuilder();
  b.stream("lines", texts)
    .mapValues(slowly, { value: serdes.string })
    .groupByKey(texts)
    .count({ store: "counts" })
    .toStream()
    .to("words", { key: serdes.string, value: serdes.long });
  return b.build();
}

function hostile(what: string, given: Given, inBetween: (scene: Scene) => Promise<void>, behind?: (kafka: Kafka) => Promise<void>): void {
  test(what, async () => {
    const { hold = "TxnOffsetCommit", reply, partitions = 1, options = {}, topology = counting, lineOf = () => "v" } = given;
    await using ends = new AsyncDisposableStack();
    const kafka = ends.use(
      await startKafka({ topics: { lines: partitions, words: 1, dead: 1 }, settings: impatientSettings, deadlineMs: 20_000 }),
    );
    let count = 0;
    let worth = 0;
    let slowMs = SLOW_MS;
    const expected = new Map<string, number>();
    const slowly = (line: string): string => {
      count++;
      const endMs = performance.now() + slowMs;
      while (performance.now() < endMs);
      if (line === BAD) throw new Error("this line is bad");
      return line;
    };
    const produce = async (lines: number): Promise<void> => {
      const records = Array.from({ length: lines }, () => {
        const i = worth++;
        const [key, value] = [`k${i % KEYS}`, lineOf(i)];
        if (value !== BAD) expected.set(key, (expected.get(key) ?? 0) + 1);
        return { partition: (i % KEYS) % partitions, key, value };
      });
      await kafka.topic("lines").produce(records);
    };
    const commit = kafka.fault({ api: hold, clientId: "a", hold: true, ...(reply !== undefined && { reply }) });
    await produce(LINES);
    const start = async (name: string): Promise<Instance> =>
      ends.use(
        await startInstance(kafka, topology(slowly), {
          applicationId: "hostile",
          guarantee: "exactlyOnce",
          sessionTimeoutMs: 30_000,
          transactionTimeoutMs: 20_000,
          ...options,
          client: { clientId: name },
        }),
      );
    const app = await start("a");
    await commit.hit();
    const takenAtCommit = count;
    const goesOn = async (): Promise<void> => {
      const before = count;
      await kafka.until("tasks go on while the transaction ends", () => count > before + 50);
    };
    await goesOn();
    await inBetween({ kafka, commit, app, taken: () => count, takenAtCommit, more: () => produce(KEYS), goesOn, another: start });
    commit.remove();
    slowMs = 0;
    await kafka.group("hostile").lag().zero();
    await kafka.until("all are counted", async () => {
      const written = await countsWritten(kafka);
      return [...expected].every(([key, times]) => (written.get(key)?.at(-1) ?? 0) >= times);
    });
    assert.equal(isCountedOnce(await countsWritten(kafka), expected), undefined);
    await behind?.(kafka);
  });
}

const nothing = async (): Promise<void> => {};

for (const reply of [
  "TRANSACTION_ABORTABLE",
  "INVALID_PRODUCER_EPOCH",
  "PRODUCER_FENCED",
  "ILLEGAL_GENERATION",
  "COORDINATOR_NOT_AVAILABLE",
] as const)
  hostile(
    `a transaction whose offsets are answered with ${reply} and the tasks that went on meanwhile count each line once`,
    { reply },
    nothing,
  );

for (const reply of ["TRANSACTION_ABORTABLE", "INVALID_PRODUCER_EPOCH", "PRODUCER_FENCED", "COORDINATOR_NOT_AVAILABLE"] as const)
  hostile(
    `a transaction whose end is answered with ${reply} and the tasks that went on meanwhile count each line once`,
    { hold: "EndTxn", reply },
    nothing,
  );

for (const hold of ["TxnOffsetCommit", "EndTxn"] as const)
  hostile(
    `a transaction that the broker aborts before its ${hold} comes is done again`,
    { hold, options: { transactionTimeoutMs: 400 } },
    async ({ kafka }) => {
      await kafka.until("it was aborted", async () => {
        const listed = await kafka.client().admin().listTransactions();
        return listed.every(({ state }) => state === "CompleteAbort");
      });
    },
  );

hostile("an instance that is closed commits what was made meanwhile", {}, async ({ commit, app, another }) => {
  const closing = app.app.close();
  commit.remove();
  await closing;
  assert.equal(app.app.error, undefined);
  await another("b");
});

hostile(
  "an instance that leaves the group while nobody answers is over at its deadline, and another one goes on",
  { options: { transactionTimeoutMs: 1_000 } },
  async ({ app, another }) => {
    await app.app.close({ timeoutMs: 100 });
    await another("b");
  },
);

hostile("another instance takes a task over behind the commit", { partitions: 2 }, async ({ kafka, commit, another }) => {
  const coming = another("b");
  await kafka.observe({ api: "JoinGroup", clientId: "b" }).hit();
  commit.remove();
  await coming;
});

hostile("a member that was thrown out meanwhile begins anew", { partitions: 2 }, async ({ kafka, goesOn }) => {
  await kafka.group("hostile").kick();
  await goesOn().catch(() => {});
});

hostile(
  "dead letters that are written meanwhile come once",
  {
    lineOf: (i) => (i % 40 === 7 ? BAD : "v"),
    options: { onError: { process: "continue", deadLetterTopic: "dead" } },
    reply: "TRANSACTION_ABORTABLE",
  },
  nothing,
  async (kafka) => {
    const dead = await kafka.topic("dead").records();
    assert.equal(dead.length, LINES / 40);
  },
);

hostile(
  "a commit that is asked for meanwhile comes next, and punctuators do their work once",
  {
    options: { commitIntervalMs: 600_000, transactionTimeoutMs: 20_000 },
    topology: (slowly) => {
      const b = new StreamsBuilder();
      let seen = 0;
      b.stream("lines", texts)
        .mapValues(slowly, { value: serdes.string })
        .processValues((): FixedKeyProcessor<string, string, string> => {
          let forward: (record: FixedKeyRecord<string, string>) => void;
          let commit: () => void;
          return {
            init(context) {
              context.schedule(1, "wallClockTime", () => {});
              forward = (record) => context.forward(record);
              commit = () => context.commit();
            },
            process(record) {
              if (++seen % 100 === 0) commit();
              forward(record);
            },
          };
        })
        .groupByKey(texts)
        .count({ store: "counts" })
        .toStream()
        .to("words", { key: serdes.string, value: serdes.long });
      return b.build();
    },
  },
  async ({ goesOn }) => {
    await goesOn();
  },
);

test("an instance that is killed as it commits is back in its folder at once, whenever its transaction would time out", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ottla-back-"));
  try {
    await using ends = new AsyncDisposableStack();
    const kafka = ends.use(await startKafka({ topics: { lines: 1, words: 1 }, settings: impatientSettings, deadlineMs: 20_000 }));
    const start = async (): Promise<Instance> =>
      ends.use(
        await startInstance(
          kafka,
          counting((line) => line),
          {
            applicationId: "back",
            guarantee: "exactlyOnce",
            stateDir: folder,
            transactionTimeoutMs: 300_000,
          },
        ),
      );
    const killed = await start();
    const end = kafka.fault({ api: "EndTxn", lose: "request", connection: "hang" });
    await kafka.topic("lines").produce([{ key: "k", value: "v" }]);
    await end.hit();
    await killed.kill();
    await start();
    await kafka.group("back").lag().zero();
    assert.deepEqual([...(await countsWritten(kafka))], [["k", [1]]]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const impatientStreamsGroups = {
  ...impatientSettings,
  "group.streams.min.session.timeout.ms": "100",
  "group.streams.session.timeout.ms": "600",
  "group.streams.min.heartbeat.interval.ms": "10",
  "group.streams.heartbeat.interval.ms": "50",
};

for (const groupProtocol of ["classic", "streams"] as const)
  test(`what an instance left open that is gone for ever is ended at once, and nobody else's (${groupProtocol})`, async () => {
    await using ends = new AsyncDisposableStack();
    const kafka = ends.use(await startKafka({ topics: { lines: 2, words: 1 }, settings: impatientStreamsGroups, deadlineMs: 20_000 }));
    const start = async (): Promise<Instance> =>
      ends.use(
        await startInstance(
          kafka,
          counting((line) => line),
          {
            applicationId: "gone",
            guarantee: "exactlyOnce",
            groupProtocol,
            transactionTimeoutMs: 300_000,
            ...(groupProtocol === "streams" && { sessionTimeoutMs: undefined, heartbeatIntervalMs: undefined }),
          },
        ),
      );
    const killed = await start();
    const end = kafka.fault({ api: "EndTxn", lose: "request", connection: "hang" });
    await kafka.topic("lines").produce([{ key: "k", value: "v" }]);
    await end.hit();
    // Of another application, whose name begins as this one's does, and of no application at all.
    const others = [`gone-on-${"p".repeat(22)}-1`, "gone-1"];
    const isSeen = Promise.withResolvers<void>();
    const transactions = others.map(async (transactionalId) => {
      await using producer = kafka.client().producer({ transactionalId, transactionTimeoutMs: 300_000 });
      await producer.transaction(async (transaction) => {
        await transaction.send({ topic: "words", key: "other", value: null });
        await isSeen.promise;
      });
    });
    await kafka.until("all are open", async () => (await openTransactions(kafka)).length === 3);
    await killed.kill();
    end.remove();
    await start();
    await kafka.group("gone").lag().zero();
    assert.deepEqual(await openTransactions(kafka), others.toSorted());
    isSeen.resolve();
    await Promise.all(transactions);
  });

hostile(
  "records behind a repartition topic that is purged at once are read before they go",
  {
    partitions: 2,
    options: { repartitionPurgeIntervalMs: 1 },
    reply: "TRANSACTION_ABORTABLE",
    topology: (slowly) => {
      const b = new StreamsBuilder();
      b.stream("lines", texts)
        .mapValues(slowly, { value: serdes.string })
        .groupBy((_line, key) => key, { ...texts, name: "again" })
        .count({ store: "counts" })
        .toStream()
        .to("words", { key: serdes.string, value: serdes.long });
      return b.build();
    },
  },
  async ({ kafka, commit, more }) => {
    const purged = kafka.observe({ api: "DeleteRecords" });
    commit.remove();
    await purged.hit();
    await more();
  },
);

hostile(
  "while a coordinator is silent only so much is made, and the group hears of its member",
  {
    lineOf: (i) => `${i}`.padEnd(LONG_BYTES, "x"),
    options: { "consumer.max.partition.fetch.bytes": LINES * LONG_BYTES },
    topology: (slowly) => {
      const b = new StreamsBuilder();
      const read = b.stream("lines", texts).mapValues(slowly, { value: serdes.string });
      read.to("dead", texts);
      read.groupByKey(texts).count({ store: "counts" }).toStream().to("words", { key: serdes.string, value: serdes.long });
      return b.build();
    },
  },
  async ({ kafka, taken, takenAtCommit }) => {
    const beats = kafka.observe({ api: "Heartbeat" });
    let before = -1;
    await kafka.until("it rests", async () => {
      const isResting = taken() === before;
      before = taken();
      await beats.hit(beats.count + 2);
      return isResting;
    });
    const held = taken() - takenAtCommit;
    assert.ok(held * LONG_BYTES > HELD_BYTES / 2 && held * LONG_BYTES < HELD_BYTES * 1.2, `${held} lines`);
  },
);
