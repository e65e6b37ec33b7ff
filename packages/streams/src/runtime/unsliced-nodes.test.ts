import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../dsl/streams-builder.ts";
import { tumbling } from "../dsl/windows.ts";
import { serdes } from "../serdes/serdes.ts";
import { stores } from "../stores/stores.ts";
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
  const { builder } = b.build();
  const nodes = builder.nodeGroups().flat();
  const unsliced = new UnslicedNodes(builder, nodes);
  return nodes.filter((name) => unsliced.has(name) && /^[a-z]/.test(name)).sort();
}

test("what is below a node that shares a store with something below itself is made in one call, all else in slices", () => {
  assert.deepEqual(unslicedOf(true), ["below", "count", "counts"]);
  assert.deepEqual(unslicedOf(false), []);
});
