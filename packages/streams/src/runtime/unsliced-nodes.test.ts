import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { tumbling } from "../dsl/windows.ts";
import { serdes } from "../serdes/serdes.ts";
import { stores } from "../stores/stores.ts";
import { buildOperators } from "./build-operators.ts";
import { Task } from "./task.ts";
import { UnslicedNodes } from "./unsliced-nodes.ts";

const texts = { key: serdes.string, value: serdes.string };

function unslicedOf(usesStoreBelow: boolean): string[] {
  const b = new StreamsBuilder();
  b.addStateStore(stores.keyValue({ name: "seen", ...texts }));
  const used = { stores: ["seen"] };
  b.stream("in", texts)
    .processValues<string>(() => ({ process() {} }), { ...used, name: "above" })
    .mapValues((value) => value, texts)
    .groupByKey()
    .windowedBy(tumbling({ sizeMs: 10, graceMs: 0 }))
    .emit("onClose")
    .count({ name: "count" })
    .toStream({ name: "counts" })
    .processValues<string>(() => ({ process() {} }), { ...(usesStoreBelow ? used : {}), name: "below" });
  b.stream("other", texts).processValues<string>(() => ({ process() {} }), { ...used, name: "beside" });
  return unslicedNodesOf(b).filter((name) => /^[a-z]/.test(name));
}

function unslicedNodesOf(b: StreamsBuilder): string[] {
  const { builder } = b.build({ optimization: "all" });
  const nodes = builder.nodeGroups().flat();
  const options = {
    applicationId: "app",
    taskId: "0_0",
    partition: 0,
    topology: builder,
    nodes,
    globalStores: new Map(),
    collector: { send() {}, partitionsOf: () => 1 },
    systemTimeMs: () => 0,
  };
  const unsliced = new UnslicedNodes(builder, buildOperators(options, new Task(options)).operators);
  return nodes.filter((name) => unsliced.has(name)).sort();
}

test("what is below a node that shares a store with something below itself is made in one call, all else in slices", () => {
  assert.deepEqual(unslicedOf(true), ["below", "count", "counts"]);
  assert.deepEqual(unslicedOf(false), []);
});

test("of the DSL's own steps none forwards before it has done what is to be seen below: tables joined with what was made of them, streams joined with themselves", () => {
  const b = new StreamsBuilder();
  const table = b.table("table", { ...texts, store: "table" });
  table
    .join(
      table.filter((value) => value !== ""),
      (one, other) => one + other,
    )
    .toStream()
    .to("out", texts);
  const stream = b.stream("in", texts);
  stream.join(stream, (one, other) => one + other, { beforeMs: 1, afterMs: 1, graceMs: 0, otherValue: serdes.string }).to("out", texts);
  assert.deepEqual(unslicedNodesOf(b), []);
});
