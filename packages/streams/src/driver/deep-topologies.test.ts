import assert from "node:assert/strict";
import { test } from "node:test";
import type { KStream, KTable } from "../dsl/k-stream.ts";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import type { ProcessorContext } from "../processor/processor.ts";
import type { StreamRecord } from "../record.ts";
import { serdes } from "../serdes/serdes.ts";
import { Topology } from "../topology/topology.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

const texts = { key: serdes.string, value: serdes.string };
/** With the source. */
const LONGEST = 256;

/** A row of processors with its source. */
function row(nodes: number): Topology {
  const topology = new Topology().addSource("0", { ...texts, topics: ["in"] });
  for (let at = 1; at < nodes; at++) topology.addProcessor(`${at}`, passing, `${at - 1}`);
  return topology;
}

function passing() {
  let context: ProcessorContext<string, string>;
  return {
    init: (given: ProcessorContext<string, string>) => void (context = given),
    process: (record: StreamRecord<string, string>) => context.forward({ ...record }),
  };
}

test("a record goes down the longest row there may be, each step wrapped and explained, and none is compiled yet", () => {
  const topology = row(LONGEST - 1).addSink("end", { ...texts, topic: "out" }, `${LONGEST - 2}`);
  topology.wrapProcessors(() => (_record, next) => [1].forEach(() => next()));
  using driver = new TopologyTestDriver(topology, { explain: true });
  driver.inputTopic("in", texts).pipeInput("k", "v");
  assert.deepEqual(driver.outputTopic("out", texts).readKeyValues(), [["k", "v"]]);
});

test("a longer row is refused when it is built, by name, and not at a record", () => {
  assert.throws(() => row(LONGEST + 1), {
    code: "STREAMS_TOPOLOGY",
    message: /^256 would be the 257th node in a row .* at most 256 are possible/,
    place: { node: "256" },
  });
  const b = new StreamsBuilder();
  let table: KTable<string, string> = b.table("in", texts);
  for (let at = 0; at < LONGEST; at++) table = table.filter(() => true);
  assert.throws(() => b.build(), { code: "STREAMS_TOPOLOGY", message: /in a row/ });
});

test("many nodes are no row: streams merged in pairs, and rows that a topic divides", () => {
  const b = new StreamsBuilder();
  let streams: KStream<string, string>[] = Array.from({ length: 512 }, (_, at) => b.stream(`in-${at}`, texts));
  while (streams.length > 1) streams = streams.flatMap((stream, at) => (at % 2 === 0 ? [stream.merge(streams[at + 1]!)] : []));
  let stream = streams[0]!;
  for (let at = 1; at <= 600; at++)
    stream = at % 200 === 0 ? stream.repartition({ ...texts, name: `part-${at}` }) : stream.filter(() => true);
  stream.to("out");
  using driver = new TopologyTestDriver(b.build());
  driver.inputTopic("in-7", texts).pipeInput("k", "v");
  assert.deepEqual(driver.outputTopic("out", texts).readKeyValues(), [["k", "v"]]);
});
