import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import {
  createDelegationTokenApi,
  type CreateDelegationTokenResponse,
  makeCreatableRenewers,
  makeCreateDelegationTokenRequest,
} from "@ottla/protocol/apis/create-delegation-token";
import {
  describeDelegationTokenApi,
  makeDescribeDelegationTokenOwner,
  makeDescribeDelegationTokenRequest,
} from "@ottla/protocol/apis/describe-delegation-token";
import { createAclsApi, makeAclCreation, makeCreateAclsRequest } from "@ottla/protocol/apis/create-acls";
import { expireDelegationTokenApi, makeExpireDelegationTokenRequest } from "@ottla/protocol/apis/expire-delegation-token";
import { makeRenewDelegationTokenRequest, renewDelegationTokenApi } from "@ottla/protocol/apis/renew-delegation-token";
import { DelegationTokens } from "../../metadata/delegation-tokens.ts";
import { TestBroker } from "../../testing/test-broker.ts";
import { SecureClient } from "../testing/secure-client.ts";
import { TokenAuthority } from "./token-authority.ts";

const SECRET = "a key for tokens";
const SETTINGS = {
  listeners: "SASL_PLAINTEXT://127.0.0.1:0",
  "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256",
  "listener.name.sasl_plaintext.plain.sasl.jaas.config": `org.apache.kafka.common.security.plain.PlainLoginModule required ${["alice", "bob", "root"].map((user) => `user_${user}="pw"`).join(" ")};`,
  "connection.failed.authentication.delay.ms": "0",
  "delegation.token.secret.key": SECRET,
  "delegation.token.expiry.time.ms": "60000",
  "delegation.token.max.lifetime.ms": "3600000",
};
const AUTHORIZER = { "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users": "User:root" };

async function logIn(broker: TestBroker, user: string): Promise<SecureClient> {
  const client = await SecureClient.open(broker);
  await client.logIn("PLAIN", `\0${user}\0pw`);
  return client;
}

async function create(client: SecureClient, fields: Parameters<typeof makeCreateDelegationTokenRequest>[0] = {}) {
  const answer = await client.send(createDelegationTokenApi, 3, makeCreateDelegationTokenRequest({ maxLifetimeMs: -1, ...fields }));
  assert.ok(answer !== "closed");
  return answer;
}

async function describe(client: SecureClient, owners: readonly string[] | null = null) {
  const wanted = owners?.map((principalName) => makeDescribeDelegationTokenOwner({ principalType: "User", principalName })) ?? null;
  const answer = await client.send(describeDelegationTokenApi, 3, makeDescribeDelegationTokenRequest({ owners: wanted }));
  assert.ok(answer !== "closed");
  return answer;
}

const idsOf = ({ tokens }: Awaited<ReturnType<typeof describe>>) => tokens.map(({ tokenId }) => tokenId);

async function renew(client: SecureClient, { hmac }: { readonly hmac: Buffer }, renewPeriodMs = -1) {
  const answer = await client.send(renewDelegationTokenApi, 2, makeRenewDelegationTokenRequest({ hmac, renewPeriodMs }));
  return answer !== "closed" && [answer.errorCode, answer.expiryTimestampMs];
}

async function expire(client: SecureClient, { hmac }: { readonly hmac: Buffer }, expiryTimePeriodMs = -1) {
  const answer = await client.send(expireDelegationTokenApi, 2, makeExpireDelegationTokenRequest({ hmac, expiryTimePeriodMs }));
  return answer === "closed" ? answer : answer.errorCode;
}

async function byToken(broker: TestBroker, { tokenId, hmac }: CreateDelegationTokenResponse, password = hmac.toString("base64")) {
  const client = await SecureClient.open(broker);
  return { client, last: await client.scram(tokenId, password, { extensions: ",tokenauth=true" }) };
}

const renewer = (principalName: string, principalType = "User") => makeCreatableRenewers({ principalName, principalType });

test("the secret of a token is Kafka's: HMAC-SHA-512 of its id under the key, so that both make the same of one id", () => {
  const tokens = new DelegationTokens();
  const party = { type: "User", name: "alice" };
  const times = { issuedAtMs: 0, expiresAtMs: 1, maxTimestampMs: 1 };
  tokens.apply({ kind: "delegation-token", tokenId: "MkU3OEVBNTcwNTJENDM2Qg", owner: party, requester: party, renewers: [], ...times });
  const authority = new TokenAuthority(new SimulatedClock(), tokens, "the key");
  assert.equal(
    authority.hmacOf("MkU3OEVBNTcwNTJENDM2Qg").toString("base64"),
    "ot8rlgFgJJjSWr0TKoa2Sy57NIcWio9qZOjoMHAUpoA3f/QO1xVX6xKt1jMcxHBPUUav69jHLk6F1b2OnMdWZw==",
  );
});

test("a token is made, logs in as its owner, makes no other, is renewed and ended; it is there after a restart, and its secret is nowhere on the disk", async () => {
  let broker = await TestBroker.start({ settings: SETTINGS });
  try {
    using alice = await logIn(broker, "alice");
    const token = await create(alice, { renewers: [renewer("bob")] });
    assert.deepEqual(
      [token.errorCode, token.principalName, token.tokenRequesterPrincipalName, token.expiryTimestampMs - token.issueTimestampMs],
      [ErrorCode.NONE, "alice", "alice", 60_000],
    );
    assert.deepEqual(token.hmac, createHmac("sha512", SECRET).update(token.tokenId).digest());
    const { client, last } = await byToken(broker, token);
    using tokenClient = client;
    assert.ok(
      last !== "closed" &&
        "sessionLifetimeMs" in last &&
        last.errorCode === ErrorCode.NONE &&
        last.sessionLifetimeMs > 50_000 &&
        last.sessionLifetimeMs <= 60_000,
    );
    const session = await create(tokenClient);
    assert.deepEqual(
      [session.errorCode, session.principalName, session.maxTimestampMs],
      [ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, "alice", -1],
    );
    assert.deepEqual(await renew(tokenClient, token), [ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, -1]);
    assert.equal((await describe(tokenClient)).errorCode, ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED);
    assert.notEqual(await tokenClient.metadata(), "closed");

    using bob = await logIn(broker, "bob");
    const renewed = await renew(bob, token, 30_000);
    assert.ok(
      renewed && renewed[0] === ErrorCode.NONE && renewed[1]! >= token.issueTimestampMs + 30_000 && renewed[1]! < token.expiryTimestampMs,
    );
    for (const each of [alice, tokenClient, bob]) each[Symbol.dispose]();
    await broker.stop();
    const journal = broker.disk.readFile("/data/metadata.journal");
    assert.ok(journal.includes(token.tokenId));
    assert.ok(!journal.includes(token.hmac) && !journal.includes(token.hmac.toString("base64")));

    broker = await TestBroker.start({ disk: broker.disk, settings: SETTINGS });
    const again = await byToken(broker, token);
    assert.ok(again.last !== "closed" && again.last.errorCode === ErrorCode.NONE);
    again.client[Symbol.dispose]();
    using later = await logIn(broker, "bob");
    assert.equal(await expire(later, token), ErrorCode.NONE);
    assert.equal(await expire(later, token), ErrorCode.DELEGATION_TOKEN_NOT_FOUND);
    const ended = await byToken(broker, token);
    assert.ok(ended.last !== "closed" && ended.last.errorCode === ErrorCode.SASL_AUTHENTICATION_FAILED);
  } finally {
    await broker.stop();
  }
});

test("no token logs in with another's secret, after its end, as an ordinary user, or once the key is another", async () => {
  const first = await TestBroker.start({ settings: SETTINGS });
  using alice = await logIn(first, "alice");
  const [token, other, short] = [await create(alice), await create(alice), await create(alice, { maxLifetimeMs: 1 })];
  const isRefused = async (broker: TestBroker, ...args: readonly [typeof token, string?]) => {
    const { client, last } = await byToken(broker, ...args);
    client[Symbol.dispose]();
    return last !== "closed" && last.errorCode === ErrorCode.SASL_AUTHENTICATION_FAILED;
  };
  assert.ok(await isRefused(first, token, other.hmac.toString("base64")));
  assert.ok(await isRefused(first, short));
  assert.ok(await isRefused(first, { ...token, tokenId: "nobody" }));
  using plain = await SecureClient.open(first);
  const asUser = await plain.scram(token.tokenId, token.hmac.toString("base64"));
  assert.ok(asUser !== "closed" && asUser.errorCode === ErrorCode.SASL_AUTHENTICATION_FAILED);
  assert.equal(await isRefused(first, token), false);
  for (const each of [alice, plain]) each[Symbol.dispose]();
  await first.stop();
  await using second = await TestBroker.start({ disk: first.disk, settings: { ...SETTINGS, "delegation.token.secret.key": "another" } });
  assert.ok(await isRefused(second, token));
});

test("who is nobody may not ask, principals must be users, and without a key there are no tokens", async () => {
  await using open = await TestBroker.start({ settings: { "delegation.token.secret.key": SECRET } });
  using nobody = await SecureClient.open(open);
  const refused = await create(nobody, { ownerPrincipalType: "User", ownerPrincipalName: "alice" });
  assert.deepEqual(
    [refused.errorCode, refused.principalName, refused.issueTimestampMs, refused.tokenId],
    [ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, "alice", -1, ""],
  );
  const { "delegation.token.secret.key": _, ...withoutKey } = SETTINGS;
  await using broker = await TestBroker.start({ settings: withoutKey });
  using alice = await logIn(broker, "alice");
  const invalid = await create(alice, { renewers: [renewer("bob"), renewer("staff", "Group")] });
  assert.deepEqual([invalid.errorCode, invalid.expiryTimestampMs], [ErrorCode.INVALID_PRINCIPAL_TYPE, -1]);
  const disabled = await create(alice);
  assert.deepEqual([disabled.errorCode, disabled.expiryTimestampMs], [ErrorCode.DELEGATION_TOKEN_AUTH_DISABLED, 0]);
  assert.deepEqual(await renew(alice, { hmac: Buffer.from("x") }), [ErrorCode.DELEGATION_TOKEN_AUTH_DISABLED, 0]);
  assert.equal(await expire(alice, { hmac: Buffer.from("x") }), ErrorCode.DELEGATION_TOKEN_AUTH_DISABLED);
  assert.equal((await describe(alice)).errorCode, ErrorCode.DELEGATION_TOKEN_AUTH_DISABLED);
});

test("with an authorizer: tokens for others need CREATE_TOKENS on the user, those of others are seen with DESCRIBE on the token or DESCRIBE_TOKENS on the owner", async () => {
  await using broker = await TestBroker.start({ settings: { ...SETTINGS, ...AUTHORIZER } });
  using root = await logIn(broker, "root");
  using alice = await logIn(broker, "alice");
  using bob = await logIn(broker, "bob");
  const allow = async (operation: number, resourceType: number, resourceName: string) => {
    const acl = { operation, resourceType, resourceName, resourcePatternType: 3, principal: "User:bob", host: "*", permissionType: 3 };
    await root.send(createAclsApi, 3, makeCreateAclsRequest({ creations: [makeAclCreation(acl)] }));
  };
  const ofAlice = { ownerPrincipalType: "User", ownerPrincipalName: "alice" };
  const own = await create(alice);
  const another = await create(alice);
  const denied = await create(bob, ofAlice);
  assert.deepEqual([denied.errorCode, denied.maxTimestampMs], [ErrorCode.DELEGATION_TOKEN_AUTHORIZATION_FAILED, -1]);
  assert.equal((await create(bob)).errorCode, ErrorCode.NONE);
  assert.equal(idsOf(await describe(bob)).length, 1);
  await allow(8, 6, own.tokenId);
  assert.deepEqual(idsOf(await describe(bob, ["alice"])), [own.tokenId]);
  await allow(13, 7, "User:alice");
  const made = await create(bob, ofAlice);
  assert.deepEqual([made.errorCode, made.principalName, made.tokenRequesterPrincipalName], [ErrorCode.NONE, "alice", "bob"]);
  assert.deepEqual(idsOf(await describe(bob, ["alice"])), [own.tokenId, made.tokenId], "who asked for a token sees it");
  await allow(14, 7, "User:alice");
  assert.deepEqual(idsOf(await describe(bob, ["alice"])), [own.tokenId, another.tokenId, made.tokenId]);
  assert.deepEqual(idsOf(await describe(bob, [])), []);
  assert.equal(idsOf(await describe(root)).length, 4);
  assert.deepEqual(await renew(bob, made), [ErrorCode.DELEGATION_TOKEN_OWNER_MISMATCH, 0]);
});

test("every version is answered, the older ones without who asked", async () => {
  await using broker = await TestBroker.start({ settings: SETTINGS });
  using alice = await logIn(broker, "alice");
  for (const version of [1, 2, 3]) {
    const made = await alice.send(createDelegationTokenApi, version, makeCreateDelegationTokenRequest({ renewers: [renewer("bob")] }));
    assert.ok(made !== "closed" && made.errorCode === ErrorCode.NONE);
    assert.equal(made.tokenRequesterPrincipalName, version < 3 ? "" : "alice");
    const seen = await alice.send(describeDelegationTokenApi, version, makeDescribeDelegationTokenRequest({ owners: null }));
    const token = seen !== "closed" && seen.tokens.at(-1)!;
    assert.deepEqual(
      token && [token.tokenId, token.hmac, token.renewers[0]?.principalName, token.tokenRequesterPrincipalName, token.maxTimestamp],
      [made.tokenId, made.hmac, "bob", version < 3 ? "" : "alice", made.maxTimestampMs],
    );
  }
  for (const version of [1, 2]) {
    const hmac = Buffer.from("none");
    const renewed = await alice.send(renewDelegationTokenApi, version, makeRenewDelegationTokenRequest({ hmac }));
    const expired = await alice.send(expireDelegationTokenApi, version, makeExpireDelegationTokenRequest({ hmac }));
    for (const answer of [renewed, expired]) assert.ok(answer !== "closed" && answer.errorCode === ErrorCode.DELEGATION_TOKEN_NOT_FOUND);
  }
});

test("tokens that have ended are removed by themselves", async () => {
  await using broker = await TestBroker.start({ settings: { ...SETTINGS, "delegation.token.expiry.check.interval.ms": "5" } });
  using alice = await logIn(broker, "alice");
  const { tokenId } = await create(alice, { maxLifetimeMs: 1 });
  assert.notEqual(tokenId, "");
  while ((await describe(alice)).tokens.length > 0);
});
