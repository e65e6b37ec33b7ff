import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { serdes } from "../serdes/serdes.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

function countWords(cacheMaxBytes: number): string[] {
  const b = new StreamsBuilder();
  b.stream("in", { key: serdes.string, value: serdes.string })
    .flatMapValues((line) => line.split(" "))
    .groupBy((word) => word, { key: serdes.string, value: serdes.string })
    .count({ store: { name: "counts", caching: true } })
    .toStream()
    .to("out");
  using driver = new TopologyTestDriver(b.build(), { applicationId: "app", cacheMaxBytes });
  const input = driver.inputTopic("in", { key: serdes.string, value: serdes.string });
  const told: string[] = [];
  for (const line of ["a b a", "b a"]) {
    input.pipeInput("k", line);
    for (const { topic, key, value } of driver.takeProduced()) {
      if (topic === "out" || topic.endsWith("-changelog")) told.push(`${topic} ${Buffer.from(key!).toString()}=${value?.at(-1)}`);
    }
  }
  return told;
}

test("a store's cache gives on one change of a key for each record that was read, and writes one changelog record", () => {
  const changelog = "app-counts-changelog";
  const every = ["a=1", "b=1", "a=2", "b=2", "a=3"].flatMap((change) => [`${changelog} ${change}`, `out ${change}`]);
  assert.deepEqual(countWords(0), every);
  // The words come through a repartition topic, so each is a record of its own.
  assert.deepEqual(countWords(100_000), every);
});

function countTwice(cacheMaxBytes: number): string[] {
  const b = new StreamsBuilder();
  b.stream("in", { key: serdes.string, value: serdes.string })
    .flatMapValues((line) => line.split(" "))
    .groupByKey({ key: serdes.string, value: serdes.string })
    .count({ store: { name: "counts", caching: true } })
    .toStream()
    .to("out");
  using driver = new TopologyTestDriver(b.build(), { applicationId: "app", cacheMaxBytes });
  driver.inputTopic("in", { key: serdes.string, value: serdes.string }).pipeInput("k", "a b c");
  return driver.takeProduced().map(({ topic, value }) => `${topic} ${value?.at(-1)}`);
}

test("of the changes that one record makes to a key the last goes on", () => {
  assert.deepEqual(
    countTwice(0),
    [1, 2, 3].flatMap((count) => [`app-counts-changelog ${count}`, `out ${count}`]),
  );
  assert.deepEqual(countTwice(100_000), ["app-counts-changelog 3", "out 3"]);
});
