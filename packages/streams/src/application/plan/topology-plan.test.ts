import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../../dsl/streams-builder.ts";
import { serdes } from "../../serdes/serdes.ts";
import { planTopology } from "./topology-plan.ts";

test("an application whose own topics' names are too long is told which and why, before a broker is asked", () => {
  const b = new StreamsBuilder();
  b.stream("in", { key: serdes.string, value: serdes.string }).groupByKey().count({ store: "counts" });
  const { builder } = b.build();
  const suffix = "-counts-changelog".length;
  assert.equal(planTopology(builder, "a".repeat(249 - suffix)).subtopologies[0]?.changelogs[0]?.topic.length, 249);
  assert.throws(() => planTopology(builder, "a".repeat(250 - suffix)), {
    code: "STREAMS_BAD_NAME",
    message: /needs a topic called a+-counts-changelog: .*at most 249 characters, and this one has 250.*shorter name/,
  });
});
