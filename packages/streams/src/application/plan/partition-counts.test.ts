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

test("the topics of a foreign-key join, which come from one another, have as many partitions as the table that they go to", () => {
  const b = new StreamsBuilder();
  b.table("orders", texts).joinOn(
    b.table("customers", texts),
    (customer) => customer,
    (order, customer) => order + customer,
    { name: "bought", value: serdes.string },
  );
  const existing = new Map([
    ["orders", 2],
    ["customers", 6],
  ]);
  const counts = countPartitions(planTopology(b.build().builder, "app"), existing);
  assert.equal(counts.get("app-bought-subscription-registration-topic"), 6);
  assert.equal(counts.get("app-bought-subscription-response-topic"), 2);
});

test("so have those of foreign-key joins one behind the other, on either side, of tables that are grouped before", () => {
  const b = new StreamsBuilder();
  const perWord = b
    .stream("lines", texts)
    .groupBy((line) => line, { ...texts, name: "by-line" })
    .reduce((_, line) => line, { store: "last" });
  const first = b.table("orders", texts).joinOn(
    perWord,
    (line) => line,
    (order, line) => order + line,
    { name: "first", value: serdes.string },
  );
  first.joinOn(
    b.table("customers", texts),
    (customer) => customer,
    (order, customer) => order + customer,
    { name: "second", value: serdes.string },
  );
  const existing = new Map([
    ["orders", 2],
    ["customers", 6],
    ["lines", 4],
  ]);
  const counts = countPartitions(planTopology(b.build().builder, "app"), existing);
  const own = [...counts].filter(([topic]) => topic.startsWith("app-"));
  assert.deepEqual(Object.fromEntries(own.map(([topic, count]) => [topic.slice("app-".length), count])), {
    "by-line-repartition": 4,
    "first-subscription-registration-topic": 4,
    "first-subscription-response-topic": 2,
    "second-subscription-registration-topic": 6,
    "second-subscription-response-topic": 2,
  });
});
