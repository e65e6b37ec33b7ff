import assert from "node:assert/strict";
import { test } from "node:test";
import { designSystem } from "./design-system.ts";
import type { DesignedSystem, Reasoned } from "./designed-system.ts";
import { domainOf } from "./read-domain.ts";

function designed(events: string, services: string, cluster = ""): DesignedSystem {
  return designSystem(domainOf(`system: t\n${cluster}\nevents:\n${events}\nservices:\n${services}\n`, "f"));
}

function topic(system: DesignedSystem, name: string) {
  const found = system.topics.find((each) => each.name === name);
  assert.ok(found, `${name} in ${system.topics.map((each) => each.name).join()}`);
  return { ...found, settings: valuesOf(found.settings) };
}

function client(system: DesignedSystem, service: string, role: string) {
  return valuesOf(system.clients.find((each) => each.service === service && each.role === role)!.settings);
}

function valuesOf(settings: readonly Reasoned[]): Readonly<Record<string, string>> {
  return Object.fromEntries(settings.map(({ name, value }) => [name, value]));
}

test("what binds decides the number of partitions, and is named", () => {
  const at = (event: string, service: string) => {
    const { partitions, reasons } = topic(
      designed(
        `  a.b.c: { key: k, order: key, size: 1kB, ${event} }`,
        `  p: { produces: [a.b.c] }\n  s: { consumes: [a.b.c], ${service} }`,
      ),
      "a.b.c",
    );
    return [partitions, reasons[0]!.reason.split(";")[0]];
  };
  // 70 MB/s × 3 ÷ 7 MB/s
  assert.deepEqual(at("rate: 70000/s, peak: 70000/s", "timePerRecord: 0.0001ms"), [30, "the rate of writing decides"]);
  // 1000/s × 3 × 10 ms
  assert.deepEqual(at("rate: 1000/s, peak: 1000/s", "timePerRecord: 10ms"), [30, "the number of consumers of s decides"]);
  assert.deepEqual(at("rate: 1/s, growth: 1", "instances: 7"), [9, "the number of consumers of s decides"]);
  assert.deepEqual(at("rate: 1/s, growth: 1", ""), [3, "the least decides"]);
  assert.deepEqual(
    topic(designed("  a.b.c: { order: all, rate: 9000/s, size: 1kB }", "  p: { produces: [a.b.c] }"), "a.b.c").partitions,
    1,
  );
});

test("what a Streams application joins by one key has equal partitions, over several applications as well", () => {
  const system = designed(
    "  a.a.a: { key: k, rate: 20000/s, peak: 20000/s, size: 1kB }\n  b.b.b: { key: k, rate: 1/s, size: 1kB }\n  c.c.c: { key: k, rate: 1/s, size: 1kB }\n  d.d.d: { key: other, rate: 1/s, size: 1kB }",
    "  p: { produces: [a.a.a, b.b.b, c.c.c, d.d.d] }\n  late: { kind: streams, consumes: [b.b.b, c.c.c] }\n  s: { kind: streams, consumes: [a.a.a, b.b.b, d.d.d], timePerRecord: 0.01ms }",
  );
  assert.deepEqual(
    ["a.a.a", "b.b.b", "c.c.c", "d.d.d"].map((name) => topic(system, name).partitions),
    [9, 9, 9, 3],
  );
  const whole = designed(
    "  a.a.a: { key: k, order: all, rate: 1/s, size: 1kB }\n  b.b.b: { key: k, order: key, rate: 1/s, size: 1kB }",
    "  p: { produces: [a.a.a, b.b.b] }\n  s: { kind: streams, consumes: [a.a.a, b.b.b] }",
  );
  assert.deepEqual(
    [topic(whole, "a.a.a").partitions, topic(whole, "b.b.b").partitions],
    [1, 3],
    "what stays in one order has one partition",
  );
});

test("copies and in-sync replicas follow the number of brokers", () => {
  const settings = (brokers: number) => {
    const { replicationFactor, settings: values } = topic(
      designed("  a.b.c: { rate: 1/s, size: 1kB }", "  p: { produces: [a.b.c] }", `cluster: { brokers: ${brokers} }`),
      "a.b.c",
    );
    return [replicationFactor, values["min.insync.replicas"]];
  };
  assert.deepEqual([1, 2, 3, 30].map(settings), [
    [1, "1"],
    [2, "1"],
    [3, "2"],
    [3, "2"],
  ]);
});

test("a segment is never more than what is kept", () => {
  for (const [retention, rate] of [
    ["1h", "1/s"],
    ["7d", "100/s"],
    ["365d", "100000/s"],
    ["10min", "1000000/s"],
  ] as const) {
    const { settings, partitions } = topic(
      designed(`  a.b.c: { rate: ${rate}, size: 1kB, retention: ${retention} }`, "  p: { produces: [a.b.c] }"),
      "a.b.c",
    );
    assert.ok(Number(settings["segment.ms"]) <= Number(settings["retention.ms"]), retention);
    assert.ok(
      Number(settings["segment.bytes"]) >= 16 * 1024 ** 2 && Number(settings["segment.bytes"]) <= 1024 ** 3,
      `${retention} ${partitions}`,
    );
  }
});

test("a compacted topic outlives its readers' outages, and forgets a person in time", () => {
  const { settings } = topic(
    designed(
      "  a.b.c: { key: k, order: key, compacted: true, rate: 1/s, size: 1kB, pii: [k] }",
      "  p: { produces: [a.b.c] }\n  s: { consumes: [a.b.c], outage: 3d }",
    ),
    "a.b.c",
  );
  assert.deepEqual(
    [settings["cleanup.policy"], settings["delete.retention.ms"], settings["max.compaction.lag.ms"], settings["retention.ms"]],
    ["compact", String(6 * 86_400_000), String(30 * 86_400_000), undefined],
  );
});

test("a large record is let through everywhere on its way", () => {
  const system = designed("  a.b.c: { rate: 1/s, size: 1MB, maxSize: 3MB }", "  p: { produces: [a.b.c] }\n  s: { consumes: [a.b.c] }");
  const bytes = Number(topic(system, "a.b.c").settings["max.message.bytes"]);
  assert.ok(bytes > 3e6);
  assert.ok(Number(topic(system, "t.s.dlq").settings["max.message.bytes"]) >= bytes);
  assert.ok(Number(client(system, "p", "producer")["max.request.size"]) >= bytes);
  assert.ok(Number(client(system, "s", "consumer")["max.partition.fetch.bytes"]) >= bytes);
  assert.ok(Number(valuesOf(system.brokerSettings)["replica.fetch.max.bytes"]) >= bytes);
  assert.match(system.notes.join("\n"), /claim check/);
});

test("exactly once reaches from the transaction to those who read it", () => {
  const system = designed(
    "  a.b.in: { rate: 1/s, size: 1kB }\n  a.b.out: { rate: 1/s, size: 1kB }",
    "  p: { produces: [a.b.in] }\n  once: { consumes: [a.b.in], produces: [a.b.out], guarantee: exactly-once, timePerRecord: 100ms }\n  s: { consumes: [a.b.out] }",
  );
  assert.equal(client(system, "once", "producer")["transactional.id"], "once.tx-${env:INSTANCE}");
  assert.equal(client(system, "once", "producer")["transaction.timeout.ms"], "100000");
  assert.equal(client(system, "once", "consumer")["isolation.level"], "read_committed");
  assert.equal(client(system, "s", "consumer")["isolation.level"], "read_committed");
  const ids = system.acls.filter(({ resourceType }) => resourceType === "transactionalId");
  assert.deepEqual(
    ids.map(({ principal, resourceName, isPrefix, operations }) => [principal, resourceName, isPrefix, operations]),
    [["User:once", "once.tx-", true, ["write"]]],
  );
});

test("nobody may do more than the file says", () => {
  const { acls } = designed(
    "  a.b.c: { rate: 1/s, size: 1kB }",
    "  p: { produces: [a.b.c] }\n  s: { consumes: [a.b.c], group: g, retryAfter: [10s], principal: User:CN=s }",
  );
  assert.deepEqual(
    acls.map(
      ({ principal, resourceType, resourceName, isPrefix, operations }) =>
        `${principal} ${operations.join("+")} ${resourceType} ${resourceName}${isPrefix ? "*" : ""}`,
    ),
    [
      "User:p write topic a.b.c",
      "User:CN=s read topic a.b.c",
      "User:CN=s read+write topic t.g.retry-10s",
      "User:CN=s write topic t.g.dlq",
      "User:CN=s read group g",
    ],
  );
});

test("groups of before Kafka 4 divide by themselves, without stopping all", () => {
  const settings = client(
    designed("  a.b.c: { rate: 1/s, size: 1kB }", "  p: { produces: [a.b.c] }\n  s: { consumes: [a.b.c] }", 'cluster: { kafka: "3.9" }'),
    "s",
    "consumer",
  );
  assert.deepEqual(
    [settings["group.protocol"], settings["partition.assignment.strategy"]],
    [undefined, "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"],
  );
});

test("what does not fit is said", () => {
  const notes = designed(
    "  a.b.c: { rate: 50000/s, size: 1kB }",
    "  p: { produces: [a.b.c] }\n  s: { consumes: [a.b.c], timePerRecord: 1ms }",
    "cluster: { brokers: 3, disk: 2TB, network: 1Gb/s, memory: 4GB }",
  ).notes.join("\n");
  for (const expected of [
    /A broker needs .* of disk and has 2 TB/,
    /network carries/,
    /s needs 150 records at work at a time at the peak, and 1 instances/,
    /falls further behind all day \(50 are needed/,
    /has 4 GB of memory/,
  ])
    assert.match(notes, expected);
});

test("an empty choice of services and the largest of systems end in time", () => {
  const events = Array.from({ length: 500 }, (_, i) => `  a.b.c${i}: { key: k, rate: 10/s, size: 1kB }`).join("\n");
  const names = Array.from({ length: 500 }, (_, i) => `a.b.c${i}`).join(", ");
  const system = designed(events, `  p: { produces: [${names}] }\n  s: { kind: streams, consumes: [${names}] }`);
  assert.equal(system.topics.length, 501);
});
