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
