// Logins that go wrong: nobody learns who exists, and others are not disturbed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import { makeSaslHandshakeRequest, saslHandshakeApi } from "@ottla/protocol/apis/sasl-handshake";
import type { TestBroker } from "../../testing/test-broker.ts";
import { GuardedBroker, PASSWORDS } from "../testing/guarded-broker.ts";
import { SecureClient } from "../testing/secure-client.ts";

const firstAnswer = async (broker: TestBroker, user: string) => {
  using client = await SecureClient.open(broker);
  await client.send(saslHandshakeApi, 1, makeSaslHandshakeRequest({ mechanism: "SCRAM-SHA-256" }));
  const answer = await client.token(`n,,n=${user},r=mine`);
  assert.ok(answer !== "closed");
  const [, salt, iterations] = /s=(.*),i=(\d+)$/.exec(answer.authBytes.toString())!;
  return { salt: salt!, iterations, errorCode: answer.errorCode };
};

test("after a restart those who exist and those who do not have the salts that they had", async () => {
  const guarded = await GuardedBroker.start();
  const before = [await firstAnswer(guarded.broker, "alice"), await firstAnswer(guarded.broker, "nobody")];
  assert.deepEqual(
    before.map(({ salt, iterations }) => [salt.length, iterations]),
    [
      [32, "4096"],
      [32, "4096"],
    ],
  );
  await guarded.broker.stop();
  await using again = await GuardedBroker.start({}, { disk: guarded.broker.disk });
  assert.deepEqual([await firstAnswer(again.broker, "alice"), await firstAnswer(again.broker, "nobody")], before);
});

test("out of order, of other mechanisms, replayed: each gets Kafka's code and its connection's end, and one line", async () => {
  await using guarded = await GuardedBroker.start();
  const refused = async (how: (client: SecureClient) => Promise<unknown>, line: RegExp): Promise<void> => {
    guarded.said.splice(0);
    using client = await SecureClient.open(guarded.broker);
    await how(client);
    while (!client.isClosed) await client.frame();
    assert.match(JSON.stringify(guarded.said), line);
    assert.equal(guarded.said.length, 1);
  };
  const handshake = (client: SecureClient, mechanism: string) => client.send(saslHandshakeApi, 1, makeSaslHandshakeRequest({ mechanism }));
  await refused((client) => client.token("\0alice\0x"), /SaslAuthenticate came before SaslHandshake/);
  await refused((client) => client.metadata(), /Metadata came before the client had authenticated/);
  await refused(async (client) => {
    await handshake(client, "PLAIN");
    await handshake(client, "PLAIN");
  }, /SaslHandshake came in the middle of a login/);
  await refused(async (client) => {
    await handshake(client, "PLAIN");
    await client.metadata();
  }, /Metadata came in the middle of a login/);
  // A message of a weaker mechanism in the login of a stronger one, and the other way.
  await refused(async (client) => {
    await handshake(client, "SCRAM-SHA-256");
    const answer = await client.token(`\0alice\0${PASSWORDS["alice"]}`);
    assert.ok(answer !== "closed" && answer.errorCode === ErrorCode.SASL_AUTHENTICATION_FAILED);
  }, /first message is malformed/);
  await refused(async (client) => {
    await handshake(client, "PLAIN");
    await client.token("n,,n=alice,r=x");
  }, /a PLAIN message has 3 parts/);
  // What was good on another connection.
  let replayed = "";
  using honest = await SecureClient.open(guarded.broker);
  const welcome = await honest.scram("alice", PASSWORDS["alice"]!, { last: (final) => (replayed = final) });
  assert.ok(welcome !== "closed" && welcome.errorCode === ErrorCode.NONE);
  await refused((client) => client.scram("alice", "", { last: () => replayed }), /nonce is not the one of this login/);
  await refused((client) => handshake(client, `X${"\n".repeat(20_000)}`), /asked for the SASL mechanism X(\\+x0a){99}…, and/);
  honest[Symbol.dispose]();
  await guarded.isAsBefore();
});

test("300 wrong passwords at once: nothing is left of them, the log has a few lines, and who was in stays in", async () => {
  await using guarded = await GuardedBroker.start({ "connection.failed.authentication.delay.ms": "20" });
  using friend = await SecureClient.open(guarded.broker);
  const welcome = await friend.scram("bob", PASSWORDS["bob"]!);
  assert.ok(welcome !== "closed" && welcome.errorCode === ErrorCode.NONE);
  const outcomes = new Set<unknown>();
  const begunMs = guarded.clock.monotonicMs();
  await Promise.all(
    Array.from({ length: 300 }, async (_, i) => {
      using client = await SecureClient.open(guarded.broker);
      const user = i % 3 === 0 ? "alice" : `user-${"abcdefghijklmnopqrstuvwxyz"[i % 26]}-${i}`;
      const answer = i % 2 === 0 ? await client.scram(user, "wrong") : await client.logIn("PLAIN", `\0${user}\0wrong`);
      assert.ok(answer !== "closed" && "errorMessage" in answer);
      outcomes.add(`${answer.errorCode} ${String(answer.errorMessage).replace(/with SASL mechanism .*/, "")}`);
      assert.equal(await client.frame(), "closed");
    }),
  );
  assert.equal(outcomes.size, 2, [...outcomes].join("\n"));
  // Ten reasons of a host and one for all others, anew every ten seconds.
  const spans = 1 + Math.ceil((guarded.clock.monotonicMs() - begunMs) / 10_000);
  assert.ok(guarded.said.length <= 11 * spans, `${guarded.said.length} lines`);
  // And may send what no stranger may.
  const topics = Array.from({ length: 4000 }, (_, i) => makeMetadataRequestTopic({ name: `${"a-name-that-is-long-".repeat(2)}${i}` }));
  assert.notEqual(await friend.send(metadataApi, 12, makeMetadataRequest({ topics, allowAutoTopicCreation: false })), "closed");
  while (guarded.connections > 1 || guarded.heldBytes > 0 || guarded.timers > 0) await new Promise(setImmediate);
});

test("a user who is deleted while connected stays in until the login has to be renewed, as in Kafka", async () => {
  await using guarded = await GuardedBroker.start({ "connections.max.reauth.ms": "60000" });
  using client = await SecureClient.open(guarded.broker);
  const welcome = await client.scram("alice", PASSWORDS["alice"]!);
  assert.ok(welcome !== "closed" && "sessionLifetimeMs" in welcome && welcome.sessionLifetimeMs === 60_000);
  await guarded.deleteUser("alice");
  assert.notEqual(await client.metadata(), "closed");
  using late = await SecureClient.open(guarded.broker);
  const refused = await late.scram("alice", PASSWORDS["alice"]!);
  assert.ok(refused !== "closed" && refused.errorCode === ErrorCode.SASL_AUTHENTICATION_FAILED);
  guarded.clock.advance(1100);
  const renewed = await client.scram("alice", PASSWORDS["alice"]!);
  assert.ok(renewed !== "closed" && renewed.errorCode === ErrorCode.SASL_AUTHENTICATION_FAILED);
  assert.equal(await client.frame(), "closed");
});
