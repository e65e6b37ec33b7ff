import assert from "node:assert/strict";
import { test } from "node:test";
import type { KTable } from "../dsl/k-stream.ts";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { hopping, session } from "../dsl/windows.ts";
import type { Windowed } from "../record.ts";
import type { FailedRecord } from "../runtime/failures.ts";
import type { Serde } from "../serdes/serde.ts";
import { serdes } from "../serdes/serdes.ts";
import { type DriverOptions, TopologyTestDriver } from "./topology-test-driver.ts";

const texts = { key: serdes.string, value: serdes.string };
const windows = serdes.timeWindowed(serdes.string, 10);
type Counts = KTable<Windowed<string>, number>;

/** Counts into windows, two a record, and gives the results to what is added. */
function run(add: (counts: Counts) => void, options: DriverOptions = {}, wrap?: (key: unknown) => void): TopologyTestDriver {
  const b = new StreamsBuilder();
  add(
    b
      .stream("in", texts)
      .groupByKey()
      .windowedBy(hopping({ sizeMs: 10, advanceMs: 5, graceMs: 0 }))
      .count({ store: "counts" }),
  );
  const middleware = wrap && {
    wrap:
      () =>
      ({ key }: { readonly key: unknown }, next: () => void) => (wrap(key), next()),
  };
  const driver = new TopologyTestDriver(b.build(middleware), options);
  const input = driver.inputTopic("in", texts);
  for (const [key, time] of [
    ["a", 7],
    ["b", 8],
    ["a", 12],
  ] as const)
    input.pipeInput(key, "x", time);
  return driver;
}

const named = (keys: readonly unknown[]): string[] =>
  (keys as Windowed<string>[]).map(({ key, window: { startMs, endMs } }) => `${key} ${startMs} ${endMs}`);
const all = ["a 0 10", "a 5 15", "b 0 10", "b 5 15", "a 5 15", "a 10 20"];

test("whoever sees a result's key may keep it, wherever it stands in the topology, and sinks write each", () => {
  const kept: Record<string, unknown[]> = { map: [], peek: [], filter: [], sink: [], partitioner: [], serde: [], wrap: [] };
  const keeping: Serde<Windowed<string>> = {
    ...windows,
    serialize: (topic, key, headers) => {
      kept["serde"]!.push(key);
      return windows.serialize(topic, key, headers);
    },
  };
  const ways: Record<string, (counts: Counts) => void> = {
    map: (counts) =>
      counts
        .toStream()
        .selectKey((_value, key) => (kept["map"]!.push(key), "k"), { key: serdes.string })
        .to("out"),
    peek: (counts) =>
      counts
        .toStream()
        .peek((_value, key) => kept["peek"]!.push(key))
        .to("out"),
    filter: (counts) =>
      counts
        .filter((_value, key) => (kept["filter"]!.push(key), true))
        .toStream()
        .to("out"),
    sink: (counts) => counts.toStream().to((_value, key) => (kept["sink"]!.push(key), "out")),
    partitioner: (counts) => counts.toStream().to("out", { partitioner: (_topic, key) => (kept["partitioner"]!.push(key), 0) }),
    serde: (counts) => counts.toStream().to("out", { key: keeping }),
    wrap: (counts) => counts.toStream().to("out"),
  };
  for (const [name, way] of Object.entries(ways)) {
    using driver = run(way, {}, name === "wrap" ? (key) => typeof key === "object" && kept["wrap"]!.push(key) : undefined);
    assert.ok(driver.takeProduced().length >= all.length, name);
    assert.deepEqual(new Set(named(kept[name]!)), new Set(all), name);
  }
  using driver = run((counts) => counts.toStream().to("out"));
  const written = driver.outputTopic("out", { key: windows, value: serdes.long }).readKeyValues();
  assert.deepEqual(named(written.map(([key]) => key)), all);
});

test("an error and a handler of a sink have the key of their record", () => {
  const failed: FailedRecord[] = [];
  const unwritable: Serde<number> = { ...serdes.long, name: "unwritable", serialize: () => assert.fail("no") };
  const handler = (record: FailedRecord): "continue" => (failed.push(record), "continue");
  using _ = run((counts) => counts.toStream().to("out", { value: unwritable }), { onError: { produce: handler } });
  assert.deepEqual(named(failed.map(({ key }) => key)), all);
  assert.deepEqual(named(failed.map(({ error }) => error.place?.key)), all);
});

test("a session that is taken away has the key that its store reads, also where that is not the record's", () => {
  const key: Serde<string> = {
    ...serdes.string,
    name: "other",
    serialize: (topic, text, headers) => serdes.string.serialize(topic, `${text}.`, headers),
  };
  const b = new StreamsBuilder();
  b.stream("in", { key, value: serdes.string })
    .groupByKey()
    .windowedBy(session({ gapMs: 10, graceMs: 0 }))
    .count({ store: "sessions" })
    .toStream()
    .map((count, windowed) => [windowed.key, String(count)], texts)
    .to("out");
  using driver = new TopologyTestDriver(b.build());
  const input = driver.inputTopic("in", texts);
  for (const timestamp of [1, 2]) input.pipeInput("k", "v", timestamp);
  assert.deepEqual(driver.outputTopic("out", texts).readKeyValues(), [
    ["k", "1"],
    ["k.", "null"],
    ["k", "2"],
  ]);
});
