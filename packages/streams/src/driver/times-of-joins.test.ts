import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { serdes } from "../serdes/serdes.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

const texts = { key: serdes.string, value: serdes.string };
const join = (one: string, other: string): string => one + other;

test("what a third table is joined with has the latest time of all three, though no store keeps the first two's result", () => {
  const b = new StreamsBuilder();
  const [first, second, third] = [b.table("first", texts), b.table("second", texts), b.table("third", texts)];
  first.join(second, join).join(third, join).toStream().to("out", texts);
  using driver = new TopologyTestDriver(b.build());
  driver.inputTopic("first", texts).pipeInput("k", "a", 5);
  driver.inputTopic("second", texts).pipeInput("k", "b", 9);
  driver.inputTopic("third", texts).pipeInput("k", "c", 1);
  const { value, timestamp } = driver.outputTopic("out", texts).readRecord();
  assert.deepEqual([value, timestamp], ["abc", 9]);
});

test("an answer to a foreign-key join for a value that has changed meanwhile is stale, and counted", () => {
  const b = new StreamsBuilder();
  const towns = b.table("towns", texts);
  b.stream("people", texts)
    .flatMapValues((value) => value.split(","), { value: serdes.string })
    .toTable({ store: "people" })
    .joinOn(towns, (value) => value.slice(0, 1), join, { value: serdes.string })
    .toStream()
    .to("out");
  using driver = new TopologyTestDriver(b.build());
  driver.inputTopic("towns", texts).pipeInput("x", "!");
  driver.inputTopic("people", texts).pipeInput("ann", "x1,x2,x3");
  assert.deepEqual(driver.outputTopic("out", texts).readKeyValues(), [["ann", "x3!"]]);
  assert.deepEqual([...driver.droppedRecords()], [["stale response", 2]]);
});
