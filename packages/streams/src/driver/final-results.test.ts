import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { session } from "../dsl/windows.ts";
import { serdes } from "../serdes/serdes.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

test("a session that ends exactly gap and grace before stream time is open, and comes when it closes", () => {
  const b = new StreamsBuilder();
  const join = (one: string, other: string): string => one + other;
  b.stream("in", { key: serdes.string, value: serdes.string })
    .groupByKey()
    .windowedBy(session({ gapMs: 8, graceMs: 9 }))
    .emit("onClose")
    .aggregate(() => "", join, join, { value: serdes.string })
    .toStream()
    .to("out");
  using driver = new TopologyTestDriver(b.build());
  const input = driver.inputTopic("in", { key: serdes.string, value: serdes.string });
  input.pipeInput("a", "1", 100);
  input.pipeInput("b", "2", 117);
  // Stream time less gap and grace is 100 now: both of these are in time.
  input.pipeInput("c", "3", 100);
  input.pipeInput("a", "4", 108);
  const out = driver.outputTopic("out", { key: serdes.sessionWindowed(serdes.string), value: serdes.string });
  assert.equal(out.isEmpty, true);
  input.pipeInput("d", "5", 1_000);
  const told = out.readKeyValues().map(([windowed, value]) => [windowed?.key, windowed?.window.startMs, windowed?.window.endMs, value]);
  assert.deepEqual(told, [
    ["c", 100, 100, "3"],
    ["a", 100, 108, "14"],
    ["b", 117, 117, "2"],
  ]);
});
