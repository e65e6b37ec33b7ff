import assert from "node:assert/strict";
import { test } from "node:test";
import { type AnyPlugin, defineSink, defineSource, defineTransform, type SinkTask, type SourceItem } from "@ottla/connect";
import { type ConnectWorker, MemoryOffsetStore, startInProcessWorker } from "@ottla/connect/worker";
import { type Kafka, startKafka } from "@ottla/testing";

const good = { topic: "t", value: 1, partition: { p: 1 }, offset: { o: 1 } };
const circular: Record<string, unknown> = {};
circular["self"] = circular;
const never = new Promise<never>(() => {});

/** A source of one item, whatever it is: a plugin may be written in JavaScript. */
function sourceOf(name: string, item: unknown): AnyPlugin {
  return defineSource({
    name,
    version: "1",
    config: {},
    async *read() {
      yield item as SourceItem;
      await never;
    },
  });
}

function sinkOf(name: string, task: Partial<SinkTask>): AnyPlugin {
  return defineSink({ name, version: "1", config: {}, open: () => Promise.resolve({ write: () => Promise.resolve(), ...task }) });
}

async function startWith(kafka: Kafka, plugins: readonly AnyPlugin[], offsets = new MemoryOffsetStore()): Promise<ConnectWorker> {
  const properties = { "offset.flush.interval.ms": "50", "task.shutdown.graceful.timeout.ms": "200" };
  return startInProcessWorker({ client: kafka.client(), plugins, properties, offsets });
}

async function failsWith(kafka: Kafka, worker: ConnectWorker, config: Record<string, string>, reason: RegExp): Promise<void> {
  const name = `c-${config["connector.class"]}-${config["transforms.x.type"] ?? ""}`;
  await worker.putConfig(name, { "ottla.restart.max": "0", ...config });
  const trace = (): string => worker.statuses.get({ connector: name, task: 0 })?.trace ?? "";
  await kafka.until(`${name} has failed`, () => worker.statuses.get({ connector: name, task: 0 })?.state === "FAILED");
  assert.match(trace(), reason);
  assert.match(trace(), new RegExp(`^ConnectError \\[CONNECT_[A-Z_]+\\]: Connector "${name}", task 0`));
}

test("a source that yields what is none, or places that cannot be kept, fails with what it gave, and never runs on without offsets", async () => {
  await using kafka = await startKafka();
  const item = /TASK_POLL: The source yielded .*; it yields \{ topic, value, partition, offset \}/;
  const place = /The source gave an offset that cannot be kept/;
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ["undefined", undefined, item],
    ["number", 5, item],
    ["text", "abc", item],
    ["nulls", [null], item],
    ["no-partition", { ...good, partition: undefined }, item],
    ["no-offset", { ...good, offset: 5 }, item],
    ["circular", { ...good, offset: circular }, place],
    ["function", { ...good, offset: { f: () => 1 } }, place],
    ["nan", { ...good, offset: { n: Number.NaN } }, place],
    ["array", { ...good, offset: [1] }, place],
  ];
  const worker = await startWith(
    kafka,
    cases.map(([name, given]) => sourceOf(name, given)),
  );
  for (const [name, , reason] of cases) await failsWith(kafka, worker, { "connector.class": name }, reason);
  await worker.stop();
});

test("what cannot become durable fails a source that is silent, too", async () => {
  await using kafka = await startKafka();
  const worker = await startWith(kafka, [sourceOf("large", { ...good, value: "x".repeat(2_000_000) })]);
  await failsWith(
    kafka,
    worker,
    { "connector.class": "large", "producer.override.max.request.size": "100000000" },
    /has \d+ bytes; max\.message\.bytes allows/,
  );
  await worker.stop();
});

test("a source that is slow to take what is durable keeps no offset from being committed, and no worker from ending", async () => {
  await using kafka = await startKafka();
  let told = 0;
  const slow = defineSource({
    name: "slow",
    version: "1",
    config: {},
    async *read(_config, { signal }) {
      for (let o = 1; !signal.aborted; o++) {
        yield { ...good, offset: { o } };
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    acked: () => {
      told++;
      return never;
    },
  });
  const offsets = new MemoryOffsetStore();
  const worker = await startWith(kafka, [slow], offsets);
  await worker.putConfig("s", { "connector.class": "slow" });
  const last = async (): Promise<number> => Number((await offsets.get("s", good.partition))?.["o"] ?? 0);
  await kafka.until("it was told", () => told === 1);
  const at = await last();
  await kafka.until("offsets go on", async () => (await last()) > at + 10);
  assert.equal(told, 1);
  await worker.stop();
});

test("a transform that gives what is no record is told by its name", async () => {
  await using kafka = await startKafka();
  const gives: Readonly<Record<string, (record: unknown) => unknown>> = {
    array: (record) => [record],
    null: () => null,
    promise: (record) => Promise.resolve(record),
    empty: () => ({}),
  };
  const transforms = Object.entries(gives).map(([name, apply]) =>
    defineTransform({ name, version: "1", config: {}, open: () => ({ apply: apply as never }) }),
  );
  const worker = await startWith(kafka, [sourceOf("good", good), ...transforms]);
  for (const name of Object.keys(gives))
    await failsWith(
      kafka,
      worker,
      { "connector.class": "good", transforms: "x", "transforms.x.type": name },
      /TRANSFORMATION "x", topic t: The transform gave .*; it gives the record/,
    );
  await worker.stop();
});

test("a sink that says nonsense of its records or offsets fails with it, and one that never ends is left behind", async () => {
  await using kafka = await startKafka({ topics: { in: 1 } });
  await kafka.topic("in").produce([{ key: "k", value: "1" }]);
  let reported = 0;
  const sinks: readonly (readonly [string, Partial<SinkTask>, RegExp])[] = [
    ["offsets", { flush: () => Promise.resolve({ offsets: 5 as never }) }, /The sink's flush gave offsets that are none/],
    [
      "offset-text",
      { flush: () => Promise.resolve({ offsets: [{ topic: "in", partition: 0, offset: "x" as never }] }) },
      /offsets that are none/,
    ],
    ["offset-below", { flush: () => Promise.resolve({ offsets: [{ topic: "in", partition: 0, offset: -1n }] }) }, /offsets that are none/],
    [
      "foreign",
      {
        write: (_records, { reportBad }) => {
          reportBad({ topic: "other" } as never, new Error("bad"));
          return Promise.resolve();
        },
      },
      /reportBad was called with what is none of the batch's records/,
    ],
    [
      "both",
      { write: () => Promise.reject(new Error("the write")), close: () => Promise.reject(new Error("the close")) },
      /TASK_PUT.*: the write/,
    ],
  ];
  const copies = sinkOf("copies", {
    write: (records, { reportBad }) => {
      for (const record of records) reportBad({ ...record, value: "another" }, new Error("bad"));
      reported += records.length;
      return Promise.resolve();
    },
  });
  const stuck = sinkOf("stuck", { write: () => never });
  const worker = await startWith(kafka, [...sinks.map(([name, task]) => sinkOf(name, task)), copies, stuck]);
  const strings = { topics: "in", "key.converter": "string", "value.converter": "string" };
  for (const [name, , reason] of sinks) await failsWith(kafka, worker, { "connector.class": name, ...strings }, reason);
  const letters = { "errors.tolerance": "all", "errors.deadletterqueue.topic.name": "dead" };
  await worker.putConfig("copies", { "connector.class": "copies", ...strings, ...letters });
  await kafka.until(
    "a copy stands for its record",
    async () =>
      reported > 0 &&
      (
        await kafka
          .topic("dead")
          .records()
          .catch(() => [])
      ).length === 1,
  );
  await worker.putConfig("stuck", { "connector.class": "stuck", ...strings });
  await kafka.until("it runs", () => worker.statuses.get({ connector: "stuck", task: 0 })?.state === "RUNNING");
  await worker.stop();
});
