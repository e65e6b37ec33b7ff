import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as library from "../index.ts";
import {
  type FixedKeyProcessorContext,
  type FixedKeyRecord,
  type GroupOptions,
  type Named,
  type ProcessorContext,
  type ReadOptions,
  type RepartitionOptions,
  serdes,
  session,
  type StoreOptions,
  stores,
  StreamsBuilder,
  type StreamJoinOptions,
  type StreamRecord,
  type StreamTableJoinOptions,
  type SuppressOptions,
  Topology,
  TopologyTestDriver,
  tumbling,
  type Windowed,
  type WriteOptions,
} from "../index.ts";

const page = readFileSync(new URL("../../../../docs/streams-dsl.md", import.meta.url), "utf8");
const { classes } = JSON.parse(readFileSync(new URL("../../test/java-streams-methods.json", import.meta.url), "utf8")) as {
  classes: Readonly<Record<string, readonly string[]>>;
};
const rows = [...page.matchAll(/^\| `(\w+)\.(\w+)` \| (?:`(\w+)`|–) \| (.*) \|$/gm)].map(([, type = "", theirs = "", ours, note = ""]) => ({
  type,
  theirs,
  ours,
  note: note.trim(),
}));

test("the table of Java's streams has every method of it and names only what is there", () => {
  assert.deepEqual(
    rows.map(({ type, theirs }) => `${type}.${theirs}`),
    Object.entries(classes).flatMap(([type, methods]) => methods.map((method) => `${type}.${method}`)),
  );
  const b = new StreamsBuilder();
  const json = { key: serdes.string, value: serdes.string };
  const stream = b.stream("a", json);
  const table = b.table("b", json);
  const grouped = stream.groupByKey();
  const cogrouped = grouped.cogroup<string>((all, one) => all + one);
  const groupedTable = table.groupBy((value, key) => [value, key], json);
  stream.to("c");
  using driver = new TopologyTestDriver(b.build());
  const homes: Readonly<Record<string, object>> = {
    StreamsBuilder: b,
    Topology: new Topology(),
    KStream: stream,
    BranchedKStream: stream,
    KTable: table,
    GlobalKTable: new StreamsBuilder().globalTable("d", json),
    KGroupedStream: grouped,
    KGroupedTable: groupedTable,
    TimeWindowedKStream: grouped.windowedBy(tumbling({ sizeMs: 1, graceMs: 0 })),
    SessionWindowedKStream: grouped.windowedBy(session({ gapMs: 1, graceMs: 0 })),
    CogroupedKStream: cogrouped,
    TimeWindowedCogroupedKStream: cogrouped.windowedBy(tumbling({ sizeMs: 1, graceMs: 0 })),
    SessionWindowedCogroupedKStream: cogrouped.windowedBy(session({ gapMs: 1, graceMs: 0 })),
    TimeWindows: library,
    UnlimitedWindows: library,
    SlidingWindows: library,
    SessionWindows: library,
    JoinWindows: stream,
    EmitStrategy: grouped.windowedBy(tumbling({ sizeMs: 1, graceMs: 0 })),
    Suppressed: table,
    TopologyTestDriver: driver,
    TestInputTopic: driver.inputTopic("a", json),
    TestOutputTopic: driver.outputTopic("c", json),
    ...optionsOf(),
    Branched: stream,
    WindowedSerdes: serdes,
    Windowed: windowed,
    Window: windowed.window,
    Stores: stores,
    ...contextsOf(),
  };
  for (const { type, theirs, ours, note } of rows) {
    if (ours === undefined) assert.notEqual(note, "", `${type}.${theirs} says why it is not there`);
    else assert.ok(ours in homes[type]!, `${type}.${theirs}: ${ours}`);
    for (const [, named = ""] of note.matchAll(/`(\w+)`/g))
      if (/^(join|leftJoin)(On|Global)$|^to[A-Z]|^add/.test(named)) assert.ok(named in homes[type]!, `${type}.${theirs}: ${named}`);
  }
});

const windowed: Windowed<string> = { key: "a", window: { startMs: 0, endMs: 1 } };

/** What takes the place of Java's option objects: options by name, which the compiler holds against their types. */
function optionsOf(): Readonly<Record<string, object>> {
  const name = { name: "n" } satisfies Required<Named>;
  const grouped = { ...name, key: serdes.string, value: serdes.string } satisfies Required<GroupOptions<string, string, true, true>>;
  const partitioner = (): number => 0;
  const store = {
    ...name,
    logging: true,
    changelogConfig: {},
    persistent: true,
    caching: true,
    historyRetentionMs: 1,
    retentionMs: 1,
  } satisfies Required<StoreOptions>;
  return {
    Consumed: { ...grouped, timestamp: () => 0, offsetReset: "latest" } satisfies Required<ReadOptions<string, string>>,
    Produced: { ...grouped, partitioner } satisfies Required<WriteOptions<string, string, true, true>>,
    Grouped: grouped,
    Materialized: { ...store, store, value: serdes.string },
    Joined: { ...grouped, graceMs: 1 } satisfies Required<StreamTableJoinOptions<string, string, true, true>>,
    StreamJoined: {
      ...grouped,
      ...{ beforeMs: 1, afterMs: 1, graceMs: 1, storeName: "s", logging: true, persistent: true, otherValue: serdes.string },
    } satisfies Required<StreamJoinOptions<string, string, string, true, true, true>>,
    TableJoined: { ...name, partitioner, otherPartitioner: partitioner },
    Repartitioned: { ...grouped, partitioner, partitions: 1 } satisfies Required<RepartitionOptions<string, string, true, true>>,
    Named: name,
    Printed: {},
    BufferConfig: {
      ...name,
      ...{ maxRecords: 1, maxBytes: 1, whenFull: "emit", logging: true, until: "timeLimit", limitMs: 1 },
    } satisfies SuppressOptions,
  };
}

/** The contexts and records that processors are given. */
function contextsOf(): Readonly<Record<string, object>> {
  const found: Record<string, object> = {};
  const b = new StreamsBuilder();
  b.stream("in", { key: serdes.string, value: serdes.string })
    .process(() => ({
      init(context: ProcessorContext<string, string>) {
        found["ProcessingContext"] = context;
        found["ProcessorContext"] = context;
      },
      process(record: StreamRecord<string, string>) {
        found["Record"] = record;
        (found["ProcessorContext"] as ProcessorContext<string, string>).forward(record);
      },
    }))
    .processValues(() => ({
      init(context: FixedKeyProcessorContext<string, string>) {
        found["FixedKeyProcessorContext"] = context;
      },
      process(record: FixedKeyRecord<string, string>) {
        found["FixedKeyRecord"] = record;
      },
    }));
  using driver = new TopologyTestDriver(b.build());
  driver.inputTopic("in", { key: serdes.string, value: serdes.string }).pipeInput("a", "b");
  return found;
}
