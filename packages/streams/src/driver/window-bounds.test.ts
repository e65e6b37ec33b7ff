import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { sliding } from "../dsl/windows.ts";
import { serdes } from "../serdes/serdes.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

const texts = { key: serdes.string, value: serdes.string };

test("a sliding window holds both of two records that are just its difference apart, and no more", () => {
  const b = new StreamsBuilder();
  b.stream("in", texts)
    .groupByKey()
    .windowedBy(sliding({ differenceMs: 10, graceMs: 50 }))
    .aggregate(
      () => "",
      (all, value) => all + value,
      { value: serdes.string },
    )
    .toStream()
    .to("out");
  using driver = new TopologyTestDriver(b.build());
  const input = driver.inputTopic("in", texts);
  for (const [value, timestamp] of [
    ["a", 100],
    ["b", 110],
    ["c", 121],
  ] as const)
    input.pipeInput("k", value, timestamp);
  const out = driver.outputTopic("out", { key: serdes.timeWindowed(serdes.string, 10), value: serdes.string });
  const results = out.readKeyValues().map(([windowed, value]) => [windowed?.window.startMs, value]);
  assert.deepEqual(
    new Map(results as [number, string][]),
    new Map([
      [90, "a"],
      [101, "b"],
      [100, "ab"],
      [111, "c"],
    ]),
  );
});

test("suppress holds just as many bytes and records as its bounds say, and lets the earliest go beyond them", () => {
  // What Java counts of one: 8 for the time, key, value, and 20 and the topic's name for where it came from.
  const oneBytes = 8 + 1 + 1 + 20 + 2;
  const kept = (limits: { readonly maxBytes: number } | { readonly maxRecords: number }): unknown => {
    const b = new StreamsBuilder();
    b.table("in", texts)
      .suppress({ until: "timeLimit", limitMs: 1_000, ...limits })
      .toStream()
      .to("out");
    using driver = new TopologyTestDriver(b.build());
    driver.inputTopic("in", texts).pipeKeyValues([
      ["a", "1"],
      ["b", "2"],
    ]);
    return driver.outputTopic("out", texts).readKeyValues();
  };
  assert.deepEqual(kept({ maxBytes: 2 * oneBytes }), []);
  assert.deepEqual(kept({ maxBytes: 2 * oneBytes - 1 }), [["a", "1"]]);
  assert.deepEqual(kept({ maxRecords: 2 }), []);
  assert.deepEqual(kept({ maxRecords: 1 }), [["a", "1"]]);
});
