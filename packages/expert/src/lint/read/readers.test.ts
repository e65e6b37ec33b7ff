import assert from "node:assert/strict";
import { test } from "node:test";
import { readFile } from "./read-file.ts";

/** Documents as `kind part: key@line=value …`. */
async function read(path: string, text: string): Promise<readonly string[]> {
  const { documents } = await readFile({ path, text });
  return documents.map(
    ({ document: { kind, part, entries } }) =>
      `${kind} ${part ?? "-"}: ${entries.map(({ key, line, value }) => `${key}@${line}=${value}`).join(" ")}`,
  );
}

test("Spring's YAML: what is common and each client's own, words and units as Kafka's, and profiles that inherit", async () => {
  const text = `spring:
  kafka:
    bootstrap-servers: a:9092,b:9092
    properties:
      "[security.protocol]": SSL
    consumer:
      groupId: billing
      max-poll-interval: 10m
      isolation-level: READ_COMMITTED
    producer:
      acks: 1
      properties: { linger.ms: 7 }
      batch-size: 64KB
    listener: { ack-mode: batch }
---
spring.config.activate.on-profile: dev
spring.kafka.consumer.auto-offset-reset: latest
`;
  const common = "bootstrap.servers@3=a:9092,b:9092 security.protocol@5=SSL";
  const consumer = "group.id@7=billing max.poll.interval.ms@8=600000 isolation.level@9=read_committed";
  assert.deepEqual(await read("application.yml", text), [
    `consumer spring.kafka.consumer: ${common} ${consumer}`,
    `producer spring.kafka.producer: ${common} acks@11=1 linger.ms@12=7 batch.size@13=65536`,
    "listener spring.kafka.listener: listener.ack-mode@14=batch",
    `consumer profile dev, spring.kafka.consumer: ${common} ${consumer} auto.offset.reset@17=latest`,
  ]);
});

test("Spring's, Quarkus's and Micronaut's properties, and Spring Cloud Stream", async () => {
  assert.deepEqual(await read("application.properties", "server.port=1\nspring.kafka.producer.acks=0\n"), [
    "producer spring.kafka.producer: acks@2=0",
  ]);
  assert.deepEqual(
    await read(
      "application.properties",
      "kafka.bootstrap.servers=k:9092\nmp.messaging.incoming.in.connector=smallrye-kafka\nmp.messaging.incoming.in.topic=t\nmp.messaging.incoming.in.group.id=g\nmp.messaging.outgoing.other.acks=0\n",
    ),
    ["consumer mp.messaging.incoming.in: bootstrap.servers@1=k:9092 group.id@4=g"],
  );
  assert.deepEqual(await read("application.yml", "kafka:\n  producers:\n    default:\n      acks: 0\n      key: {serializer: S}\n"), [
    "producer kafka.producers.default: acks@4=0 key.serializer@5=S",
  ]);
  assert.deepEqual(
    await read(
      "application.yml",
      "spring:\n  cloud:\n    stream:\n      kafka:\n        binder:\n          brokers: k:9092\n          configuration: {security.protocol: SSL}\n",
    ),
    ["client spring.cloud.stream.kafka binder: bootstrap.servers@6=k:9092 security.protocol@7=SSL"],
  );
});

test("a client's configuration in JSON or YAML: Kafka's names, librdkafka's, kafkajs's", async () => {
  assert.deepEqual(
    await read(
      "c.json",
      '{\n "bootstrap.servers": "a:1",\n "sasl.mechanisms": "PLAIN",\n "security.protocol": "sasl_ssl", "queue.buffering.max.ms": 5 }',
    ),
    ["producer -: bootstrap.servers@2=a:1 sasl.mechanism@3=PLAIN security.protocol@4=SASL_SSL linger.ms@4=5"],
  );
  assert.deepEqual(
    await read(
      "c.yaml",
      "kafka:\n  clientId: app\n  brokers: [a:1, b:1]\n  sasl: {mechanism: plain, username: u}\n  consumer: {groupId: g}\n",
    ),
    [
      "client kafka: client.id@2=app bootstrap.servers@3=a:1,b:1 sasl.mechanism@4=PLAIN security.protocol@4=SASL_PLAINTEXT",
      "consumer kafka.consumer: group.id@5=g",
    ],
  );
  assert.deepEqual(await read("x.yaml", "prometheus:\n  brokers: 3\n  topics: [a, b]\n"), []);
});

test("Strimzi's resources: settings, topics, rules, connectors, with their lines", async () => {
  const text = `apiVersion: kafka.strimzi.io/v1
kind: KafkaTopic
metadata: {name: orders}
spec:
  partitions: 3
  replicas: 1
  config:
    retention.ms: 1000
---
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata: {name: main}
spec:
  kafka:
    version: 4.1.0
    config:
      default.replication.factor: 3
---
apiVersion: kafka.strimzi.io/v1
kind: KafkaUser
metadata: {name: app}
spec:
  authorization:
    type: simple
    acls:
      - resource: {type: topic, name: "*", patternType: literal}
        operations: [Write, IdempotentWrite]
`;
  const found = (await read("k.yaml", text)).filter((each) => !each.startsWith("resource"));
  const rule = (operation: string) =>
    `acl ACL of User:app: principal@26=User:app permission@26=allow operation@26=${operation} resource-type@26=topic resource-name@26=* pattern-type@26=literal host@26=*`;
  assert.deepEqual(found, [
    "topic topic orders: topic@5=orders partitions@5=3 replication-factor@6=1 retention.ms@8=1000",
    "broker Kafka main: default.replication.factor@17=3",
    rule("write"),
    rule("idempotentwrite"),
  ]);
});

test("Kubernetes: containers of Kafka's images and of its clients, properties files in a ConfigMap", async () => {
  const text = `apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  template:
    spec:
      containers:
        - name: app
          image: shop/orders:1
          env:
            - {name: KAFKA_BOOTSTRAP_SERVERS, value: "kafka:9092"}
            - name: KAFKA_GROUP_ID
              value: orders
            - name: KAFKA_SASL_PASSWORD
              valueFrom: {secretKeyRef: {name: s, key: k}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
  client.properties: |
    bootstrap.servers=a:1
    acks=0
`;
  assert.deepEqual(await read("d.yaml", text), [
    "client Deployment orders, container app: bootstrap.servers@11=kafka:9092 group.id@12=orders sasl.password@14=${from elsewhere}",
    "producer ConfigMap c, client.properties: bootstrap.servers@22=a:1 acks@23=0",
  ]);
});

test("a chart's values: settings wherever they stand, as a map or as a text", async () => {
  const text = `broker:
  replicaCount: 3
  extraConfig: |
    auto.create.topics.enable=true
    log.retention.hours=24
cp-kafka:
  configurationOverrides:
    "offsets.topic.replication.factor": "1"
provisioning:
  topics:
    - name: orders
      partitions: 2
      replicationFactor: 1
      config: {max.message.bytes: 64000}
`;
  assert.deepEqual(await read("values.yaml", text), [
    "topic topic orders: topic@11=orders partitions@12=2 replication-factor@13=1 max.message.bytes@14=64000",
    "broker broker.extraConfig: auto.create.topics.enable@4=true log.retention.hours@5=24",
    "broker cp-kafka.configurationOverrides: offsets.topic.replication.factor@8=1",
  ]);
});

test("lists of topics and rules by the shapes of the usual tools", async () => {
  assert.deepEqual(
    await read(
      "t.yaml",
      'context: c\nprojects:\n  - name: p\n    topics:\n      - name: a\n        config: {replication.factor: "1", num.partitions: "2", cleanup.policy: compact}\n',
    ),
    ["topic topic a: topic@5=a partitions@6=2 replication-factor@6=1 cleanup.policy@6=compact"],
  );
  assert.deepEqual(
    await read(
      "t.json",
      '{"version":1,"partitions":[{"topic":"a","partition":0,"replicas":[1,2]},\n{"topic":"a","partition":1,"replicas":[1]}]}',
    ),
    ["topic topic a: topic@2=a replication-factor@2=1"],
  );
  assert.deepEqual(
    await read("a.json", '{"acls": [{"principal": "User:a", "operation": "READ", "resourceType": "TOPIC", "resourceName": "*"}]}'),
    [
      "acl ACL of User:a: principal@1=User:a permission@1=allow operation@1=read resource-type@1=topic resource-name@1=* pattern-type@1=literal host@1=*",
    ],
  );
});

test("a file of variables, with export, quotes and comments", async () => {
  assert.deepEqual(await read(".env", '# x\nexport KAFKA_BROKERS="a:1,b:1" # both\nSPRING_KAFKA_CONSUMER_GROUP_ID=g\n'), [
    "consumer spring.kafka.consumer: group.id@3=g",
    "client -: bootstrap.servers@2=a:1,b:1",
  ]);
});

test("templates and broken files that are Kafka's are named, those that are not are passed over", async () => {
  const reasons = async (path: string, text: string) => (await readFile({ path, text })).notChecked.map(({ reason }) => reason);
  assert.match((await reasons("t.yaml", "{{- if .Values.kafka }}\nkafka:\n{{- end }}\n"))[0]!, /It is a template/);
  assert.deepEqual(await reasons("t.yaml", "{{- if .Values.web }}\nweb:\n{{- end }}\n"), []);
  assert.match((await reasons("t.yaml", "kafka: [\n"))[0]!, /no YAML/);
});

test("aliases that grow without end and nesting without end are named, and no crash", async () => {
  const names = "abcdefgh".split("");
  const bomb = `kafka: &z [x, x, x, x, x, x, x, x, x]\n${names
    .map(
      (name, i) =>
        `${name}: &${name} [${Array(9)
          .fill(`*${i === 0 ? "z" : names[i - 1]}`)
          .join(", ")}]`,
    )
    .join("\n")}\n`;
  const reasons = async (path: string, text: string) => (await readFile({ path, text })).notChecked.map(({ reason }) => reason);
  assert.match((await reasons("bomb.yaml", bomb))[0]!, /more than 100000 parts/);
  assert.match((await reasons("deep.yaml", `kafka: ${"[".repeat(1000)}${"]".repeat(1000)}\n`))[0]!, /nests (?:too deep|deeper)/);
  assert.match(
    (await reasons("deep.json", `{"acks": ${"[".repeat(2000)}${"]".repeat(2000)}, "connector.class": 1}`))[0]!,
    /nests (?:too deep|deeper)/,
  );
  // Half a schema judged would look like the whole.
  for (const levels of [150, 6000]) {
    const schema = `{"type":"record","name":"A","fields":[{"name":"a","type":${'{"type":"array","items":'.repeat(levels)}"int"${"}".repeat(levels)}}]}`;
    assert.match((await reasons("deep.avsc", schema))[0]!, /nests (?:too deep|deeper)/);
  }
});

test("a document's blocks of code: commands as shell words, settings and schemas as parts of something larger", async () => {
  const text = `# Topics

- first

  \`\`\`sh
  $ docker exec k /opt/kafka/bin/kafka-topics.sh --bootstrap-server a:1 \\
      --create --topic "orders" --replication-factor 1 --config retention.ms=1000
  \`\`\`

~~~properties
acks=1
~~~

\`\`\`json
{"type": "record", "name": "A", "fields": []}
\`\`\`
`;
  const found = await readFile({ path: "README.md", text });
  assert.deepEqual(await read("README.md", text), [
    "topic topic orders: topic@7=orders replication-factor@7=1 retention.ms@7=1000",
    "producer -: acks@11=1",
  ]);
  assert.deepEqual(
    found.commands.map(({ tool, line }) => [tool, line]),
    [["topics", 6]],
  );
  assert.deepEqual(
    found.avro.map(({ types }) => types[0]!.line),
    [15],
  );
});

test("rules that a command adds, and settings that it alters", async () => {
  const script =
    "kafka-acls.sh --bootstrap-server a:1 --add --allow-principal User:a --operation Read --topic t\nkafka-configs.sh --bootstrap-server a:1 --alter --entity-type topics --entity-name t --add-config cleanup.policy=[compact,delete],segment.ms=1\n";
  assert.deepEqual(await read("a.sh", script), [
    "acl ACL of User:a: principal@1=User:a permission@1=allow operation@1=read resource-type@1=topic resource-name@1=t pattern-type@1=literal host@1=*",
    "topic topic t: topic@2=t cleanup.policy@2=compact,delete segment.ms@2=1",
  ]);
});

test("a document's blocks are told by its own lines, and what is beyond the bound is named", async () => {
  const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\`\n`;
  const record = '{"type": "record", "name": "Order",\n "fields": [{"name": "total", "type": "double"}]}';
  const message = 'syntax = "proto3";\nmessage Order {\n  double total = 1;\n  enum State { NEW = 0; }\n}';
  const text = `# One\n\n${fenced("properties", "bootstrap.servers=a:1\nacks=0")}\n${fenced("json", record)}${fenced("proto", message)}`;
  const { documents, avro, proto } = await readFile({ path: "README.md", text });
  const lineOf = (part: string): number => text.slice(0, text.indexOf(part)).split("\n").length;
  assert.deepEqual(
    documents[0]!.document.entries.map(({ key, line }) => [key, line]),
    [
      ["bootstrap.servers", lineOf("bootstrap.servers")],
      ["acks", lineOf("acks=0")],
    ],
  );
  assert.deepEqual([avro[0]!.types[0]!.line, avro[0]!.fields[0]!.line], [lineOf('{"type": "record"'), lineOf('"fields"')]);
  const [order, state] = proto[0]!.types;
  assert.deepEqual(
    [order!.line, order!.fields[0]!.line, state!.line, state!.values[0]!.line],
    ["message", "double total", "enum", "NEW"].map(lineOf),
  );

  const many = await readFile({ path: "README.md", text: fenced("sh", "kafka-topics --list").repeat(10_001) });
  assert.equal(many.commands.length, 10_000);
  assert.deepEqual(many.notChecked, [
    {
      subject: "README.md",
      reason: "It has 10001 blocks of code; those from line 30001 on were not looked into. Split the document.",
    },
  ]);
});
