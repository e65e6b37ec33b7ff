import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { tumbling } from "../dsl/windows.ts";
import type { ProcessorContext } from "../processor/processor.ts";
import { serdes } from "../serdes/serdes.ts";
import { stores } from "../stores/stores.ts";
import { StreamsError, type StreamsErrorCode } from "../streams-error.ts";
import { Topology } from "../topology/topology.ts";
import { type DriverOptions, TopologyTestDriver } from "./topology-test-driver.ts";

/** What JavaScript lets a caller do. */
// oxlint-disable-next-line typescript/no-explicit-any -- the types refuse all of it
type Untyped = any;

const both = { key: serdes.string, value: serdes.json<Untyped>() };

function run(build: (b: Untyped, stream: Untyped) => void): void {
  const b = new StreamsBuilder();
  build(b, b.stream("in", both));
  using driver = new TopologyTestDriver(b.build());
  driver.inputTopic("in", both).pipeInput("k", { a: 1 }, 1);
  assert.fail(`nothing was refused, and it wrote ${driver.takeProduced().length} records`);
}

type Case = readonly [what: string, build: (b: Untyped, stream: Untyped) => void, code?: StreamsErrorCode, said?: RegExp];

const promised = /promise/;
const late = () => Promise.resolve(1);
const failing = () => Promise.reject(new Error("nobody listens"));

const cases: readonly Case[] = [
  ["filter, async", (_, s) => s.filter(async () => false), "STREAMS_BAD_ARGUMENT", promised],
  ["filter", (_, s) => s.filter(late).to("out"), "STREAMS_BAD_ARGUMENT", promised],
  ["filter of a promise that fails", (_, s) => s.filter(failing).to("out"), "STREAMS_BAD_ARGUMENT", promised],
  ["a table's filter", (_, s) => s.toTable().filter(late).toStream().to("out"), "STREAMS_BAD_ARGUMENT", promised],
  ["split", (_, s) => s.split({ a: late }), "STREAMS_BAD_ARGUMENT", promised],
  ["map", (_, s) => s.map(late, both), "STREAMS_BAD_ARGUMENT", promised],
  ["map to no pair", (_, s) => s.map(() => ({ key: "a" }), both), "STREAMS_BAD_ARGUMENT", /\[key, value\]/],
  ["map to half a pair", (_, s) => s.map(() => ["a"], both), "STREAMS_BAD_ARGUMENT", /\[key, value\]/],
  ["flatMap to promises", (_, s) => s.flatMap(() => [late()], both), "STREAMS_BAD_ARGUMENT", promised],
  ["flatMapValues to promises", (_, s) => s.flatMapValues(() => [late()], both), "STREAMS_BAD_ARGUMENT", promised],
  ["flatMap to nothing", (_, s) => s.flatMap(() => null, both), "STREAMS_BAD_ARGUMENT", /gave null, and has to give a list/],
  ["flatMapValues to a number", (_, s) => s.flatMapValues(() => 5, both), "STREAMS_BAD_ARGUMENT", /gave 5, and has to give a list/],
  [
    "one topic with two serdes",
    (b) => b.stream("in", { ...both, value: serdes.string }),
    "STREAMS_TOPOLOGY",
    /serdes for their values, json and string/,
  ],
  [
    "one topic with two times",
    (b) => b.stream("in", { ...both, timestamp: () => 1 }),
    "STREAMS_TOPOLOGY",
    /different timestamp extractors/,
  ],
  ["selectKey", (_, s) => s.selectKey(late, { key: both.value }), "STREAMS_BAD_ARGUMENT", promised],
  ["mapValues", (_, s) => s.mapValues(late, both).to("out"), "STREAMS_BAD_ARGUMENT", promised],
  ["peek", (_, s) => s.peek(failing), "STREAMS_BAD_ARGUMENT", promised],
  ["forEach", (_, s) => s.forEach(failing), "STREAMS_BAD_ARGUMENT", promised],
  ["process", (_, s) => s.process(() => ({ process: failing })), "STREAMS_BAD_ARGUMENT", promised],
  ["processValues", (_, s) => s.processValues(() => ({ process: failing })), "STREAMS_BAD_ARGUMENT", promised],
  [
    "a punctuator",
    (_, s) => s.process(() => ({ init: (context: Untyped) => context.schedule(1, "streamTime", failing), process: () => {} })),
    "STREAMS_BAD_ARGUMENT",
    promised,
  ],
  ["init", (_, s) => s.process(() => ({ init: failing, process: () => {} })), "STREAMS_BAD_ARGUMENT", promised],
  [
    "a table's transform",
    (b) =>
      b
        .stream("in", both)
        .toTable()
        .transformValues(() => ({ transform: failing }), both),
    "STREAMS_BAD_ARGUMENT",
    promised,
  ],
  [
    "a Map as JSON",
    (_, s) => s.mapValues(() => new Map([[1, 1]]), both).to("out"),
    "STREAMS_SERIALIZATION",
    /of a Map or Set it tells nothing/,
  ],
  ["a Set as JSON", (_, s) => s.mapValues(() => new Set([1]), both).to("out"), "STREAMS_SERIALIZATION", /of a Map or Set it tells nothing/],
  [
    "init that throws",
    (_, s) =>
      s.process(() => ({
        init() {
          throw new TypeError("no");
        },
        process: () => {},
      })),
    "STREAMS_PROCESSING",
    /^KSTREAM-PROCESSOR-\d+ could not begin: .*no$/,
  ],
  ["sliding windows of one moment", (_, s) => s.groupByKey().windowedBy({ kind: "sliding", differenceMs: 0, graceMs: 0 }).count()],
  ["aggregate", (_, s) => s.groupByKey().aggregate(() => 0, late, both), "STREAMS_SERIALIZATION", promised],
  [
    "aggregate, async",
    (_, s) =>
      s.groupByKey().aggregate(
        () => 0,
        async () => 0,
        both,
      ),
    "STREAMS_BAD_ARGUMENT",
    promised,
  ],
  ["to a promised topic", (_, s) => s.to(late), "STREAMS_BAD_NAME"],
  ["to a topic of no name", (_, s) => s.to(() => ""), "STREAMS_BAD_NAME"],
  ["to a topic of an odd name", (_, s) => s.to("a b"), "STREAMS_BAD_NAME"],
  ["to nowhere", (_, s) => s.to(undefined), "STREAMS_BAD_NAME"],
  ["a promised partition", (_, s) => s.to("out", { partitioner: late }), "STREAMS_BAD_ARGUMENT", /partition object/],
  ["a partition below 0", (_, s) => s.to("out", { partitioner: () => -1 }), "STREAMS_BAD_ARGUMENT", /partition -1/],
  ["too many partitions", (_, s) => s.repartition({ partitions: 2 ** 31 })],
  ["a supplier of nothing", (_, s) => s.process(() => undefined)],
  ["a supplier of something else", (_, s) => s.process(() => ({}))],
  ["a join with nothing", (_, s) => s.join(undefined, () => 1)],
  ["a table's join with nothing", (b) => b.table("t", both).join(undefined, () => 1)],
  [
    "a foreign-key join with nothing",
    (b) =>
      b.table("t", both).joinOn(
        undefined,
        () => "k",
        () => 1,
        both,
      ),
  ],
  ["a merge with nothing", (_, s) => s.merge(undefined)],
  [
    "a cogroup with nothing",
    (_, s) =>
      s
        .groupByKey()
        .cogroup(() => 1)
        .and(undefined, () => 1),
  ],
  ["groupBy without options", (_, s) => s.groupBy(() => "k")],
  ["a table's groupBy without options", (b) => b.table("t", both).groupBy(() => ["k", 1])],
  ["suppress without options", (b) => b.table("t", both).suppress()],
  ["windows of nothing", (_, s) => s.groupByKey().windowedBy(undefined)],
  ["windows of something else", (_, s) => s.groupByKey().windowedBy(tumbling)],
  ["a stream of no topic", (b) => b.stream(undefined, both)],
  ["a stream of a number", (b) => b.stream(5, both)],
  ["a stream of an odd topic", (b) => b.stream(["a", ""], both), "STREAMS_BAD_NAME"],
  ["a stream without options", (b) => b.stream("x")],
  ["a table of no topic", (b) => b.table(undefined, both), "STREAMS_BAD_NAME"],
  ["a global table of a list", (b) => b.globalTable(["x"], both), "STREAMS_BAD_NAME"],
  ["a table without options", (b) => b.table("x")],
  ["no store", (b) => b.addStateStore(undefined)],
  ["a store by a number", (_, s) => s.groupByKey().count({ store: 5 })],
  ["a store without a name", (_, s) => s.groupByKey().count({ store: "" }), "STREAMS_BAD_NAME"],
  ["a store of an odd name", (_, s) => s.groupByKey().count({ store: { name: "a b" } }), "STREAMS_BAD_NAME"],
  ["a store of a long name", (b) => b.addStateStore(stores.keyValue({ ...both, name: "s".repeat(250) })), "STREAMS_BAD_NAME"],
];

for (const [what, build, code = "STREAMS_BAD_ARGUMENT", said = /./] of cases) {
  test(`misuse: ${what}`, () => {
    assert.throws(
      () => run(build),
      (error) => error instanceof StreamsError && error.code === code && said.test(error.message),
    );
  });
}

test("a driver that is called by what it runs refuses, whatever the call, and goes on after it", () => {
  const calls: ((driver: TopologyTestDriver) => void)[] = [
    (driver) => driver.inputTopic("in", both).pipeInput("inner", 1, 1),
    (driver) => driver.pipeRaw("in", { key: null, value: null, timestamp: 1 }),
    (driver) => void driver.replay([]),
    (driver) => driver.advanceWallClockTime(1),
    (driver) => driver.close(),
  ];
  for (const call of calls) {
    const b = new StreamsBuilder();
    b.stream("in", both)
      .peek((value) => void (value === "call" && call(driver)))
      .to("out");
    using driver: TopologyTestDriver = new TopologyTestDriver(b.build());
    const input = driver.inputTopic("in", both);
    assert.throws(() => input.pipeInput("k", "call", 1), { code: "STREAMS_BAD_ARGUMENT", message: /called while it is processing/ });
    input.pipeInput("k", "fine", 1);
    assert.equal(driver.takeProduced().length, 1);
  }
});

test("options that no driver can have are refused before anything is opened", () => {
  const b = new StreamsBuilder();
  b.stream("in", both).to("out");
  const topology = b.build();
  const bad: Untyped[] = [
    null,
    { initialWallClockMs: Number.NaN },
    { initialWallClockMs: "5" },
    { cacheMaxBytes: Number.NaN },
    { cacheMaxBytes: -1 },
    { stateDir: "" },
    { stateDir: 5 },
    { onError: "continue" },
  ];
  for (const options of bad)
    assert.throws(() => new TopologyTestDriver(topology, options as DriverOptions), { code: "STREAMS_BAD_ARGUMENT" });
  for (const applicationId of ["", "../up", 5])
    assert.throws(() => new TopologyTestDriver(topology, { applicationId } as DriverOptions), { code: "STREAMS_BAD_NAME" });
  for (const none of [undefined, {}, b]) assert.throws(() => new TopologyTestDriver(none as never), /build\(\)/);
});

test("what a processor forwards has to be a record with a list of headers", () => {
  for (const nonsense of [
    undefined,
    5,
    { key: "k", value: 1, timestamp: 1 },
    { key: "k", value: 1, timestamp: 1, headers: "h" },
    { key: "k", value: 1, timestamp: 1, headers: [{ key: "h", value: "text" }] },
  ]) {
    const topology = new Topology().addSource("source", { topics: ["in"], ...both });
    let context: ProcessorContext<unknown, unknown>;
    const processor = { init: (given: typeof context) => void (context = given), process: () => context.forward(nonsense as never) };
    topology.addProcessor("step", () => processor, "source").addSink("sink", { topic: "out", ...both }, "step");
    using driver = new TopologyTestDriver(topology);
    assert.throws(() => driver.inputTopic("in", both).pipeInput("k", 1, 1), { code: "STREAMS_BAD_ARGUMENT", message: /^step .*headers/ });
  }
});

test("what is forwarded outside of a processor's calls is refused, and comes into nothing that was done", async () => {
  const b = new StreamsBuilder();
  let context!: ProcessorContext<string, string>;
  let later: Promise<void> | undefined;
  const record = { key: "k", value: "late", timestamp: 1, headers: [] };
  const supplier = () => ({
    init(given: ProcessorContext<string, string>) {
      context = given;
      given.schedule(10, "wallClockTime", (timestamp) => given.forward({ ...record, value: "punctuated", timestamp }));
    },
    process() {
      context.forward({ ...record, value: "at once" });
      later = Promise.resolve().then(() => context.forward(record));
    },
  });
  b.stream("in", both).process(supplier).to("out", both);
  const driver = new TopologyTestDriver(b.build());
  driver.inputTopic("in", both).pipeInput("k", {}, 1);
  await assert.rejects(later!, { code: "STREAMS_BAD_ARGUMENT", message: /^KSTREAM-PROCESSOR-\d+ forwarded outside of its calls/ });
  driver.advanceWallClockTime(10);
  const values = driver.takeProduced().map(({ value }) => String(value));
  assert.deepEqual(values, ['"at once"', '"punctuated"']);
  driver.close();
  assert.throws(() => context.forward(record), { code: "STREAMS_BAD_ARGUMENT" });
});

test("a processor whose close throws is named, and all others and their stores are closed", () => {
  const b = new StreamsBuilder();
  const closed: string[] = [];
  const closing = (name: string, close: () => unknown) => () => ({
    process: () => {},
    close: () => {
      closed.push(name);
      return close();
    },
  });
  const stream = b.stream("in", both);
  stream.groupByKey().count({ store: "counts" });
  stream.process(
    closing("first", () => {
      throw new Error("cannot");
    }) as Untyped,
    { name: "first" },
  );
  stream.process(closing("second", failing) as Untyped, { name: "second" });
  stream.process(closing("third", () => {}) as Untyped, { name: "third" });
  const driver = new TopologyTestDriver(b.build());
  const store = driver.store("counts");
  assert.throws(() => driver.close(), { code: "STREAMS_PROCESSING", message: /^first could not be closed: .*cannot$/ });
  assert.deepEqual(closed, ["first", "second", "third"]);
  assert.equal(store.isOpen, false);
  driver.close();
});

test("one object for two tasks is refused", () => {
  const b = new StreamsBuilder();
  const one = { process() {} };
  b.stream("in", both).process(() => one);
  const topology = b.build();
  using _driver = new TopologyTestDriver(topology);
  assert.throws(() => new TopologyTestDriver(topology), { code: "STREAMS_BAD_ARGUMENT", message: /a new one at each call/ });
});
