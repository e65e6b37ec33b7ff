import assert from "node:assert/strict";
import { test } from "node:test";
import type { KStream } from "../dsl/k-stream.ts";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { hopping, session, sliding } from "../dsl/windows.ts";
import type { ProcessorContext } from "../processor/processor.ts";
import { FEW } from "../processors/many-results.ts";
import type { InputRecord } from "../processors/operator.ts";
import { noHeaders, type StreamRecord, type Windowed } from "../record.ts";
import type { Serde } from "../serdes/serde.ts";
import { serdes } from "../serdes/serdes.ts";
import { RecordCache } from "../stores/cache/record-cache.ts";
import type { KeyValueStore } from "../stores/store.ts";
import { stores } from "../stores/stores.ts";
import type { Topology } from "../topology/topology.ts";
import type { ErrorHandlers } from "./failures.ts";
import { Task } from "./task.ts";

const texts = { key: serdes.string, value: serdes.string };
const ORDERS = 1_000;

/** Reads keys until it is told to fail. */
class FailingKeys implements Serde<string> {
  readonly name = "failing";
  failsAfter = Infinity;
  serialize(topic: string, value: string): Uint8Array {
    return serdes.string.serialize(topic, value, noHeaders);
  }
  deserialize(topic: string, bytes: Uint8Array): string {
    if (--this.failsAfter < 0) throw new Error("no such key");
    return serdes.string.deserialize(topic, bytes, noHeaders);
  }
}

function scene({
  inSlices = true,
  onError = {},
  orderKeys = serdes.string,
}: {
  readonly inSlices?: boolean;
  readonly onError?: ErrorHandlers;
  readonly orderKeys?: Serde<string>;
} = {}) {
  const b = new StreamsBuilder();
  const customers = b.table("customers", texts);
  b.table("orders", { key: orderKeys, value: serdes.string })
    .joinOn(
      customers,
      (customer) => customer,
      (order, customer) => order + customer,
      { value: serdes.string },
    )
    .toStream()
    .to("out");
  customers.toStream().to("seen");
  const { builder } = b.build();
  const written: string[] = [];
  const arriving: InputRecord[] = [];
  const dropped: string[] = [];
  let offset = 0;
  const task = new Task({
    applicationId: "app",
    taskId: "0_0",
    partition: 0,
    topology: builder,
    nodes: builder.nodeGroups().flat(),
    globalStores: new Map(),
    stepsPerSlice: inSlices ? 100 : undefined,
    flushesAtCommit: true,
    onError,
    onDropped: (node, reason) => dropped.push(`${node} ${reason}`),
    collector: {
      send(topic, _partition, key, value, timestamp, headers) {
        const copy = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes));
        written.push(`${topic} ${String(copy(key))} ${String(copy(value)?.toString("hex"))} ${timestamp}`);
        arriving.push({ topic, partition: 0, offset: offset++, timestamp: timestamp ?? 0, key: copy(key), value: copy(value), headers });
      },
      partitionsOf: () => 1,
    },
    systemTimeMs: () => 0,
  });
  const add = (topic: string, key: string, value: string, timestamp: number): void =>
    task.add({ topic, partition: 0, offset: offset++, timestamp, key: Buffer.from(key), value: Buffer.from(value), headers: noHeaders });
  const settle = (): void => {
    for (let isMore = true; isMore; ) {
      for (const record of arriving.splice(0)) if (task.reads(record.topic)) task.add(record);
      if (task.isFanningOut) task.fanOut();
      else isMore = task.processNext() || arriving.length > 0;
    }
  };
  for (let i = 0; i < ORDERS; i++) add("orders", String(i), "ann", 0);
  settle();
  written.splice(0);
  return { task, written, dropped, add, settle };
}

const responses = (written: readonly string[]) => written.filter((line) => line.includes("RESPONSE"));

test("a change that many rows point to is answered in slices, each before the task takes another record, with the records of one call in their order", () => {
  const whole = scene({ inSlices: false });
  const sliced = scene();
  for (const { add } of [whole, sliced]) {
    add("customers", "ann", "Ann", 1);
    add("customers", "bob", "Bob", 2);
    add("customers", "ann", "Anna", 3);
  }
  whole.task.processNext();
  assert.equal(responses(whole.written).length, ORDERS);

  const { task, written } = sliced;
  assert.ok(task.processNext());
  const sizes = [responses(written).length];
  while (task.isFanningOut) {
    assert.ok(task.isHalfDone);
    assert.throws(() => task.processNext(), /waits until all is made/);
    assert.throws(() => task.prepareCommit(), /not committed/);
    const before = responses(written).length;
    task.fanOut();
    sizes.push(responses(written).length - before);
  }
  assert.equal(Math.max(...sizes), 100);
  assert.equal(responses(written).length, ORDERS);
  assert.equal(written.filter((line) => line.startsWith("seen")).length, 1);
  assert.ok(!task.isHalfDone);
  task.prepareCommit();

  whole.settle();
  sliced.settle();
  for (const topic of new Set(whole.written.map((line) => line.split(" ")[0]!))) {
    const own = (lines: readonly string[]) => lines.filter((line) => line.startsWith(`${topic} `));
    assert.deepEqual(own(written), own(whole.written), topic);
  }
  assert.equal(written.filter((line) => line.startsWith("out ")).length, 2 * ORDERS);
});

for (const [name, answer, made] of [
  ["is tried again from its first row", "retry", 300 + ORDERS],
  ["is let go", "continue", 300],
] as const) {
  test(`what fails in a later slice is asked about as in one call, and ${name}`, () => {
    const asked: unknown[] = [];
    const outcomes = [false, true].map((inSlices) => {
      const orderKeys = new FailingKeys();
      const seen = scene({
        inSlices,
        orderKeys,
        onError: {
          process: ({ node, topic, offset, key, attempt }) => {
            asked.push({ node, topic, offset, key, attempt });
            orderKeys.failsAfter = Infinity;
            return answer;
          },
        },
      });
      orderKeys.failsAfter = 300;
      seen.add("customers", "ann", "Ann", 1);
      seen.task.processNext();
      while (seen.task.isFanningOut) seen.task.fanOut();
      assert.equal(responses(seen.written).length, made);
      return { written: responses(seen.written), dropped: seen.dropped };
    });
    assert.deepEqual(outcomes[1], outcomes[0]);
    assert.equal(asked.length, 2);
    assert.deepEqual(asked[1], asked[0]);
  });
}

test("what fails in a later slice stops the task with the node and the record, and nothing of it is committed", () => {
  const orderKeys = new FailingKeys();
  const { task, add } = scene({ orderKeys });
  orderKeys.failsAfter = 300;
  add("customers", "ann", "Ann", 1);
  task.processNext();
  assert.throws(
    () => {
      while (task.isFanningOut) task.fanOut();
    },
    (error: Error) => /FK-JOIN.* failed on the record customers-0 at offset \d+ with key "ann": .*no such key/.test(error.message),
  );
  assert.ok(task.isHalfDone);
  assert.throws(() => task.prepareCommit(), /not committed/);
  task.close();
});

test("a task is closed in the middle of it", () => {
  const { task, add, written } = scene();
  add("customers", "ann", "Ann", 1);
  task.processNext();
  assert.ok(task.isFanningOut);
  task.close();
  assert.ok(!task.isFanningOut);
  assert.equal(responses(written).length, 100);
});

/** A task that makes all of one record in slices of 100, or in one call. */
function joinScene(topology: Topology, inSlices: boolean, cache?: RecordCache) {
  const written: string[] = [];
  const asked: unknown[] = [];
  const { builder } = topology;
  const task = new Task({
    applicationId: "app",
    taskId: "0_0",
    partition: 0,
    topology: builder,
    nodes: builder.nodeGroups().flat(),
    globalStores: new Map(),
    stepsPerSlice: inSlices ? 100 : undefined,
    flushesAtCommit: true,
    onError: {
      process: ({ node, offset, key, attempt }) => {
        asked.push({ node, offset, key, attempt });
        return attempt === 1 ? "retry" : "continue";
      },
    },
    collector: {
      send: (topic, _partition, key, value, timestamp) =>
        void written.push(`${topic} ${Buffer.from(key ?? []).toString()} ${Buffer.from(value ?? []).toString()} ${timestamp}`),
      partitionsOf: () => 1,
    },
    systemTimeMs: () => 0,
    cache,
  });
  let offset = 0;
  const add = (topic: string, value: string, timestamp: number): void =>
    task.add({ topic, partition: 0, offset: offset++, timestamp, key: Buffer.from("k"), value: Buffer.from(value), headers: noHeaders });
  /** How many records each slice wrote to the topic, or to any. */
  const settle = (ofAny = false): number[] => {
    const sizes: number[] = [];
    const count = (): number => (ofAny ? written : written.filter((line) => line.startsWith("out "))).length;
    let before = count();
    for (let isMore = true; isMore; ) {
      if (task.isFanningOut) task.fanOut();
      else isMore = task.processNext();
      sizes.push(count() - before);
      before = count();
    }
    return sizes;
  };
  return { task, written, asked, add, settle };
}

/** Steps that make a thousand records of one; `check` is called for each. */
const many: Record<string, (left: KStream<string, string>, right: KStream<string, string>, check: () => void) => KStream<string, string>> =
  {
    "a flat map": (left, _, check) =>
      left.flatMapValues((value) => {
        check();
        return Array.from({ length: 1_000 }, (_each, i) => `${value}${i}`);
      }, texts),
    "a flat map of a generator": (left, _, check) =>
      left.flatMap(function* (value, key): Generator<[string, string]> {
        for (let i = 0; i < 1_000; i++) {
          check();
          yield [key, `${value}${i}`];
        }
      }, texts),
    "a join at a key of many": (left, right, check) =>
      left
        .leftJoin(
          right,
          (one, other) => {
            check();
            return `${one}${other}`;
          },
          { beforeMs: 10, afterMs: 10, graceMs: 0, otherValue: serdes.string },
        )
        .mapValues((value) => value, texts),
    "a stream joined with itself": (_, right, check) =>
      right
        .join(
          right,
          (one, other) => {
            check();
            return `${one}${other}`;
          },
          { beforeMs: 10, afterMs: 10, graceMs: 0, otherValue: serdes.string },
        )
        .mapValues((value) => value, texts),
  };

for (const [what, make] of Object.entries(many)) {
  for (const failsAt of [Infinity, 500]) {
    const ending = failsAt === Infinity ? "" : ", also when it fails in between and is tried again";
    test(`what ${what} makes of one record is forwarded in slices, with the records of one call in their order${ending}`, () => {
      const outcomes = [false, true].map((inSlices) => {
        let checked = 0;
        const b = new StreamsBuilder();
        const check = (): void => {
          if (++checked === failsAt) throw new Error("not this time");
        };
        make(b.stream("left", texts), b.stream("right", texts), check).to("out", texts);
        const seen = joinScene(b.build({ optimization: "all" }), inSlices);
        for (let i = 0; i < (what.includes("itself") ? 70 : 1_000); i++) seen.add("right", String(i), 5);
        seen.add("left", "a", 6);
        seen.add("left", "b", 7);
        const sizes = seen.settle();
        if (inSlices) assert.ok(Math.max(...sizes) <= 100 + FEW, `${Math.max(...sizes)} records in one slice`);
        return { written: seen.written, asked: seen.asked };
      });
      const results = outcomes[0]!.written.filter((line) => line.startsWith("out ")).length;
      if (failsAt === Infinity) assert.equal(results, what.includes("itself") ? 70 * 70 : 2 * 1_000);
      assert.deepEqual(outcomes[1], outcomes[0]);
    });
  }
}

/** Folds that fill a cache with many changes before one more window or entry makes it give all of them up. */
const fills: Record<string, (stream: KStream<string, string>) => KStream<string, string>> = {
  "hopping windows": (stream) => windowed(stream.groupByKey().windowedBy(hopping({ sizeMs: 40, advanceMs: 10, graceMs: 10_000 }))),
  "sliding windows": (stream) => windowed(stream.groupByKey().windowedBy(sliding({ differenceMs: 5, graceMs: 10_000 }))),
  sessions: (stream) => windowed(stream.groupByKey().windowedBy(session({ gapMs: 3, graceMs: 10_000 }))),
  "a user's own store": (stream) =>
    stream.process(
      () => {
        let store: KeyValueStore<string, string>;
        let forward: (record: StreamRecord<string, string>) => void;
        return {
          init(context: ProcessorContext<string, string>) {
            store = context.stateStore("own");
            forward = (record) => context.forward(record);
          },
          process(record: StreamRecord<string, string>) {
            store.put(`${record.key} ${record.timestamp}`, record.value);
            const old = store.get(`${record.key} ${record.timestamp - 1}`);
            store.put(`${record.key} ${record.timestamp}'`, `${old}`);
            forward({ ...record, value: `${old}/${record.value}` });
          },
        };
      },
      { stores: ["own"] },
    ),
};

interface Counted {
  count(options: { readonly store: { readonly name: string; readonly caching: true } }): {
    toStream(): KStream<Windowed<string>, number>;
  };
}

const windowed = (folded: unknown): KStream<string, string> =>
  (folded as Counted)
    .count({ store: { name: "counts", caching: true } })
    .toStream()
    .map((count, { key, window: { startMs, endMs } }) => [`${key} ${startMs} ${endMs}`, `${count}`], texts);

for (const [what, fill] of Object.entries(fills)) {
  test(`what a full cache before ${what} gives up is made in slices, with the records of one call in their order`, () => {
    const sizes: number[][] = [];
    const outcomes = [false, true].map((inSlices) => {
      const b = new StreamsBuilder();
      b.addStateStore(stores.keyValue({ name: "own", ...texts, caching: true }));
      fill(b.stream("in", texts)).to("out", texts);
      const seen = joinScene(b.build(), inSlices, new RecordCache(50_000));
      for (let i = 0; i < 1_600; i++) seen.add("in", String(i), 1_000 + i * 4 - (i % 3 === 0 ? 9 : 0));
      sizes.push(seen.settle(true));
      seen.task.flush();
      seen.settle();
      return seen.written;
    });
    const byTopic = (written: readonly string[], topic: string): string[] => written.filter((line) => line.startsWith(`${topic} `));
    for (const topic of new Set(outcomes[0]!.map((line) => line.split(" ", 1)[0]!)))
      assert.deepEqual(byTopic(outcomes[1]!, topic), byTopic(outcomes[0]!, topic), topic);
    assert.ok(Math.max(...sizes[0]!) > 300, `${Math.max(...sizes[0]!)} records at most in one call: nothing is shown`);
    assert.ok(Math.max(...sizes[1]!) <= 2 * 100 + FEW, `${Math.max(...sizes[1]!)} records in one slice`);
  });
}

test("what a table's full cache gives up for the put of a user's processor is done when the put returns", () => {
  const outcomes = [false, true].map((inSlices) => {
    const b = new StreamsBuilder();
    b.addStateStore(stores.keyValue({ name: "seen", ...texts }));
    b.stream("in", texts)
      .groupByKey()
      .count({ store: { name: "counts", caching: true } })
      .toStream()
      .process(
        () => {
          let seen: KeyValueStore<string, string>;
          return {
            init: (context: ProcessorContext<string, string>) => void (seen = context.stateStore("seen")),
            process: ({ key }: StreamRecord<string, number>) => seen.put("last", key),
          };
        },
        { stores: ["seen"] },
      );
    b.stream("puts", texts)
      .process(
        () => {
          let context: ProcessorContext<string, string>;
          return {
            init: (given: ProcessorContext<string, string>) => void (context = given),
            process(record: StreamRecord<string, string>) {
              context.stateStore<KeyValueStore<string, object>>("counts").put(record.value, { value: 1, timestamp: record.timestamp });
              context.forward({ ...record, value: `${context.stateStore<KeyValueStore<string, string>>("seen").get("last")}` });
            },
          };
        },
        { stores: ["counts", "seen"] },
      )
      .to("out", texts);
    const seen = joinScene(b.build(), inSlices, new RecordCache(50_000));
    for (let i = 0; i < 1_600; i++) seen.add("puts", String(i), i);
    seen.settle();
    return seen.written;
  });
  assert.ok(
    outcomes[0]!.some((line) => /^out k \d/.test(line)),
    "something was given up",
  );
  assert.deepEqual(outcomes[1], outcomes[0]);
});
