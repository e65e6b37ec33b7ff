import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { serdes } from "../serdes/serdes.ts";
import type { FailedRecord } from "../runtime/failures.ts";
import { StreamsError } from "../streams-error.ts";
import type { Topology } from "../topology/topology.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

const texts = { key: serdes.string, value: serdes.string };

function produced(driver: TopologyTestDriver): string[] {
  return driver
    .takeProduced()
    .map(
      ({ topic, key, value, timestamp }) => `${topic} ${key} ${value === null ? "null" : Buffer.from(value).toString("hex")} @${timestamp}`,
    );
}

function counted(): Topology {
  const b = new StreamsBuilder();
  const words = b.stream("words", texts).filter((word) => word !== "");
  words
    .groupBy((word) => word.charAt(0), { key: serdes.string })
    .count({ store: "counts" })
    .toStream()
    .to("out");
  return b.build();
}

test("what a topology writes comes in Java's order: repartition topic, changelog, sink", () => {
  using driver = new TopologyTestDriver(counted(), { applicationId: "app" });
  const words = driver.inputTopic("words", texts);
  words.pipeInput("k", "apple", 5);
  assert.deepEqual(produced(driver), [
    "app-counts-repartition a 6170706c65 @5",
    "app-counts-changelog a 0000000000000001 @5",
    "out a 0000000000000001 @5",
  ]);
  words.pipeInput("k", "", 6);
  assert.deepEqual(produced(driver), []);
  words.pipeInput({ key: "k", value: "axe", timestamp: 2 });
  assert.deepEqual(produced(driver).slice(1), ["app-counts-changelog a 0000000000000002 @5", "out a 0000000000000002 @5"]);
});

test("outputs are read record by record, as values, pairs and maps", () => {
  using driver = new TopologyTestDriver(counted());
  const out = driver.outputTopic("out", { key: serdes.string, value: serdes.long });
  driver.inputTopic("words", texts, { startMs: 10, advanceMs: 5 }).pipeKeyValues([
    [null, "a"],
    ["k", "b"],
    ["k", "b"],
  ]);
  assert.equal(out.queueSize, 3);
  assert.deepEqual(out.readRecord(), { key: "a", value: 1, timestamp: 10, headers: [] });
  assert.deepEqual([...out.readMap()], [["b", 2]]);
  assert.ok(out.isEmpty);
  assert.throws(() => out.readValue(), { code: "STREAMS_BAD_ARGUMENT", message: /Nothing is left to read of out/ });
});

test("a source with a pattern reads every topic whose whole name matches, beside sources of one topic", () => {
  const b = new StreamsBuilder();
  b.stream(/orders-\w+/, texts).to("all");
  b.stream("returns", texts).to("back");
  using driver = new TopologyTestDriver(b.build());
  for (const topic of ["orders-eu", "returns", "orders-us"]) driver.inputTopic(topic, texts).pipeInput("k", topic, 1);
  assert.deepEqual(driver.outputTopic("all", texts).readValues(), ["orders-eu", "orders-us"]);
  assert.deepEqual(driver.outputTopic("back", texts).readValues(), ["returns"]);
  assert.throws(() => driver.inputTopic("my-orders-eu", texts).pipeInput("k", "v", 1), { code: "STREAMS_UNKNOWN_TOPIC" });
});

test("an error in user code names the node, topic, partition, offset and key", () => {
  const b = new StreamsBuilder();
  const failing = (value: string) => {
    if (value === "bad") throw new Error("cannot");
    return value;
  };
  b.stream("in", texts).mapValues(failing, { name: "shout", value: serdes.string }).to("out");
  const topology = b.build();
  using driver = new TopologyTestDriver(topology);
  const input = driver.inputTopic("in", texts);
  input.pipeInput("k", "good");
  assert.throws(
    () => input.pipeInput("k", "bad"),
    (error) => {
      assert.ok(error instanceof StreamsError);
      assert.equal(error.code, "STREAMS_PROCESSING");
      assert.equal(error.message, 'shout failed on the record in-0 at offset 1 with key "k": cannot');
      assert.deepEqual(error.place, { node: "shout", topic: "in", partition: 0, offset: 1, key: "k" });
      return true;
    },
  );
});

test("a handler may let the record go and the next ones pass", () => {
  const b = new StreamsBuilder();
  b.stream("in", { key: serdes.string, value: serdes.long })
    .peek((value) => {
      if (value === 2) throw new Error("two");
    })
    .to("out");
  const told: string[] = [];
  const tell = ({ error }: FailedRecord) => {
    told.push(error.code);
    return "continue" as const;
  };
  using driver = new TopologyTestDriver(b.build(), { onError: { deserialize: tell, process: tell } });
  const input = driver.inputTopic("in", { key: serdes.string, value: serdes.long });
  for (const value of [1, 2, 3]) input.pipeInput("k", value, value);
  driver.pipeRaw("in", { key: null, value: Buffer.of(1, 2), timestamp: 4 });
  assert.deepEqual(driver.outputTopic("out", { key: serdes.string, value: serdes.long }).readValues(), [1, 3]);
  assert.deepEqual(told, ["STREAMS_PROCESSING", "STREAMS_DESERIALIZATION"]);
  assert.deepEqual(
    [...driver.droppedRecords()],
    [
      ["failed", 1],
      ["not readable", 1],
    ],
  );
});

test("a topic that nobody reads, a time that is none and a closed driver are refused", () => {
  const driver = new TopologyTestDriver(counted());
  assert.throws(() => driver.pipeRaw("other", { key: null, value: null, timestamp: 0 }), {
    code: "STREAMS_UNKNOWN_TOPIC",
    message: /reads words, test-app-counts-repartition/,
  });
  assert.throws(() => driver.pipeRaw("words", { key: null, value: null, timestamp: 2 ** 53 }), { code: "STREAMS_BAD_ARGUMENT" });
  assert.throws(() => driver.inputTopic("words", texts).pipeInput("k", "v", -1), {
    code: "STREAMS_NEGATIVE_TIMESTAMP",
    message: /words-0 at offset \d+ with key "k"/,
  });
  driver.close();
  assert.throws(() => driver.inputTopic("words", texts).pipeInput("k", "v"), { code: "STREAMS_CLOSED" });
});

test("an extractor gives records their time, and drops those it gives a negative one", () => {
  const b = new StreamsBuilder();
  b.stream("in", { ...texts, timestamp: ({ value }, partitionTimeMs) => (value === "drop" ? -1 : partitionTimeMs + 10) }).to("out");
  using driver = new TopologyTestDriver(b.build());
  driver.inputTopic("in", texts).pipeKeyValues([
    ["k", "a"],
    ["k", "drop"],
    ["k", "b"],
  ]);
  assert.deepEqual(
    driver
      .outputTopic("out", texts)
      .readRecords()
      .map(({ timestamp }) => timestamp),
    [9, 19],
  );
  assert.deepEqual([...driver.droppedRecords()], [["negative timestamp", 1]]);
});

test("each record is given once: read by topic, or taken", () => {
  using driver = new TopologyTestDriver(counted(), { applicationId: "app" });
  const words = driver.inputTopic("words", texts);
  const out = driver.outputTopic("out", { key: serdes.string, value: serdes.long });
  words.pipeInput("k", "apple", 5);
  assert.equal(out.readValue(), 1);
  assert.deepEqual(driver.producedTopicNames(), new Set(["app-counts-repartition", "app-counts-changelog", "out"]));
  assert.deepEqual(
    produced(driver).map((line) => line.split(" ")[0]),
    ["app-counts-repartition", "app-counts-changelog"],
  );
  for (let i = 0; i < 3000; i++) words.pipeInput("k", "apple", 6 + i);
  for (let i = 0; i < 3000; i++) assert.equal(out.readValue(), i + 2);
  words.pipeInput("k", "bread", 9000);
  assert.equal(driver.takeProduced().length, 6003);
  assert.ok(out.isEmpty);
});

test("what a test pipes and its serde cannot write is told with the topic, and nothing is piped", () => {
  const b = new StreamsBuilder();
  b.stream("in", { key: serdes.string, value: serdes.long }).to("out");
  using driver = new TopologyTestDriver(b.build());
  const input = driver.inputTopic("in", { key: serdes.string, value: serdes.long });
  assert.throws(() => input.pipeInput("k", 1.5), {
    code: "STREAMS_SERIALIZATION",
    message: /^The value piped into in cannot be written with serde long: /,
    place: { topic: "in" },
  });
  assert.throws(() => input.pipeInput(1 as never, 1), { message: /^The key piped into in cannot be written with serde string: / });
  assert.equal(driver.outputTopic("out", { key: serdes.string, value: serdes.long }).isEmpty, true);
});
