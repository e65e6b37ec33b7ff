import assert from "node:assert/strict";
import { test } from "node:test";
import { fixFile } from "../lint/fix/fix-file.ts";
import { lintFile } from "../lint/lint-file.ts";

/** The program mended; what was mended is not found again, and mending it again changes nothing. */
async function fix(path: string, text: string): Promise<{ readonly text: string; readonly unmended: readonly string[] }> {
  const { findings } = await lintFile({ path, text });
  const fixed = await fixFile(path, text, findings);
  const again = await lintFile({ path, text: fixed.text });
  const left = again.findings.filter(({ rule, key }) => fixed.mended.some((each) => each.rule === rule && each.key === key));
  assert.deepEqual(left, [], fixed.text);
  assert.equal((await fixFile(path, fixed.text, again.findings)).text, fixed.text);
  return { text: fixed.text, unmended: fixed.unmended.map(({ finding, reason }) => `${finding.rule}: ${reason}`) };
}

const HAND = "its value is not written there as a literal, so the program has to be changed by hand";

test("literals of settings are changed in place, in the manner of the language", async () => {
  const ts = `import { Kafka } from "kafkajs";\n// kept\nconst producer = new Kafka({ clientId: 'shop', brokers, ssl }).producer({ acks: 0, idempotent: false }); // kept\n`;
  assert.equal((await fix("a.ts", ts)).text, ts.replace("acks: 0, idempotent: false", "acks: -1, idempotent: true"));
  const { findings } = await lintFile({ path: "a.ts", text: ts });
  assert.equal(findings.find(({ rule }) => rule === "PRD-05")?.fix, "Set idempotent to true; kafkajs does not by itself.");
  const send = `import { Kafka } from "kafkajs";\nconst producer = kafka.producer();\nexport const go = (value) => producer.send({ topic: "t", acks: 0, messages: [{ key: "a", value }] });\n`;
  assert.equal((await fix("a.ts", send)).text, send.replace("acks: 0", "acks: -1"));
  const python = `from confluent_kafka import Producer\nproducer = Producer({\n    'client.id': 'shop',  # kept\n    'acks': '1',\n    'enable.idempotence': False,\n})\n`;
  assert.equal((await fix("a.py", python)).text, python.replace("'1'", "'all'").replace("False", "True"));
  const java = `import org.apache.kafka.clients.producer.*;\nclass A {\n  void run() {\n    Properties p = new Properties();\n    p.put(ProducerConfig.CLIENT_ID_CONFIG, "shop");\n    p.put(ProducerConfig.ACKS_CONFIG, "0");\n    p.put("retries", 3); // some\n    var producer = new KafkaProducer<>(p);\n  }\n}\n`;
  assert.equal((await fix("A.java", java)).text, java.replace('"0"', '"all"').replace(/.*retries.*\n/, ""));
});

test("what is not written as a literal, or shares its line, is left to the author", async () => {
  const named = `from confluent_kafka import Producer\nACKS = "0"\nproducer = Producer({"client.id": "shop", "acks": ACKS})\n`;
  const fixed = await fix("a.py", named);
  assert.equal(fixed.text, named);
  assert.ok(fixed.unmended.includes(`PRD-01: ${HAND}`), String(fixed.unmended));
  const kotlin = `import org.apache.kafka.clients.producer.KafkaProducer\nval p = KafkaProducer<String, String>(mapOf("client.id" to "shop", "retries" to 3))\n`;
  const shared = await fix("A.kt", kotlin);
  assert.equal(shared.text, kotlin);
  assert.ok(shared.unmended.includes("PRD-07: it shares its line with other code"), String(shared.unmended));
  const broken = `from confluent_kafka import Producer\nproducer = Producer({"client.id": "shop", "acks": "0"})\nx = = 1\n`;
  assert.equal((await fix("a.py", broken)).text, broken);
});
