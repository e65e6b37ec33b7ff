import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFile } from "./lint-file.ts";
import { sarifLog } from "./sarif.ts";
import { maskSecrets } from "./secrets.ts";

test("what is assigned to a secret's name, and what stands before a host, is masked; all else stays", () => {
  for (const [text, shown] of [
    ['sasl: { mechanism: "plain", username: "u", password: "hunter2" }', 'sasl: { mechanism: "plain", username: "u", password: *** }'],
    ["bootstrap.servers=kafka://u:hunter2@h:9092", "bootstrap.servers=kafka://u:***@h:9092"],
    ["bootstrap.servers=u:hunter2@a:1", "bootstrap.servers=u:***@a:1"],
    ["jdbc:postgresql://h/d?user=u&password=hunter2&x=1", "jdbc:postgresql://h/d?user=u&password=***&x=1"],
    ["ssl.key.password=hunter2 two", "ssl.key.password=***"],
  ] as const)
    assert.equal(maskSecrets(text), shown);
  for (const text of [
    "controller.quorum.voters=1@a:9093,2@b:9093",
    "delegation.token.max.lifetime.ms=604800000",
    "sasl.oauthbearer.token.endpoint.url=https://idp/token",
    "ssl.keystore.password=${env:X}, acks=1",
    "listeners=A://:9092,B://a:9093",
    "User:a may write topic x",
  ])
    assert.equal(maskSecrets(text), text);
});

test("no form of findings holds a secret, whatever rule quotes the line in which it stands", async () => {
  const files = {
    "a.properties": "bootstrap.servers=u:hunter2@a:1\nssl.key.password=hunter2\nacks=1\n",
    ".env": "KAFKA_URL=kafka://u:hunter2@h:9092\nKAFKA_BOOTSTRAP_SERVERS=a:1\nKAFKA_SASL_PASSWORD=hunter2\n",
    "p.ts":
      'import { Kafka } from "kafkajs";\nconst k = new Kafka({ brokers: ["localhost:9092"], sasl: { mechanism: "plain", username: "u", password: "hunter2" } });\nexport const p = k.producer();\n',
    "main.tf": 'provider "kafka" {\n  bootstrap_servers = ["a:1"]\n  sasl_password = "hunter2"\n}\n',
    "a.csv": 'principal,operation,password\nUser:*,ALL,"hunter2\n',
  };
  for (const [path, text] of Object.entries(files)) {
    const { findings, notChecked } = await lintFile({ path, text });
    assert.ok(findings.length + notChecked.length > 0, path);
    assert.ok(!JSON.stringify([findings, notChecked, sarifLog(findings, notChecked)]).includes("hunter2"), path);
  }
});
