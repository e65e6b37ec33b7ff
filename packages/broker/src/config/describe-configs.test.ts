import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type DescribedConfig,
  describeBrokerConfigs,
  describeClientMetricsConfigs,
  describeClusterDefaultConfigs,
  describeGroupConfigs,
  describeTopicConfigs,
} from "./describe-configs.ts";
import { EffectiveConfig } from "./effective-config.ts";

function configured(overrides: Record<string, Record<string, string>>, startUp: Record<string, string> = {}) {
  const configs = (kind: string, name: string) => new Map(Object.entries(overrides[`${kind}:${name}`] ?? {}));
  return { config: new EffectiveConfig({ configs }, new Map(Object.entries(startUp)), 1), configs };
}

function pick(described: readonly DescribedConfig[], name: string) {
  const found = described.find((entry) => entry.name === name);
  assert.ok(found, `${name} is not described`);
  const { doc: _, ...rest } = found;
  return { ...rest, synonyms: rest.synonyms.map(({ name, value, source }) => `${name}=${value}@${source}`) };
}

test("a topic lists every known setting with value, source and synonyms", () => {
  const { config, configs } = configured({ "topic:t": { "cleanup.policy": "compact" } });
  const described = describeTopicConfigs(config, "t", configs("topic", "t"), 1);
  assert.equal(described.length, 37);
  assert.deepEqual(pick(described, "cleanup.policy"), {
    name: "cleanup.policy",
    value: "compact",
    readOnly: false,
    source: 1,
    sensitive: false,
    synonyms: ["cleanup.policy=compact@1", "log.cleanup.policy=delete@5"],
    typeCode: 7,
  });
  assert.deepEqual(pick(described, "preallocate").synonyms, ["log.preallocate=false@5"]);
  assert.deepEqual([pick(described, "flush.ms").synonyms, pick(described, "flush.ms").source], [[], 5]);
});

test("synonyms start at the key's own first value, layer by layer, as in Kafka", () => {
  const startUp = { "log.retention.hours": "100" };
  const quiet = configured({}, startUp);
  const silent = pick(describeTopicConfigs(quiet.config, "t", new Map(), 1), "retention.ms");
  assert.deepEqual([silent.value, silent.source, silent.synonyms], ["360000000", 5, []]);
  const { config, configs } = configured(
    { "topic:t": { "retention.ms": "7" }, "broker:1": { "log.retention.ms": "123" }, "broker:": { "log.retention.ms": "99" } },
    startUp,
  );
  assert.deepEqual(pick(describeTopicConfigs(config, "t", configs("topic", "t"), 1), "retention.ms").synonyms, [
    "retention.ms=7@1",
    "log.retention.ms=123@2",
    "log.retention.ms=99@3",
    "log.retention.hours=100@4",
    "log.retention.hours=168@5",
  ]);
});

test("a broker lists its settings, hides secrets and what it does not know", () => {
  const { config, configs } = configured({}, { "ssl.key.password": "hunter2", "my.plugin.token": "hunter3", "num.partitions": "4" });
  const described = describeBrokerConfigs(config, 1, configs("broker", "1"));
  assert.deepEqual(pick(described, "ssl.key.password"), {
    name: "ssl.key.password",
    value: null,
    readOnly: false,
    source: 4,
    sensitive: true,
    synonyms: ["ssl.key.password=null@4"],
    typeCode: 9,
  });
  assert.deepEqual(pick(described, "my.plugin.token"), {
    name: "my.plugin.token",
    value: null,
    readOnly: true,
    source: 4,
    sensitive: true,
    synonyms: ["my.plugin.token=null@4"],
    typeCode: 0,
  });
  assert.deepEqual(pick(described, "num.partitions").synonyms, ["num.partitions=4@4", "num.partitions=1@5"]);
  assert.deepEqual([pick(described, "num.partitions").readOnly, pick(described, "log.retention.ms").readOnly], [true, false]);
  assert.deepEqual([pick(described, "node.id").value, pick(described, "log.retention.ms").value], ["1", null]);
  assert.equal(JSON.stringify(described).includes("hunter"), false);
  // 350 keys of Kafka are public; one is unknown.
  assert.equal(described.filter(({ name }) => !name.startsWith("ottla.")).length, 350 + 1);
});

test("a listener's own setting has the type and the fallback of the broker's", () => {
  const { config, configs } = configured({
    "broker:1": { "listener.name.tls.max.connections": "100", "listener.name.tls.scram-sha-256.sasl.jaas.config": "hunter2" },
  });
  const described = describeBrokerConfigs(config, 1, configs("broker", "1"));
  assert.deepEqual(pick(described, "listener.name.tls.max.connections"), {
    name: "listener.name.tls.max.connections",
    value: "100",
    readOnly: true,
    source: 2,
    sensitive: false,
    synonyms: ["listener.name.tls.max.connections=100@2", "max.connections=2147483647@5"],
    typeCode: 3,
  });
  const jaas = pick(described, "listener.name.tls.scram-sha-256.sasl.jaas.config");
  assert.deepEqual([jaas.value, jaas.sensitive, jaas.typeCode], [null, true, 9]);
});

test("the cluster-wide broker resource lists its overrides alone", () => {
  assert.deepEqual(describeClusterDefaultConfigs(new Map()), []);
  const described = describeClusterDefaultConfigs(new Map([["log.retention.ms", "99"]]));
  assert.deepEqual(
    [described.length, pick(described, "log.retention.ms").source, pick(described, "log.retention.ms").synonyms],
    [1, 3, ["log.retention.ms=99@3"]],
  );
});

test("groups and client metrics list their settings with their own sources", () => {
  const { config, configs } = configured({
    "group:g": { "consumer.session.timeout.ms": "50000" },
    "client-metrics:m": { match: "client_id=a" },
  });
  const group = describeGroupConfigs(config, "g", configs("group", "g"), 1);
  assert.equal(group.length, 21);
  assert.deepEqual(pick(group, "consumer.session.timeout.ms").synonyms, [
    "consumer.session.timeout.ms=50000@8",
    "group.consumer.session.timeout.ms=45000@5",
  ]);
  assert.deepEqual(pick(group, "share.auto.offset.reset").synonyms, ["share.auto.offset.reset=latest@5"]);
  const metrics = describeClientMetricsConfigs(config, "m", configs("client-metrics", "m"));
  assert.deepEqual(
    metrics.map((entry) => [entry.name, entry.value, entry.source, entry.synonyms.length]),
    [
      ["interval.ms", "300000", 5, 0],
      ["match", "client_id=a", 7, 1],
      ["metrics", "", 5, 0],
    ],
  );
});

test("a broker's description is kept until a setting changes, for each broker its own", () => {
  const overrides = new Map<string, ReadonlyMap<string, string>>();
  const config = new EffectiveConfig({ configs: (kind, name) => overrides.get(`${kind}:${name}`) ?? new Map() }, new Map(), 1);
  const threads = (nodeId: number): string | null | undefined =>
    describeBrokerConfigs(config, nodeId, overrides.get(`broker:${nodeId}`) ?? new Map()).find(({ name }) => name === "log.cleaner.threads")
      ?.value;
  assert.equal(threads(1), "1");
  overrides.set("broker:1", new Map([["log.cleaner.threads", "2"]]));
  config.follow({ kind: "configs", resource: "broker", name: "1", configs: { "log.cleaner.threads": "2" } });
  assert.deepEqual([threads(1), threads(2), threads(1)], ["2", "1", "2"]);
});
