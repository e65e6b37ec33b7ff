import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFiles } from "../lint/lint-files.ts";
import { lintFile } from "../lint/lint-file.ts";
import type { Language } from "../source/syntax/language.ts";
import { sourceRules } from "./source-rules.ts";

const NAMES: Readonly<Record<Language, string>> = {
  typescript: "program.ts",
  java: "Program.java",
  kotlin: "Program.kt",
  python: "program.py",
  go: "program.go",
};

for (const { id, name, examples } of sourceRules)
  test(`${id} ${name} fires where it should, and not just short of it`, async () => {
    assert.ok(
      examples.some(({ hits }) => hits === 0),
      "an example that is silent",
    );
    for (const { language, code, hits, path = NAMES[language], beside = {} } of examples) {
      const others = Object.entries(beside).map(([name, text]) => ({ path: name, text }));
      const { findings, notChecked } = await lintFiles([{ path, text: code }, ...others]);
      assert.deepEqual(notChecked, [], code);
      const own = findings.filter(({ rule }) => rule === id);
      assert.equal(own.length, hits, `${code}\n${JSON.stringify(findings, undefined, 1)}`);
      for (const { message } of own) assert.match(message, /[.?]$/);
    }
  });

test("a client's settings in code are judged by the rules over settings, with line and key", async () => {
  const text = `import { Kafka } from "kafkajs";
const HOSTS = ["kafka-1:9092", "kafka-2:9092", "kafka-3:9092"];
const kafka = new Kafka({ clientId: "orders", brokers: HOSTS, ssl: true });
export const consumer = kafka.consumer({ groupId: "g", sessionTimeout: 10 * 1000, heartbeatInterval: 9_000 });
`;
  const { findings } = await lintFile({ path: "a.ts", text });
  assert.deepEqual(
    findings.map(({ rule, line, key }) => [rule, line, key]),
    [
      ["SRC-17", 3, undefined],
      ["CNS-02", 4, "heartbeat.interval.ms"],
    ],
  );
});

test("what Apache Kafka's client takes by itself is not held against another", async () => {
  const settings = `{"bootstrap.servers": "a:1,b:1,c:1", "security.protocol": "SSL", "client.id": "orders", "message.timeout.ms": 1000, "acks": 1}`;
  const { findings } = await lintFile({ path: "a.py", text: `from confluent_kafka import Producer\nproducer = Producer(${settings})\n` });
  assert.deepEqual(
    findings.map(({ rule }) => rule),
    ["PRD-02"],
  );
});

test("a program cut off anywhere is read as far as it goes", async () => {
  const text = `import org.apache.kafka.clients.consumer.KafkaConsumer;\nclass A {\n  void run() throws E {\n    try (lock; var consumer = new KafkaConsumer<>(settings)) {\n      for (var record : consumer.poll(wait)) handle(record);\n    } catch (X | Y e) { log.error("x", e); }\n  }\n}\n`;
  for (let end = 60; end < text.length; end += 3)
    await assert.doesNotReject(lintFile({ path: "A.java", text: text.slice(0, end) }), text.slice(0, end));
});

test("texts without end, without sense or without depth are said to be unread, and never a crash", async () => {
  const deep = "f(".repeat(3000);
  for (const path of ["a.ts", "a.jsx"]) {
    const { notChecked } = await lintFile({ path, text: `import "kafkajs";\n${deep}` });
    assert.match(notChecked[0]!.reason, /nests too deep/);
    for (const text of [
      "a<b<c,\\n".repeat(100),
      "a.b()\\n.".repeat(300),
      "\\0\\ufffd(",
      "`${",
      "class {",
      "for (;;",
      "new",
      "if (",
      "!".repeat(500),
    ])
      await assert.doesNotReject(lintFile({ path, text: `import { Kafka } from "kafkajs";\nnew Kafka({\n${text}` }), text.slice(0, 20));
  }
  assert.match(
    (await lintFile({ path: "a.ts", text: `import "kafkajs";\nconst = ;\n` })).notChecked[0]?.reason ?? "",
    /Line 2 could not be understood/,
  );
});
