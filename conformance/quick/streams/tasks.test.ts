import assert from "node:assert/strict";
import { test } from "node:test";
import { serdes, StreamsBuilder, streams } from "@ottla/streams";
import { startKafka } from "@ottla/testing";
import { impatientSettings, startInstance } from "./known-answers.ts";

const texts = { key: serdes.string, value: serdes.string };

test("records of several partitions are taken by their times, and one that has none is waited for", async () => {
  await using kafka = await startKafka({ topics: { a: 1, b: 1, out: 1 }, settings: impatientSettings });
  await kafka.topic("a").produce([1, 3, 5].map((timestamp) => ({ key: "k", value: `a${timestamp}`, timestamp })));
  await kafka.topic("b").produce([2, 4].map((timestamp) => ({ key: "k", value: `b${timestamp}`, timestamp })));
  const b = new StreamsBuilder();
  b.stream("a", texts).merge(b.stream("b", texts)).to("out");
  await using _instance = await startInstance(kafka, b.build(), { applicationId: "merge", maxTaskIdleMs: 60_000 });
  await kafka.topic("out").has(["a1", "b2", "a3", "b4"]);
  // Now a has none, and whatever it brings may be older than what waits of b.
  await kafka.topic("b").produce([
    { key: "k", value: "b5", timestamp: 5 },
    { key: "k", value: "b6", timestamp: 6 },
  ]);
  await kafka.topic("out").has(["a1", "b2", "a3", "b4", "a5"]);
});

test("with the default a partition that is known to be empty is not waited for", async () => {
  await using kafka = await startKafka({ topics: { a: 1, b: 1, out: 1 }, settings: impatientSettings });
  await kafka.topic("a").produce(["1", "2"].map((value) => ({ key: "k", value })));
  const b = new StreamsBuilder();
  b.stream("a", texts).merge(b.stream("b", texts)).to("out");
  await using _instance = await startInstance(kafka, b.build(), { applicationId: "merge" });
  await kafka.topic("out").has(["1", "2"]);
});

test("a full buffer pauses its partition, and everything comes through", async () => {
  await using kafka = await startKafka({ topics: { a: 2, out: 1 }, settings: impatientSettings });
  await kafka.topic("a").produce(Array.from({ length: 600 }, (_, i) => ({ value: String(i) })));
  const b = new StreamsBuilder();
  b.stream("a", texts).to("out");
  await using _instance = await startInstance(kafka, b.build(), { applicationId: "copy", bufferedRecordsPerPartition: 7 });
  await kafka.until("all records", async () => (await kafka.topic("out").records()).length === 600);
});

test("what a step throws at is written to the dead letters, and the next record goes on", async () => {
  await using kafka = await startKafka({ topics: { a: 1, out: 1, dead: 1 }, settings: impatientSettings });
  await kafka.topic("a").produce(["1", "bad", "2"].map((value) => ({ key: "k", value })));
  const b = new StreamsBuilder();
  b.stream("a", texts)
    .mapValues((value) => {
      if (value === "bad") throw new Error("no number");
      return value;
    })
    .to("out", { value: serdes.string });
  await using _instance = await startInstance(kafka, b.build(), {
    applicationId: "dead",
    guarantee: "exactlyOnce",
    onError: { process: "continue", deadLetterTopic: "dead" },
  });
  await kafka.topic("out").has(["1", "2"]);
  const [letter] = await kafka.topic("dead").has([{ key: "k", value: "bad" }]);
  assert.equal(letter?.headers["__streams.errors.message"], "no number");
  assert.equal(letter?.headers["__streams.errors.offset"], "1");
  await kafka.group("dead").lag().zero();
});

test("a step that fails ends the instance with the record's place, and commits nothing of it", async () => {
  await using kafka = await startKafka({ topics: { a: 1, out: 1 }, settings: impatientSettings });
  await kafka.topic("a").produce(["1", "bad"].map((value) => ({ key: "k", value })));
  const b = new StreamsBuilder();
  b.stream("a", texts)
    .mapValues((value) => {
      if (value === "bad") throw new Error("no number");
      return value;
    })
    .to("out", { value: serdes.string });
  await using app = streams(b.build(), {
    applicationId: "fails",
    bootstrapServers: kafka.bootstrapServers,
    guarantee: "exactlyOnce",
    commitIntervalMs: 60_000,
  });
  await app.start().catch(() => {});
  await kafka.until("the end", () => app.state === "ERROR");
  assert.match(app.error?.message ?? "", /failed on the record a-0 at offset 1 with key "k": no number/);
  // The transaction was aborted.
  await kafka.topic("out").has([]);
});

test("punctuators of the machine's clock are called without records, and a commit may be asked for", async () => {
  await using kafka = await startKafka({ topics: { a: 1, out: 1 }, settings: impatientSettings });
  const b = new StreamsBuilder();
  b.stream("a", texts)
    .process<string, string>(() => {
      let seen = 0;
      return {
        init(context) {
          context.schedule(20, "wallClockTime", () => {
            if (seen++ < 3) context.forward({ key: "tick", value: String(seen), timestamp: 7, headers: [] });
            context.commit();
          });
        },
        process() {},
      };
    })
    .to("out", texts);
  await using _instance = await startInstance(kafka, b.build(), {
    applicationId: "ticks",
    guarantee: "exactlyOnce",
    commitIntervalMs: 60_000,
  });
  await kafka.topic("out").has(["1", "2", "3"]);
});

test("calls outside hold commits back until they have ended", async () => {
  await using kafka = await startKafka({ topics: { a: 1, out: 1 }, settings: impatientSettings });
  await kafka.topic("a").produce(["x", "y"].map((value) => ({ key: value, value })));
  const answers = new Map<string, () => void>();
  const b = new StreamsBuilder();
  const lines = b.stream("a", texts);
  lines
    .mapAsync((value) => new Promise<string>((resolve) => answers.set(value, () => resolve(value.toUpperCase()))), { concurrency: 2 })
    .to("out", texts);
  lines.groupByKey().count({ store: "seen" });
  await using instance = await startInstance(kafka, b.build(), { applicationId: "calls" });
  await kafka.until("both calls", () => answers.size === 2);
  const seen = await instance.app.store<string, number>("seen").entry("y");
  const { position = {} } = seen ?? {};
  assert.equal(position["a"]?.[0], 0, "an answer is as of what is done with");
  answers.get("y")!();
  await kafka.topic("out").has(["Y"]);
  answers.get("x")!();
  await kafka.topic("out").includes(["X"]);
  await kafka.group("calls").lag().zero();
});

test("what others have done is committed while a call is open, and of its own partition nothing behind its record", async () => {
  await using kafka = await startKafka({ topics: { a: 2, out: 1 }, settings: impatientSettings });
  const inPartition = (partition: number, values: readonly string[]) => values.map((value) => ({ key: value, value, partition }));
  await kafka.topic("a").produce([...inPartition(0, ["w", "x", "y"]), ...inPartition(1, ["z"])]);
  const answers = new Map<string, () => void>();
  const b = new StreamsBuilder();
  b.stream("a", texts)
    .mapAsync((value) => new Promise<string>((resolve) => answers.set(value, () => resolve(value.toUpperCase()))), { concurrency: 4 })
    .to("out", texts);
  await using _instance = await startInstance(kafka, b.build(), { applicationId: "calls" });
  await kafka.until("all calls", () => answers.size === 4);
  const committedOf = async (partition: number) =>
    (await kafka.group("calls").committed()).find((each) => each.partition === partition)?.offset;
  answers.get("w")!();
  answers.get("y")!();
  await kafka.topic("out").includes(["W", "Y"]);
  answers.get("z")!();
  await kafka.until("the other task's record is committed", async () => (await committedOf(1)) === 1);
  assert.equal(await committedOf(0), 1, "x is not done with, though y behind it is");
  answers.get("x")!();
  await kafka.group("calls").lag().zero();
});

test("a global table is filled before the first record is joined with it, and follows its topic", async () => {
  await using kafka = await startKafka({ topics: { a: 2, names: 3, out: 1 }, settings: impatientSettings });
  await kafka.topic("names").produce([
    { key: "1", value: "one" },
    { key: "2", value: "two" },
  ]);
  await kafka.topic("a").produce([{ key: "x", value: "1" }]);
  const b = new StreamsBuilder();
  const names = b.globalTable("names", texts);
  b.stream("a", texts)
    .joinGlobal(
      names,
      (value) => value,
      (value, name) => `${value}=${name}`,
    )
    .to("out", texts);
  await using _instance = await startInstance(kafka, b.build(), { applicationId: "globals" });
  await kafka.topic("out").has(["1=one"]);
  await kafka.topic("names").produce([{ key: "3", value: "three" }]);
  await kafka.until("three is known", async () => {
    await kafka.topic("a").produce([{ key: "x", value: "3" }]);
    return (await kafka.topic("out").records()).some(({ value }) => value === "3=three");
  });
});
