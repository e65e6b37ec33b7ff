import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import type { Processor, ProcessorContext, ProcessorSupplier } from "../processor/processor.ts";
import { serdes } from "../serdes/serdes.ts";
import type { KeyValueStore } from "../stores/store.ts";
import { stores } from "../stores/stores.ts";
import { Topology } from "../topology/topology.ts";
import { TopologyTestDriver } from "./topology-test-driver.ts";

type Names = KeyValueStore<string, string>;
const strings = { key: serdes.string, value: serdes.string };
const names = stores.keyValue({ name: "names", ...strings });

const keeps: ProcessorSupplier<string, string, never, never> = () => {
  let store: Names;
  return {
    init(context: ProcessorContext<never, never>) {
      store = context.stateStore("names");
    },
    process: ({ key, value }) => store.put(key, value),
  };
};

/** Forwards what the store has of a key; `writes` writes it first. */
function reads(writes: boolean): ProcessorSupplier<string, string, string, string | null> {
  return (): Processor<string, string, string, string | null> => {
    let context: ProcessorContext<string, string | null>;
    return {
      init(given) {
        context = given;
      },
      process(record) {
        const store = context.stateStore<Names>("names");
        if (writes) store.put(record.key, record.value);
        context.forward({ ...record, value: [...store.all()].find(([key]) => key === record.key)?.[1] ?? null });
      },
    };
  };
}

function answersOf(topology: Topology): (string | null)[] {
  using driver = new TopologyTestDriver(topology, { applicationId: "app" });
  const input = driver.inputTopic("in", strings);
  const filling = driver.inputTopic("names", strings);
  input.pipeInput("a", "?", 1);
  filling.pipeInput("a", "ann", 1);
  input.pipeInput("a", "?", 1);
  const topics = new Set(driver.takeProduced().map(({ topic }) => topic));
  assert.deepEqual([...topics], ["out"], "nothing but the result is written: the topic is the changelog");
  input.pipeInput("a", "?", 1);
  return [driver.store<Names>("names").get("a"), ...driver.outputTopic("out", strings).readValues()];
}

const source = { source: "filler", processor: "keep", topic: "names", ...strings };

test("a global store is filled by its processor and read by all others", () => {
  const b = new StreamsBuilder().addGlobalStore(names, "names", strings, keeps);
  b.stream("in", strings).process(reads(false)).to("out", strings);
  assert.deepEqual(answersOf(b.build()), ["ann", "ann"]);
  const byHand = new Topology()
    .addGlobalStore(names, source, keeps)
    .addSource("in", { topics: ["in"], ...strings })
    .addProcessor("read", reads(false), "in")
    .addSink("out", { topic: "out", ...strings }, "read");
  assert.deepEqual(answersOf(byHand), ["ann", "ann"]);
});

test("a global store cannot be written by a processor that does not fill it", () => {
  const b = new StreamsBuilder().addGlobalStore(names, "names", strings, keeps);
  b.stream("in", strings).process(reads(true)).to("out", strings);
  assert.throws(() => answersOf(b.build()), /Global store names is filled from its topic only, so put is not for other processors/);
});

test("a read-only store of a task has its topic as changelog", () => {
  const topology = new Topology()
    .addReadOnlyStateStore(names, source, keeps)
    .addSource("in", { topics: ["in"], ...strings })
    .addProcessor("read", reads(false), "in")
    .addSink("out", { topic: "out", ...strings }, "read")
    .connectProcessorAndStateStores("read", "names");
  assert.deepEqual(answersOf(topology), ["ann", "ann"]);
  assert.match(topology.describe(), /Processor: read \(stores: \[names\]\)/);
});
