import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Clock, type LogFields, silentLogger } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { MemoryDisk } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import { TestBroker } from "../../testing/test-broker.ts";
import {
  AUDIENCE,
  type Claims,
  IdentityProvider,
  ISSUER,
  makeSigningKey,
  type SigningKey,
  signToken,
} from "../testing/identity-provider.ts";
import { SecureClient } from "../testing/secure-client.ts";

const PREFIX = "listener.name.sasl_plaintext.oauthbearer";
const LOGIN_MODULE = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule";
const UNSECURED = "org.apache.kafka.common.security.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler";
const REFUSED = '{"status":"invalid_token"}';

let keys: readonly [SigningKey, SigningKey];
let provider: IdentityProvider;
before(async () => {
  keys = [await makeSigningKey("one"), await makeSigningKey("two", "RS256")];
  provider = await IdentityProvider.start([keys[0]]);
});
after(() => provider[Symbol.asyncDispose]());

const reasons: string[] = [];
const errors: string[] = [];
const warnings: string[] = [];
const logger = {
  ...silentLogger,
  warn: (message: string, fields: LogFields = {}) => {
    warnings.push(message);
    if ("reason" in fields) reasons.push(String(fields["reason"]));
  },
  error: (message: string, fields: LogFields = {}) => void errors.push(`${message}: ${String(fields["error"])}`),
};

function startBroker(
  settings: Readonly<Record<string, string>> = {},
  { disk = new MemoryDisk(), clock = systemClock } = {},
): Promise<TestBroker> {
  return TestBroker.start({
    disk,
    clock,
    logger,
    settings: {
      listeners: "SASL_PLAINTEXT://127.0.0.1:0",
      "sasl.enabled.mechanisms": "OAUTHBEARER",
      "connection.failed.authentication.delay.ms": "0",
      ...settings,
    },
  });
}

const signed = (more: Readonly<Record<string, string>> = {}, seams: { readonly clock?: Clock } = {}) =>
  startBroker(
    {
      "sasl.oauthbearer.jwks.endpoint.url": provider.url,
      "sasl.oauthbearer.expected.audience": AUDIENCE,
      "sasl.oauthbearer.expected.issuer": ISSUER,
      ...more,
    },
    seams,
  );

async function logIn(broker: TestBroker, token: string, { header = "n,,", extensions = "" } = {}) {
  const client = await SecureClient.open(broker);
  const last = await client.logIn("OAUTHBEARER", `${header}\x01auth=Bearer ${token}\x01${extensions}\x01`);
  assert.ok(last !== "closed" && "authBytes" in last);
  return { client, last };
}

/** Whether it is let in; undefined where it is refused as it must be, which leaves the reason in the log. */
async function lifetimeOf(broker: TestBroker, token: string): Promise<number | undefined> {
  const { client, last } = await logIn(broker, token);
  using _ = client;
  assert.equal(last.errorCode, ErrorCode.NONE);
  if (last.authBytes.length === 0) return last.sessionLifetimeMs;
  assert.equal(last.authBytes.toString(), REFUSED);
  const end = await client.token("\x01");
  assert.ok(end !== "closed");
  assert.deepEqual([end.errorCode, end.errorMessage], [ErrorCode.SASL_AUTHENTICATION_FAILED, REFUSED]);
  assert.equal(await client.frame(), "closed");
  return undefined;
}

const unsigned = (claims: Claims) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ exp: Date.now() / 1000 + 60, ...claims })}.`;
};

test("a token lets in for as long as it lives, or as connections.max.reauth.ms has it where that is less", async () => {
  await using broker = await signed();
  const lifetimeMs = await lifetimeOf(broker, await signToken(keys[0]));
  assert.ok(lifetimeMs !== undefined && lifetimeMs > 50_000 && lifetimeMs <= 60_000, `${lifetimeMs}`);
  await using brief = await signed({ [`${PREFIX}.connections.max.reauth.ms`]: "1234" });
  assert.equal(await lifetimeOf(brief, await signToken(keys[0])), 1234);
});

test("what is refused is told as RFC 7628 has it, and the log says why without showing the token", async () => {
  await using broker = await signed({ [`${PREFIX}.sasl.oauthbearer.clock.skew.seconds`]: "0" });
  const nowS = Math.floor(Date.now() / 1000);
  const token = await signToken(keys[0], { iat: nowS - 10, exp: nowS - 1 });
  assert.equal(await lifetimeOf(broker, token), undefined);
  assert.match(reasons.at(-1)!, /its login failed: its token has expired/);
  assert.equal(await lifetimeOf(broker, await signToken(keys[1], {}, { kid: "one" })), undefined);
  assert.ok(reasons.every((reason) => !reason.includes(token)));
  const { client, last } = await logIn(broker, token);
  using _ = client;
  assert.equal(last.authBytes.toString(), REFUSED);
  const again = await client.token(`n,,\x01auth=Bearer ${await signToken(keys[0])}\x01\x01`);
  assert.ok(again !== "closed" && again.errorCode === ErrorCode.SASL_AUTHENTICATION_FAILED, "one token for each login");
});

test("an authorization id must be the user's own; extensions are taken; what is no message of OAUTHBEARER fails at once", async () => {
  await using broker = await signed();
  const token = await signToken(keys[0]);
  for (const [header, extensions, errorCode] of [
    ["n,a=alice,", "logicalCluster=lkc-1\x01", ErrorCode.NONE],
    ["n,a=root,", "", ErrorCode.SASL_AUTHENTICATION_FAILED],
    ["y,,", "", ErrorCode.SASL_AUTHENTICATION_FAILED],
    ["n,,", "1=2\x01", ErrorCode.SASL_AUTHENTICATION_FAILED],
  ] as const) {
    const { client, last } = await logIn(broker, token, { header, extensions });
    client[Symbol.dispose]();
    assert.equal(last.errorCode, errorCode, `${header} ${extensions}`);
  }
  const { client, last } = await logIn(broker, "x".repeat(45_000));
  client[Symbol.dispose]();
  assert.equal(last.authBytes.toString(), REFUSED, "a token of 45,000 characters is none, and costs nobody anything");
});

test("a key that came after the last fetch is fetched for the first token that names it; one that went is not taken any more", async () => {
  await using broker = await signed({ "sasl.oauthbearer.jwks.endpoint.refresh.ms": "3600000" });
  assert.notEqual(await lifetimeOf(broker, await signToken(keys[0])), undefined);
  const asked = provider.asked;
  provider.keys = [keys[1]];
  try {
    assert.notEqual(await lifetimeOf(broker, await signToken(keys[1])), undefined);
    assert.equal(provider.asked, asked + 1);
    assert.equal(await lifetimeOf(broker, await signToken(keys[0])), undefined);
    assert.match(reasons.at(-1)!, /none of the 1 keys of the identity provider fits its token, which names the key one/);
    assert.equal(provider.asked, asked + 1, "not again so soon");
  } finally {
    provider.keys = [keys[0]];
  }
});

test("a token that ends in the middle of a session ends it, unless the client shows another; the user stays the same", async () => {
  let passedMs = 0;
  // Time passes when it is told to, so that nothing has to be done in time here.
  const iat = Math.floor(Date.now() / 1000);
  const clock = { ...systemClock, nowMs: () => iat * 1000 + passedMs, monotonicMs: () => passedMs };
  await using broker = await signed({ "sasl.oauthbearer.clock.skew.seconds": "0" }, { clock });
  const exp = iat + 100;
  const { client, last } = await logIn(broker, await signToken(keys[0], { iat, exp }));
  using first = client;
  assert.equal(last.sessionLifetimeMs, 100_000);
  using second = (await logIn(broker, await signToken(keys[0], { iat, exp }))).client;
  passedMs = 99_999;
  assert.notEqual(await first.metadata(), "closed");
  const mallory = await second.logIn(
    "OAUTHBEARER",
    `n,,\x01auth=Bearer ${await signToken(keys[0], { iat, exp: exp + 100, sub: "mallory" })}\x01\x01`,
  );
  assert.ok(mallory !== "closed" && mallory.errorCode === ErrorCode.SASL_AUTHENTICATION_FAILED);
  const later = await signToken(keys[0], { iat, exp: exp + 100 });
  const renewed = await first.logIn("OAUTHBEARER", `n,,\x01auth=Bearer ${later}\x01\x01`);
  assert.ok(renewed !== "closed" && "sessionLifetimeMs" in renewed);
  assert.equal(renewed.sessionLifetimeMs, 100_001);
  using third = (await logIn(broker, await signToken(keys[0], { iat, exp }))).client;
  passedMs = 100_001;
  assert.equal(await third.metadata(), "closed");
  assert.notEqual(await first.metadata(), "closed");
});

test("an endpoint that is dead harms those logins alone, and is told once", async () => {
  errors.splice(0);
  await using broker = await signed({
    "sasl.oauthbearer.jwks.endpoint.url": "http://127.0.0.1:1/keys",
    "sasl.enabled.mechanisms": "OAUTHBEARER,PLAIN",
    "listener.name.sasl_plaintext.plain.sasl.jaas.config": 'org.apache.kafka.common.security.plain.PlainLoginModule required user_bob="b";',
    "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms": "1",
    "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms": "5",
  });
  for (let i = 0; i < 5; i++) assert.equal(await lifetimeOf(broker, await signToken(keys[0])), undefined);
  assert.match(reasons.at(-1)!, /have not been fetched yet/);
  using bob = await SecureClient.open(broker);
  const plain = await bob.logIn("PLAIN", "\0bob\0b");
  assert.ok(plain !== "closed" && plain.errorCode === ErrorCode.NONE);
  assert.equal(errors.length, 1);
  assert.match(errors[0]!, /nobody can log in with a token until they are there: connect ECONNREFUSED/);
});

test("answers that are no keys are told: another status, too long, something else", async () => {
  for (const [answer, message] of [
    [{ status: 302, text: "" }, /status 302; the URL must lead to the keys without a redirection/],
    [{ status: 200, text: "x".repeat(1024 * 1024 + 1) }, /longer than 1048576 bytes/],
    [{ status: 200, text: "<html>" }, /no JSON/],
  ] as const) {
    errors.splice(0);
    provider.answer = answer;
    try {
      await using broker = await signed();
      assert.equal(await lifetimeOf(broker, await signToken(keys[0])), undefined);
      assert.match(errors[0]!, message);
    } finally {
      provider.answer = undefined;
    }
  }
});

test("keys may lie in a file, which is read again when a token names one that is not there", async () => {
  const disk = new MemoryDisk();
  const write = (...shown: readonly SigningKey[]) =>
    disk.replaceFile("/keys.json", Buffer.from(JSON.stringify({ keys: shown.map(({ publicJwk }) => publicJwk) })));
  write(keys[0]);
  const settings = {
    "sasl.oauthbearer.jwks.endpoint.url": "file:///keys.json",
    "sasl.oauthbearer.expected.audience": AUDIENCE,
    "sasl.oauthbearer.expected.issuer": ISSUER,
  };
  await using broker = await startBroker(settings, { disk });
  assert.notEqual(await lifetimeOf(broker, await signToken(keys[0])), undefined);
  write(keys[0], keys[1]);
  assert.notEqual(await lifetimeOf(broker, await signToken(keys[1])), undefined);
});

test("tokens that nobody signed are taken only where that is asked for, and with Kafka's options", async () => {
  warnings.splice(0);
  // A token from the future is one however long this takes.
  const nowMs = Date.now();
  const clock = { ...systemClock, nowMs: () => nowMs };
  const settings = {
    [`${PREFIX}.sasl.server.callback.handler.class`]: UNSECURED,
    [`${PREFIX}.sasl.jaas.config`]: `${LOGIN_MODULE} required unsecuredValidatorPrincipalClaimName="who" unsecuredValidatorRequiredScope="read write" unsecuredValidatorAllowableClockSkewMs="2000";`,
  };
  await using broker = await startBroker(settings, { clock });
  assert.ok(warnings.some((warning) => /tokens that nobody signed are taken/.test(warning)));
  const nowS = nowMs / 1000;
  const scope = "write read";
  assert.ok((await lifetimeOf(broker, unsigned({ who: "alice", scope })))! > 50_000);
  assert.ok((await lifetimeOf(broker, unsigned({ who: "alice", scope: ["read", "write", "x"] })))! > 50_000);
  for (const claims of [
    { sub: "alice", scope },
    { who: "", scope },
    { who: "alice", scope, exp: nowS - 3 },
    { who: "alice", scope, iat: nowS + 3 },
    { who: "alice", scope, exp: "soon" },
  ])
    assert.equal(await lifetimeOf(broker, unsigned(claims)), undefined, JSON.stringify(claims));
  assert.equal(await lifetimeOf(broker, await signToken(keys[0], { who: "alice", scope })), undefined);
  const { client, last } = await logIn(broker, unsigned({ who: "alice", scope: "read" }));
  client[Symbol.dispose]();
  assert.equal(last.authBytes.toString(), '{"status":"insufficient_scope","scope":"read write"}');
  await using byOption = await startBroker({
    [`${PREFIX}.sasl.jaas.config`]: `${LOGIN_MODULE} required unsecuredLoginStringClaim_sub="admin";`,
  });
  assert.ok((await lifetimeOf(byOption, unsigned({ sub: "alice" })))! > 50_000);
  await using usual = await signed();
  assert.equal(await lifetimeOf(usual, unsigned({ sub: "alice", iss: ISSUER, aud: AUDIENCE, iat: nowS })), undefined);
});

test("settings that cannot be are refused at the start, in a sentence that names key and remedy", async () => {
  for (const [settings, message] of [
    [{}, /OAUTHBEARER needs sasl\.oauthbearer\.jwks\.endpoint\.url/],
    [{ "sasl.oauthbearer.jwks.endpoint.url": "ftp://x/" }, /sasl\.oauthbearer\.expected\.audience/],
    [
      { "sasl.oauthbearer.jwks.endpoint.url": "https://x/", "sasl.oauthbearer.expected.audience": "a" },
      /allow\.unverified\.issuer=true does without/,
    ],
    [
      {
        "sasl.oauthbearer.jwks.endpoint.url": "ftp://x/",
        "sasl.oauthbearer.allow.unverified.audience": "true",
        "sasl.oauthbearer.allow.unverified.issuer": "true",
      },
      /is no URL that begins with https:/,
    ],
    [{ [`${PREFIX}.sasl.server.callback.handler.class`]: "com.example.Own" }, /com\.example\.Own, a Java class that Ottla cannot run/],
    [
      { "sasl.oauthbearer.jwks.endpoint.url": "https://x/", "sasl.oauthbearer.jwt.validator.class": "com.example.Own" },
      /jwt\.validator\.class is com\.example\.Own/,
    ],
    [
      {
        [`${PREFIX}.sasl.server.callback.handler.class`]: UNSECURED,
        [`${PREFIX}.sasl.jaas.config`]: `${LOGIN_MODULE} required unsecuredValidatorAllowableClockSkewMs="-1";`,
      },
      /unsecuredValidatorAllowableClockSkewMs/,
    ],
  ] as const)
    await assert.rejects(startBroker(settings), { code: "INVALID_CONFIG", message });
});
