import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigSource } from "./config-source.ts";
import { EffectiveConfig } from "./effective-config.ts";
import { logConfigOf, topicLimitsOf } from "./topic-settings.ts";

/** Overrides by "kind:name". */
function configured(overrides: Record<string, Record<string, string>>, startUp: Record<string, string> = {}): EffectiveConfig {
  const source = { configs: (kind: string, name: string) => new Map(Object.entries(overrides[`${kind}:${name}`] ?? {})) };
  return new EffectiveConfig(source, new Map(Object.entries(startUp)), 1);
}

test("the strongest layer gives a broker setting", () => {
  const name = "message.max.bytes";
  const at = (overrides: Record<string, Record<string, string>>, startUp = {}) => configured(overrides, startUp).broker(name);
  assert.deepEqual(at({}), { value: 1048588, text: "1048588", source: ConfigSource.DEFAULT });
  assert.deepEqual(at({}, { [name]: "4" }), { value: 4, text: "4", source: ConfigSource.STATIC });
  assert.deepEqual(at({ "broker:": { [name]: "3" } }, { [name]: "4" }), { value: 3, text: "3", source: ConfigSource.DEFAULT_BROKER });
  assert.deepEqual(at({ "broker:1": { [name]: "2" }, "broker:": { [name]: "3" } }), { value: 2, text: "2", source: ConfigSource.BROKER });
});

test("a topic falls back to the broker's synonym, whose unit is converted", () => {
  assert.deepEqual(configured({}).topic("t", "retention.ms"), { value: 604800000, text: "604800000", source: ConfigSource.DEFAULT });
  assert.deepEqual(configured({}, { "log.retention.hours": "2" }).topic("t", "retention.ms"), {
    value: 7200000,
    text: "7200000",
    source: ConfigSource.STATIC,
  });
  const minutes = configured({}, { "log.retention.hours": "2", "log.retention.minutes": "3" });
  assert.deepEqual(minutes.topic("t", "retention.ms"), { value: 180000, text: "180000", source: ConfigSource.STATIC });
  // The finer key goes first even from a weaker layer.
  const ms = configured({ "broker:": { "log.retention.ms": "5" } }, { "log.retention.minutes": "3" });
  assert.deepEqual(ms.topic("t", "retention.ms"), { value: 5, text: "5", source: ConfigSource.DEFAULT_BROKER });
  assert.deepEqual(configured({}, { "log.retention.hours": "-1" }).topic("t", "retention.ms").value, -1);
  assert.equal(configured({ "topic:t": { "retention.ms": "9" } }).topic("t", "retention.ms").source, ConfigSource.TOPIC);
});

test("virtual brokers have their own overrides and numbers", () => {
  const config = configured({ "broker:2": { "num.io.threads": "2" } }, { "node.id": "1", "num.io.threads": "4" });
  assert.deepEqual([config.number("num.io.threads", 1), config.number("num.io.threads", 2)], [4, 2]);
  assert.deepEqual([config.number("node.id", 1), config.number("node.id", 2)], [1, 2]);
});

test("a broker's values are kept until a change is announced", () => {
  const overrides: Record<string, Record<string, string>> = {};
  const config = configured(overrides);
  assert.equal(config.topic("t", "max.message.bytes").value, 1048588);
  overrides["broker:"] = { "message.max.bytes": "7" };
  assert.equal(config.topic("t", "max.message.bytes").value, 1048588);
  config.follow({ kind: "configs", resource: "broker", name: "", configs: {} });
  assert.equal(config.topic("t", "max.message.bytes").value, 7);
  overrides["broker:"] = { "message.max.bytes": "8" };
  config.overridesLoaded();
  assert.equal(config.topic("t", "max.message.bytes").value, 8);
});

test("typed access refuses what is of another type", () => {
  const config = configured({});
  assert.equal(config.boolean("auto.create.topics.enable"), true);
  assert.deepEqual(config.list("log.cleanup.policy"), ["delete"]);
  assert.equal(config.string("broker.rack"), null);
  assert.throws(() => config.number("auto.create.topics.enable"), { name: "InvariantError" });
  assert.throws(() => config.number("no.such.key"), { name: "InvariantError" });
});

test("an override that nothing understands any more counts as not set", () => {
  assert.equal(configured({ "topic:t": { "retention.ms": "soon" } }).topic("t", "retention.ms").value, 604800000);
});

test("logs and the produce path get their settings typed, 'no limit' as Infinity", () => {
  const config = configured({
    "topic:t": {
      "cleanup.policy": "compact",
      "compression.type": "zstd",
      "message.timestamp.type": "LogAppendTime",
      "flush.messages": "1",
    },
  });
  const log = logConfigOf(config, "t");
  assert.deepEqual([log.compacts, log.deletes, log.flushMessages, log.flushMs, log.segmentBytes], [true, false, 1, Infinity, 1073741824]);
  assert.deepEqual(topicLimitsOf(config, "t"), {
    maxMessageBytes: 1048588,
    maxUnpackedRecordBytes: 2147483639,
    isCompacted: true,
    usesLogAppendTime: true,
    timestampBeforeMaxMs: Infinity,
    timestampAfterMaxMs: 3600000,
    minInsyncReplicas: 1,
    codec: "zstd",
    schemas: undefined,
  });
  assert.equal(topicLimitsOf(config, "u").codec, undefined);
});
