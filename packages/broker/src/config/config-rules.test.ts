import assert from "node:assert/strict";
import { test } from "node:test";
import { brokerConfigFault, clientMetricsConfigFault, groupConfigFault, topicConfigFault } from "./config-rules.ts";
import { EffectiveConfig } from "./effective-config.ts";
import { checkStartUpProperties } from "./start-up-properties.ts";

const config = new EffectiveConfig({ configs: () => new Map() }, new Map(), 1);
const map = (settings: Record<string, string>) => new Map(Object.entries(settings));
const kindOf = (fault: { readonly kind: string } | undefined) => fault?.kind;

test("a topic's overrides are known and do not contradict each other", () => {
  assert.equal(topicConfigFault("t", map({ "retention.ms": "1" }), config), undefined);
  assert.deepEqual(topicConfigFault("t", map({ "retention.mx": "1" }), config), {
    kind: "invalid",
    message: "There is no topic configuration retention.mx; retention.ms was perhaps meant.",
  });
  assert.equal(kindOf(topicConfigFault("t", map({ "min.compaction.lag.ms": "10", "max.compaction.lag.ms": "2" }), config)), "invalid");
  assert.equal(kindOf(topicConfigFault("t", map({ "remote.storage.enable": "true" }), config)), "invalid");
  const guarded = map({ "confluent.value.schema.validation": "true" });
  assert.equal(topicConfigFault("t", guarded, config), undefined);
  assert.match(topicConfigFault("_schemas", guarded, config)?.message ?? "", /would shut registries out of "_schemas"/);
});

test("a broker's overrides are those that Kafka lets change at run time", () => {
  assert.equal(brokerConfigFault(map({ "log.retention.ms": "1", "some.plugin": "x" }), true), undefined);
  assert.deepEqual(brokerConfigFault(map({ "num.partitions": "3" }), false), {
    kind: "malformed",
    message: "Only a restart changes num.partitions; set it in the start-up properties.",
  });
  assert.equal(kindOf(brokerConfigFault(map({ "log.retention.hours": "3" }), false)), "malformed");
  assert.equal(kindOf(brokerConfigFault(map({ "ssl.client.auth": "none" }), true)), "malformed");
  assert.equal(brokerConfigFault(map({ "ssl.client.auth": "none" }), false), undefined);
  assert.deepEqual(brokerConfigFault(map({ listeners: "A://:1" }), false), {
    kind: "malformed",
    message: "Ottla reads listeners at start only; set it in the start-up properties.",
  });
  assert.equal(kindOf(brokerConfigFault(map({ "ssl.keystore.password": "x" }), false)), "malformed");
  assert.equal(brokerConfigFault(map({ "listener.name.tls.ssl.keystore.password": "x" }), false), undefined);
  assert.equal(brokerConfigFault(map({ "listener.name.plaintext.max.connections": "9" }), false), undefined);
  assert.equal(brokerConfigFault(map({ "max.connections.per.ip.overrides": "10.0.0.1:5,::1:7" }), true), undefined);
  assert.equal(kindOf(brokerConfigFault(map({ "max.connections.per.ip.overrides": "10.0.0.1" }), true)), "invalid");
  assert.equal(kindOf(brokerConfigFault(map({ "listener.name.plaintext.num.partitions": "9" }), false)), "malformed");
  assert.equal(brokerConfigFault(map({ "listener.name.tls.plain.sasl.server.callback.handler.class": "x" }), false), undefined);
});

test("a group's overrides keep to the broker's bounds", () => {
  assert.equal(groupConfigFault(map({ "consumer.session.timeout.ms": "50000" }), config), undefined);
  assert.deepEqual(groupConfigFault(map({ "consumer.session.timeout.ms": "5" }), config), {
    kind: "invalid",
    message: "consumer.session.timeout.ms must be at least 45000, which group.consumer.min.session.timeout.ms says.",
  });
  assert.equal(kindOf(groupConfigFault(map({ "consumer.heartbeat.interval.ms": "15001" }), config)), "invalid");
  assert.equal(kindOf(groupConfigFault(map({ "streams.num.standby.replicas": "3" }), config)), "invalid");
  assert.equal(groupConfigFault(map({ "streams.assignor.name": "sticky" }), config), undefined);
  assert.deepEqual(groupConfigFault(map({ "streams.assignor.name": "nonsense" }), config), {
    kind: "invalid",
    message: 'streams.assignor.name is "nonsense": this broker divides tasks by sticky alone. Set that, or take the setting back.',
  });
  assert.equal(kindOf(groupConfigFault(map({ "no.such.key": "3" }), config)), "invalid");
});

test("a client metrics subscription names metrics, an interval and clients that can be matched", () => {
  assert.equal(
    clientMetricsConfigFault(map({ "interval.ms": "100", match: "client_id=a.*,client_source_port=9", metrics: "*" })),
    undefined,
  );
  assert.equal(kindOf(clientMetricsConfigFault(map({ "interval.ms": "99" }))), "malformed");
  assert.equal(kindOf(clientMetricsConfigFault(map({ "no.such.key": "1" }))), "malformed");
  for (const match of ["x", "foo=x", "client_id=["]) assert.equal(kindOf(clientMetricsConfigFault(map({ match }))), "invalid", match);
});

test("start-up properties: unknown names are named, with the one that was meant; faults stop the start", () => {
  const report = checkStartUpProperties(
    map({ "my.plugin": "x", "num.partition": "3", "num.io.threads": "4", "listener.name.a.ssl.x": "" }),
  );
  assert.deepEqual(report, {
    unknown: [
      { name: "my.plugin", near: undefined },
      { name: "num.partition", near: "num.partitions" },
    ],
    withoutEffect: ["num.io.threads"],
  });
  assert.throws(() => checkStartUpProperties(map({ "num.partitions": "0", "log.retention.ms": "x" })), {
    code: "INVALID_CONFIG",
    message:
      'Value "0" is not allowed for num.partitions: it must be a whole number (32 bit) of at least 1. Value "x" is not allowed for log.retention.ms: it must be a whole number (64 bit).',
  });
});
