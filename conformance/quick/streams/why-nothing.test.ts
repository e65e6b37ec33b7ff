import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ApplicationOptions,
  type Reason,
  serdes,
  streams,
  StreamsBuilder,
  type StreamsApplication,
  tumbling,
  type WhyCode,
} from "@ottla/streams";
import { type Kafka, startKafka } from "@ottla/testing";

const texts = { key: serdes.string, value: serdes.string };
const MINUTE_MS = 60_000;

/** How a situation is made: what is built, and what happens before somebody asks. */
interface Situation {
  readonly options?: Partial<ApplicationOptions>;
  readonly partitions?: number;
  readonly build: (b: StreamsBuilder) => void;
  /** Before the application starts; what it gives is called at the end. */
  readonly before?: (kafka: Kafka) => Promise<void | (() => Promise<void>)>;
  /** When it runs. */
  readonly during?: (kafka: Kafka, app: StreamsApplication) => Promise<unknown>;
  /** It does not come as far as running. */
  readonly isStuck?: boolean;
  readonly expected: { readonly [code in WhyCode]?: RegExp };
  /** What must not be said. */
  readonly never?: readonly WhyCode[];
}

const record = (key: string | null, value: string | null, timestamp = 1_000, partition = 0) => ({ key, value, timestamp, partition });
const give = (kafka: Kafka, ...records: readonly ReturnType<typeof record>[]) => kafka.topic("in").produce(records);

/** So that an application whose topic is gone closes soon. */
const soonUndelivered = {
  client: { requestTimeoutMs: 1_000 },
  "producer.delivery.timeout.ms": 1_500,
  "producer.max.block.ms": 1_500,
  "producer.linger.ms": 0,
} as object;

const situations: Readonly<Record<string, Situation>> = {
  "no record ever came": {
    build: (b) => b.stream("in", texts).to("out"),
    expected: { INPUT_EMPTY: /^Topic in has no records\.$/ },
    never: ["INPUT_AT_END", "NOTHING_FORWARDED"],
  },
  "all is done, and a filter let nothing pass": {
    build: (b) =>
      b
        .stream("in", texts)
        .filter(() => false)
        .to("out", { name: "write" }),
    during: (kafka) => give(kafka, record("a", "x"), record("b", "y")),
    expected: { INPUT_AT_END: /has processed all of in/, NOTHING_FORWARDED: /2 records here, and none came as far as write/ },
    never: ["INPUT_BEHIND", "RECORDS_WRITTEN"],
  },
  "something comes out": {
    build: (b) => b.stream("in", texts).to("out"),
    during: (kafka) => give(kafka, record("a", "x")),
    expected: { RECORDS_WRITTEN: /^1 record was written to out/ },
    never: ["NOTHING_FORWARDED"],
  },
  "a window waits for stream time, and its partition is silent while another one is far ahead": {
    partitions: 2,
    build: (b) =>
      b
        .stream("in", texts)
        .groupByKey()
        .windowedBy(tumbling({ sizeMs: MINUTE_MS, graceMs: 5_000 }))
        .emit("onClose")
        .count({ name: "per-minute" })
        .toStream()
        .to("out", { value: serdes.long }),
    during: (kafka) => give(kafka, record("a", "x", 1_000, 1), record("b", "y", 1_000, 0), record("b", "y", 10 * MINUTE_MS, 0)),
    expected: {
      WINDOW_OPEN:
        /^per-minute in task 0_1 has final results .* at stream time 1970-01-01T00:01:05\.000Z \(65000\); stream time there is .* \(1000\), 64 s short\. Only a later record of in-1 .* silent\. Other partitions are at .*600000/,
    },
  },
  "changes are held back": {
    build: (b) => b.table("in", texts).suppress({ until: "timeLimit", limitMs: MINUTE_MS, name: "hold" }).toStream().to("out"),
    during: (kafka) => give(kafka, record("a", "x"), record("b", "x", 2_000)),
    expected: { SUPPRESSED: /^hold in task 0_0 has 2 changes that are held back: .*\(61000\)/ },
  },
  "an outer join waits for the other side": {
    build: (b) =>
      b
        .stream("in", texts)
        .leftJoin(b.stream("other", texts), (left, right) => `${left}${right}`, {
          beforeMs: 5,
          afterMs: 5,
          graceMs: 0,
          storeName: "joined",
          otherValue: serdes.string,
        })
        .to("out", { value: serdes.string }),
    during: (kafka) => give(kafka, record("a", "x")),
    expected: { JOIN_WAITS: /records without a partner.*\(1006\)/, INPUT_EMPTY: /^Topic other/ },
  },
  "a join with a versioned table waits": {
    build: (b) =>
      b
        .stream("in", texts)
        .join(b.table("other", { ...texts, store: { name: "versions", historyRetentionMs: 1_000 } }), (left, right) => `${left}${right}`, {
          graceMs: 50,
          ...texts,
          name: "as-of",
        })
        .to("out", { value: serdes.string }),
    during: (kafka) => give(kafka, record("a", "x")),
    expected: { TABLE_WAITS: /^as-of in task .*\(1050\)/ },
  },
  "a join finds nobody": {
    build: (b) =>
      b
        .stream("in", texts)
        .join(b.table("other", texts), (left, right) => `${left}${right}`, { name: "with-other" })
        .to("out", { value: serdes.string }),
    during: (kafka) => give(kafka, record("a", "x")),
    expected: { RECORDS_UNMATCHED: /^with-other found no partner for 1 record/, NOTHING_FORWARDED: /1 record/ },
  },
  "records without a key, and late ones, are dropped": {
    build: (b) =>
      b
        .stream("in", texts)
        .groupByKey()
        .windowedBy(tumbling({ sizeMs: 10, graceMs: 0 }))
        .count({ name: "per-window" })
        .toStream()
        .to("out", { value: serdes.long }),
    during: (kafka) => give(kafka, record(null, "x"), record("a", "x", 5_000), record("a", "x", 10), record("a", "x", 20)),
    expected: { RECORDS_DROPPED: /^per-window dropped 2 records: late/ },
  },
  "records cannot be read": {
    options: { onError: { deserialize: "continue" } },
    build: (b) => b.stream("in", { key: serdes.string, value: serdes.json<number>(), name: "read" }).to("out"),
    during: (kafka) => give(kafka, record("a", "{")),
    expected: { RECORDS_UNREADABLE: /^read could not read 1 record/ },
  },
  "a task waits for a partition that is empty": {
    options: { maxTaskIdleMs: 600_000 },
    build: (b) => b.stream("in", texts).merge(b.stream("other", texts)).to("out"),
    during: (kafka) => give(kafka, record("a", "x"), record("b", "x")),
    expected: {
      WAITS_FOR_PARTITION: /^Task 0_0 has 2 records in hand and waits for one of other-0.*maxTaskIdleMs is 600000/,
      INPUT_BEHIND: /^2 records of in are not committed/,
    },
    never: ["INPUT_AT_END"],
  },
  "a cache holds results until the commit": {
    options: { commitIntervalMs: 600_000, cacheMaxBytes: 1_000_000 },
    build: (b) => b.stream("in", texts).groupByKey().count({ name: "counts" }).toStream().to("out", { value: serdes.long }),
    during: (kafka) => give(kafka, record("a", "x")),
    expected: { CACHED: /^Caches of .* every 10 min \(commitIntervalMs/, NOTHING_FORWARDED: /1 record/ },
  },
  "what was written stands in an open transaction": {
    options: { guarantee: "exactlyOnce", commitIntervalMs: 600_000, transactionTimeoutMs: 800_000 },
    build: (b) => b.stream("in", texts).to("out"),
    during: (kafka) => give(kafka, record("a", "x")),
    expected: { OUTPUT_IN_TRANSACTION: /open transaction.*every 10 min/, RECORDS_WRITTEN: /^1 record/ },
  },
  "the input's writer has a transaction open": {
    options: { guarantee: "exactlyOnce" },
    build: (b) => b.stream("in", texts).to("out"),
    async during(kafka) {
      const producer = kafka.client().producer({ transactionalId: "slow" });
      await producer.begin();
      await producer.send({ topic: "in", key: "a", value: "x", partition: 0 });
    },
    expected: { INPUT_IN_TRANSACTION: /^in-0 ends at 1, and a transaction .* open since offset 0/ },
  },
  "calls outside do not end": {
    build: (b) =>
      b
        .stream("in", texts)
        .mapAsync(() => new Promise<string>(() => {}), { timeoutMs: 600_000, value: serdes.string, name: "ask" })
        .to("out"),
    during: (kafka) => give(kafka, record("a", "x")),
    expected: { CALLS_OPEN: /^Task 0_0 waits for the end of 1 call outside/, INPUT_BEHIND: /^1 record of in is not committed/ },
  },
  "a punctuator waits for stream time": {
    build: (b) =>
      b
        .stream("in", texts)
        .process<string, string>(() => ({
          init: (context) => void context.schedule(MINUTE_MS, "streamTime", () => {}),
          process: () => {},
        }))
        .to("out", texts),
    during: (kafka) => give(kafka, record("a", "x")),
    expected: { PUNCTUATOR_WAITS: /task 0_0 is called at stream time .*\(60000\)/ },
  },
  "the input's topic was deleted": {
    build: (b) => b.stream("in", texts).to("out"),
    during: (kafka) => kafka.client().admin().deleteTopics(["in"]),
    expected: { INPUT_TOPIC_MISSING: /^Topic in,/ },
  },
  "a changelog was deleted": {
    options: soonUndelivered,
    build: (b) => b.stream("in", texts).groupByKey().count({ store: "counts" }).toStream().to("out", { value: serdes.long }),
    async during(kafka) {
      await kafka.client().admin().deleteTopics(["why-counts-changelog"]);
      await give(kafka, record("a", "x"));
    },
    expected: { OUTPUT_TOPIC_MISSING: /^Topic why-counts-changelog, which the application writes to, is not there/ },
  },
  "a sink's topic was deleted": {
    options: soonUndelivered,
    build: (b) => b.stream("in", texts).to("out"),
    async during(kafka) {
      await kafka.client().admin().deleteTopics(["out"]);
      await give(kafka, record("a", "x"));
    },
    expected: { OUTPUT_TOPIC_MISSING: /^Topic out, which the application writes to, is not there/ },
  },
  "others have all tasks": {
    build: (b) => b.stream("in", texts).to("out"),
    async before(kafka) {
      const other = new StreamsBuilder();
      other.stream("in", texts).to("out");
      const first = streams(other.build(), { applicationId: "why", bootstrapServers: kafka.bootstrapServers, heartbeatIntervalMs: 50 });
      await first.start();
      return () => first.close();
    },
    expected: { NO_TASKS_HERE: /the 2 members of the group have them all/ },
  },
  "the group is being divided": {
    isStuck: true,
    build: (b) => b.stream("in", texts).to("out"),
    expected: { REBALANCING: /has waited for .* for group why to divide its tasks/ },
  },
  "a store is being filled, and somebody's transaction in its changelog is open": {
    isStuck: true,
    options: { guarantee: "exactlyOnce" },
    build: (b) => b.stream("in", texts).groupByKey().count({ store: "counts" }).toStream().to("out", { value: serdes.long }),
    async before(kafka) {
      await kafka.createTopics({ "why-counts-changelog": { partitions: 1, configs: { "cleanup.policy": "compact" } } });
      const producer = kafka.client().producer({ transactionalId: "zombie" });
      await producer.begin();
      await producer.send({ topic: "why-counts-changelog", key: "a", value: Buffer.alloc(16), partition: 0 });
    },
    expected: { RESTORING: /^Task 0_0 fills store counts from why-counts-changelog-0: 0 %, at offset 0 of 1\./ },
  },
  "the instance has failed": {
    isStuck: true,
    build: (b) => b.stream("missing", texts).to("out"),
    expected: { FAILED: /is PENDING_ERROR: .*missing|is ERROR: .*missing/ },
  },
};

const stuck = new Set(Object.keys(situations).filter((name) => situations[name]!.isStuck));

for (const [name, situation] of Object.entries(situations)) {
  test(`why nothing comes out: ${name}`, { timeout: 30_000 }, async () => {
    const { partitions = 1, options, build, before, during, expected, never = [] } = situation;
    // A group that waits for others stands for one that is being divided.
    const settings = {
      "auto.create.topics.enable": "false",
      ...(expected.REBALANCING === undefined ? {} : { "group.initial.rebalance.delay.ms": 60_000 }),
    };
    await using kafka = await startKafka({ topics: { in: partitions, other: partitions, out: 1 }, settings });
    const after = await before?.(kafka);
    const b = new StreamsBuilder();
    build(b);
    const app = streams(b.build(), {
      applicationId: "why",
      bootstrapServers: kafka.bootstrapServers,
      commitIntervalMs: 20,
      cacheMaxBytes: 0,
      ...options,
    });
    const started = app.start();
    started.catch(() => {});
    try {
      if (!stuck.has(name)) {
        await started;
        await during?.(kafka, app);
      }
      let said: readonly Reason[] = [];
      await kafka
        .until(`${Object.keys(expected).join(", ")}`, async () => {
          said = await app.whyNothing();
          return Object.entries(expected).every(([code, text]) => said.some((each) => each.code === code && text.test(each.text)));
        })
        .catch((error: Error) => assert.fail(`${error.message}\n${said.map(({ code, text }) => `${code}: ${text}`).join("\n")}`));
      for (const code of never) assert.ok(!said.some((each) => each.code === code), `${code} is not so`);
    } finally {
      await app.close();
      await after?.();
    }
  });
}

test("an instance that was never started, and one that was closed, say so", async () => {
  const b = new StreamsBuilder();
  b.stream("in", texts).to("out");
  const app = streams(b.build(), { applicationId: "why", bootstrapServers: "127.0.0.1:1" });
  assert.deepEqual(
    (await app.whyNothing()).map(({ code }) => code),
    ["NOT_RUNNING"],
  );
  await app.close();
  assert.match((await app.whyNothing())[0]!.text, /is NOT_RUNNING: an application starts once/);
});
