/**
 * Prints how many bytes of heap a record costs in a driver once all is compiled, for each of some topologies: JSON. Values are small numbers, which cost nothing to be read, so that what is counted is the way's own; `…Texts` have
 * texts, of which each that a store is asked for is one of the user's. Started with a young generation that holds a whole run, so that nothing is collected meanwhile, and with a compiler that is waited for, so that all machines
 * count alike.
 */
import { GCProfiler } from "node:v8";
import type { Serde } from "../../serdes/serde.ts";
import { StreamsBuilder } from "../../dsl/streams-builder.ts";
import type { KStream } from "../../dsl/k-stream.ts";
import { tumbling } from "../../dsl/windows.ts";
import { serdes } from "../../serdes/serdes.ts";
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

const perRecord: Record<string, number> = {};
for (const [name, add] of Object.entries(topologies)) perRecord[name] = counted(name, add, serdes.integer, numbers);
for (const [name, add] of Object.entries(textTopologies)) perRecord[name] = counted(name, add, serdes.string, texts);
process.stdout.write(JSON.stringify(perRecord));

function counted<V>(name: string, add: Topology<V>, value: Serde<V>, values: readonly V[]): number {
  const ofTopics = { key: serdes.string, value };
  const b = new StreamsBuilder();
  add(b.stream("in", ofTopics), ofTopics);
  using driver = new TopologyTestDriver(b.build());
  const input = driver.inputTopic("in", ofTopics);
  let begunMs = 1_700_000_000_000;
  const run = (records: number): void => {
    // Later from record to record, as time goes.
    const fromMs = begunMs;
    begunMs += records;
    for (let at = 0; at < records; at++) input.pipeInput(keys[at % keys.length]!, values[(at * 7) % values.length]!, fromMs + at);
  };
  for (let done = 0; done < WARM_UP_RECORDS; done += RECORDS) {
    run(RECORDS);
    driver.takeProduced();
  }
  globalThis.gc?.();
  const collections = new GCProfiler();
  collections.start();
  const before = process.memoryUsage().heapUsed;
  run(RECORDS);
  const bytes = process.memoryUsage().heapUsed - before;
  // What was collected would not be counted.
  if (collections.stop().statistics.length > 0) throw new Error(`${name} makes more garbage than a young generation holds`);
  return Math.round(bytes / RECORDS);
}
