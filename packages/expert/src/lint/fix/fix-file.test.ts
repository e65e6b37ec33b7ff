import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFile } from "../lint-file.ts";
import { fixFile } from "./fix-file.ts";

/** The file mended: its text, and the rules that no change mends. Mending it once more must change nothing, and what was mended must not be found again. */
async function fix(path: string, text: string): Promise<{ readonly text: string; readonly unmended: readonly string[] }> {
  const { findings } = await lintFile({ path, text });
  const fixed = await fixFile(path, text, findings);
  const again = await lintFile({ path, text: fixed.text });
  assert.deepEqual(
    again.findings.filter(({ rule, key }) => fixed.mended.some((each) => each.rule === rule && each.key === key)),
    [],
    fixed.text,
  );
  assert.equal((await fixFile(path, fixed.text, again.findings)).text, fixed.text, "the second time changes nothing");
  return { text: fixed.text, unmended: fixed.unmended.map(({ finding, reason }) => `${finding.rule}: ${reason}`) };
}

/** Lines that differ, as `-` and `+`. */
async function changes(path: string, text: string): Promise<readonly string[]> {
  const [before, after] = [text.split("\n"), (await fix(path, text)).text.split("\n")];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `-${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+${line}`),
  ];
}

test("a compose file's environment: as a map and as a list, quoted as it was, comments kept", async () => {
  const map = `services:
  kafka:
    image: apache/kafka:4.1.0
    environment:
      KAFKA_PROCESS_ROLES: broker # the broker
      KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE: "true"   # why not
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'true'
      KAFKA_LOG_FLUSH_INTERVAL_MS: 1000

      # the end
      KAFKA_NODE_ID: 1
`;
  assert.deepEqual(await changes("compose.yaml", map), [
    '-      KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE: "true"   # why not',
    "-      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'true'",
    "-      KAFKA_LOG_FLUSH_INTERVAL_MS: 1000",
    "+      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false'",
    "+      KAFKA_DEFAULT_REPLICATION_FACTOR: 3",
  ]);
  const list = map.replaceAll(/^ {6}(KAFKA_\w+): ["']?([\w]+)["']?/gm, "      - $1=$2");
  assert.deepEqual(await changes("compose.yaml", list), [
    "-      - KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE=true   # why not",
    "-      - KAFKA_AUTO_CREATE_TOPICS_ENABLE=true",
    "-      - KAFKA_LOG_FLUSH_INTERVAL_MS=1000",
    "+      - KAFKA_AUTO_CREATE_TOPICS_ENABLE=false",
    "+      - KAFKA_DEFAULT_REPLICATION_FACTOR=3",
  ]);
});

test("Windows' line ends and a mark of order stay as they are", async () => {
  const text = "\u{feff}bootstrap.servers=a:1,b:1,c:1\r\nsecurity.protocol=SSL\r\nclient.id=x\r\n# why\r\nacks = 1\r\n";
  assert.equal((await fix("producer.properties", text)).text, text.replace("acks = 1", "acks = all"));
  const env = "KAFKA_BOOTSTRAP_SERVERS=a:1\r\nKAFKA_ACKS='0' # none\r\n";
  assert.equal((await fix(".env", env)).text, env.replace("'0'", "'all'"));
});

test("Spring's YAML and properties: by Spring's words, and what it has no word for among its properties", async () => {
  const yaml = `spring:
  kafka:
    bootstrap-servers: a:9092,b:9092,c:9092
    client-id: x
    security: {protocol: SSL}
    producer:
      acks: "1" # quick
      retries: 3
`;
  assert.deepEqual(await changes("application.yml", yaml), ['-      acks: "1" # quick', "-      retries: 3", '+      acks: "all" # quick']);
  const properties =
    "spring.kafka.bootstrap-servers=a:1,b:1\nspring.kafka.consumer.group-id=g\nspring.kafka.consumer.enable-auto-commit = true\nspring.kafka.consumer.properties.allow.auto.create.topics=true\n";
  const { text } = await fix("application.properties", properties);
  assert.ok(!/^allow\.auto|^enable\.auto/m.test(text), text);
});

test("Strimzi's resources, and a list of topics", async () => {
  const topic = `apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata:
  name: orders
  labels: {strimzi.io/cluster: c}
spec:
  partitions: 3
  replicas: 3
  config:
    min.insync.replicas: 3 # all
    min.cleanable.dirty.ratio: 0.01
    cleanup.policy: compact
`;
  assert.deepEqual(await changes("topic.yaml", topic), [
    "-    min.insync.replicas: 3 # all",
    "-    min.cleanable.dirty.ratio: 0.01",
    "+    min.insync.replicas: 2 # all",
    "+    min.cleanable.dirty.ratio: 0.5",
  ]);
  const list =
    'topics:\n  - {name: a, partitions: 3, replicationFactor: 1}\n  - name: b\n    replicationFactor: 3\n    config: {"min.insync.replicas": "1"}\n';
  assert.deepEqual(await changes("topics.yaml", list), [
    "-  - {name: a, partitions: 3, replicationFactor: 1}",
    '-    config: {"min.insync.replicas": "1"}',
    "+  - {name: a, partitions: 3, replicationFactor: 3}",
    '+    config: {"min.insync.replicas": "2"}',
  ]);
});

test("a connector's JSON and a client's: commas stay right, numbers stay numbers", async () => {
  const connector = JSON.stringify(
    {
      name: "x",
      config: {
        "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
        "tasks.max": 2,
        "topic.prefix": "p",
        "slot.name": "s",
        "publication.name": "b",
        "table.include.list": "t",
      },
    },
    undefined,
    2,
  );
  const { text } = await fix("c.json", connector);
  const config = (JSON.parse(text) as { config: Record<string, unknown> }).config;
  assert.equal(config["tasks.max"], 1);
  assert.equal(config["heartbeat.interval.ms"], "10000");
  const kafkajs = '{"clientId": "x", "brokers": ["a:9092"], "producer": {"idempotent": false, "acks": 0}}\n';
  const client = JSON.parse((await fix("kafka.json", kafkajs)).text) as { producer: Record<string, unknown> };
  assert.equal(client.producer["acks"], -1);
  const last =
    '{\n  "bootstrap.servers": "a:1,b:1",\n  "client.id": "x",\n  "security.protocol": "SSL",\n  "acks": "all",\n  "retries": 3\n}\n';
  assert.equal((await fix("client.json", last)).text, last.replace(',\n  "retries": 3', ""));
});

test("Terraform's attributes", async () => {
  const text = `resource "kafka_topic" "a" {
  name               = "shop.a"
  replication_factor = 1 # one
  partitions         = 3
  config = {
    "min.insync.replicas" = "1"
    "retention.ms"        = "1000"
    "unclean.leader.election.enable" = true,
  }
}
`;
  assert.deepEqual(await changes("main.tf", text), [
    "-  replication_factor = 1 # one",
    '-    "min.insync.replicas" = "1"',
    '-    "unclean.leader.election.enable" = true,',
    "+  replication_factor = 3 # one",
    '+    "min.insync.replicas" = "2"',
  ]);
});

test("a properties file inside of a ConfigMap, and an environment of names and values", async () => {
  const text = `apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
  producer.properties: |
    bootstrap.servers=a:1,b:1,c:1
    security.protocol=SSL
    client.id=x
    acks=1
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  template:
    spec:
      containers:
        - name: k
          image: apache/kafka:4.1.0
          env:
            - name: KAFKA_PROCESS_ROLES
              value: broker
            - name: KAFKA_AUTO_CREATE_TOPICS_ENABLE
              value: "true"
            - name: KAFKA_LOG_FLUSH_INTERVAL_MS
              value: "1"
            - name: KAFKA_NODE_ID
              value: "1"
`;
  const { text: fixed } = await fix("k8s.yaml", text);
  assert.equal(
    fixed,
    text
      .replace("acks=1", "acks=all")
      .replace('value: "true"', 'value: "false"')
      .replace('            - name: KAFKA_LOG_FLUSH_INTERVAL_MS\n              value: "1"\n', ""),
  );
});

test("what an alias stands for is not changed, and neither is a script: the reason is said", async () => {
  const text = `x-env: &env
  KAFKA_PROCESS_ROLES: broker
  KAFKA_AUTO_CREATE_TOPICS_ENABLE: "true"
services:
  a: {image: "apache/kafka:4.1.0", environment: *env}
  b: {image: "apache/kafka:4.1.0", environment: {<<: *env}}
`;
  const { text: same, unmended } = await fix("compose.yaml", text);
  assert.equal(same, text);
  assert.ok(
    unmended.some((each) => each.startsWith("BRK-05: it is written elsewhere")),
    unmended.join("\n"),
  );
  const script = "kafka-topics.sh --bootstrap-server a:9092 --create --topic a --partitions 1 --replication-factor 1\n";
  const done = await fix("a.sh", script);
  assert.equal(done.text, script);
  assert.ok(
    done.unmended.some((each) => each.startsWith("TOP-01: files of this form")),
    done.unmended.join("\n"),
  );
});

test("a change that does not silence its finding is not made, nor one of which it is not known where", async () => {
  const text = "bootstrap.servers=a:1,b:1,c:1\nsecurity.protocol=SSL\nclient.id=x\nacks=1\n";
  const { findings } = await lintFile({ path: "p.properties", text });
  const useless = findings
    .filter(({ rule }) => rule === "PRD-02")
    .map((finding) => ({ ...finding, settings: [{ key: "linger.ms", value: "7" }] }));
  const fixed = await fixFile("p.properties", text, useless);
  assert.equal(fixed.text, text);
  assert.deepEqual(
    fixed.unmended.map(({ reason }) => reason),
    ["the change alone does not silence it"],
  );
  const line = "topics: {a: {partitions: 3, replicationFactor: 1}, b: {partitions: 3, replicationFactor: 3}}\n";
  assert.equal((await fix("topics.yaml", line)).text, line);
});
