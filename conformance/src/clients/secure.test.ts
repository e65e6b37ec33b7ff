// Foreign clients at `ottla dev --secure`, SCRAM over TLS with ACLs, and at a broker with listeners for passwords and for clients' certificates.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { createClient } from "@ottla/client";
import { Producer, stringSerializers } from "@platformatic/kafka";
import kafkajs, { type Kafka as KafkaClient, type SASLOptions } from "kafkajs";
import type { RunningCluster } from "../cluster.ts";
import { type JavaTool, runJavaTool } from "../kafka/java-tool.ts";
import { startOttla } from "../ottla/broker.ts";
import { type SecureBroker, startSecureOttla } from "../ottla/secure-broker.ts";
import { runCommand } from "../process/child.ts";
import { findFreePorts } from "../process/free-port.ts";
import { requireProgram } from "../process/system-package.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../process/temporary-folder.ts";
import {
  certificateUser,
  issueClientFile,
  PLAIN_USER,
  type SecureAccess,
  type SecureSetUp,
  secureListeners,
  setUpSecurity,
} from "../secure/secure-listeners.ts";
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

describe("foreign clients at the listeners of a broker with an authority of its own", {
  skip: target.kind === "kafka" ? "one cluster is enough" : false,
}, () => {
  let broker: RunningCluster;
  let security: SecureSetUp;
  let access: SecureAccess;
  let identity: string;
  const user = { username: PLAIN_USER.username, password: PLAIN_USER.password };
  before(async () => {
    security = await setUpSecurity(0);
    const ports = await findFreePorts(secureListeners.length);
    const addresses = secureListeners.map(({ name }, at) => [name, `127.0.0.1:${ports[at]}`] as const);
    access = security.access(Object.fromEntries(addresses));
    const listeners = ["PLAINTEXT://127.0.0.1:0", ...addresses.map(([name, address]) => `${name}://${address}`)].join(",");
    broker = await startOttla({ isInMemory: true, config: { ...security.config, listeners, "auto.create.topics.enable": "true" } });
    identity = await issueClientFile(access, "foreigner");
    await using client = createClient({ bootstrapServers: broker.bootstrap });
    const acls = [certificateUser("foreigner"), `User:${user.username}`].flatMap((principal) =>
      (["topic", "group", "cluster"] as const).map((resourceType) => ({
        resourceType,
        resourceName: resourceType === "cluster" ? "kafka-cluster" : "*",
        operation: "all" as const,
        principal,
      })),
    );
    for (const { error } of await client.admin().createAcls(acls)) if (error) throw error;
  });
  after(async () => {
    await broker?.stop();
    await security?.[Symbol.asyncDispose]();
  });

  test("kafkajs shows a certificate", async () => {
    const [ca, own] = [`${access.folder}/ca.pem`, identity].map((file) => readFileSync(file, "utf8")) as [string, string];
    const topic = uniqueName("mutual");
    const clientWith = (ssl: object, retries: number): KafkaClient =>
      new kafkajs.Kafka({
        brokers: [access.bootstraps["SSL"]!],
        ssl: { ca: [ca], ...ssl },
        logLevel: kafkajs.logLevel.NOTHING,
        retry: { retries },
      });
    const producer = clientWith({ cert: own, key: own }, 5).producer();
    await producer.connect();
    await producer.send({ topic, messages: [{ value: "hello" }] });
    await producer.disconnect();
    await assert.rejects(clientWith({}, 0).admin().connect());
  });

  test("@platformatic/kafka: a password over TLS, and a certificate", async () => {
    const ca = readFileSync(`${access.folder}/ca.pem`, "utf8");
    const own = readFileSync(identity, "utf8");
    for (const [listener, options] of [
      ["SASL_SSL", { tls: { ca }, sasl: { mechanism: "PLAIN", ...user } }],
      ["SSL", { tls: { ca, cert: own, key: own } }],
    ] as const) {
      const topic = uniqueName("platformatic");
      const producer = new Producer({
        clientId: "secure",
        bootstrapBrokers: [access.bootstraps[listener]!],
        serializers: stringSerializers,
        autocreateTopics: true,
        retries: 5,
        ...options,
      });
      const { offsets } = await producer.send({ messages: [{ topic, partition: 0, value: "hello" }], acks: -1 });
      assert.deepEqual(offsets, [{ topic, partition: 0, offset: 0n }]);
      await producer.close();
    }
  });

  test("kcat (librdkafka) shows a certificate, and verifies the broker's", async () => {
    await requireProgram("kcat", "kcat");
    const topic = uniqueName("mutual-kcat");
    const common = ["-b", access.bootstraps["SSL"]!, "-t", topic, "-X", "security.protocol=SSL"];
    const trusting = [...common, "-X", `ssl.ca.location=${access.folder}/ca.pem`];
    const known = [...trusting, "-X", `ssl.certificate.location=${identity}`, "-X", `ssl.key.location=${identity}`];
    const produced = await runCommand("kcat", ["-P", ...known], { input: "a\nb\n", timeoutMs: 30_000 });
    assert.equal(produced.status, 0, produced.stderr);
    const consumed = await runCommand("kcat", ["-C", "-e", "-q", "-o", "beginning", ...known], { timeoutMs: 30_000 });
    assert.equal(consumed.stdout, "a\nb\n");
    const strange = await runCommand("kcat", ["-L", "-m", "2", ...common, "-X", `ssl.ca.location=${access.folder}/stranger.pem`], {
      timeoutMs: 30_000,
    });
    assert.notEqual(strange.status, 0);
  });

  test("Java's console producer and consumer show a certificate from a PEM key store", async () => {
    const properties = `${access.folder}/mutual.properties`;
    writeFileSync(
      properties,
      `security.protocol=SSL\nssl.keystore.type=PEM\nssl.keystore.location=${identity}\nssl.truststore.type=PEM\nssl.truststore.location=${access.folder}/ca.pem\n`,
    );
    const topic = uniqueName("mutual-java");
    const at = ["--bootstrap-server", access.bootstraps["SSL"]!, "--topic", topic, "--command-config", properties];
    const produced = await runJavaTool("console-producer", at, { input: "one\ntwo\n", timeoutMs: 60_000 });
    assert.equal(produced.status, 0, produced.stderr);
    const consumed = await runJavaTool("console-consumer", [...at, "--from-beginning", "--max-messages", "2"], { timeoutMs: 60_000 });
    assert.deepEqual(consumed.stdout.trim().split("\n"), ["one", "two"]);
  });
});
