/**
 * Prints how many bytes of heap a record costs in a driver once all is compiled, for each of some topologies: JSON. Started with a young generation that holds a whole run, so that nothing is
 * collected meanwhile, and with a compiler that is waited for, so that all machines count alike.
 */
import { StreamsBuilder } from "../../dsl/streams-builder.ts";
import type { KStream } from "../../dsl/k-stream.ts";
import { tumbling } from "../../dsl/windows.ts";
import { serdes } from "../../serdes/serdes.ts";
import { TopologyTestDriver } from "../topology-test-driver.ts";

const RECORDS = 20_000;
const WARM_UP_RECORDS = 200_000;
const texts = { key: serdes.string, value: serdes.string };

const topologies: Readonly<Record<string, (stream: KStream<string, string>) => void>> = {
  pass: (stream) => stream.to("out", texts),
  drop: (stream) => stream.filter(() => false).to("out", texts),
  filterMap: (stream) =>
    stream
      .filter((value) => value.length > 0)
      .map((value, key) => [key, value], texts)
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
    const other = one.mapValues((value) => value, { value: serdes.string, store: "other" });
    one
      .join(other, (value) => value, { value: serdes.string })
      .toStream()
      .to("out");
  },
  joinTable: (stream) => {
    stream.join(stream.toTable({ store: "table" }), (value) => value).to("out", texts);
  },
  /** Of what is kept in the stores, which is one record in each, the collector frees as much as comes. */
  joinStreams: (stream) => {
    const windows = { beforeMs: 0, afterMs: 0, graceMs: 0, otherValue: serdes.string };
    stream
      .leftJoin(
        stream.mapValues((value) => value, texts),
        (value) => value,
        windows,
      )
      .to("out", texts);
  },
};

const keys = Array.from({ length: 100 }, (_, at) => `key-${at}`);
const values = Array.from({ length: 100 }, (_, at) => `a value of about fifty letters, as they often are ${at}`);

const perRecord: Record<string, number> = {};
for (const [name, add] of Object.entries(topologies)) {
  const b = new StreamsBuilder();
  add(b.stream("in", texts));
  using driver = new TopologyTestDriver(b.build());
  const input = driver.inputTopic("in", texts);
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
  const before = process.memoryUsage().heapUsed;
  run(RECORDS);
  perRecord[name] = Math.round((process.memoryUsage().heapUsed - before) / RECORDS);
}
process.stdout.write(JSON.stringify(perRecord));
