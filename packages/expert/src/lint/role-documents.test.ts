import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFile } from "./lint-file.ts";
import { lintFiles } from "./lint-files.ts";

/** The rules that a text breaks, once each. */
async function rulesOf(path: string, text: string): Promise<readonly string[]> {
  const { findings } = await lintFile({ path, text });
  return [...new Set(findings.map(({ rule }) => rule))].toSorted();
}

const block = (language: string, text: string): string => `# Advice\n\n\`\`\`${language}\n${text}\`\`\`\n`;

test("advice on commands: a comment behind a continuation, tools, classes and options that are gone", async () => {
  const created =
    "kafka-topics --create --topic sales.invoice.sent \\\n  --partitions 6 --replication-factor 3 \\\n  --config retention.ms=1209600000 \\  # a fortnight\n  --config compression.type=zstd\n";
  const broken = await rulesOf("a.md", block("bash", created));
  assert.ok(broken.includes("CMD-01"));
  assert.ok(
    (await rulesOf("a.md", block("bash", created.replace("\\  # a fortnight", "\\")))).includes("CMD-06"),
    "and no --bootstrap-server",
  );
  assert.deepEqual(
    await rulesOf("a.md", block("sh", "kafka-run-class kafka.tools.JmxTool --object-name kafka.server:type=X --reporting-interval 500\n")),
    ["CMD-02"],
  );
  assert.deepEqual(await rulesOf("a.md", block("sh", "kafka-run-class kafka.tools.EndToEndLatency b1:9092 trial 5000 all 512\n")), [
    "CMD-02",
  ]);
  assert.deepEqual(
    await rulesOf(
      "a.md",
      block("bash", "kafka-consumer-perf-test --topic trial --messages 5000 \\\n  --threads 2 --broker-list b1:9092,b2:9092\n"),
    ),
    ["CMD-03", "CMD-05"],
  );
  assert.deepEqual(
    await rulesOf("a.md", block("bash", "kafka-consumer-perf-test --topic trial --num-records 5000 --bootstrap-server b1:9092,b2:9092\n")),
    [],
  );
});

test("advice on topics: a log that is rewritten all the time, and partitions added to keys", async () => {
  const state =
    "kafka-topics --bootstrap-server b1:9092 --create --topic sales.invoice-state --partitions 6 --replication-factor 3 --config cleanup.policy=compact";
  assert.deepEqual(await rulesOf("a.sh", `${state} --config min.cleanable.dirty.ratio=0.01\n`), ["TOP-16"]);
  assert.deepEqual(await rulesOf("a.sh", `${state} --config min.cleanable.dirty.ratio=0.4\n`), []);
  assert.deepEqual(await rulesOf("a.sh", "kafka-topics --alter --topic mine --partitions 48 --bootstrap-server b1:9092\n"), ["CMD-07"]);
});

test("advice on brokers: forced flushes under a comment that says the opposite, and ZooKeeper", async () => {
  assert.deepEqual(
    await rulesOf(
      "a.md",
      block("ini", "# the system decides when\nlog.flush.interval.messages=20000\nlog.flush.interval.ms=2000\nnum.io.threads=16\n"),
    ),
    ["BRK-07"],
  );
  assert.deepEqual(await rulesOf("a.md", block("properties", "process.roles=broker\nzookeeper.connect=zk1:2181\n")), ["CFG-03"]);
  assert.deepEqual(
    await rulesOf("a.md", block("ini", "num.io.threads=16\nauto.leader.rebalance.enable=true\ncompression.type=producer\n")),
    [],
  );
});

test("advice on producers: fewer acks or no lingering for the sake of latency, few retries", async () => {
  assert.deepEqual(await rulesOf("a.md", block("properties", "acks=1\nlinger.ms=0\nenable.idempotence=true\n")), [
    "PRD-02",
    "PRD-04",
    "PRD-09",
  ]);
  assert.deepEqual(await rulesOf("a.md", block("yaml", "acks: all\nretries: 3\nenable.idempotence: true\n")), ["PRD-07"]);
  assert.deepEqual(await rulesOf("a.md", block("yaml", "acks: all\nlinger.ms: 10\nenable.idempotence: true\n")), []);
});

test("advice on consumers: sessions as they were, assignors that stop everybody, keys that the new protocol has no use for", async () => {
  assert.deepEqual(await rulesOf("a.md", block("properties", "group.id=stock\nsession.timeout.ms=30000\nheartbeat.interval.ms=10000\n")), [
    "CNS-04",
  ]);
  assert.deepEqual(
    await rulesOf(
      "a.md",
      block("properties", "group.id=stock\npartition.assignment.strategy=org.apache.kafka.clients.consumer.RangeAssignor\n"),
    ),
    ["CNS-06"],
  );
  assert.deepEqual(await rulesOf("a.md", block("properties", "group.id=stock\ngroup.protocol=consumer\nsession.timeout.ms=30000\n")), [
    "CNS-05",
  ]);
  assert.deepEqual(await rulesOf("a.md", block("properties", "group.id=stock\ngroup.protocol=consumer\n")), []);
});

test("advice on schemas: a time beside its type, money in binary fractions, a version in the record", async () => {
  const schema = (fields: string): string =>
    `{"type": "record", "name": "Sent", "namespace": "sales", "doc": "One.", "fields": [${fields}]}`;
  const wrong =
    '{"name": "sum_total", "type": "double"}, {"name": "at", "type": "long", "logicalType": "timestamp-millis"}, {"name": "event_version", "type": "string"}';
  assert.deepEqual(await rulesOf("a.md", block("json", `${schema(wrong)}\n`)), ["SCH-05", "SCH-06", "SCH-13"]);
  const right =
    '{"name": "sum_total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}}, {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}';
  assert.deepEqual(await rulesOf("a.md", block("json", `${schema(right)}\n`)), []);
});

test("advice on connectors: a database without a prefix, files of a thousand records", async () => {
  const source =
    '{"name": "s", "config": {"connector.class": "io.debezium.connector.postgresql.PostgresConnector", "database.hostname": "d", "database.dbname": "b", "plugin.name": "pgoutput"}}';
  assert.ok((await rulesOf("a.md", block("json", `${source}\n`))).includes("CON-04"));
  const sink =
    '{"name": "s", "config": {"connector.class": "io.confluent.connect.s3.S3SinkConnector", "topics": "a", "format.class": "io.confluent.connect.s3.format.parquet.ParquetFormat", "flush.size": "1000"}}';
  assert.ok((await rulesOf("a.md", block("json", `${sink}\n`))).includes("CON-03"));
});

test("advice on alerts: series that no exporter has, and lag as a number", async () => {
  const alerts =
    '- name: stock_lag\n  expr: kafka_consumer_group_lag{group="stock"} > 5000\n- name: broker_gone\n  expr: kafka_brokers_count < 3\n';
  assert.deepEqual(await rulesOf("a.md", block("yaml", alerts)), ["MON-01", "MON-02"]);
  const right = "- alert: Behind\n  expr: kafka_consumergroup_group_lag_seconds > 60\n- alert: BrokerGone\n  expr: kafka_brokers < 3\n";
  assert.deepEqual(await rulesOf("a.md", block("yaml", right)), []);
  const broken = await lintFile({ path: "r.yaml", text: 'groups:\n  - rules:\n      - alert: A\n        expr: "kafka_brokers{"\n' });
  assert.deepEqual(broken.notChecked, [{ subject: "r.yaml", reason: "An expression of an alert could not be read (line 4)." }]);
  const resource = `apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: kafka}\nspec:\n  groups:\n    - name: kafka\n      rules:\n        - alert: Lag\n          expr: |\n            sum(kafka_consumergroup_lag) > 100\n`;
  const { findings } = await lintFile({ path: "rules.yaml", text: resource });
  assert.deepEqual(
    findings.map(({ rule, line, subject }) => [rule, line, subject]),
    [["MON-02", 9, "alert Lag"]],
  );
});

test("programs in documents are judged by what they do, with the document's lines, and not by what they leave out", async () => {
  const off = [
    "Consumer<String, Order> consumer = new KafkaConsumer<>(props);",
    "while (true) {",
    "  ConsumerRecords<String, Order> records = consumer.poll(Duration.ofMillis(100));",
    "  pool.submit(() -> {",
    "    for (ConsumerRecord<String, Order> record : records) handle(record);",
    "    consumer.commitSync();",
    "  });",
    "}",
  ];
  const letter =
    'public void putAside(ConsumerRecord<String, Order> record) {\n  ProducerRecord<String, Order> letter = new ProducerRecord<>("orders.dlq", record.key(), record.value());\n  letterProducer.send(letter);\n}\n';
  const text = `# Kafka\n\n${block("java", `${off.join("\n")}\n`)}\n${block("java", letter)}`;
  const { findings, notChecked } = await lintFile({ path: "guide.md", text });
  assert.deepEqual(notChecked, []);
  const lines = text.split("\n");
  assert.deepEqual(
    findings.map(({ rule, file, line }) => [rule, file, lines[line! - 1]!.trim()]),
    [
      ["SRC-05", "guide.md", "consumer.commitSync();"],
      ["SRC-13", "guide.md", "letterProducer.send(letter);"],
    ],
  );
  const settings = 'props.put(ProducerConfig.ACKS_CONFIG, "1");\nprops.put(ProducerConfig.LINGER_MS_CONFIG, 10);\n';
  assert.deepEqual(await rulesOf("a.md", `Kafka\n${block("java", settings)}`), ["PRD-02", "PRD-03"]);
  const right =
    'const kafka = new Kafka({ clientId: "shop", brokers: ["kafka:9092"] });\nconst producer = kafka.producer();\nawait producer.send({ topic: "orders", messages: [{ key: "k", value: "v" }] });\n';
  assert.deepEqual(await rulesOf("a.md", `Kafka\n${block("typescript", right)}`), []);
});

test("a document with more programs than are looked into says so", async () => {
  const many = `Kafka\n${block("java", "class A {}\n").repeat(201)}`;
  assert.deepEqual((await lintFile({ path: "a.md", text: many })).notChecked, [
    { subject: "a.md", reason: "Of its 201 blocks of programs the first 200 were looked into, up to line 20000. Split the document." },
  ]);
  const deep = `Kafka\n${"\n".repeat(20_001)}${block("java", "class A {}\n")}`;
  assert.equal((await lintFile({ path: "a.md", text: deep })).notChecked.length, 1);
});

test("advice across files: one transactional id for every instance", async () => {
  const one = "bootstrap.servers=a:1,b:1,c:1\nsecurity.protocol=SSL\nclient.id=x\ntransactional.id=sales-producer\n";
  const files = [
    { path: "a/producer.properties", text: one },
    { path: "b/producer.properties", text: one },
  ];
  assert.ok((await lintFiles(files)).findings.some(({ rule }) => rule === "PRD-13"));
});

test("statements that were true once, or say half of it: pauses, null keys, fewer partitions, a broker's bound, promised gains", async () => {
  const text = [
    "# Kafka",
    "| No key (null) | Max throughput, no ordering | Round-robin |",
    "- You CANNOT decrease partitions (ever)",
    "Impact: ALL consumers in group pause during rebalance",
    "-   Limit partitions per broker (~4000). Use fewer topics or larger clusters.",
    "- Producer p99 latency: 500ms → 50ms (10x improvement)",
    "```",
    "# cannot decrease partitions, ever",
    "```",
    "Kafka keeps the order within a partition.",
  ].join("\n");
  const { findings, notChecked } = await lintFile({ path: "guide.md", text });
  assert.deepEqual(notChecked, []);
  assert.deepEqual(
    findings.map(({ rule, line, severity }) => [rule, line, severity]),
    [
      ["DOC-02", 2, "info"],
      ["DOC-03", 3, "info"],
      ["DOC-01", 4, "info"],
      ["DOC-04", 5, "info"],
      ["DOC-05", 6, "info"],
    ],
  );
  const long = `kafka ${"all consumers ".repeat(60)}\n`.repeat(5000);
  assert.deepEqual((await lintFile({ path: "guide.md", text: long })).findings, []);
});

test("statements on what to build upon: ksqlDB without its licence; heaps and disks that are fine stay silent", async () => {
  const guide =
    "# Kafka\n\n- SQL-like queries? → **ksqlDB** (Quick aggregation)\n- Heap size 6 to 8 GB, G1GC\n- SSDs, RAID 10 for redundancy\n";
  const { findings } = await lintFile({ path: "guide.md", text: guide });
  assert.deepEqual(
    findings.map(({ rule, line }) => [rule, line]),
    [["DOC-06", 3]],
  );
});

test("a rule that holds from a version on is silent for those before it", async () => {
  const streams = "application.id=a\nprocessing.guarantee=exactly_once\n";
  const told = async (version: "3.9" | "4.0"): Promise<readonly string[]> =>
    (await lintFile({ path: "streams.properties", text: streams }, { version })).findings.map(({ rule }) => rule);
  assert.ok((await told("4.0")).includes("STR-01"));
  assert.ok(!(await told("3.9")).includes("STR-01"));
});
