import assert from "node:assert/strict";
import { test } from "node:test";
import type { LintOptions } from "./judge-file.ts";
import { lintFile } from "./lint-file.ts";
import { lintFiles } from "./lint-files.ts";

const found = async (path: string, text: string, options: LintOptions = {}) =>
  (await lintFile({ path, text }, options)).findings.map(({ rule, line, key }) => `${rule} ${line} ${key ?? ""}`.trim());

test("a producer's file: the line and the key of each finding", async () => {
  const text = "bootstrap.servers=a:9092,b:9092,c:9092\nsecurity.protocol=SSL\nclient.id=orders\nacks=1\nretries=3\nlinger.sm=5\n";
  assert.deepEqual(await found("producer.properties", text), ["PRD-02 4 acks", "PRD-03 4 acks", "PRD-07 5 retries", "CFG-01 6 linger.sm"]);
  assert.deepEqual(await found("producer.properties", text.replace("acks=1", "acks=all").replace(/retries.*\n.*\n/, "")), []);
});

test("the version of Kafka decides what is gone", async () => {
  const text = "process.roles=controller\nzookeeper.connect=zk:2181\n";
  assert.ok((await found("server.properties", text)).includes("CFG-03 2 zookeeper.connect"));
  assert.ok(!(await found("server.properties", text, { version: "3.9" })).some((each) => each.includes("zookeeper")));
});

test("a finding that a comment allows with a reason is not told, one without a reason is", async () => {
  const allowed = "# ottla: allow PRD-02, PRD-03 because measurements may be lost\n# and nobody minds\nacks=1\nretries=3\n";
  assert.deepEqual(await found("p.properties", allowed), ["PRD-07 4 retries"]);
  assert.deepEqual(await found("p.properties", "# ottla: allow PRD-07\nacks=all\nretries=3\n"), ["CFG-05 1", "PRD-07 3 retries"]);
  assert.deepEqual(await found("p.properties", "# ottla: allow-file PRD-07 because we know\nacks=all\n\nretries=3\n"), []);
  assert.deepEqual(await found("p.properties", "# ottla: ignore PRD-07\nacks=all\n"), ["CFG-05 1"]);
});

test("a connector's JSON, alone or as it is posted", async () => {
  const config = '{\n  "connector.class": "x.SomeSink",\n  "topics": "orders",\n  "errors.tolerance": "all"\n}';
  assert.deepEqual(await found("sink.json", config), ["CON-01 4 errors.tolerance"]);
  assert.deepEqual(await found("sink.json", `{"name": "s",\n"config": ${config}}`), ["CON-01 5 errors.tolerance"]);
  assert.deepEqual(await found("package.json", '{"name": "x"}'), []);
});

test("a compose file: the containers of the usual images, their variables as settings, the version by the tag", async () => {
  const text = `x-env: &env
  KAFKA_PROCESS_ROLES: broker,controller
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 3
services:
  web:
    image: nginx
    environment: { KAFKA_ACKS: "0" }
  kafka:
    image: apache/kafka:4.1.0
    environment:
      <<: *env
      KAFKA_NODE_ID: 1
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093
      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://0.0.0.0:9092
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: 1
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_HEAP_OPTS: -Xmx1g
      KAFKA_LOG_RETENTION_HUORS: 5
  old:
    image: confluentinc/cp-kafka:7.9.1
    environment:
      - KAFKA_ZOOKEEPER_CONNECT=zk:2181
`;
  assert.deepEqual(await found("compose.yaml", text, { profile: "dev" }), [
    "BRK-23 3 offsets.topic.replication.factor",
    "BRK-24 15 advertised.listeners",
    "CFG-01 21 log.retention.huors",
  ]);
});

test("a file of variables, or a container's: what a client is given by Kafka's own names, and its secrets", async () => {
  const env = `KAFKA_BOOTSTRAP_SERVERS=a:1,b:1,c:1
KAFKA_SECURITY_PROTOCOL=SASL_SSL
KAFKA_ACKS=0
KAFKA_ENABLE_IDEMPOTENCE=false
KAFKA_SASL_PASSWORD=hunter2
KAFKA_SSL_KEY_PASSWORD='hunter3'
export SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO="u:hunter4"
KAFKA_API_SECRET=hunter5
KAFKA_PASSWORD=\${FROM_ELSEWHERE}
KAFKA_RETRIES=0
KAFKA_TOPIC_PREFIX=shop
`;
  const wanted = ["PRD-01 3 acks", "PRD-05 4 enable.idempotence", "SEC-11 5 sasl.password", "SEC-11 6 ssl.key.password"];
  assert.deepEqual(await found(".env", env), [...wanted, "SEC-11 7 basic.auth.user.info", "SEC-11 8 sasl.password"]);
  assert.deepEqual(await found("only.env", "KAFKA_SASL_PASSWORD=hunter2\n"), ["SEC-11 1 sasl.password"]);
  const compose = `services:
  app:
    image: shop/orders
    environment:
      KAFKA_BROKERS: a:1,b:1,c:1
      KAFKA_SECURITY_PROTOCOL: SASL_SSL
      KAFKA_PASSWORD: hunter2
`;
  assert.deepEqual(await found("compose.yaml", compose), ["SEC-11 7 sasl.password"]);
});

test("an image of somebody's own has a file beside its variables, and who is on the host's network asks the host", async () => {
  const text = (image: string, network: string) => `services:
  kafka:
    image: ${image}
    environment:
      - KAFKA_CONTROLLER_QUORUM_BOOTSTRAP_SERVERS=kafka:9093
      - KAFKA_LISTENERS=PLAINTEXT://kafka:9092,CONTROLLER://kafka:9093
      - KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://kafka:9092
  app:
    image: shop/orders
    environment:
      - KAFKA_BOOTSTRAP_SERVERS=localhost:9092${network}
`;
  const of = async (image: string, network = "") =>
    (await lintFiles([{ path: "compose.yaml", text: text(image, network) }], { profile: "dev" })).findings
      .map(({ rule, line }) => `${rule} ${line}`)
      .filter((each) => /^(BRK-24|ACR-06)/.test(each));
  assert.deepEqual(await of("quay.io/debezium/kafka:${VERSION}"), ["ACR-06 11"]);
  assert.deepEqual(await of("quay.io/debezium/kafka:${VERSION}", "\n    network_mode: host"), []);
  for (const image of ["${IMAGE}", "registry.local/mirror/cp-kafka:7", "apache/kafka:4.0.0"])
    assert.deepEqual(await of(image), ["BRK-24 6", "ACR-06 11"], image);
});

test("a container that runs the tools of a broker's image is no broker", async () => {
  const text = `services:
  kafka:
    image: confluentinc/cp-kafka:7.9.0
    environment:
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_NODE_ID: 1
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
  topics:
    image: confluentinc/cp-kafka:7.9.0
    environment: { KAFKA_BOOTSTRAP_SERVERS: "kafka:29092" }
    command: kafka-topics --create --topic a --bootstrap-server kafka:29092
`;
  const { findings } = await lintFiles([{ path: "compose.yaml", text }]);
  assert.deepEqual(
    findings.filter(({ subject, rule }) => rule === "BRK-21" || (subject === "services.topics" && rule.startsWith("BRK"))),
    [],
  );
});

test("an engine that runs a connector by itself is no worker, and an operator's field is no second line", async () => {
  const engine = "name=pg\nconnector.class=io.debezium.connector.mysql.MySqlConnector\noffset.storage.file.filename=/data/offsets\n";
  assert.deepEqual(await found("engine.properties", `${engine}database.hostname=db\npulsar.topic=t\n`), []);
  const connector = `apiVersion: kafka.strimzi.io/v1
kind: KafkaConnector
metadata: {name: mysql, labels: {strimzi.io/cluster: c}}
spec:
  class: io.debezium.connector.mysql.MySqlConnector
  tasksMax: 1
  config:
    tasks.max: 1
    topic.prefix: shop
`;
  assert.deepEqual(await found("connector.yaml", connector), []);
});

test("a byte order mark before the first key is named, as Kafka reads it with the key", async () => {
  const { findings } = await lintFile({ path: "p.properties", text: "\u{feff}acks=0\r\nlinger.ms=5\r\n" });
  assert.deepEqual(
    findings.filter(({ rule }) => rule.startsWith("CFG") || rule === "PRD-01").map(({ rule, line, message }) => [rule, line, message]),
    [["CFG-01", 1, "The file begins with a byte order mark, which Kafka takes for a part of the first key: acks has no effect."]],
  );
});

test("what is recommended for its purpose has no findings", async () => {
  const combined = `process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=localhost:9093
listeners=PLAINTEXT://:9092,CONTROLLER://:9093
inter.broker.listener.name=PLAINTEXT
advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL
num.network.threads=3
num.io.threads=8
socket.send.buffer.bytes=102400
socket.request.max.bytes=104857600
log.dirs=data
num.partitions=1
num.recovery.threads.per.data.dir=2
offsets.topic.replication.factor=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
log.retention.hours=168
log.segment.bytes=1073741824
log.retention.check.interval.ms=300000
`;
  assert.deepEqual(await found("server.properties", combined, { profile: "dev" }), []);
  const cluster = `services:
  kafka-1:
    image: \${IMAGE}
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: 'broker,controller'
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,HOST:PLAINTEXT'
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@kafka-1:9093,2@kafka-2:9093,3@kafka-3:9093'
      KAFKA_LISTENERS: 'PLAINTEXT://:19092,CONTROLLER://:9093,HOST://:9092'
      KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT'
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka-1:19092,HOST://localhost:29092
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER'
      CLUSTER_ID: 'abc'
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: 0
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
      KAFKA_LOG_DIRS: 'data'
`;
  assert.deepEqual(await found("docker-compose.yml", cluster, { profile: "dev" }), []);
  assert.ok((await found("docker-compose.yml", cluster)).includes("BRK-06 15 offsets.topic.replication.factor"), "three nodes, one copy");
  assert.deepEqual(
    await found("consumer.properties", "bootstrap.servers=localhost:9092\ngroup.id=test-consumer-group\n", { profile: "dev" }),
    [],
  );
  const worker =
    "bootstrap.servers=localhost:9092\ngroup.id=connect-cluster\nkey.converter=org.apache.kafka.connect.json.JsonConverter\nkey.converter.schemas.enable=true\noffset.storage.topic=connect-offsets\noffset.storage.replication.factor=1\nconfig.storage.topic=connect-configs\nstatus.storage.topic=connect-status\noffset.flush.interval.ms=10000\n";
  assert.deepEqual(await found("connect-distributed.properties", worker, { profile: "dev" }), []);
});

test("underscores are dots, dashes and underscores by each image's own rule", async () => {
  const text = (image: string, name: string) => `services:\n  kafka:\n    image: ${image}\n    environment:\n      ${name}: 1\n`;
  const unknown = async (image: string, name: string) =>
    (await lintFile({ path: "c.yml", text: text(image, name) }, { profile: "dev" })).findings.map(({ key }) => key);
  assert.deepEqual(await unknown("apache/kafka:4.4.0", "KAFKA_NO__SUCH___KEY_X"), ["no_such-key.x"]);
  assert.deepEqual(await unknown("confluentinc/cp-kafka:8.0.0", "KAFKA_NO__SUCH___KEY_X"), ["no-such_key.x"]);
  assert.deepEqual(await unknown("docker.io/bitnami/kafka:3.9", "KAFKA_CFG_NO_KEY"), ["no.key"]);
});

test("what cannot be read is said, and never a crash", async () => {
  assert.match((await lintFile({ path: "compose.yml", text: "services:\n  a: [\n" })).notChecked[0]!.reason, /no YAML/);
  assert.match((await lintFile({ path: "a.properties", text: "acks=\\u12" })).notChecked[0]!.reason, /hexadecimal/);
  assert.match((await lintFile({ path: "c.json", text: '{"connector.class": ' })).notChecked[0]!.reason, /no JSON/);
  for (const text of [
    "",
    "\0\0\0",
    "services:\n",
    "services: 5",
    "services:\n  a: &a\n    <<: *a\n    image: apache/kafka\n",
    "=\n=\n:",
    "\\",
  ])
    for (const path of ["a.properties", "a.yml", "a.json", "a.txt"])
      await assert.doesNotReject(lintFile({ path, text }), JSON.stringify([path, text]));
});

test("a secret is named by its place and never shown", async () => {
  const secret = "hunter2-very-secret";
  const text = `security.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\nbootstrap.servers=a:1,b:1,c:1\nssl.keystore.password=${secret}\nssl.key.password=${secret}\nsasl.jaas.config=x.ScramLoginModule required username="u" password="${secret}";\nssl.truststore.password=${secret}\n`;
  const { findings } = await lintFile({ path: "client.properties", text });
  assert.deepEqual(
    findings.map(({ rule, line }) => [rule, line]),
    [
      ["SEC-11", 4],
      ["SEC-11", 5],
      ["SEC-11", 6],
      ["SEC-11", 7],
    ],
  );
  assert.ok(!JSON.stringify(findings).includes(secret));
});

test("what projects recommend for trying out: what was called wrong in it, and is not", async () => {
  const dev = { profile: "dev" } as const;
  const isolated = `services:
  controller:
    image: apache/kafka:4.4.0
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: controller
      KAFKA_INTER_BROKER_LISTENER_NAME: PLAINTEXT
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_LISTENERS: CONTROLLER://:9093
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@controller:9093
`;
  assert.deepEqual(await found("compose.yaml", isolated, dev), []);
  assert.deepEqual(await found("compose.yaml", isolated.replace("CONTROLLER://:9093\n", "CONTROLLER://:9093,OTHER://:1\n"), dev), [
    "BRK-24 9 listeners",
  ]);
  const mounted = `services:
  kafka:
    image: apache/kafka:4.4.0
    volumes: ["./config:/mnt/shared/config"]
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_LISTENERS: INSIDE://:9092,CONTROLLER://:9093
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093
`;
  assert.deepEqual(await found("compose.yaml", mounted, dev), []);
  const old = (image: string, name: string) =>
    `services:\n  kafka:\n    image: ${image}\n    environment:\n      - ${name}=zookeeper:2181\n      - ALLOW_PLAINTEXT_LISTENER=yes\n`;
  assert.deepEqual(await found("compose.yaml", old("docker.io/bitnami/kafka:2", "KAFKA_CFG_ZOOKEEPER_CONNECT"), dev), []);
  assert.deepEqual(await found("compose.yaml", old("confluentinc/cp-kafka:5.5.1", "KAFKA_ZOOKEEPER_CONNECT"), dev), []);
  assert.deepEqual(await found("compose.yaml", old("some/kafka", "KAFKA_ZOOKEEPER_CONNECT"), dev), []);
  assert.deepEqual(await found("compose.yaml", old("apache/kafka:4.0.0", "KAFKA_ZOOKEEPER_CONNECT"), dev), ["CFG-03 5 zookeeper.connect"]);
  const bitnami = `services:
  kafka:
    image: bitnamilegacy/kafka:4.0
    environment:
      - KAFKA_CFG_NODE_ID=0
      - KAFKA_CFG_PROCESS_ROLES=controller,broker
      - KAFKA_CFG_CONTROLLER_QUORUM_VOTERS=0@kafka:9093
      - KAFKA_CFG_LISTENERS=PLAINTEXT://:9092,CONTROLLER://:9093,EXTERNAL://:9094
      - KAFKA_CFG_ADVERTISED_LISTENERS=PLAINTEXT://kafka:9092,EXTERNAL://localhost:9094
      - KAFKA_CFG_LISTENER_SECURITY_PROTOCOL_MAP=CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT,PLAINTEXT:PLAINTEXT
      - KAFKA_CFG_CONTROLLER_LISTENER_NAMES=CONTROLLER
      - KAFKA_CFG_OFFSETS_TOPIC_REPLICATION_FACTOR=1
      - KAFKA_CFG_TRANSACTION_STATE_LOG_REPLICATION_FACTOR=1
      - KAFKA_CFG_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR=1
`;
  assert.deepEqual(await found("compose.yaml", bitnami, dev), []);
  assert.deepEqual(
    await found(
      "c.properties",
      "bootstrap.servers=a:1\nsasl.oauthbearer.token.endpoint.url=https://x/token\nssl.key.password=changeme\n",
      dev,
    ),
    ["SEC-12 2 sasl.oauthbearer.token.endpoint.url"],
  );
});
