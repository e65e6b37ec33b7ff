import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { tumbling } from "../dsl/windows.ts";
import { explanationText } from "../runtime/trace.ts";
import { serdes } from "../serdes/serdes.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

const texts = { key: serdes.string, value: serdes.string };

function told(driver: TopologyTestDriver): string[] {
  return driver.explain().map(explanationText);
}

test("a driver that explains says where a record went, and where it did not", () => {
  const b = new StreamsBuilder();
  const words = b.stream("in", { ...texts, name: "read" }).filter((word) => word !== "no", { name: "keep" });
  words.to("out", { name: "write" });
  words.groupByKey().count({ name: "count", store: "counts" });
  using driver = new TopologyTestDriver(b.build(), { explain: true });
  const input = driver.inputTopic("in", texts);
  input.pipeInput("k", "yes", 3);
  assert.deepEqual(told(driver), [
    [
      'in-0 at offset 0, key "k", time 3',
      "  read: forwarded once",
      "    keep: forwarded 2 times",
      "      write: written",
      "      count: taken; nothing follows",
    ].join("\n"),
  ]);
  input.pipeInput("k", "no", 4);
  input.pipeInput(null, "yes", 5);
  assert.deepEqual(told(driver), [
    ['in-0 at offset 1, key "k", time 4', "  read: forwarded once", "    keep: forwarded nothing"].join("\n"),
    [
      "in-0 at offset 2, key null, time 5",
      "  read: forwarded once",
      "    keep: forwarded 2 times",
      "      write: written",
      "      count: dropped: null key or value",
    ].join("\n"),
  ]);
  assert.deepEqual(told(driver), []);
});

test("what waits for stream time says for which", () => {
  const b = new StreamsBuilder();
  b.stream("in", { ...texts, name: "read" })
    .groupByKey()
    .windowedBy(tumbling({ sizeMs: 10, graceMs: 5 }))
    .count({ name: "count", store: "counts" })
    .suppress({ until: "windowCloses", name: "hold" })
    .toStream({ name: "stream" })
    .to("out", { name: "write" });
  using driver = new TopologyTestDriver(b.build(), { explain: true });
  const input = driver.inputTopic("in", texts);
  input.pipeInput("k", "a", 3);
  assert.match(told(driver)[0]!, /count: forwarded once\n {6}hold: waits until stream time 15$/);
  input.pipeInput("k", "b", 15);
  assert.match(
    told(driver)[0]!,
    /hold: waits until stream time 25; forwarded once what waited before\n {8}stream: forwarded once\n {10}write: written$/,
  );
  input.pipeInput("k", "c", 2);
  assert.match(told(driver)[0]!, /count: dropped: late$/);
});

test("what finds no partner in a join says so, whatever is joined, and is not said to be kept", () => {
  const b = new StreamsBuilder();
  const join = (one: string, other: string): string => one + other;
  const [stream, table, byKey] = [b.stream("in", texts), b.table("table", texts), b.table("by-key", texts)];
  const window = { beforeMs: 5, afterMs: 5, graceMs: 0 };
  stream.join(table, join, { name: "with-table" }).to("out", texts);
  stream.join(b.stream("other", texts), join, { ...window, name: "with-stream", storeName: "s" }).to("out", texts);
  table.join(byKey, join, { name: "tables" }).toStream().to("out", texts);
  table
    .joinOn(byKey, (value) => value, join, { name: "foreign", ...texts })
    .toStream()
    .to("out", texts);
  using driver = new TopologyTestDriver(b.build(), { explain: true });
  driver.inputTopic("in", texts).pipeInput("k", "a", 1);
  driver.inputTopic("table", texts).pipeInput("k", "b", 2);
  const unmatched = told(driver).flatMap((text) => text.split("\n").filter((line) => line.includes("no partner")));
  assert.deepEqual(
    unmatched.map((line) => line.trim()),
    ["with-table", "with-stream-this-join", "tables-join-this", "foreign-subscription-join-foreign"].map(
      (node) => `${node}: found no partner, nothing forwarded`,
    ),
  );
  driver.inputTopic("in", texts).pipeInput("k", "c", 3);
  assert.match(told(driver).join("\n"), /with-table: forwarded once/);
});

test("a record that waits for the grace of a join with a versioned table says until when", () => {
  const b = new StreamsBuilder();
  const table = b.table("table", { ...texts, store: { name: "versions", historyRetentionMs: 1_000 } });
  b.stream("in", texts)
    .join(table, (one, other) => one + other, { name: "join", graceMs: 10 })
    .to("out", texts);
  using driver = new TopologyTestDriver(b.build(), { explain: true });
  driver.inputTopic("table", texts).pipeInput("k", "t", 1);
  const input = driver.inputTopic("in", texts);
  input.pipeInput("k", "a", 5);
  assert.match(told(driver).at(-1)!, /join: waits until stream time 15$/);
  input.pipeInput("k", "b", 15);
  assert.match(told(driver).at(-1)!, /join: waits until stream time 25; forwarded once what waited before\n/);
  assert.equal(driver.outputTopic("out", texts).readValue(), "at");
});

test("a driver that was not asked explains nothing, and a step that throws is told as such", () => {
  const b = new StreamsBuilder();
  const fail = () => {
    throw new Error("never");
  };
  b.stream("in", texts).forEach(fail, { name: "fail" });
  const topology = b.build();
  using silent = new TopologyTestDriver(topology, { onError: { process: () => "continue" } });
  silent.inputTopic("in", texts).pipeInput("k", "v", 0);
  assert.deepEqual(silent.explain(), []);
  using driver = new TopologyTestDriver(topology, { explain: true, onError: { process: () => "continue" } });
  driver.inputTopic("in", texts).pipeInput("k", "v", 0);
  assert.match(told(driver)[0]!, /fail: threw$/);
});
