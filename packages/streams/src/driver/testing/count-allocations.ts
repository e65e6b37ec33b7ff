/**
 * Prints how many bytes of heap a record costs in a driver once all is compiled, in the topology that is named: JSON. Values are small numbers, which cost nothing to be read, so that what is counted is the way's own; `…Texts` have
 * texts, of which each that a store is asked for is one of the user's. `stored…` are what a store alone makes of a new entry, and keeps. Started for each with a young generation that holds a whole run, so that nothing is collected
 * meanwhile, and with a compiler that is waited for, so that all machines count alike.
 */
import { GCProfiler } from "node:v8";
import type { Serde } from "../../serdes/serde.ts";
import { StreamsBuilder } from "../../dsl/streams-builder.ts";
import type { KStream } from "../../dsl/k-stream.ts";
import { session, sliding, tumbling } from "../../dsl/windows.ts";
import { serdes } from "../../serdes/serdes.ts";
import { InMemorySession } from "../../stores/session/in-memory-session.ts";
import { InMemoryWindow } from "../../stores/window/in-memory-window.ts";
import { TopologyTestDriver } from "../topology-test-driver.ts";

const RECORDS = 10_000;
const WARM_UP_RECORDS = 200_000;

type Topology<V> = (stream: KStream<string, V>, values: { readonly key: Serde<string>; readonly value: Serde<V> }) => void;

/** Windows of a join in which each record finds the one of its time on the other side, and no other. */
const SAME_TIME = { beforeMs: 0, afterMs: 0, graceMs: 1 };

function joinTable<V>(stream: KStream<string, V>, values: { readonly key: Serde<string>; readonly value: Serde<V> }): void {
  stream.join(stream.toTable({ store: "table" }), (value) => value).to("out", values);
}

const topologies: Readonly<Record<string, Topology<number>>> = {
  pass: (stream, values) => stream.to("out", values),
  filterMap: (stream, values) =>
    stream
      .filter((value) => value >= 0)
      .map((value, key) => [key, value], values)
      .to("out"),
  count: (stream) => stream.groupByKey().count({ store: "counts" }).toStream().to("out"),
  tumbling: (stream) =>
    stream
      .groupByKey()
      .windowedBy(tumbling({ sizeMs: 60_000, graceMs: 0 }))
      .count({ store: "windows" })
      .toStream()
      .to("out"),
  /** As `tumbling`, and a function of the user's is shown each key. */
  tumblingShown: (stream) =>
    stream
      .groupByKey()
      .windowedBy(tumbling({ sizeMs: 60_000, graceMs: 0 }))
      .count({ store: "windows" })
      .toStream()
      .selectKey((_value, { key }) => key, { key: serdes.string })
      .to("out"),
  joinTables: (stream) => {
    const one = stream.toTable({ store: "one" });
    const other = one.mapValues((value) => value, { value: serdes.integer, store: "other" });
    one
      .join(other, (value) => value, { value: serdes.integer })
      .toStream()
      .to("out");
  },
  joinTable,
  joinStreams: (stream, values) =>
    stream
      .join(
        stream.mapValues((value) => value, values),
        (value) => value,
        { ...SAME_TIME, otherValue: values.value },
      )
      .to("out", values),
  leftJoinStreams: (stream, values) =>
    stream
      .leftJoin(
        stream.mapValues((value) => value, values),
        (value) => value,
        { ...SAME_TIME, otherValue: values.value },
      )
      .to("out", values),
  /** The left one waits until the right one comes, right behind it. */
  leftJoinLater: (stream, values) =>
    stream
      .mapValues((value) => value, values)
      .leftJoin(stream, (value) => value, { ...SAME_TIME, otherValue: values.value })
      .to("out", values),
  drop: (stream, values) => stream.filter(() => false).to("out", values),
  /** Each record begins a window of its own. */
  tumblingBegins: (stream) =>
    stream
      .groupByKey()
      .windowedBy(tumbling({ sizeMs: 100, graceMs: 0 }))
      .count({ store: "windows" })
      .toStream()
      .to("out"),
  /** Each record makes a window of its own. */
  sliding: (stream) =>
    stream
      .groupByKey()
      .windowedBy(sliding({ differenceMs: 50, graceMs: 0 }))
      .count({ store: "windows" })
      .toStream()
      .to("out"),
  /** Each record begins a session. */
  sessionBegins: (stream) =>
    stream
      .groupByKey()
      .windowedBy(session({ gapMs: 50, graceMs: 0 }))
      .count({ store: "sessions" })
      .toStream()
      .to("out"),
  /** Each record makes a session longer. */
  sessionGoesOn: (stream) =>
    stream
      .groupByKey()
      .windowedBy(session({ gapMs: 200, graceMs: 0 }))
      .count({ store: "sessions" })
      .toStream()
      .to("out"),
  /** Over one store, as `single.store.self.join` makes it. */
  selfJoin: (stream, values) => stream.join(stream, (value) => value, { ...SAME_TIME, otherValue: values.value }).to("out", values),
  /** Each record subscribes its key to that of its value, and is answered. */
  foreignKey: (stream) => {
    const left = stream.toTable({ store: "left" });
    const right = stream
      .filter(() => false)
      .selectKey((value) => keys[value % 10]!, { key: serdes.string })
      .toTable({ store: "right" });
    left
      .joinOn(
        right,
        (value) => keys[value % 10]!,
        (value) => value,
        { value: serdes.integer, store: "joined" },
      )
      .toStream()
      .to("out");
  },
  /** Two topics of the application's own: two records more. */
  throughTwo: (stream, values) =>
    stream
      .repartition({ ...values, name: "one" })
      .repartition({ ...values, name: "two" })
      .to("out"),
  /** Nobody finds anybody: each waits for its window's end, and goes on alone. */
  outerJoinAlone: (stream, values) =>
    stream
      .outerJoin(
        stream.filter(() => false),
        (value) => value,
        { ...SAME_TIME, otherValue: values.value },
      )
      .to("out", values),
};

const textTopologies: Readonly<Record<string, Topology<string>>> = {
  dropTexts: (stream, values) => stream.filter(() => false).to("out", values),
  joinTableTexts: joinTable,
};

const keys = Array.from({ length: 100 }, (_, at) => `key-${at}`);
const numbers = Array.from({ length: 100 }, (_, at) => at);
const texts = numbers.map((at) => `a value of about fifty letters, as they often are ${at}`);

const storedKeys = keys.map((key) => Buffer.from(key));
const storedValue = Buffer.alloc(8);

/** A new window or session of each key 100 ms after the one before, when that is over. */
const stored: Readonly<Record<string, () => (key: Uint8Array, timeMs: number) => void>> = {
  storedWindow: () => {
    const store = new InMemoryWindow(100);
    return (key, timeMs) => store.put(key, storedValue, timeMs, timeMs);
  },
  storedSession: () => {
    const store = new InMemorySession(50);
    return (key, timeMs) => store.put(key, timeMs, timeMs, storedValue);
  },
  /** The session before is taken away, and comes again with another end. */
  storedSessionAgain: () => {
    const store = new InMemorySession(400);
    const last = new Map<Uint8Array, number>();
    return (key, timeMs) => {
      const endMs = last.get(key);
      if (endMs !== undefined) store.put(key, 1_700_000_000_000, endMs, null);
      store.put(key, 1_700_000_000_000, timeMs, storedValue);
      last.set(key, timeMs);
    };
  },
};

const name = process.argv[2] ?? "";
const ofNumbers = topologies[name];
const ofTexts = textTopologies[name];
const ofStore = stored[name];
if (ofNumbers !== undefined) process.stdout.write(`${counted(ofNumbers, serdes.integer, numbers)}`);
else if (ofTexts !== undefined) process.stdout.write(`${counted(ofTexts, serdes.string, texts)}`);
else if (ofStore !== undefined) process.stdout.write(`${countedAlone(ofStore())}`);
else throw new Error(`there is no ${name}`);

function counted<V>(add: Topology<V>, value: Serde<V>, values: readonly V[]): number {
  const ofTopics = { key: serdes.string, value };
  const b = new StreamsBuilder();
  add(b.stream("in", ofTopics), ofTopics);
  using driver = new TopologyTestDriver(b.build({ optimization: name === "selfJoin" ? "all" : "none" }));
  const input = driver.inputTopic("in", ofTopics);
  return bytesOf(
    (at, timeMs) => input.pipeInput(keys[at % keys.length]!, values[(at * 7) % values.length]!, timeMs),
    () => driver.takeProduced(),
  );
}

function countedAlone(put: (key: Uint8Array, timeMs: number) => void): number {
  return bytesOf((at, timeMs) => put(storedKeys[at % storedKeys.length]!, timeMs));
}

/** Of one of many records, each later by a ms. */
function bytesOf(record: (at: number, timeMs: number) => void, letGo: () => void = () => {}): number {
  let begunMs = 1_700_000_000_000;
  const run = (): void => {
    const fromMs = begunMs;
    begunMs += RECORDS;
    for (let at = 0; at < RECORDS; at++) record(at, fromMs + at);
  };
  for (let done = 0; done < WARM_UP_RECORDS; done += RECORDS) {
    run();
    letGo();
  }
  globalThis.gc?.();
  const collections = new GCProfiler();
  collections.start();
  const before = process.memoryUsage().heapUsed;
  run();
  const bytes = process.memoryUsage().heapUsed - before;
  // What was collected would not be counted.
  if (collections.stop().statistics.length > 0) throw new Error(`${name} makes more garbage than a young generation holds`);
  return Math.round(bytes / RECORDS);
}
