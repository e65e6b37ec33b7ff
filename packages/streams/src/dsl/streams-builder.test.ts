import assert from "node:assert/strict";
import { test } from "node:test";
import type { Serde } from "../serdes/serde.ts";
import { serdes } from "../serdes/serdes.ts";
import { stores } from "../stores/stores.ts";
import { Topology } from "../topology/topology.ts";
import { TopologyTestDriver } from "../driver/topology-test-driver.ts";
import type { KStream } from "./k-stream.ts";
import { StreamsBuilder } from "./streams-builder.ts";
import { tumbling, unlimited } from "./windows.ts";

const texts = { key: serdes.string, value: serdes.string };

test("numbers go on through names that the user gave, as in Java", () => {
  const b = new StreamsBuilder();
  b.stream("in", { ...texts, name: "read" })
    .filter(() => true, { name: "keep" })
    .peek(() => {})
    .to("out");
  const names = b
    .build()
    .toJSON()
    .subtopologies[0]!.nodes.map(({ name }) => name);
  assert.deepEqual(names, ["read", "keep", "KSTREAM-PEEK-0000000002", "KSTREAM-SINK-0000000003"]);
});

test("two streams of the same topics are one source; of some of them, they are refused", () => {
  const b = new StreamsBuilder();
  b.stream("in", texts).to("a");
  b.stream("in", texts).to("b");
  assert.equal(
    b
      .build()
      .describe()
      .match(/Source:/g)?.length,
    1,
  );
  const other = new StreamsBuilder();
  other.stream(["x", "y"], texts).to("a");
  other.stream("y", texts).to("b");
  assert.throws(() => other.build(), {
    code: "STREAMS_TOPOLOGY",
    message: /KSTREAM-SOURCE-0000000000 \(x, y\) and KSTREAM-SOURCE-0000000002 \(y\)/,
  });
});

test("names that are taken or can be none are refused", () => {
  const b = new StreamsBuilder();
  const stream = b.stream("in", texts);
  assert.throws(() => stream.filter(() => true, { name: "a b" }), { code: "STREAMS_BAD_NAME", message: /"a b".*only letters/ });
  stream.filter(() => true, { name: "same" });
  stream.filter(() => true, { name: "same" });
  assert.throws(() => b.build(), { code: "STREAMS_NAME_TAKEN", message: /two nodes named same/ });
  const tables = new StreamsBuilder();
  tables.table("a", { ...texts, store: "kept" });
  tables.table("b", { ...texts, store: "kept" });
  assert.throws(() => tables.build(), { code: "STREAMS_NAME_TAKEN", message: /another state store kept/ });
});

test("where names are required, topics and stores that only have numbers are told", () => {
  const counted = (name?: string) => {
    const b = new StreamsBuilder();
    const named = name === undefined ? {} : { name };
    b.stream("in", texts)
      .groupBy((value) => value, { key: serdes.string, ...named })
      .count(name === undefined ? {} : { store: `${name}-store` });
    return b;
  };
  assert.throws(() => counted().build({ requireNames: true }), {
    code: "STREAMS_NAME_MISSING",
    message: /repartition topics KSTREAM-AGGREGATE-STATE-STORE-0000000002-repartition and stores KSTREAM-AGGREGATE-STATE-STORE-0000000002/,
  });
  counted("by-word").build({ requireNames: true });
});

test("joined topics whose given numbers of partitions differ are refused", () => {
  const b = new StreamsBuilder();
  const table = b.stream("a", texts).repartition({ name: "left", partitions: 2 }).toTable();
  b.stream("b", texts)
    .repartition({ name: "right", partitions: 3 })
    .join(table, (a, c) => a + c);
  assert.throws(() => b.build(), { code: "STREAMS_CO_PARTITIONING", message: /left-repartition: 2, right-repartition: 3/ });
});

test("keys whose bytes carry a schema's id bring nothing together", () => {
  const registered: Serde<string> = { ...serdes.string, name: "avro", carriesSchemaId: true };
  const b = new StreamsBuilder();
  const stream = b.stream("in", { key: registered, value: serdes.string });
  const refusal = { code: "STREAMS_KEY_SCHEMA_ID", message: /serde avro/ };
  assert.throws(() => stream.groupByKey(), refusal);
  assert.throws(() => stream.groupBy((value) => value, { key: registered }), refusal);
  assert.throws(() => stream.join(b.table("t", texts), (a, c) => a + c), refusal);
  stream.groupBy((value) => value, { key: serdes.string }).count();
});

test("what cannot be is refused where it is said: functions, windows, partitions, optimizations", () => {
  const b = new StreamsBuilder();
  const stream = b.stream("in", texts);
  const bad = { code: "STREAMS_BAD_ARGUMENT" };
  assert.throws(() => stream.filter("yes" as never), bad);
  assert.throws(() => stream.repartition({ partitions: 0 }), bad);
  assert.throws(() => tumbling({ sizeMs: 0, graceMs: 0 }), bad);
  assert.throws(() => tumbling({ sizeMs: 5, graceMs: -1 }), bad);
  assert.throws(() => stream.groupByKey().windowedBy({ kind: "time", sizeMs: 5, advanceMs: 6, graceMs: 0 }), bad);
  assert.throws(
    () =>
      stream
        .groupByKey()
        .windowedBy(tumbling({ sizeMs: 10, graceMs: 5 }))
        .count({ store: { name: "w", retentionMs: 14 } }),
    bad,
  );
  assert.throws(() => b.build({ optimization: ["everything"] as never }), bad);
  assert.throws(
    () =>
      b
        .stream("x", texts)
        .groupByKey()
        .count()
        .suppress({ until: "windowCloses" } as never),
    {
      code: "STREAMS_TOPOLOGY",
      message: /has no windows/,
    },
  );
});

test("a topology by hand refuses parents and stores that are not there", () => {
  const processor = () => ({ process: () => {} });
  const store = stores.keyValue({ name: "s", ...texts });
  const topology = new Topology().addSource("source", { topics: ["in"], ...texts }).addProcessor("p", processor, "source");
  assert.throws(() => topology.addProcessor("q", processor, "nobody"), { code: "STREAMS_TOPOLOGY", message: /parent nobody/ });
  assert.throws(() => topology.addProcessor("q", processor), { code: "STREAMS_TOPOLOGY" });
  assert.throws(() => topology.connectProcessorAndStateStores("p", "s"), { code: "STREAMS_STORE_NOT_CONNECTED" });
  assert.throws(() => topology.addStateStore(store, "source"), { code: "STREAMS_TOPOLOGY", message: /source is a source/ });
  topology.addSink("sink", { topic: "out", ...texts }, "p").connectProcessorAndStateStores("p", "s");
  assert.throws(() => topology.addProcessor("q", processor, "sink"), { code: "STREAMS_TOPOLOGY", message: /gives nothing on/ });
  assert.throws(() => topology.addSource("again", { topics: ["in"], ...texts }), {
    code: "STREAMS_TOPOLOGY",
    message: /already read by source source/,
  });
});

test("the drawing of a topology has its sub-topologies, topics and stores", () => {
  const b = new StreamsBuilder();
  b.stream("in", texts)
    .groupBy((value) => value, { key: serdes.string, name: "words" })
    .count({ store: "counts" })
    .toStream()
    .to("out");
  const topology = b.build();
  const { subtopologies } = topology.toJSON();
  assert.deepEqual(
    subtopologies.map(({ stores: kept }) => kept),
    [[], [{ name: "counts", kind: "keyValue", hasChangelog: true }]],
  );
  assert.match(topology.toMermaid(), /subgraph s1\["sub-topology 1"\][^]*\[\("counts"\)\][^]*t_\d+\[\/"words-repartition"\/\]/);
  assert.match(topology.toDot(), /cluster_1[^]*label="counts" shape=cylinder/);
});

test("the drawing tells patterns, topics that a function chooses, and stores that are filled from their topic", () => {
  const b = new StreamsBuilder();
  const products = b.globalTable("products", { ...texts, store: "products" });
  b.stream(/orders-"<.*/, texts)
    .joinGlobal(
      products,
      (value) => value,
      (value) => value,
    )
    .to((value) => value, { value: serdes.string });
  const topology = b.build();
  const { subtopologies } = topology.toJSON();
  assert.deepEqual(
    subtopologies.flatMap(({ stores: kept }) => kept),
    [{ name: "products", kind: "keyValue", hasChangelog: true, sourceTopic: "products" }],
  );
  const mermaid = topology.toMermaid();
  assert.match(mermaid, /\[\/"topics like orders-#quot;#lt;\.\*"\/\]/);
  assert.match(mermaid, /\[\/"a topic chosen by record"\/\]/);
  assert.match(topology.toDot(), /label="topics like orders-\\"<\.\*" shape=cds/);
});

test("two joins of a stream whose key was changed share one repartition topic; with names of their own, each has its own", () => {
  const topics = (...names: (string | undefined)[]) => {
    const b = new StreamsBuilder();
    const table = b.table("t", texts);
    const changed = b.stream("in", texts).selectKey((value) => value, { key: serdes.string });
    for (const name of names) changed.join(table, (a, c) => a + c, name === undefined ? {} : { name });
    return b
      .build()
      .describe()
      .match(/topic: \S*-repartition/g);
  };
  assert.deepEqual(topics(undefined, undefined), ["topic: KSTREAM-KEY-SELECT-0000000004-repartition"]);
  assert.deepEqual(topics("one", "two"), ["topic: one-repartition", "topic: two-repartition"]);
});

test("a second join of one stream takes the numbers of the topic that it shares, as in Java", () => {
  const b = new StreamsBuilder();
  const table = b.table("t", texts);
  const changed = b.stream("in", texts).selectKey((value) => value, { key: serdes.string });
  for (const topic of ["one", "two"]) changed.join(table, (a, c) => a + c).to(topic, texts);
  const numbered = [
    ...b
      .build()
      .describe()
      .matchAll(/(?:Processor|Sink): (KSTREAM-(?:JOIN|SINK)-\d+)/g),
  ].map(([, name]) => name);
  assert.deepEqual(
    numbered.sort((a, c) => (a ?? "").localeCompare(c ?? "")),
    ["KSTREAM-JOIN-0000000008", "KSTREAM-JOIN-0000000013", "KSTREAM-SINK-0000000005", "KSTREAM-SINK-0000000009", "KSTREAM-SINK-0000000014"],
  );
});

test("branches are asked in the order in which they were written, also those named by whole numbers", () => {
  const branchesOf = (make: (stream: KStream<string, string>) => Record<string, KStream<string, string>>) => {
    const b = new StreamsBuilder();
    return Object.keys(make(b.stream("in", { key: serdes.string, value: serdes.string })));
  };
  const accepts = () => true;
  const b = new StreamsBuilder();
  const levels = b.stream("in", { key: serdes.string, value: serdes.string }).split(
    [
      ["2", (value) => value > "b"],
      ["1", accepts],
    ],
    { default: "0" },
  );
  levels["2"].to("big");
  levels["1"].to("small");
  using driver = new TopologyTestDriver(b.build());
  const input = driver.inputTopic("in", { key: serdes.string, value: serdes.string });
  for (const value of ["c", "a"]) input.pipeInput("k", value);
  assert.deepEqual(
    driver.takeProduced().map(({ topic, value }) => `${topic} ${Buffer.from(value!).toString()}`),
    ["big c", "small a"],
  );
  assert.throws(() => branchesOf((stream) => stream.split({ big: accepts, 1: accepts })), {
    code: "STREAMS_BAD_ARGUMENT",
    message: /has a branch 1, .*give the branches as pairs, \[\["1", predicate\], …\]/,
  });
  const refused = (message: RegExp) => ({ code: "STREAMS_BAD_ARGUMENT", message });
  assert.throws(
    () =>
      branchesOf((stream) =>
        stream.split([
          ["a", accepts],
          ["a", accepts],
        ]),
      ),
    refused(/two branches a/),
  );
  assert.throws(() => branchesOf((stream) => stream.split({ a: accepts }, { default: "a" })), refused(/a branch a, .*default/));
  assert.throws(() => branchesOf((stream) => stream.split(undefined as never)), refused(/was given undefined/));
  assert.throws(() => branchesOf((stream) => stream.split([["a"]] as never)), refused(/predicate of branch a/));
});

test("a window that never ends begins where it is told to, and shows no end", () => {
  const b = new StreamsBuilder();
  b.stream("in", texts)
    .groupByKey()
    .windowedBy(unlimited({ startMs: 5 }))
    .count()
    .toStream()
    .to("out");
  using driver = new TopologyTestDriver(b.build());
  const input = driver.inputTopic("in", texts);
  for (const timestamp of [4, 9, 5, Number.MAX_SAFE_INTEGER]) input.pipeInput("k", "v", timestamp);
  const output = driver.outputTopic("out", { key: serdes.timeWindowed(serdes.string, Number.POSITIVE_INFINITY), value: serdes.long });
  const windowed = { key: "k", window: { startMs: 5, endMs: Number.POSITIVE_INFINITY } };
  assert.deepEqual(
    output.readRecords().map(({ key, value, timestamp }) => [key, value, timestamp]),
    [
      [windowed, 1, 9],
      [windowed, 2, 9],
      [windowed, 3, Number.MAX_SAFE_INTEGER],
    ],
  );
  assert.throws(() => unlimited({ startMs: -1 }), { code: "STREAMS_BAD_ARGUMENT", message: /startMs is -1/ });
});

test("what comes after build, or follows another builder's stream, is refused", () => {
  const b = new StreamsBuilder();
  const stream = b.stream("in", texts);
  const grouped = stream.groupByKey();
  const others = new StreamsBuilder().stream("other", texts);
  const refused = { code: "STREAMS_TOPOLOGY", message: /another StreamsBuilder/ };
  assert.throws(() => stream.merge(others), refused);
  assert.throws(() => stream.join(others, () => "", { beforeMs: 1, afterMs: 1, graceMs: 0 }), refused);
  assert.throws(() => stream.join(new StreamsBuilder().table("table", texts), () => ""), refused);
  stream.to("out");
  b.build();
  const late = { code: "STREAMS_TOPOLOGY", message: /comes after build\(\)/ };
  assert.throws(() => b.stream("late", texts), late);
  assert.throws(() => b.table("late", texts), late);
  assert.throws(() => stream.filter(() => true), late);
  assert.throws(() => grouped.count(), late);
  assert.throws(() => b.addStateStore(stores.keyValue({ name: "late", ...texts })), late);
});

test("streams that part and meet again many times are built at once, however many ways there are through them", () => {
  const b = new StreamsBuilder();
  let stream: KStream<string, string> = b.stream("in", texts).selectKey((value) => value, { key: serdes.string });
  for (let i = 0; i < 60; i++) stream = stream.filter(() => true).merge(stream.filterNot(() => true));
  stream.groupByKey().count();
  stream.groupByKey().reduce((_, value) => value);
  assert.throws(() => b.build({ optimization: "all" }), { code: "STREAMS_TOPOLOGY", message: /Java refuses this topology too/ });

  const ofTables = new StreamsBuilder();
  let table = ofTables
    .stream("in", texts)
    .groupByKey()
    .windowedBy(tumbling({ sizeMs: 5, graceMs: 1 }))
    .count();
  for (let i = 0; i < 60; i++) table = table.join(table, (a) => a, { value: serdes.long });
  table.suppress({ until: "windowCloses" });
  assert.match(ofTables.build({ optimization: "all" }).describe(), /SUPPRESS/);
});
