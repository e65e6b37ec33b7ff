import assert from "node:assert/strict";
import { test } from "node:test";
import { serdes } from "../../serdes/serdes.ts";
import { StreamsBuilder } from "../../dsl/streams-builder.ts";
import { checkUnchangedPartitions } from "./changed-partitions.ts";
import { planTopology } from "./topology-plan.ts";

const texts = { key: serdes.string, value: serdes.string };

function plan(isStateful: boolean) {
  const b = new StreamsBuilder();
  const lines = b.stream("lines", texts);
  if (isStateful) lines.groupBy((line) => line, { ...texts, name: "by-line" }).count({ store: "counts" });
  else lines.mapValues((line) => line, { value: serdes.string }).to("copies");
  return planTopology(b.build().builder, "app");
}

const before = new Map([
  ["lines", 4],
  ["app-by-line-repartition", 4],
  ["app-counts-changelog", 4],
]);

test("an input that got more partitions is named with both numbers, and with what to do", () => {
  assert.throws(() => checkUnchangedPartitions(plan(true), before, new Map([["lines", 6]])), {
    code: "STREAMS_INTERNAL_TOPIC",
    message:
      /^Topic lines has 6 partitions now, and had 4: topic app-by-line-repartition of application app has 4 partitions and would need 6.*ottla streams reset app/,
  });
});

test("what is as it was, what is not known, and what no topic of its own hangs on is fine", () => {
  checkUnchangedPartitions(plan(true), before, new Map([["lines", 4]]));
  checkUnchangedPartitions(plan(true), before, new Map());
  checkUnchangedPartitions(plan(false), before, new Map([["lines", 6]]));
});
