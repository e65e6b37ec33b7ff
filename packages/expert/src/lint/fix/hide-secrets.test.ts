import assert from "node:assert/strict";
import { test } from "node:test";
import { hideSecrets } from "./hide-secrets.ts";

test("what looks like a secret is hidden in a patch, whatever the form, and nothing else is", () => {
  const secrets = [
    "ssl.keystore.password=hunter2",
    '  password: "hunter2" # mine',
    'sasl.jaas.config=org.x.ScramLoginModule required username="a" password="hunter2";',
    '   password="hunter2";',
    '  "database.password" : "hunter2",',
    "      - KAFKA_SSL_KEY_PASSWORD=hunter2",
    '  sasl_password = "hunter2"',
    "schema.registry.url=http://me:hunter2@host:8081",
    "basic.auth.credentials.source.user.info: me:hunter2",
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDhunter2\\",
  ];
  const { text, hidden } = hideSecrets(`--- a/x\n+++ b/x\n@@ -1 +1 @@\n${secrets.map((line) => ` ${line}`).join("\n")}\n`);
  assert.ok(!text.includes("hunter2"), text);
  assert.equal(hidden, secrets.length);
  const pair = hideSecrets(" - name: DB_PASSWORD\n   value: hunter2\n   other: x\n");
  assert.deepEqual(pair, { text: " - name: DB_PASSWORD\n   value: ***\n   other: x\n", hidden: 1 });
  const open =
    "--- a/password.properties\n+++ b/password.properties\n-acks=1\n+acks=all\n ssl.key.password=${env:X}\n sasl.mechanism=PLAIN\n http://host:8081\n key=value\n";
  assert.deepEqual(hideSecrets(open), { text: open, hidden: 0 });
});
