import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamsBuilder } from "../../dsl/streams-builder.ts";
import { serdes } from "../../serdes/serdes.ts";
import { internalTopics } from "./internal-topics.ts";
import { countPartitions } from "./partition-counts.ts";
import { planTopology } from "./topology-plan.ts";
import { tumbling } from "../../dsl/windows.ts";

const texts = { key: serdes.string, value: serdes.string };

function joined(partitions?: number) {
  const b = new StreamsBuilder();
  const left = b.stream("left", texts).repartition({ ...texts, name: "moved", ...(partitions === undefined ? {} : { partitions }) });
  const right = b.stream("right", texts);
  left
    .join(right, (x, y) => x + y, { beforeMs: 5, afterMs: 5, graceMs: 0, name: "join", storeName: "join" })
    .to("out", { value: serdes.string });
  return planTopology(b.build().builder, "app");
}

test("a repartition topic has as many partitions as the topic that it is joined with", () => {
  assert.equal(
    countPartitions(
      joined(),
      new Map([
        ["left", 2],
        ["right", 6],
      ]),
    ).get("app-moved-repartition"),
    6,
  );
  assert.throws(
    () =>
      countPartitions(
        joined(4),
        new Map([
          ["left", 2],
          ["right", 6],
        ]),
      ),
    {
      code: "STREAMS_CO_PARTITIONING",
      message: /app-moved-repartition: 4, right: 6/,
    },
  );
});

test("through several topics of its own the largest of those that they come from counts", () => {
  const b = new StreamsBuilder();
  const merged = b.stream("a", texts).merge(b.stream("b", texts));
  merged
    .groupBy((value) => value, { ...texts, name: "first" })
    .count({ store: "firsts" })
    .toStream()
    .groupBy((count) => String(count), { key: serdes.string, value: serdes.long, name: "second" })
    .count({ store: "seconds" });
  const plan = planTopology(b.build().builder, "app");
  const counts = countPartitions(
    plan,
    new Map([
      ["a", 3],
      ["b", 5],
    ]),
  );
  assert.deepEqual([counts.get("app-first-repartition"), counts.get("app-second-repartition")], [5, 5]);
  assert.throws(() => countPartitions(plan, new Map([["a", 3]])), {
    code: "STREAMS_UNKNOWN_TOPIC",
    message: /app-first-repartition, app-second-repartition/,
  });
});

test("changelogs keep what their stores' kind needs, and what the user says", () => {
  const b = new StreamsBuilder();
  const grouped = b.stream("a", texts).groupByKey();
  grouped.windowedBy(tumbling({ sizeMs: 60_000, graceMs: 5_000 })).count({ store: "windows" });
  grouped.count({ store: { name: "counts", changelogConfig: { "segment.ms": "1000" } } });
  const plan = planTopology(b.build().builder, "app");
  const topics = internalTopics(plan, countPartitions(plan, new Map([["a", 3]])));
  assert.deepEqual(
    topics.map(({ name, partitionCount, configs }) => [name, partitionCount, configs]),
    [
      [
        "app-windows-changelog",
        3,
        { "cleanup.policy": "compact,delete", "retention.ms": String(65_000 + 86_400_000), "message.timestamp.type": "CreateTime" },
      ],
      ["app-counts-changelog", 3, { "cleanup.policy": "compact", "message.timestamp.type": "CreateTime", "segment.ms": "1000" }],
    ],
  );
});
