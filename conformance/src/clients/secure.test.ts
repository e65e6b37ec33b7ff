// Foreign clients at `ottla dev --secure`: SCRAM over TLS with ACLs, and at a listener with PLAIN and with clients' certificates.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import kafkajs, { type Kafka as KafkaClient, type SASLOptions } from "kafkajs";
import { type JavaTool, runJavaTool } from "../kafka/java-tool.ts";
import { type SecureBroker, startSecureOttla } from "../ottla/secure-broker.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import { runCommand } from "../process/child.ts";
import { requireProgram } from "../process/system-package.ts";
import { requireTarget } from "../target.ts";
import { uniqueName } from "./unique-name.ts";

const target = requireTarget();

describe("foreign clients at ottla dev --secure", { skip: target.kind === "kafka" ? "it is about Ottla's own set-up" : false }, () => {
  let broker: SecureBroker;
  const folder = makeTemporaryFolder("secure-clients");
  before(async () => {
    broker = await startSecureOttla({ "auto.create.topics.enable": "true" });
  });
  after(async () => {
    await broker[Symbol.asyncDispose]();
    removeTemporaryFolder(folder);
  });

  const run = async (tool: JavaTool, args: readonly string[], input = ""): Promise<string> => {
    const result = await runJavaTool(tool, ["--bootstrap-server", broker.bootstrap, ...args], { input, timeoutMs: 60_000 });
    assert.equal(result.status, 0, `${tool} ${args.join(" ")}: ${result.stdout}${result.stderr}`.slice(0, 2_000));
    return result.stdout;
  };

  const propertiesOf = (user: string, password: string, mechanism: string): string => {
    const file = `${folder}/${user}.properties`;
    const text = readFileSync(broker.clientProperties, "utf8")
      .replace(/sasl\.mechanism=.*/, `sasl.mechanism=${mechanism}`)
      .replace(/username="[^"]*" password="[^"]*"/, `username="${user}" password="${password}"`);
    writeFileSync(file, text);
    return file;
  };

  const clientOf = (sasl: SASLOptions): KafkaClient =>
    new kafkajs.Kafka({
      brokers: [broker.bootstrap],
      ssl: { ca: [readFileSync(broker.security.caLocation, "utf8")] },
      sasl,
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { retries: 1 },
    });

  test("Java's console producer and consumer, SCRAM-SHA-512 over TLS", async () => {
    const topic = uniqueName("secure");
    await run("console-producer", ["--topic", topic, "--command-config", broker.clientProperties], "one\ntwo\nthree\n");
    const output = await run("console-consumer", [
      "--topic",
      topic,
      "--from-beginning",
      "--max-messages",
      "3",
      "--command-config",
      broker.clientProperties,
    ]);
    assert.deepEqual(output.trim().split("\n"), ["one", "two", "three"]);
  });

  test("kafka-configs makes, describes and removes users, who may log in meanwhile and do nothing that no ACL allows", async () => {
    const admin = ["--command-config", broker.clientProperties, "--entity-type", "users", "--entity-name", "alice"];
    await run("configs", [...admin, "--alter", "--add-config", "SCRAM-SHA-256=[iterations=8192,password=alice-secret]"]);
    assert.match(await run("configs", [...admin, "--describe"]), /SCRAM-SHA-256=iterations=8192/);
    const alice = propertiesOf("alice", "alice-secret", "SCRAM-SHA-256");
    const topics = await run("topics", ["--list", "--command-config", alice]);
    assert.equal(topics.trim(), "");
    const denied = await runJavaTool(
      "topics",
      ["--bootstrap-server", broker.bootstrap, "--create", "--topic", uniqueName("denied"), "--command-config", alice],
      { timeoutMs: 60_000 },
    );
    assert.match(denied.stdout + denied.stderr, /AuthorizationException|not authorized/i);
    await run("configs", [...admin, "--alter", "--delete-config", "SCRAM-SHA-256"]);
    const gone = await runJavaTool("topics", ["--bootstrap-server", broker.bootstrap, "--list", "--command-config", alice], {
      timeoutMs: 60_000,
    });
    assert.match(gone.stdout + gone.stderr, /SaslAuthenticationException.*invalid credentials/s);
  });

  test("kafkajs: both mechanisms, and a wrong password is told", async () => {
    const { username, password } = broker.security;
    for (const mechanism of ["scram-sha-256", "scram-sha-512"] as const) {
      const topic = uniqueName("secure-kafkajs");
      const producer = clientOf({ mechanism, username, password }).producer();
      await producer.connect();
      await producer.send({ topic, messages: [{ value: "hello" }] });
      await producer.disconnect();
    }
    const stranger = clientOf({ mechanism: "scram-sha-512", username, password: "wrong" }).admin();
    await assert.rejects(stranger.connect(), {
      name: /KafkaJSSASLAuthenticationError|KafkaJSNonRetriableError/,
      message: /invalid credentials/,
    });
    await stranger.disconnect();
  });

  test("kcat (librdkafka): SCRAM-SHA-512 over TLS", async () => {
    await requireProgram("kcat", "kcat");
    const { username, password, caLocation } = broker.security;
    const topic = uniqueName("secure-kcat");
    const login = [
      "security.protocol=SASL_SSL",
      "sasl.mechanisms=SCRAM-SHA-512",
      `sasl.username=${username}`,
      `sasl.password=${password}`,
      `ssl.ca.location=${caLocation}`,
    ];
    const common = ["-b", broker.bootstrap, "-t", topic, ...login.flatMap((property) => ["-X", property])];
    const produced = await runCommand("kcat", ["-P", ...common], { input: "a\nb\n", timeoutMs: 30_000 });
    assert.equal(produced.status, 0, produced.stderr);
    const consumed = await runCommand("kcat", ["-C", "-e", "-q", "-o", "beginning", ...common], { timeoutMs: 30_000 });
    assert.equal(consumed.stdout, "a\nb\n");
  });
});
