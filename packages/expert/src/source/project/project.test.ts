import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFiles } from "../../lint/lint-files.ts";

type Files = Readonly<Record<string, string>>;

/** Each finding of the project as `file:line rule`. */
async function found(files: Files): Promise<readonly string[]> {
  const { findings, notChecked } = await lintFiles(Object.entries(files).map(([path, text]) => ({ path, text })));
  assert.deepEqual(notChecked, []);
  return findings.map(({ file, line, rule }) => `${file}:${line} ${rule}`);
}

const KAFKA = `import { createClient } from "@ottla/client";
export const client = createClient({ bootstrapServers: ["a:1", "b:1", "c:1"], clientId: "shop", tls: true });
export const producer = client.producer();
export const consumer = client.consumer({ groupId: "orders", enableAutoCommit: false });
`;
const KAFKAJS = `import { Kafka } from "kafkajs";
export const consumer = new Kafka({ clientId: "shop", brokers, ssl }).consumer({ groupId: "g" });
`;
const READ = `import { consumer } from "./kafka.js";
for await (const record of consumer.records()) await handle(record);
await consumer.close();
`;

test("a commit in another file of the project counts, and where none has it, that is said at the read", async () => {
  const files = { "package.json": "{}", "src/kafka.ts": KAFKA, "src/read.ts": READ };
  assert.deepEqual(await found(files), ["src/read.ts:2 SRC-21"]);
  const commit = `import { consumer } from "./kafka.js";\nexport const done = (record) => consumer.commit(record);\n`;
  assert.deepEqual(await found({ ...files, "src/done.ts": commit }), []);
  // Who imports it may stand in another project of a workspace.
  const other = commit.replace("./kafka.js", "../src/kafka.js");
  assert.deepEqual(await found({ ...files, "other/package.json": "{}", "other/done.ts": other }), []);
  // What commits in another project of the same run is nothing to this one.
  assert.deepEqual(await found({ ...files, "other/package.json": "{}", "other/done.ts": commit }), ["src/read.ts:2 SRC-21"]);
});

test("a helper of the project that gets the consumer is looked into, a library's is not", async () => {
  const read = `import { createClient } from "@ottla/client";
import { track } from "./track.js";
const consumer = createClient({ bootstrapServers, clientId: "shop" }).consumer({ groupId: "g", enableAutoCommit: false });
const tracker = track(consumer);
for await (const record of consumer.records()) await handle(record, tracker);
await consumer.close();
`;
  assert.deepEqual(await found({ "read.ts": read, "track.ts": "export const track = (consumer) => consumer.on('kafka', report);\n" }), [
    "read.ts:3 SRC-21",
  ]);
  assert.deepEqual(await found({ "read.ts": read, "track.ts": "export const track = (c) => ({ done: (r) => c.commit(r) });\n" }), []);
  assert.deepEqual(await found({ "read.ts": read.replace("./track.js", "commit-tracker") }), []);
});

test("a consumer that is closed where it is not made is closed", async () => {
  const kafka = KAFKA.replace(", enableAutoCommit: false", "");
  const read = READ.replace("await consumer.close();\n", "");
  assert.deepEqual(await found({ "kafka.ts": kafka, "read.ts": read }), ["read.ts:2 SRC-09"]);
  const stop = `import { consumer } from "./kafka";\nprocess.once("SIGTERM", () => consumer.close());\n`;
  assert.deepEqual(await found({ "kafka.ts": kafka, "read.ts": read, "stop.ts": stop }), []);
  const all = `import { consumer, producer } from "./kafka";\nexport const stop = async () => { for (const each of [consumer, producer]) await each.close(); };\n`;
  assert.deepEqual(await found({ "kafka.ts": kafka, "read.ts": read, "stop.ts": all }), []);
});

test("a client of another file is judged where it is used, also when nothing there speaks of Kafka", async () => {
  const messaging = KAFKA.replace(`export const consumer = client.consumer({ groupId: "orders", enableAutoCommit: false });\n`, "");
  const send = `  producer.send({ topic: "orders", messages: [order] });\n`;
  const files = {
    "messaging.ts": `${messaging}export async function connected() {\n  return producer;\n}\n`,
    "by-name.ts": `import { producer } from "./messaging.js";\nexport function publish(order) {\n${send}}\n`,
    "as-module.ts": `import * as messaging from "./messaging.js";\nexport function publish(order) {\n${send.replace("producer", "messaging.producer")}}\n`,
    "by-call.ts": `import { connected } from "./messaging.js";\nexport async function publish(order) {\n  const sender = await connected();\n${send.replace("producer", "sender")}}\n`,
    "unrelated.ts": `import { producer } from "./film.js";\nexport function publish(order) {\n${send}}\n`,
  };
  assert.deepEqual(await found(files), ["by-name.ts:3 SRC-02", "as-module.ts:3 SRC-02", "by-call.ts:4 SRC-02"]);
});

test("a handler in another file handles records", async () => {
  const files = (body: string): Files => ({
    "consumer.ts": `import { Kafka } from "kafkajs";\nimport { onOrder } from "./orders";\nconst consumer = new Kafka({ clientId: "shop", brokers }).consumer({ groupId: "g" });\nawait consumer.run({ eachMessage: onOrder });\nawait consumer.disconnect();\n`,
    "orders.ts": `export async function onOrder({ message }) {\n${body}}\n`,
  });
  assert.deepEqual(await found(files("  try { await save(message); } catch (error) { console.error(error); }\n")), [
    "consumer.ts:3 SRC-17",
    "orders.ts:2 SRC-07",
  ]);
  assert.deepEqual(await found(files("  await save(message);\n")), ["consumer.ts:3 SRC-17"]);
});

test("a handler is seen as one also where the consumer comes from a third file", async () => {
  const files = {
    "kafka.ts": KAFKAJS,
    "main.ts": `import { consumer } from "./kafka";\nimport { onOrder } from "./orders";\nawait consumer.run({ eachMessage: onOrder });\nawait consumer.disconnect();\n`,
    "orders.ts": `export async function onOrder({ message }) {\n  try { await save(message); } catch (error) { console.error(error); }\n}\n`,
  };
  assert.deepEqual(await found(files), ["kafka.ts:2 SRC-17", "orders.ts:2 SRC-07"]);
});

test("a name that is a parameter, or that two files give different values, is not known", async () => {
  const main = (head: string) =>
    `import { Kafka } from "kafkajs";\nimport { acks } from "./config";\nexport const make = (${head}) => new Kafka({ clientId: "x", brokers, ssl }).producer({ acks });\n`;
  const config = { "config.ts": "export const acks = 0;\n" };
  assert.deepEqual(await found({ ...config, "main.ts": main("") }), ["main.ts:3 PRD-01", "main.ts:3 SRC-17"]);
  assert.deepEqual(await found({ ...config, "main.ts": main("acks") }), ["main.ts:3 SRC-17"]);
  const go = {
    "main.go": `package shop\nimport "github.com/confluentinc/confluent-kafka-go/v2/kafka"\nfunc open() (*kafka.Producer, error) {\n\treturn kafka.NewProducer(&kafka.ConfigMap{"client.id": "shop", "acks": acks})\n}\n`,
    "os_linux.go": `package shop\nconst acks = "0"\n`,
  };
  assert.deepEqual(await found(go), ["main.go:4 PRD-01"]);
  assert.deepEqual(await found({ ...go, "os_windows.go": `package shop\nconst acks = "all"\n` }), []);
});

test("constants and settings of another file are known, and findings say where they stand", async () => {
  const config = `export const SESSION = { least: 10_000 };\nexport const beat = 9_000;\nexport const base = { groupId: "g", sessionTimeout: SESSION.least, heartbeatInterval: beat };\n`;
  const main = `import { Kafka } from "kafkajs";\nimport { base } from "../config";\nconst consumer = new Kafka({ clientId: "shop", brokers, ssl }).consumer({ ...base });\n`;
  const { findings } = await lintFiles([
    { path: "config.ts", text: config },
    { path: "src/main.ts", text: main },
  ]);
  assert.deepEqual(
    findings.filter(({ rule }) => rule !== "SRC-17").map(({ file, line, rule, evidence }) => [file, line, rule, evidence]),
    [["src/main.ts", 3, "CNS-02", "heartbeat.interval.ms=9000, session.timeout.ms=10000, from config.ts:3"]],
  );
});

test("Python's modules, Java's classes, Kotlin's objects and Go's packages are followed", async () => {
  const python = {
    "pyproject.toml": "",
    "app/settings.py": `ACKS = "0"\nPRODUCER = {"bootstrap.servers": "a:1,b:1,c:1", "client.id": "shop", "security.protocol": "SSL", "acks": ACKS}\n`,
    "app/main.py": `from confluent_kafka import Producer\nfrom app.settings import PRODUCER\nproducer = Producer(PRODUCER)\nproducer.produce("orders", b"x", key=b"k", on_delivery=report)\nproducer.flush()\n`,
  };
  assert.deepEqual(await found(python), ["app/main.py:3 PRD-01"]);
  const java = {
    "pom.xml": "",
    "src/main/java/shop/Settings.java": `package shop;\npublic final class Settings {\n  public static final String ACKS = "0";\n}\n`,
    "src/main/java/shop/Orders.java": `package shop;\nimport org.apache.kafka.clients.producer.*;\nclass Orders {\n  KafkaProducer<String, String> make() {\n    Properties p = new Properties();\n    p.put(ProducerConfig.CLIENT_ID_CONFIG, "shop");\n    p.put(ProducerConfig.ACKS_CONFIG, Settings.ACKS);\n    return new KafkaProducer<>(p);\n  }\n}\n`,
  };
  assert.ok((await found(java)).includes("src/main/java/shop/Orders.java:7 PRD-01"), String(await found(java)));
  const kotlin = {
    "build.gradle.kts": "",
    "Settings.kt": `package shop\nobject Settings { const val ACKS = "0" }\n`,
    "Orders.kt": `package shop\nimport org.apache.kafka.clients.producer.KafkaProducer\nfun make() = KafkaProducer<String, String>(mapOf("client.id" to "shop", "acks" to Settings.ACKS))\n`,
  };
  assert.ok((await found(kotlin)).includes("Orders.kt:3 PRD-01"), String(await found(kotlin)));
  const go = {
    "go.mod": "module example.com/shop",
    "writer.go": `package shop\nimport "github.com/segmentio/kafka-go"\nvar writer = &kafka.Writer{Addr: kafka.TCP("a:1"), Topic: "orders"}\n`,
    "orders.go": `package shop\nimport "context"\nfunc publish(ctx context.Context, m Message) {\n\twriter.WriteMessages(ctx, m)\n}\n`,
  };
  assert.ok((await found(go)).includes("orders.go:4 SRC-02"), String(await found(go)));
});

test("a package of the same workspace is followed by its name, also by a file that does not speak of Kafka", async () => {
  const files = (name: string) => ({
    "package.json": '{"workspaces": ["packages/*"]}',
    "packages/kafka/package.json": JSON.stringify({ name }),
    "packages/kafka/src/index.ts": KAFKA,
    "packages/kafka/src/config.ts": "export const acks = 0;\n",
    "packages/orders/package.json": '{"name": "orders"}',
    "packages/orders/src/read.ts":
      'import { consumer } from "@shop/kafka";\nfor await (const record of consumer.records()) await handle(record);\nawait consumer.close();\n',
    "packages/orders/src/send.ts":
      'import { createClient } from "@ottla/client";\nimport { acks } from "@shop/kafka/config";\nexport const producer = createClient({ bootstrapServers: ["a:1", "b:1", "c:1"], clientId: "x", tls: true }).producer({ acks });\n',
  });
  const told = await found(files("@shop/kafka"));
  assert.ok(told.includes("packages/orders/src/read.ts:2 SRC-21"), String(told));
  assert.ok(told.includes("packages/orders/src/send.ts:3 PRD-01"), String(told));
  // Another package's name is not this one, and half a manifest is none.
  assert.deepEqual(
    (await found({ ...files("@other/kafka") })).filter((each) => /SRC-21|PRD-01/.test(each)),
    [],
  );
});
