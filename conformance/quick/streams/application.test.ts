import assert from "node:assert/strict";
import { test } from "node:test";
import { serdes, streams, StreamsBuilder, tumbling } from "@ottla/streams";
import { startKafka } from "@ottla/testing";
import { assertShutdownForAll } from "../../src/streams/shutdown-for-all.ts";
import { countsAre, wordCount } from "./word-count.ts";

const lines = (...values: string[]) => values.map((value, index) => ({ key: String(index), value }));

test("an application counts words, begins where it was committed, and has its counts again", async () => {
  await using kafka = await startKafka({ topics: { lines: 2, words: 1 } });
  const options = { applicationId: "word-count", bootstrapServers: kafka.bootstrapServers, commitIntervalMs: 50, cacheMaxBytes: 0 };
  const states: string[] = [];
  {
    await using app = streams(wordCount(), options);
    app.onState((to) => states.push(to));
    await app.start();
    assert.equal(app.state, "RUNNING");
    await kafka.topic("lines").produce(lines("a b a", "b c", "a"));
    await countsAre(kafka, { a: 3, b: 2, c: 1 });
  }
  assert.deepEqual(states, ["REBALANCING", "RUNNING", "PENDING_SHUTDOWN", "NOT_RUNNING"]);
  await kafka.group("word-count").empty();
  {
    await using app = streams(wordCount(), options);
    await kafka.topic("lines").produce(lines("c", "a"));
    await app.start();
    const counts = await countsAre(kafka, { a: 4, b: 2, c: 2 });
    assert.deepEqual(counts.get("a"), [1, 2, 3, 4]);
    assert.deepEqual(counts.get("b"), [1, 2]);
    assert.deepEqual(counts.get("c"), [1, 2]);
  }
});

test("its own topics are made as Java makes them", async () => {
  await using kafka = await startKafka({ topics: { lines: 3, words: 1 } });
  await using app = streams(wordCount(), { "application.id": "word-count", "bootstrap.servers": kafka.bootstrapServers });
  await app.start();
  const admin = kafka.client().admin();
  const names = (await admin.listTopics()).map(({ name, partitionCount }) => `${name} ${partitionCount}`);
  assert.deepEqual(names, ["lines 3", "word-count-by-word-repartition 3", "word-count-counts-changelog 3", "words 1"]);
  const configs = await admin.describeConfigs([
    { type: "topic", name: "word-count-by-word-repartition" },
    { type: "topic", name: "word-count-counts-changelog" },
  ]);
  const own = configs.map(({ value = [] }) =>
    value.filter(({ source }) => source === "dynamicTopic").map(({ name, value: set }) => `${name}=${set}`),
  );
  assert.deepEqual(own[0]?.sort(), [
    "cleanup.policy=delete",
    "message.timestamp.type=CreateTime",
    "retention.ms=-1",
    "segment.bytes=52428800",
  ]);
  assert.deepEqual(own[1]?.sort(), ["cleanup.policy=compact", "message.timestamp.type=CreateTime"]);
});

test("a topic that is missing, or one of its own that is another, ends the start with the reason", async () => {
  await using kafka = await startKafka({ topics: { words: 1 } });
  const options = { applicationId: "word-count", bootstrapServers: kafka.bootstrapServers };
  await using first = streams(wordCount(), options);
  await assert.rejects(first.start(), { code: "STREAMS_UNKNOWN_TOPIC", message: /lines/ });
  assert.equal(first.state, "PENDING_ERROR");
  await first.close();
  assert.equal(first.state, "ERROR");
  await kafka.createTopics({ lines: 2, "word-count-counts-changelog": { partitions: 5, configs: { "cleanup.policy": "compact" } } });
  await using second = streams(wordCount(), options);
  await assert.rejects(second.start(), {
    code: "STREAMS_INTERNAL_TOPIC",
    message: /word-count-counts-changelog of application word-count has 5 partitions and would need 2/,
  });
  await assert.rejects(second.start(), { code: "STREAMS_CLOSED" });
});

test("one of its own topics that gives up what is needed ends the start with the reason", async () => {
  await using kafka = await startKafka({ topics: { lines: 1, words: 1 } });
  const b = new StreamsBuilder();
  b.stream("lines", { key: serdes.string, value: serdes.string })
    .repartition({ key: serdes.string, value: serdes.string, name: "again" })
    .groupByKey()
    .windowedBy(tumbling({ sizeMs: 60_000, graceMs: 0 }))
    .count({ store: { name: "counts", retentionMs: 120_000 } });
  const topology = b.build();
  const options = { applicationId: "kept", bootstrapServers: kafka.bootstrapServers };
  const set = (name: string, value: string) =>
    kafka
      .client()
      .admin()
      .alterConfigs([{ type: "topic", name, changes: [{ name: "retention.ms", op: "set", value }] }]);
  await using first = streams(topology, options);
  await first.start();
  await first.close();
  await set("kept-counts-changelog", "119999");
  await using second = streams(topology, options);
  await assert.rejects(second.start(), {
    code: "STREAMS_INTERNAL_TOPIC",
    message: /kept-counts-changelog has retention.ms=119999, and the application needs 120000 or more/,
  });
  await set("kept-counts-changelog", "120000");
  await set("kept-again-repartition", "604800000");
  await using third = streams(topology, options);
  await assert.rejects(third.start(), { message: /kept-again-repartition has retention.ms=604800000, and the application needs -1/ });
  await set("kept-again-repartition", "-1");
  await using fourth = streams(topology, options);
  await fourth.start();
});

test("an instance that fails may end them all", async () => {
  await using kafka = await startKafka();
  await assertShutdownForAll(kafka.bootstrapServers, "classic");
});
