import assert from "node:assert/strict";
import { test } from "node:test";
import type { KStream } from "../dsl/k-stream.ts";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { session, sliding, tumbling } from "../dsl/windows.ts";
import type { Serde } from "../serdes/serde.ts";
import { serdes } from "../serdes/serdes.ts";
import type { KeyValueStore } from "../stores/store.ts";
import { stores } from "../stores/stores.ts";
import { StreamsError, type StreamsErrorCode } from "../streams-error.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

const texts = { key: serdes.string, value: serdes.string };

/** Refuses to write and to read the text "bad". */
const picky: Serde<string> = {
  name: "picky",
  serialize: (topic, value, headers) => serdes.string.serialize(topic, refuseBad(value), headers),
  deserialize: (topic, bytes, headers) => refuseBad(serdes.string.deserialize(topic, bytes, headers)),
};
const pickyValue = { key: serdes.string, value: picky };

/** Refuses to write it only. */
const writesPicky: Serde<string> = { ...serdes.string, name: "writesPicky", serialize: picky.serialize };

function refuseBad(value: string): string {
  if (value === "bad") throw new Error("no good");
  return value;
}

/** A user's function that fails on what is bad, wherever it is given it. */
function failing<R>(result: R): (...given: unknown[]) => R {
  return (...given) => {
    for (const one of given) if (typeof one === "string") refuseBad(one);
    return result;
  };
}

const joined = { beforeMs: 5, afterMs: 5, graceMs: 0, otherValue: serdes.string, name: "step" };

interface BadInput {
  readonly what: string;
  readonly build: (b: StreamsBuilder, left: () => KStream<string, string>) => void;
  readonly node: string;
  readonly code?: StreamsErrorCode;
  /** Where the bad record comes from; `left` unless told. The others get good ones before. */
  readonly bad?: string;
  /** Which topic the error names, when it is none of the inputs. */
  readonly topic?: string;
  /** Of the record that failed; 1 unless told. */
  readonly offset?: number;
  /** The key of the bad record in the error; "k" unless told. */
  readonly key?: unknown;
  /** How many records fail when it is let go; 1 unless told. */
  readonly failures?: number;
  /** No handler is asked, as in Java. */
  readonly isFatal?: boolean;
  /** The bad text is the key. */
  readonly isKeyBad?: boolean;
}

const rows: readonly BadInput[] = [
  { what: "filter", node: "step", build: (_, left) => left().filter(failing(true), { name: "step" }) },
  { what: "filterNot", node: "step", build: (_, left) => left().filterNot(failing(true), { name: "step" }) },
  { what: "map", node: "step", build: (_, left) => left().map(failing(["a", "b"] as const), { name: "step" }) },
  { what: "mapValues", node: "step", build: (_, left) => left().mapValues(failing("a"), { name: "step" }) },
  { what: "flatMap", node: "step", build: (_, left) => left().flatMap(failing([]), { name: "step" }) },
  { what: "flatMapValues", node: "step", build: (_, left) => left().flatMapValues(failing([]), { name: "step" }) },
  { what: "selectKey", node: "step", build: (_, left) => left().selectKey(failing("a"), { name: "step" }) },
  { what: "peek", node: "step", build: (_, left) => left().peek(failing(undefined), { name: "step" }) },
  { what: "forEach", node: "step", build: (_, left) => left().forEach(failing(undefined), { name: "step" }) },
  { what: "split", node: "step", build: (_, left) => left().split({ a: failing(true) }, { name: "step" }) },
  { what: "to, which topic", node: "step", build: (_, left) => left().to(failing("out"), { name: "step" }) },
  { what: "to, which partition", node: "step", build: (_, left) => left().to("out", { name: "step", partitioner: failing(0) }) },
  { what: "groupBy", node: "step", build: (_, left) => left().groupBy(failing("a"), { key: serdes.string, name: "step" }).count() },
  { what: "reduce", node: "step", build: (_, left) => left().groupByKey().reduce(failing("a"), { name: "step" }) },
  {
    what: "aggregate",
    node: "step",
    build: (_, left) =>
      left()
        .groupByKey()
        .aggregate(() => "", failing("a"), { name: "step", value: serdes.string }),
  },
  {
    what: "a time window's aggregator",
    node: "step",
    build: (_, left) =>
      left()
        .groupByKey()
        .windowedBy(tumbling({ sizeMs: 9, graceMs: 0 }))
        .aggregate(() => "", failing("a"), { name: "step", value: serdes.string }),
  },
  {
    what: "a sliding window's aggregator",
    node: "step",
    build: (_, left) =>
      left()
        .groupByKey()
        .windowedBy(sliding({ differenceMs: 9, graceMs: 0 }))
        .aggregate(() => "", failing("a"), { name: "step", value: serdes.string }),
  },
  {
    what: "a session's aggregator",
    node: "step",
    build: (_, left) =>
      left()
        .groupByKey()
        .windowedBy(session({ gapMs: 9, graceMs: 0 }))
        .aggregate(
          () => "",
          failing("a"),
          (a, b) => a + b,
          { name: "step", value: serdes.string },
        ),
  },
  {
    what: "a session's merger",
    node: "step",
    // What is bad is met again as the old value.
    failures: 2,
    build: (_, left) =>
      left()
        .groupByKey()
        .windowedBy(session({ gapMs: 9, graceMs: 0 }))
        .aggregate(
          () => "",
          () => "bad",
          failing("a"),
          { name: "step", value: serdes.string },
        ),
  },
  {
    what: "cogroup",
    node: "step-cogroup-agg-0",
    build: (_, left) =>
      left()
        .groupByKey()
        .cogroup<string>(failing("a"))
        .aggregate(() => "", { name: "step", value: serdes.string }),
  },
  { what: "a table's filter", node: "step", build: (b) => b.table("left", texts).filter(failing(true), { name: "step" }) },
  { what: "a table's mapValues", node: "step", build: (b) => b.table("left", texts).mapValues(failing("a"), { name: "step" }) },
  {
    what: "toStream",
    node: "KSTREAM-KEY-SELECT-0000000004",
    build: (b) => b.table("left", texts).toStream(failing("a"), { name: "step" }),
  },
  {
    what: "a table's groupBy",
    node: "step",
    // What is bad is met again as the old value.
    failures: 2,
    build: (b) =>
      b
        .table("left", texts)
        .groupBy(failing(["a", "b"] as const), { ...texts, name: "step" })
        .count(),
  },
  {
    what: "a regrouped table's adder, behind its topic",
    node: "step",
    topic: "test-app-by-repartition",
    build: (b) =>
      b
        .table("left", texts)
        .groupBy((value, key) => [key, value] as const, { ...texts, name: "by" })
        .aggregate({ init: () => "", add: failing("a"), subtract: () => "" }, { name: "step", value: serdes.string }),
  },
  {
    what: "a join of streams, left",
    node: "step-this-join",
    build: (b, left) => left().join(b.stream("right", texts), failing("a"), joined),
  },
  {
    what: "a join of streams, right",
    bad: "right",
    node: "step-other-join",
    offset: 1,
    build: (b, left) => left().join(b.stream("right", texts), failing("a"), joined),
  },
  { what: "a join with a table", node: "step", build: (b, left) => left().join(b.table("right", texts), failing("a"), { name: "step" }) },
  {
    what: "a join of tables, left",
    node: "step-join-this",
    build: (b) => b.table("left", texts).join(b.table("right", texts), failing("a"), { name: "step" }),
  },
  {
    what: "a join of tables, right",
    bad: "right",
    node: "step-join-other",
    build: (b) => b.table("left", texts).join(b.table("right", texts), failing("a"), { name: "step" }),
  },
  {
    what: "a join with a global table, its key",
    node: "step",
    build: (b, left) => left().joinGlobal(b.globalTable("right", texts), failing("k"), () => "", { name: "step" }),
  },
  {
    what: "a join with a global table",
    node: "step",
    build: (b, left) => left().joinGlobal(b.globalTable("right", texts), () => "k", failing("a"), { name: "step" }),
  },
  {
    what: "a processor",
    node: "step",
    build: (_, left) => left().process(() => ({ process: ({ value }) => void refuseBad(value) }), { name: "step" }),
  },
  {
    what: "a processor of values",
    node: "step",
    build: (_, left) => left().processValues(() => ({ process: ({ value }) => void refuseBad(value) }), { name: "step" }),
  },
  {
    what: "a time extractor",
    node: "step",
    isFatal: true,
    build: (b) => b.stream("left", { ...texts, name: "step", timestamp: ({ value }) => (value === "bad" ? refuseBad("bad").length : 1) }),
  },
  {
    what: "a time extractor that gives no time",
    node: "step",
    isFatal: true,
    build: (b) => b.stream("left", { ...texts, name: "step", timestamp: ({ value }) => (value === "bad" ? Number.NaN : 1) }),
  },
  {
    what: "a time extractor that gives a time near 2^63",
    node: "step",
    isFatal: true,
    build: (b) => b.stream("left", { ...texts, name: "step", timestamp: ({ value }) => (value === "bad" ? 2 ** 63 - 1024 : 1) }),
  },
  {
    what: "a processor that forwards a record of no time",
    node: "step",
    code: "STREAMS_NEGATIVE_TIMESTAMP",
    build: (_, left) =>
      left().process(
        () => {
          let forward: (timestamp: number) => void;
          return {
            init: (context) => void (forward = (timestamp) => context.forward({ key: "k", value: "v", timestamp, headers: [] })),
            process: ({ value }) => forward(value === "bad" ? -1 : 1),
          };
        },
        { name: "step" },
      ),
  },
  {
    what: "a store's null key",
    node: "step",
    code: "STREAMS_NULL_KEY",
    build(b, left) {
      b.addStateStore(stores.keyValue({ name: "kept", ...texts }));
      left().process(
        () => {
          let put: (key: string | null) => void;
          return {
            init: (context) => void (put = (key) => context.stateStore<KeyValueStore<string, string>>("kept").put(key as string, "v")),
            process: ({ value }) => put(value === "bad" ? null : "k"),
          };
        },
        { name: "step", stores: ["kept"] },
      );
    },
  },
  {
    what: "a store that is not connected",
    node: "step",
    code: "STREAMS_STORE_NOT_CONNECTED",
    build(b, left) {
      b.addStateStore(stores.keyValue({ name: "kept", ...texts }));
      left().process(
        () => {
          let get: () => unknown;
          return {
            init: (context) => void (get = () => context.stateStore("kept")),
            process: ({ value }) => void (value === "bad" && get()),
          };
        },
        { name: "step" },
      );
    },
  },
  {
    what: "a stream's value",
    node: "step",
    code: "STREAMS_DESERIALIZATION",
    build: (b) => b.stream("left", { ...pickyValue, name: "step" }),
  },
  {
    what: "a stream's key",
    node: "step",
    isKeyBad: true,
    key: undefined,
    code: "STREAMS_DESERIALIZATION",
    build: (b) => b.stream("left", { key: picky, value: serdes.string, name: "step" }),
  },
  {
    what: "a table's value",
    node: "step-source",
    code: "STREAMS_DESERIALIZATION",
    build: (b) => b.table("left", { ...pickyValue, name: "step", store: "t" }),
  },
  {
    what: "a global table's value",
    bad: "right",
    node: "step-source",
    code: "STREAMS_DESERIALIZATION",
    build: (b, left) =>
      left().joinGlobal(
        b.globalTable("right", { ...pickyValue, name: "step" }),
        () => "k",
        () => "",
      ),
  },
  {
    what: "a sink's value",
    node: "step",
    code: "STREAMS_SERIALIZATION",
    build: (_, left) => left().to("out", { ...pickyValue, name: "step" }),
  },
  {
    what: "a sink's key",
    node: "step",
    isKeyBad: true,
    key: "bad",
    code: "STREAMS_SERIALIZATION",
    build: (_, left) => left().to("out", { key: picky, value: serdes.string, name: "step" }),
  },
  {
    what: "what goes through a repartition topic",
    node: "step-repartition-sink",
    code: "STREAMS_SERIALIZATION",
    build: (_, left) =>
      left()
        .repartition({ ...pickyValue, name: "step" })
        .to("out"),
  },
  {
    what: "an aggregate's store",
    node: "step",
    code: "STREAMS_SERIALIZATION",
    build: (_, left) =>
      left()
        .groupByKey()
        .reduce((_all, one) => one, { name: "step", store: "s" })
        .toStream(),
  },
  {
    what: "the store of a join of streams",
    node: "KSTREAM-WINDOWED-0000000002",
    code: "STREAMS_SERIALIZATION",
    build: (b, left) => left().join(b.stream("right", texts), () => "", { ...joined, name: undefined as never, value: picky }),
  },
];

for (const row of rows) {
  test(`bad input: ${row.what}`, () => {
    const topology = () => {
      const b = new StreamsBuilder();
      row.build(b, () => b.stream("left", row.what === "an aggregate's store" ? { key: serdes.string, value: writesPicky } : texts));
      return b.build();
    };
    const { code = "STREAMS_PROCESSING", bad = "left", offset = 1, isKeyBad = false } = row;
    const key = "key" in row ? row.key : "k";
    const pipe = (driver: TopologyTestDriver): void => {
      for (const topic of ["right", "left"]) {
        if (topology().describe().includes(`[${topic}]`)) driver.inputTopic(topic, texts).pipeInput("k", "ok", 1);
      }
      driver.inputTopic(bad, texts).pipeInput(isKeyBad ? "bad" : "k", isKeyBad ? "ok" : "bad", 2);
      driver.inputTopic(bad, texts).pipeInput("k", "ok", 3);
    };
    using driver = new TopologyTestDriver(topology());
    assert.throws(
      () => pipe(driver),
      (error) => {
        assert.ok(error instanceof StreamsError, String(error));
        const { message, place } = error;
        const topic = row.topic ?? bad;
        assert.deepEqual({ code: error.code, ...place }, { code, node: row.node, topic, partition: 0, offset, key }, message);
        assert.ok(message.includes(row.node) && message.includes(`${topic}-0 at offset ${offset}`), message);
        return true;
      },
    );
    if (row.isFatal === true) return;
    using lenient = new TopologyTestDriver(topology(), { onError: { deserialize: "continue", process: "continue", produce: "continue" } });
    pipe(lenient);
    assert.deepEqual([...lenient.droppedRecords().values()], [row.failures ?? 1], "the others go on, and what does not is counted");
  });
}
