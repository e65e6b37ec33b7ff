// Our client against our broker's encrypted and authenticated listeners: what a user sees of each way in, and of each mistake.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { inspect } from "node:util";
import { silentLogger } from "@ottla/base";
import { startBroker } from "@ottla/broker";
import { createAuthority, issueCertificate } from "@ottla/broker/certificates";
import { type ClientOptions, createClient } from "@ottla/client";
import { Kafka, logLevel, type SaslConfig } from "@ottla/client/kafkajs";

const HOUR_MS = 3_600_000;
const validity = { notBefore: new Date(Date.now() - HOUR_MS), notAfter: new Date(Date.now() + 24 * HOUR_MS) };
const authority = await createAuthority({ subject: "CN=Test CA", ...validity });
const server = await issueCertificate(authority, { subject: "CN=broker", hosts: ["127.0.0.1"], ...validity });
const elsewhere = await issueCertificate(authority, { subject: "CN=broker", hosts: ["kafka.example.com"], ...validity });
const alice = await issueCertificate(authority, { subject: "CN=alice", hosts: [], ...validity });
const folder = mkdtempSync(join(tmpdir(), "ottla-client-security-"));
after(() => rmSync(folder, { recursive: true }));

const pem = (shown: typeof server) => ({
  "ssl.keystore.type": "PEM",
  "ssl.keystore.certificate.chain": shown.certificate,
  "ssl.keystore.key": shown.privateKey,
  "ssl.truststore.type": "PEM",
  "ssl.truststore.certificates": authority.certificate,
});
const users = 'org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="wonderland";';

const start = (protocol: string, settings: Readonly<Record<string, string>> = {}) =>
  startBroker({
    logger: silentLogger,
    settings: {
      listeners: `${protocol}://127.0.0.1:0`,
      "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
      [`listener.name.${protocol.toLowerCase()}.plain.sasl.jaas.config`]: users,
      "connection.failed.authentication.delay.ms": "0",
      ...(protocol.endsWith("SSL") ? pem(server) : {}),
      ...settings,
    },
  });

const tls = { ca: authority.certificate };
const plain = { mechanism: "PLAIN", username: "alice", password: "wonderland" } as const;

async function roundTrip(options: ClientOptions): Promise<void> {
  await using client = createClient(options);
  await client.admin().createTopics([{ name: "t" }]);
  const { offset } = await client.producer().send({ topic: "t", value: "hello" });
  const consumer = client.consumer({ groupId: "g" });
  consumer.assign([{ topic: "t", partition: 0 }]);
  consumer.seek({ topic: "t", partition: 0 }, offset);
  for await (const record of consumer.records()) {
    assert.equal(record.value?.toString(), "hello");
    break;
  }
}

const ask = async (options: ClientOptions) => {
  await using client = createClient(options);
  return await client.admin().describeCluster();
};

/** What it says when it gives up. It goes on trying, so that it gets little time; more where a busy machine left it none for an attempt. */
async function givesUp(options: ClientOptions): Promise<string> {
  for (let apiTimeoutMs = 300; ; apiTimeoutMs *= 4) {
    const error = await ask({ ...options, apiTimeoutMs }).then(
      () => assert.fail("it was answered"),
      (given: Error) => given,
    );
    if (apiTimeoutMs > 30_000 || !error.message.endsWith(" ms.")) return error.message;
  }
}

describe("a client of secure listeners", () => {
  test("goes through TLS and SCRAM, as a user who was made by another", async () => {
    await using broker = await start("SASL_SSL");
    const bootstrapServers = broker.bootstrap;
    {
      await using client = createClient({ bootstrapServers, tls, sasl: plain });
      const admin = client.admin();
      const changes = (["SCRAM-SHA-256", "SCRAM-SHA-512"] as const).map((mechanism) => ({
        user: "bob",
        mechanism,
        password: "builder",
        iterations: 4096,
      }));
      assert.deepEqual(await admin.alterUserScramCredentials(changes), [{ name: "bob", error: undefined, value: undefined }]);
      const [bob] = await admin.describeUserScramCredentials(["bob"]);
      assert.deepEqual(bob?.value?.map(({ mechanism, iterations }) => [mechanism, iterations]).sort(), [
        ["SCRAM-SHA-256", 4096],
        ["SCRAM-SHA-512", 4096],
      ]);
      const [nobody] = await admin.describeUserScramCredentials(["nobody"]);
      assert.equal(nobody?.error?.code, "RESOURCE_NOT_FOUND");
    }
    for (const mechanism of ["SCRAM-SHA-256", "SCRAM-SHA-512"] as const)
      await roundTrip({ bootstrapServers, tls, sasl: { mechanism, username: "bob", password: "builder" } });
    const properties = {
      "security.protocol": "SASL_SSL",
      "ssl.truststore.type": "PEM",
      "ssl.truststore.certificates": authority.certificate,
      "sasl.mechanism": "SCRAM-SHA-512",
      "sasl.jaas.config": 'org.apache.kafka.common.security.scram.ScramLoginModule required username="bob" password="builder";',
    };
    await ask({ bootstrapServers, ...properties });
  });

  test("is refused at once with a wrong password or an unknown name, in the same words, and shows no secret", async () => {
    await using broker = await start("SASL_PLAINTEXT");
    const messages: string[] = [];
    for (const sasl of [
      { mechanism: "SCRAM-SHA-256", username: "nobody", password: "s3cr3t" },
      { ...plain, password: "s3cr3t" },
      { ...plain, username: "nobody", password: "s3cr3t" },
    ] as const) {
      const options: ClientOptions = { bootstrapServers: broker.bootstrap, sasl };
      await assert.rejects(ask(options), (error: Error & { code?: string; fatal?: boolean }) => {
        assert.deepEqual([error.code, error.fatal], ["SASL_AUTHENTICATION_FAILED", true]);
        assert.doesNotMatch(inspect(error, { depth: 9 }), /s3cr3t/);
        messages.push(error.message.replace(/".*" by \S+/, ""));
        return true;
      });
      const client = createClient(options);
      assert.doesNotMatch(inspect(client, { depth: 12, showHidden: true }), /s3cr3t/);
      await client.close();
    }
    assert.equal(messages[1], messages[2]);
  });

  test("shows its own certificate, from a file that may change", async () => {
    await using broker = await start("SSL", { "ssl.client.auth": "required" });
    const bootstrapServers = broker.bootstrap;
    const file = join(folder, "alice.pem");
    writeFileSync(file, alice.certificate + alice.privateKey);
    writeFileSync(join(folder, "ca.pem"), authority.certificate);
    await roundTrip({ bootstrapServers, tls: { caFile: join(folder, "ca.pem"), certFile: file, keyFile: file } });
    await assert.rejects(ask({ bootstrapServers, tls }), { code: "TLS_FAILED", message: /may ask for a certificate of this client/ });
    await assert.rejects(ask({ bootstrapServers, tls: { ...tls, certFile: file, keyFile: `${file}.gone` } }), {
      code: "TLS_FAILED",
      message: /alice\.pem\.gone \(tls\.keyFile\) cannot be read \(ENOENT\)/,
    });
  });

  test("has kafkajs's ssl and sasl", async () => {
    await using broker = await start("SASL_SSL");
    const ssl = { ca: [authority.certificate] };
    const login = async (sasl: SaslConfig) => {
      const admin = new Kafka({ brokers: [broker.bootstrap], ssl, sasl, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      await admin.listTopics();
      await admin.disconnect();
    };
    await login({ mechanism: "plain", username: "alice", password: "wonderland" });
    await assert.rejects(
      login({ mechanism: "scram-sha-512", username: "alice", password: "wonderland" }),
      /refused the login of "alice" by SCRAM-SHA-512/,
    );
    assert.throws(() => new Kafka({ brokers: [broker.bootstrap], ssl: { rejectUnauthorized: false } }), /would trust anybody/);
  });

  test("does not talk with a broker whose certificate is not what it should be", async () => {
    await using broker = await start("SSL", pem(elsewhere));
    const bootstrapServers = broker.bootstrap;
    await assert.rejects(ask({ bootstrapServers, tls }), { code: "TLS_FAILED", message: /is for another host/ });
    await ask({ bootstrapServers, tls: { ...tls, serverName: "kafka.example.com" } });
    await ask({ bootstrapServers, tls: { ...tls, verifyHost: false } });
    await assert.rejects(ask({ bootstrapServers, tls: true }), {
      code: "TLS_FAILED",
      message: /not issued by anyone whom this client trusts/,
    });
  });

  test("is told which protocol the listener speaks", async () => {
    await using encrypted = await start("SSL");
    assert.match(await givesUp({ bootstrapServers: encrypted.bootstrap }), /speaks TLS; set security\.protocol to SSL or SASL_SSL/);
    await using open = await start("PLAINTEXT");
    assert.match(await givesUp({ bootstrapServers: open.bootstrap, tls }), /encrypted one|does not speak TLS/);
    await assert.rejects(ask({ bootstrapServers: open.bootstrap, sasl: plain }), /The listener asks for no login/);
    await using sasl = await start("SASL_PLAINTEXT");
    await assert.rejects(ask({ bootstrapServers: sasl.bootstrap, sasl: { mechanism: "OAUTHBEARER", token: () => ({ value: "t" }) } }), {
      code: "UNSUPPORTED_SASL_MECHANISM",
      message: /it takes PLAIN, SCRAM-SHA-256, SCRAM-SHA-512/,
    });
    assert.match(await givesUp({ bootstrapServers: sasl.bootstrap }), /./);
  });
});
