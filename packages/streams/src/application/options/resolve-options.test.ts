import assert from "node:assert/strict";
import { test } from "node:test";
import { resolveOptions } from "./resolve-options.ts";

const needed = { applicationId: "app", bootstrapServers: "127.0.0.1:9092" };

test("options go by our names and by Java's, defaults are Java's", () => {
  const { client, clients, ...options } = resolveOptions({
    "application.id": "app",
    "bootstrap.servers": "127.0.0.1:9092",
    "processing.guarantee": "exactly_once_v2",
    "max.task.idle.ms": "-1",
    "producer.linger.ms": 5,
    "security.protocol": "SSL",
  });
  assert.deepEqual(
    [options.guarantee, options.commitIntervalMs, options.maxTaskIdleMs, options.bufferedRecordsPerPartition],
    ["exactlyOnce", 100, -1, 1_000],
  );
  assert.deepEqual([...clients], [["producer.", { "linger.ms": 5 }]]);
  assert.deepEqual(client, { clientId: "app", bootstrapServers: "127.0.0.1:9092", "security.protocol": "SSL" });
  assert.equal(resolveOptions(needed).commitIntervalMs, 30_000);
  const placed = resolveOptions({
    ...needed,
    "client.tag.zone": "eu-1",
    "client.tag.cluster": "k",
    "rack.aware.assignment.tags": "zone, cluster",
  });
  assert.deepEqual([placed.clientTags, placed.rackAwareAssignmentTags], [{ zone: "eu-1", cluster: "k" }, ["zone", "cluster"]]);
});

for (const [what, given, message] of [
  ["without an id", { bootstrapServers: "x" }, /needs an applicationId/],
  ["without servers", { applicationId: "a" }, /needs bootstrapServers/],
  ["an id that no topic can begin with", { ...needed, applicationId: "a b" }, /only letters/],
  ["a number that is none", { ...needed, "commit.interval.ms": "soon" }, /commit\.interval\.ms is "soon"/],
  ["twice the same", { ...needed, "application.id": "b" }, /are the same option/],
  ["a promise that nobody gives", { ...needed, guarantee: "exactly_once" }, /exactly_once_v2/],
  ["threads", { ...needed, "num.stream.threads": -1 }, /num\.stream\.threads is -1: give a whole number from 0 to 256/],
  ["a place without a port", { ...needed, "application.server": "http://host" }, /application\.server is "http:\/\/host": give host:port/],
  ["standbys that cannot be", { ...needed, "num.standby.replicas": -1 }, /num\.standby\.replicas is -1/],
  ["signals", { ...needed, closeOnSignals: ["SIGNAL"] }, /closeOnSignals is \["SIGNAL"\]/],
  ["a rack that it does not tell", { ...needed, rackAwareAssignmentTags: ["zone"] }, /names zone, and this instance has no client tag/],
  ["a tag that is none", { ...needed, "client.tag.zone": 7 }, /Client tag zone is 7/],
  ["tags twice", { ...needed, clientTags: { a: "b" }, "client.tag.zone": "x" }, /give one of them/],
  ["a handler that is none", { ...needed, onError: { process: "ignore" } }, /onError\.process/],
  ["what to do at the end", { ...needed, onError: { fatal: "ignore" } }, /onError\.fatal/],
  ["a bigint", { ...needed, "commit.interval.ms": 10n }, /commit\.interval\.ms is 10n: give a whole number/],
  ["no number", { ...needed, taskTimeoutMs: Number.NaN }, /taskTimeoutMs is NaN/],
  ["an instance that Kafka would not name so", { ...needed, groupInstanceId: "a b" }, /groupInstanceId is "a b": only letters/],
  ["a longer one than Kafka has", { ...needed, "group.instance.id": "a".repeat(250) }, /this one has 250/],
  ["limits that are none", { ...needed, workerLimits: { maxOldGenerationSizeMb: Number.NaN } }, /maxOldGenerationSizeMb is NaN/],
  ["limits by another name", { ...needed, workerLimits: { maxMemory: 7 } }, /workerLimits\.maxMemory is nothing/],
  ["no limits", { ...needed, workerLimits: 5 }, /workerLimits is 5/],
  ["a client that is none", { ...needed, client: 5 }, /client is 5: give further options/],
  ["no object", null, /as an object/],
] as const) {
  test(`an application is refused: ${what}`, () => {
    assert.throws(() => resolveOptions(given as never), { name: "StreamsError", message });
  });
}

test("the group's protocol goes by both names, and what the broker decides is refused with where to set it", () => {
  const options = { applicationId: "app", bootstrapServers: "a:1" } as const;
  assert.equal(resolveOptions(options).groupProtocol, "classic");
  assert.equal(resolveOptions({ ...options, "group.protocol": "STREAMS" }).groupProtocol, "streams");
  assert.throws(() => resolveOptions({ ...options, "group.protocol": "consumer" }), {
    code: "STREAMS_BAD_ARGUMENT",
    message: /group\.protocol is "consumer"/,
  });
  assert.throws(() => resolveOptions({ ...options, groupProtocol: "streams", "num.standby.replicas": 1 }), {
    code: "STREAMS_BAD_ARGUMENT",
    message: /num\.standby\.replicas has no effect .*streams\.num\.standby\.replicas of the group \(kafka-configs .*--entity-name app/,
  });
});
