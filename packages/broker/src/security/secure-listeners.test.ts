import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { ConnectionOptions } from "node:tls";
import type { LogFields, Logger } from "@ottla/base";
import { silentLogger } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import {
  alterUserScramCredentialsApi,
  makeAlterUserScramCredentialsRequest,
  makeScramCredentialUpsertion,
} from "@ottla/protocol/apis/alter-user-scram-credentials";
import {
  describeUserScramCredentialsApi,
  makeDescribeUserScramCredentialsRequest,
} from "@ottla/protocol/apis/describe-user-scram-credentials";
import { makeSaslHandshakeRequest, saslHandshakeApi } from "@ottla/protocol/apis/sasl-handshake";
import { createAuthority, issueCertificate } from "../certificates/index.ts";
import { TestBroker } from "../testing/test-broker.ts";
import { SecureClient } from "./testing/secure-client.ts";

const HOUR_MS = 3_600_000;
const validity = { notBefore: new Date(Date.now() - HOUR_MS), notAfter: new Date(Date.now() + 60 * 24 * HOUR_MS) };
const authority = await createAuthority({ subject: "CN=Test CA", ...validity });
const server = await issueCertificate(authority, { subject: "CN=broker", hosts: ["127.0.0.1"], ...validity });
const client = await issueCertificate(authority, { subject: "CN=alice,O=Example", hosts: [], ...validity });

const PEM = {
  "ssl.keystore.type": "PEM",
  "ssl.keystore.certificate.chain": server.certificate,
  "ssl.keystore.key": server.privateKey,
  "ssl.truststore.type": "PEM",
  "ssl.truststore.certificates": authority.certificate,
};
const PLAIN = { "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256", "listener.name.sasl_ssl.plain.sasl.jaas.config": plainUsers() };

function plainUsers(): string {
  return 'org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="wonder land" user_bob="b";';
}

const open = (broker: TestBroker, tls?: ConnectionOptions) => SecureClient.open(broker, tls && { ca: authority.certificate, ...tls });

const warnings: LogFields[] = [];
/** Of the clients that were last known. */
const principals: unknown[] = [];
const logger: Logger = {
  ...silentLogger,
  debug: (_, fields = {}) => void ("principal" in fields && principals.push(fields["principal"])),
  warn: (_, fields = {}) => void warnings.push(fields),
  error: (_, fields = {}) => void warnings.push(fields),
};
after(() => warnings.splice(0));

const start = (listener: string, settings: Readonly<Record<string, string>>) =>
  TestBroker.start({
    logger,
    settings: { listeners: `${listener}://127.0.0.1:0`, "connection.failed.authentication.delay.ms": "0", ...settings },
  });

/** The principals that were told since it was asked last. */
const known = (): unknown[] => principals.splice(0);

test("SSL: requests are served over TLS, and a client that speaks plaintext is told of in one line", async () => {
  await using broker = await start("SSL", PEM);
  using encrypted = await open(broker, {});
  assert.notEqual(await encrypted.metadata(), "closed");
  assert.deepEqual(known(), ["User:ANONYMOUS"]);
  warnings.splice(0);
  for (let i = 0; i < 3; i++) {
    using plain = await open(broker);
    assert.equal(await plain.metadata(), "closed");
  }
  assert.equal(warnings.length, 1);
  assert.match(String(warnings[0]!["reason"]), /speaks plaintext to a listener that is encrypted; set its security\.protocol to SSL/);
  assert.notEqual(await encrypted.metadata(), "closed");
});

test("PLAINTEXT: a client that speaks TLS is told of in one line", async () => {
  await using broker = await start("PLAINTEXT", {});
  warnings.splice(0);
  await assert.rejects(open(broker, {}));
  assert.match(String(warnings[0]?.["reason"]), /speaks TLS to a listener that is not encrypted/);
});

test("SSL: a certificate names the client, by the rules of ssl.principal.mapping.rules; without a rule that fits there is no service", async () => {
  const shown = { cert: client.certificate, key: client.privateKey };
  for (const [rules, clientAuth, tls, principal] of [
    ["DEFAULT", "required", shown, "User:CN=alice,O=Example"],
    ["RULE:^.*CN=(\\w+).*$/$1/U", "required", shown, "User:ALICE"],
    ["RULE:^CN=nobody$/x/", "requested", {}, "User:ANONYMOUS"],
    ["RULE:^CN=nobody$/x/", "requested", shown, "closed"],
  ] as const) {
    await using broker = await start("SSL", { ...PEM, "ssl.client.auth": clientAuth, "ssl.principal.mapping.rules": rules });
    using connection = await open(broker, tls);
    const answer = await connection.metadata();
    assert.equal(answer === "closed" ? answer : known()[0], principal);
  }
});

test("SASL_SSL: nothing but the login is served before it, and everything after it", async () => {
  await using broker = await start("SASL_SSL", { ...PEM, ...PLAIN });
  using hasty = await open(broker, {});
  assert.equal(await hasty.metadata(), "closed");
  using connection = await open(broker, {});
  const answer = await connection.logIn("PLAIN", "\0alice\0wonder land");
  assert.ok(answer !== "closed" && answer.errorCode === ErrorCode.NONE);
  assert.deepEqual(known(), ["User:alice"]);
  assert.notEqual(await connection.metadata(), "closed");
});

test("SASL_PLAINTEXT: a wrong password, an unknown user and a mechanism that is not there are answered, and then the connection ends", async () => {
  await using broker = await start("SASL_PLAINTEXT", {
    "sasl.enabled.mechanisms": "PLAIN",
    "listener.name.sasl_plaintext.plain.sasl.jaas.config": plainUsers(),
  });
  const texts: unknown[] = [];
  for (const token of ["\0alice\0wrong", "\0carol\0wrong"]) {
    using connection = await open(broker);
    const answer = await connection.logIn("PLAIN", token);
    assert.ok(answer !== "closed" && "errorMessage" in answer);
    texts.push([answer.errorCode, answer.errorMessage]);
    assert.equal(await connection.frame(), "closed");
  }
  assert.deepEqual(texts[0], texts[1]);
  using other = await open(broker);
  const answer = await other.logIn("GSSAPI");
  assert.ok(answer !== "closed" && "mechanisms" in answer);
  assert.deepEqual([answer.errorCode, answer.mechanisms], [ErrorCode.UNSUPPORTED_SASL_MECHANISM, ["PLAIN"]]);
  assert.equal(await other.frame(), "closed");
});

test("SaslHandshake v0: messages come as they are, and the answer is a frame without anything around it", async () => {
  await using broker = await start("SASL_PLAINTEXT", {
    "sasl.enabled.mechanisms": "PLAIN",
    "listener.name.sasl_plaintext.plain.sasl.jaas.config": plainUsers(),
  });
  using connection = await open(broker);
  await connection.send(saslHandshakeApi, 0, makeSaslHandshakeRequest({ mechanism: "PLAIN" }));
  const token = Buffer.from("\0bob\0b");
  connection.write(Buffer.concat([Buffer.from([0, 0, 0, token.length]), token]));
  assert.deepEqual(await connection.frame(), Buffer.alloc(0));
  assert.notEqual(await connection.metadata(), "closed");
  assert.deepEqual(known(), ["User:bob"]);
});

test("before a login a frame of more than 64 KiB ends the connection by its size, and after it requests have their own bounds", async () => {
  await using broker = await start("SASL_PLAINTEXT", {
    "sasl.enabled.mechanisms": "PLAIN",
    "listener.name.sasl_plaintext.plain.sasl.jaas.config": plainUsers(),
  });
  using connection = await open(broker);
  connection.write(Buffer.from([0, 1, 0, 1, 0, 36, 0, 2]));
  assert.equal(await connection.frame(), "closed");
});

test("users are made and described over the wire, log in by SCRAM, and are there after a restart; a password is nowhere in the journal", async () => {
  const settings = {
    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256",
    "listener.name.sasl_plaintext.plain.sasl.jaas.config": plainUsers(),
  };
  const broker = await start("SASL_PLAINTEXT", settings);
  using admin = await open(broker);
  await admin.logIn("PLAIN", "\0alice\0wonder land");
  const upsertions = [
    makeScramCredentialUpsertion({
      name: "dora",
      mechanism: 1,
      iterations: 4096,
      salt: Buffer.from("salty"),
      saltedPassword: Buffer.alloc(32, 7),
    }),
  ];
  const altered = await admin.send(alterUserScramCredentialsApi, 0, makeAlterUserScramCredentialsRequest({ upsertions }));
  assert.deepEqual(altered !== "closed" && altered.results.map(({ user, errorCode }) => [user, errorCode]), [["dora", ErrorCode.NONE]]);
  const before = await admin.send(describeUserScramCredentialsApi, 0, makeDescribeUserScramCredentialsRequest({ users: null }));
  await broker.stop();
  const journal = broker.disk.readFile("/data/metadata.journal");
  assert.ok(journal.includes("dora"));
  assert.ok(!journal.includes(Buffer.alloc(32, 7).toString("base64")));
  await using again = await TestBroker.start({ disk: broker.disk, settings: { listeners: "SASL_PLAINTEXT://127.0.0.1:0", ...settings } });
  using later = await open(again);
  await later.logIn("PLAIN", "\0alice\0wonder land");
  assert.deepEqual(await later.send(describeUserScramCredentialsApi, 0, makeDescribeUserScramCredentialsRequest({ users: null })), before);
});

test("settings that cannot be are refused at the start, in a sentence that names the listener and holds no secret", async () => {
  for (const [listener, settings, message] of [
    ["SSL", {}, /listener SSL: A listener with TLS needs a certificate/],
    ["SSL", { ...PEM, "ssl.keystore.type": "JKS" }, /listener SSL: ssl\.keystore\.type is JKS/],
    ["SSL", { ...PEM, "ssl.keystore.key": client.privateKey }, /does not belong to the certificate/],
    ["SSL", { ...PEM, "ssl.enabled.protocols": "TLSv1,TLSv1.1" }, /leave no version of TLS that is safe/],
    ["SSL", { ...PEM, "ssl.principal.mapping.rules": "RULE:(/x/" }, /is no regular expression/],
    ["SASL_PLAINTEXT", {}, /sasl\.enabled\.mechanisms has GSSAPI, which Ottla does not serve/],
    ["SASL_PLAINTEXT", { "sasl.enabled.mechanisms": "PLAIN" }, /PLAIN needs listener\.name\.sasl_plaintext\.plain\.sasl\.jaas\.config/],
    [
      "SASL_PLAINTEXT",
      { "sasl.enabled.mechanisms": "PLAIN", "listener.name.sasl_plaintext.plain.sasl.jaas.config": 'X required user_a="hush"' },
      /is no JAAS configuration(?!.*hush)/,
    ],
  ] as const)
    await assert.rejects(
      start(listener, settings),
      (error: Error) => message.test(error.message) || (console.error(error), false),
      String(message),
    );
});
