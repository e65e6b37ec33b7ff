import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import type { ProcessorWrap } from "../processor/processor-wrap.ts";
import { serdes } from "../serdes/serdes.ts";
import { Topology } from "../topology/topology.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

const strings = { key: serdes.string, value: serdes.string };

function counting(): StreamsBuilder {
  const b = new StreamsBuilder();
  b.stream("in", strings)
    .filter((word) => word !== "no", { name: "keep" })
    .groupByKey()
    .count({ name: "count", store: "counts" })
    .toStream({ name: "stream" })
    .to("out", { name: "write" });
  return b;
}

function outputsOf(wrap: ProcessorWrap): (number | null)[] {
  using driver = new TopologyTestDriver(counting().build({ wrap }));
  const input = driver.inputTopic("in", strings);
  for (const word of ["yes", "no", "yes"]) input.pipeInput("k", word, 7);
  return driver.outputTopic("out", { key: serdes.string, value: serdes.long }).readValues();
}

test("a middleware stands around each processor, and sees what it is given and when it is done", () => {
  const told: string[] = [];
  const outputs = outputsOf(({ name, taskId }) => (record, next) => {
    told.push(`${taskId} ${name} begins ${record.metadata?.topic}@${record.metadata?.offset} ${String(record.key)} ${record.timestamp}`);
    next();
    told.push(`${name} ends`);
  });
  assert.deepEqual(outputs, [1, 2]);
  const nested = ["keep", "count", "stream"];
  const passed = (offset: number): string[] => [
    ...nested.map((name) => `0_0 ${name} begins in@${offset} k 7`),
    ...nested.toReversed().map((name) => `${name} ends`),
  ];
  assert.deepEqual(told, [...passed(0), "0_0 keep begins in@1 k 7", "keep ends", ...passed(2)]);
});

test("a record ends at a middleware that does not let it on, and nodes may be left alone", () => {
  let seen = 0;
  const outputs = outputsOf(({ name }) => (name === "count" ? (_record, next) => seen++ > 0 && next() : undefined));
  assert.deepEqual([outputs, seen], [[1], 2]);
});

test("what a middleware throws is the node's error, and next() after the call is refused", () => {
  const fails: ProcessorWrap = () => () => {
    throw new TypeError("too much");
  };
  assert.throws(() => outputsOf(fails), /keep.*too much/);
  let late: (() => void) | undefined;
  outputsOf(() => (_record, next) => {
    late = next;
    next();
  });
  assert.throws(() => late?.(), /What wraps stream called next\(\) for a record that was over/);
});

test("a topology put together by hand is wrapped, too", () => {
  const names: string[] = [];
  const topology = new Topology()
    .addSource("read", { topics: ["in"], ...strings })
    .addProcessor("pass", () => ({ process() {} }), "read")
    .wrapProcessors(({ name }) => {
      names.push(name);
      return undefined;
    });
  new TopologyTestDriver(topology).close();
  assert.deepEqual(names, ["pass"]);
});
