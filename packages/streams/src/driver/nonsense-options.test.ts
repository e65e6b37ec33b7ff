import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { hopping, session, sliding, tumbling, unlimited } from "../dsl/windows.ts";
import { serdes } from "../serdes/serdes.ts";
import { stores } from "../stores/stores.ts";
import { StreamsError } from "../streams-error.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

/** What JavaScript lets a caller give. */
// oxlint-disable-next-line typescript/no-explicit-any -- the types refuse all of it
type Untyped = any;

const texts = { key: serdes.string, value: serdes.string };
const values = { value: serdes.string };
const join = { beforeMs: 1, afterMs: 1, graceMs: 0, ...texts, otherValue: serdes.string };
const table = (b: Untyped, store: unknown = {}): Untyped => b.table("table", { ...texts, store });
const windowed = (s: Untyped): Untyped => s.groupByKey().windowedBy(tumbling({ sizeMs: 10, graceMs: 0 }));

/** What has options, with some that are right. */
const places: Readonly<Record<string, readonly [options: object, use: (b: Untyped, s: Untyped, options: Untyped) => unknown]>> = {
  stream: [{ ...texts, name: "n", timestamp: () => 1, offsetReset: "earliest" }, (b, _, o) => b.stream("x", o).to("out")],
  table: [{ ...texts, name: "n", timestamp: () => 1, store: "x" }, (b, _, o) => b.table("x", o).toStream().to("out")],
  globalTable: [{ ...texts, name: "n", store: "x" }, (b, _, o) => b.globalTable("x", o)],
  store: [
    { name: "kept", logging: true, changelogConfig: { a: "b" }, persistent: false, caching: true },
    (b, _, o) => table(b, o).toStream().to("out"),
  ],
  "versioned store": [{ name: "kept", historyRetentionMs: 10 }, (b, _, o) => table(b, o).toStream().to("out")],
  "windowed store": [{ name: "kept", retentionMs: 1_000, caching: true }, (_, s, o) => windowed(s).count({ store: o }).toStream()],
  filter: [{ name: "n" }, (_, s, o) => s.filter(() => true, o).to("out")],
  mapValues: [{ name: "n", ...values }, (_, s, o) => s.mapValues((value: string) => value, o).to("out")],
  map: [{ name: "n", ...texts }, (_, s, o) => s.map((value: string, key: string) => [key, value], o).to("out")],
  selectKey: [{ name: "n", key: serdes.string }, (_, s, o) => s.selectKey((value: string) => value, o).to("out")],
  repartition: [{ name: "n", ...texts, partitions: 2, partitioner: () => 0 }, (_, s, o) => s.repartition(o).to("out")],
  to: [{ name: "n", ...texts, partitioner: () => 0 }, (_, s, o) => s.to("out", o)],
  toTable: [{ name: "n", ...texts, store: "x" }, (_, s, o) => s.toTable(o).toStream().to("out")],
  groupBy: [
    { name: "n", ...texts },
    (_, s, o) =>
      s
        .groupBy((value: string) => value, o)
        .count()
        .toStream(),
  ],
  groupByKey: [{ name: "n", ...texts }, (_, s, o) => s.groupByKey(o).count().toStream()],
  count: [{ name: "n", store: "x" }, (_, s, o) => s.groupByKey().count(o).toStream()],
  aggregate: [
    { name: "n", ...values, store: "x" },
    (_, s, o) =>
      s
        .groupByKey()
        .aggregate(
          () => "",
          () => "",
          o,
        )
        .toStream(),
  ],
  process: [{ name: "n", stores: [] }, (_, s, o) => s.process(() => ({ process() {} }), o)],
  tumbling: [{ sizeMs: 10, graceMs: 0 }, (_, s, o) => s.groupByKey().windowedBy(tumbling(o)).count().toStream()],
  hopping: [{ sizeMs: 10, advanceMs: 5, graceMs: 0 }, (_, s, o) => s.groupByKey().windowedBy(hopping(o)).count().toStream()],
  sliding: [{ differenceMs: 10, graceMs: 0 }, (_, s, o) => s.groupByKey().windowedBy(sliding(o)).count().toStream()],
  session: [{ gapMs: 10, graceMs: 0 }, (_, s, o) => s.groupByKey().windowedBy(session(o)).count().toStream()],
  unlimited: [{ startMs: 10 }, (_, s, o) => s.groupByKey().windowedBy(unlimited(o)).count().toStream()],
  suppress: [
    { name: "n", until: "timeLimit", limitMs: 10, maxRecords: 5, maxBytes: 1_000, whenFull: "emit", logging: true },
    (b, _, o) => table(b).suppress(o).toStream().to("out"),
  ],
  "suppress until windows close": [
    { until: "windowCloses", maxRecords: 5, maxBytes: 1_000, whenFull: "shutdown" },
    (_, s, o) => windowed(s).count().suppress(o).toStream(),
  ],
  "join of streams": [
    { name: "n", ...join, storeName: "x", logging: true, persistent: false },
    (b, s, o) => s.leftJoin(b.stream("other", texts), () => "", o).to("out", texts),
  ],
  "join with a table": [{ name: "n", ...texts }, (b, s, o) => s.join(table(b), () => "", o).to("out", texts)],
  "join with a table as of a time": [
    { name: "n", ...texts, graceMs: 1 },
    (b, s, o) => s.join(table(b, { historyRetentionMs: 10 }), () => "", o).to("out", texts),
  ],
  "join of tables": [
    { name: "n", ...values, store: "x" },
    (b, _, o) =>
      table(b)
        .join(b.table("other", texts), () => "", o)
        .toStream(),
  ],
  joinOn: [
    { name: "n", ...values, store: "x" },
    (b, _, o) =>
      table(b)
        .joinOn(
          b.table("other", texts),
          (value: string) => value,
          () => "",
          o,
        )
        .toStream(),
  ],
  mapAsync: [
    { name: "n", ...values, concurrency: 2, order: "byKey", timeoutMs: 10, retries: 1, backoffMs: 1, onFailure: "drop", maxPending: 10 },
    (_, s, o) => s.mapAsync(() => Promise.resolve(""), o).to("out"),
  ],
  "stores.keyValue": [
    { name: "x", ...texts, logging: true, persistent: false, entriesMax: 5, changelogConfig: {}, caching: false },
    (b, _, o) => b.addStateStore(stores.keyValue(o)),
  ],
  "stores.window": [
    { name: "x", ...texts, windowSizeMs: 10, retentionMs: 100, retainDuplicates: false },
    (b, _, o) => b.addStateStore(stores.window(o)),
  ],
  "stores.session": [{ name: "x", ...texts, retentionMs: 100 }, (b, _, o) => b.addStateStore(stores.session(o))],
  "stores.versioned": [{ name: "x", ...texts, historyRetentionMs: 100 }, (b, _, o) => b.addStateStore(stores.versioned(o))],
};

/** Of each kind that a caller may give by mistake. */
const nonsense: readonly (readonly [told: string, value: unknown])[] = [
  ["null", null],
  ["NaN", Number.NaN],
  ["-1", -1],
  ["1.5", 1.5],
  ["2^53", 2 ** 53],
  ["Infinity", Infinity],
  ["a text", "no such thing"],
  ["an empty text", ""],
  ["10n", 10n],
  ["a symbol", Symbol("s")],
  ["true", true],
  ["an object without a prototype", Object.create(null)],
  ["a list", [1]],
  ["a function", () => undefined],
  ["a promise", Promise.resolve(1)],
];

function use(build: (b: Untyped, s: Untyped) => unknown): void {
  const b = new StreamsBuilder();
  build(b, b.stream("in", texts));
  using driver = new TopologyTestDriver(b.build());
  const input = driver.inputTopic("in", texts);
  for (let time = 1; time < 100; time += 20) input.pipeInput("k", "v", time);
}

/** What of it means something after all. */
const meant: Readonly<Record<string, readonly string[]>> = {
  afterMs: ["-1"],
  beforeMs: ["-1"],
  backoffMs: ["a function"],
  partitioner: ["a function"],
  timestamp: ["a function"],
  ...Object.fromEntries(["caching", "logging", "persistent", "retainDuplicates"].map((name) => [name, ["true"]])),
  ...Object.fromEntries(["historyRetentionMs", "maxBytes", "maxRecords", "retentionMs"].map((name) => [name, ["2^53", "Infinity"]])),
  // Options of those who have a default are left out by null as well.
  ...Object.fromEntries(["maxPending", "retries", "startMs", "timeoutMs"].map((name) => [name, ["null"]])),
  changelogConfig: ["an object without a prototype", "a promise"],
  store: ["an object without a prototype"],
};

test("right options are taken at all places", () => {
  for (const [options, build] of Object.values(places)) use((b, s) => build(b, s, options));
});

for (const [place, [options, build]] of Object.entries(places)) {
  test(`nonsense as an option of ${place} is refused in a sentence that names it, or means something`, () => {
    const wrong: string[] = [];
    for (const name of Object.keys(options)) {
      for (const [told, value] of nonsense) {
        try {
          use((b, s) => build(b, s, { ...options, [name]: value }));
          if (meant[name]?.includes(told) !== true) wrong.push(`${name}: ${told}: taken`);
        } catch (error) {
          if (!(error instanceof StreamsError)) wrong.push(`${name}: ${told}: ${String(error)}`);
        }
      }
    }
    assert.deepEqual(wrong, []);
  });
}
