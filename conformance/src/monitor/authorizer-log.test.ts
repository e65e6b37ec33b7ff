// npm run test:monitor: the authorizer's log of Apache Kafka, as its own logging writes it, is what SEC-08 reads.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { createClient } from "@ottla/client";
import { AuthorizerLogReader } from "@ottla/expert/doctor";
import type { RunningCluster } from "../cluster.ts";
import { startKafka } from "../kafka/cluster.ts";
import { requireLog4jClassPath } from "../kafka/jars.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import { waitUntil } from "../process/wait-until.ts";

/** The layout of Kafka's own config/log4j2.yaml, with the authorizer's logger at DEBUG. */
const LOGGING = (file: string): string => `Configuration:
  Appenders:
    File:
      name: AUTHORIZER
      fileName: "${file}"
      PatternLayout:
        pattern: "[%d] %p %m (%c)%n"
  Loggers:
    Root:
      level: ERROR
    Logger:
      name: kafka.authorizer.logger
      level: DEBUG
      additivity: false
      AppenderRef:
        ref: AUTHORIZER
`;

let folder = "";
let log = "";
let cluster: RunningCluster;

before(async () => {
  folder = makeTemporaryFolder("authorizer-log");
  log = `${folder}/kafka-authorizer.log`;
  writeFileSync(`${folder}/log4j2.yaml`, LOGGING(log));
  cluster = await startKafka({
    listeners: ["CLIENTS"],
    config: {
      "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
      "super.users": "User:ANONYMOUS",
      "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENTS:SASL_PLAINTEXT",
      "listener.name.clients.sasl.enabled.mechanisms": "PLAIN",
      "listener.name.clients.plain.sasl.jaas.config": `org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="secret-a";`,
    },
    classPathBefore: await requireLog4jClassPath(),
    javaProperties: { "log4j2.configurationFile": `${folder}/log4j2.yaml` },
  });
});
after(async () => {
  await cluster?.kill();
  removeTemporaryFolder(folder);
});

function readLog(): ReturnType<AuthorizerLogReader["log"]> {
  const reader = new AuthorizerLogReader();
  for (const line of readFileSync(log, "utf8").split("\n")) reader.takeLine(line);
  return reader.log();
}

test("what alice was allowed is read from the file that Apache Kafka wrote, with its time; what she was refused is no use", async () => {
  const admin = createClient({ bootstrapServers: cluster.bootstrap });
  const alice = createClient({
    bootstrapServers: cluster.bootstraps!["CLIENTS"]!,
    sasl: { mechanism: "PLAIN", username: "alice", password: "secret-a" },
  });
  try {
    await admin.admin().createTopics([
      { name: "orders", partitionCount: 1 },
      { name: "secrets", partitionCount: 1 },
    ]);
    const allow = { resourceName: "orders", patternType: "literal", principal: "User:alice", host: "*", permission: "allow" } as const;
    await admin.admin().createAcls([{ ...allow, resourceType: "topic", operation: "write" }]);
    const beganMs = Date.now();
    await alice.producer().send([{ topic: "orders", value: "1" }]);
    await assert.rejects(alice.producer().send([{ topic: "secrets", value: "1" }]));
    const isThere = (text: string): boolean => readFileSync(log, "utf8").includes(text);
    await waitUntil("the log tells of both", async () => isThere("Topic:LITERAL:secrets") && isThere("operation = WRITE"), {
      timeoutMs: 30_000,
      everyMs: 100,
    });
    const found = readLog();
    assert.ok(found, readFileSync(log, "utf8").slice(0, 2000));
    const ofAlice = found.allowed.filter(({ principal }) => principal === "User:alice");
    assert.ok(
      ofAlice.some((use) => use.operation === "write" && use.resourceType === "topic" && use.resourceName === "orders"),
      JSON.stringify(ofAlice),
    );
    assert.ok(!ofAlice.some(({ resourceName }) => resourceName === "secrets"), JSON.stringify(ofAlice));
    assert.ok(found.toMs >= beganMs - 1000 && found.toMs <= Date.now() + 1000, `${found.toMs} is when it was`);
  } finally {
    await Promise.all([admin.close({ timeoutMs: 0 }), alice.close({ timeoutMs: 0 })]);
  }
});
