import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { serdes, streams, StreamsBuilder, type StreamsMetric } from "@ottla/streams";
import { startKafka } from "@ottla/testing";

const java = readFileSync(new URL("../../../packages/streams/test/fixtures/java-metrics.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line.includes("|"))
  .filter((line) => !line.startsWith("#"))
  .map((line) => line.split("|") as [group: string, name: string, tags: string, level: string]);

/** What Java has and this has not, with the reason. */
const notGiven: readonly (readonly [place: RegExp, reason: string])[] = [
  [/^stream-metrics (version|commit-id) /, "the package says it"],
  [/^stream-state-metrics /, "there is no RocksDB, and stores are not timed call by call: reading the clock costs as much as the call"],
  [/^stream-record-cache-metrics /, "caches count no hits: a counter at each look-up"],
  [
    /^stream-processor-node-metrics (process|suppression-emit|window-aggregate-final-emit)-/,
    "DEBUG: a counter at each step of each record; sources and sinks are counted by topic",
  ],
  [/^stream-task-metrics (active-process-ratio|process-latency-\w+|punctuate-.*) /, "time is measured by worker, not by task"],
  [/^stream-task-metrics enforced-processing-/, "a task is never made to process: it is ready by max.task.idle.ms, or it is not"],
  [/^stream-task-metrics record-lateness-/, "DEBUG: a subtraction for each record; lateness that mattered is in dropped-records"],
  [/^stream-task-metrics (restore-rate|cache-size-bytes-total) /, "restores are counted whole; the cache belongs to the worker"],
  [
    /^stream-state-updater-metrics (active-paused-tasks|standby-paused-tasks|checkpoint-ratio|idle-ratio|restore-records-rate|standby-update-ratio) /,
    "the worker restores in its own loop: nothing is paused, and there are no checkpoint files",
  ],
];

const placeOf = (group: string, name: string, tags: string) => `${group} ${name} ${tags}`;

function valueOf(metrics: readonly StreamsMetric[], name: string, tags: Readonly<Record<string, string>> = {}): number | string {
  const found = metrics.filter((each) => each.name === name && Object.entries(tags).every(([tag, value]) => each.tags[tag] === value));
  assert.equal(found.length, 1, `${name} ${JSON.stringify(tags)}: ${found.length}`);
  return found[0]!.value;
}

test("metrics have Java's groups, names and tags; what is not there has a reason", async () => {
  await using kafka = await startKafka({ topics: { in: 1, out: 1 } });
  const b = new StreamsBuilder();
  b.stream("in", { key: serdes.string, value: serdes.string, name: "read" })
    .groupByKey()
    .count({ store: "counts", name: "count" })
    .toStream()
    .to("out", { value: serdes.long, name: "write" });
  await using app = streams(b.build(), {
    applicationId: "seen",
    bootstrapServers: kafka.bootstrapServers,
    commitIntervalMs: 20,
    cacheMaxBytes: 0,
  });
  await app.start();
  const now = Date.now();
  await kafka.topic("in").produce([
    { key: "a", value: "xyz", timestamp: now - 1_000 },
    { key: null, value: "x", timestamp: now },
  ]);
  await kafka.topic("out").has([{ key: "a" }]);
  await kafka.until("both are committed", async () => (await app.tasks())[0]?.inputs[0]?.committedOffset === 2);
  const metrics = await app.metrics();
  assert.ok(Number(valueOf(metrics, "commit-total")) > 0);

  const ours = new Set(metrics.map(({ group, name, tags }) => placeOf(group, name, Object.keys(tags).sort().join(","))));
  const theirs = new Set(java.map(([group, name, tags]) => placeOf(group, name, tags)));
  assert.deepEqual(
    [...ours].filter((place) => !theirs.has(place)),
    [],
    "names that Java has not",
  );
  const missing = [...theirs].filter((place) => !ours.has(place));
  assert.deepEqual(
    missing.filter((place) => !notGiven.some(([pattern]) => pattern.test(place))),
    [],
    "missing, and nobody says why",
  );
  for (const [pattern] of notGiven)
    assert.ok(
      missing.some((place) => pattern.test(place)),
      `${pattern} stands for nothing`,
    );

  assert.equal(valueOf(metrics, "state", { "client-id": `seen-${(await app.describe()).processId}` }), "RUNNING");
  assert.equal(valueOf(metrics, "client-state"), 2);
  assert.equal(valueOf(metrics, "alive-stream-threads"), 1);
  assert.equal(valueOf(metrics, "thread-state"), 4);
  assert.equal(valueOf(metrics, "process-total", { "task-id": "0_0" }), 2);
  assert.equal(valueOf(metrics, "dropped-records-total", { "task-id": "0_0" }), 1);
  assert.equal(valueOf(metrics, "records-consumed-total", { topic: "in", "processor-node-id": "read" }), 2);
  // Key and value, the topic's name, and 20 bytes for time, offset and partition; as Java counts.
  assert.equal(valueOf(metrics, "bytes-consumed-total", { topic: "in" }), 1 + 3 + 2 + 20 + (1 + 2 + 20));
  assert.equal(valueOf(metrics, "records-produced-total", { topic: "out", "processor-node-id": "write" }), 1);
  assert.equal(valueOf(metrics, "bytes-produced-total", { topic: "out" }), 1 + 8 + 3 + 20);
  assert.ok(Number(valueOf(metrics, "record-e2e-latency-max", { "processor-node-id": "read" })) >= 1_000);
  assert.ok(Number(valueOf(metrics, "poll-ratio")) > 0 && Number(valueOf(metrics, "poll-ratio")) <= 1);

  const [task] = await app.tasks();
  assert.deepEqual([task?.taskId, task?.state, task?.processedCount, task?.droppedCount], ["0_0", "running", 2, 1]);
  assert.deepEqual(
    task?.inputs.map(({ topic, partition, committedOffset, waitingCount, lag }) => ({
      topic,
      partition,
      committedOffset,
      waitingCount,
      lag,
    })),
    [{ topic: "in", partition: 0, committedOffset: 2, waitingCount: 0, lag: 0 }],
  );
  // It may come from another thread, and goes out as JSON.
  assert.doesNotThrow(() => structuredClone(task));
});
