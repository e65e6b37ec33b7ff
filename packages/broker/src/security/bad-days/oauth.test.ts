// Tokens and identity providers that mean harm: logins by OAUTHBEARER cut at every byte, oversize, out of order, spoilt; key documents of any kind; a session that ends in the middle of a long fetch.
import assert from "node:assert/strict";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { type Clock, silentLogger } from "@ottla/base";
import { encodeRequest, ErrorCode } from "@ottla/protocol";
import { fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import { makeSaslAuthenticateRequest, saslAuthenticateApi } from "@ottla/protocol/apis/sasl-authenticate";
import { makeSaslHandshakeRequest, saslHandshakeApi } from "@ottla/protocol/apis/sasl-handshake";
import { autoCreateTopics } from "../../topics/auto-create.ts";
import { SignedTokens } from "../oauth/signed-tokens.ts";
import { CountingClock } from "../testing/counting-clock.ts";
import { GuardedBroker } from "../testing/guarded-broker.ts";
import { AUDIENCE, IdentityProvider, ISSUER, makeSigningKey, type SigningKey, signToken } from "../testing/identity-provider.ts";
import { SecureClient } from "../testing/secure-client.ts";

let key: SigningKey;
let provider: IdentityProvider;
before(async () => {
  key = await makeSigningKey("one");
  provider = await IdentityProvider.start([key]);
});
after(() => provider[Symbol.asyncDispose]());

const start = () =>
  GuardedBroker.start({
    "sasl.enabled.mechanisms": "OAUTHBEARER",
    "sasl.oauthbearer.jwks.endpoint.url": provider.url,
    "sasl.oauthbearer.expected.audience": AUDIENCE,
    "sasl.oauthbearer.expected.issuer": ISSUER,
  });

const RULES = { audiences: [AUDIENCE], issuer: ISSUER, clockSkewSeconds: 30, scopeClaim: "scope", subClaim: "sub" };
const message = (token: string): string => `n,,\x01auth=Bearer ${token}\x01\x01`;
const shake = Buffer.concat(encodeRequest(saslHandshakeApi, 1, 1, "x", makeSaslHandshakeRequest({ mechanism: "OAUTHBEARER" })));
const authenticate = (text: string): Buffer =>
  Buffer.concat(encodeRequest(saslAuthenticateApi, 2, 2, "x", makeSaslAuthenticateRequest({ authBytes: Buffer.from(text) })));

/** Whether that token lets in. */
async function letsIn(guarded: GuardedBroker, token: string): Promise<boolean> {
  using client = await SecureClient.open(guarded.broker);
  const answer = await client.logIn("OAUTHBEARER", message(token));
  return answer !== "closed" && "authBytes" in answer && answer.errorCode === ErrorCode.NONE && answer.authBytes.length === 0;
}

test("a login that is cut at any byte leaves nothing", async () => {
  await using guarded = await start();
  const token = authenticate(message(await signToken(key)));
  for (const [frame, earlier] of [
    [shake, []],
    [token, [shake]],
  ] as const)
    for (let cut = 0; cut < frame.length; cut += frame === token ? 31 : 5) {
      using client = await SecureClient.open(guarded.broker);
      for (const before of earlier) {
        client.write(before);
        assert.notEqual(await client.frame(), "closed");
      }
      client.write(frame.subarray(0, cut));
      client.leave(cut % 2 === 0 ? "end" : "reset");
      while (!client.isClosed) await client.frame();
    }
  await guarded.isAsBefore();
  assert.equal(await letsIn(guarded, await signToken(key)), true);
});

test("messages that are oversize, out of order, spoilt or of another mechanism let nobody in, and each ends in its time", async () => {
  await using guarded = await start();
  const good = await signToken(key);
  const [header = "", payload = "", signature = ""] = good.split(".");
  const part = (text: string): string => Buffer.from(text).toString("base64url");
  const none = part('{"alg":"none"}');
  const nested = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  for (const token of [
    "x".repeat(60_000),
    ".".repeat(60_000),
    `${header}.${payload}.`,
    `${header}..${signature}`,
    `${none}.${payload}.`,
    `${none}.${payload}.${signature}`,
    `${part(`{"alg":"HS256","kid":"one"}`)}.${payload}.${signature}`,
    `${part(`{"alg":"ES256","kid":"one","crit":["x"],"x":1}`)}.${payload}.${signature}`,
    `${part(`{"alg":"ES256","kid":"one","jwk":${JSON.stringify(key.publicJwk)}}`)}.${payload}.${signature}`,
    `${part(nested)}.${payload}.${signature}`,
    `${header}.${part(nested)}.${signature}`,
    `${part('{"alg":"ES256","kid":"__proto__"}')}.${payload}.${signature}`,
    await signToken(key, { sub: "" }),
    await signToken(key, { sub: { toString: "alice" } }),
    await signToken(key, { exp: "9999999999" }),
    await signToken(key, { iat: -1 }),
    await signToken(key, { aud: ["other"] }),
    await signToken(key, { iss: [ISSUER] }),
    await signToken(key, { nbf: Math.floor(Date.now() / 1000) + 3600 }),
  ])
    assert.equal(await letsIn(guarded, token), false, token.slice(0, 60));
  for (const sent of [
    [authenticate(message(good))],
    [shake, shake],
    [shake, authenticate("\x01")],
    [shake, authenticate(message("bad.bad.bad")), authenticate(message(good))],
    [shake, authenticate("n,,n=alice,r=nonce")],
  ]) {
    using client = await SecureClient.open(guarded.broker);
    client.write(Buffer.concat(sent));
    while (!client.isClosed) await client.frame();
  }
  await guarded.isAsBefore();
  assert.equal(await letsIn(guarded, good), true);
});

test("whatever stands where the keys should be harms nothing, and once they are there tokens are taken", async () => {
  let give: (response: ServerResponse) => void = () => {};
  const server: Server = createServer((_, response) => give(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const text = JSON.stringify({ keys: [key.publicJwk] });
    let asked = 0;
    const documents: readonly string[] = [
      "",
      "null",
      "[]",
      '{"keys":{}}',
      '{"keys":[null]}',
      '{"keys":[{}]}',
      '{"keys":[{"kty":"oct","kid":"one","k":"AAAA","alg":"HS256"}]}',
      JSON.stringify({ keys: Array.from({ length: 10_000 }, () => ({ kty: "EC" })) }),
      `{"keys":${"[".repeat(100_000)}`,
      JSON.stringify({ keys: [{ ...key.publicJwk, x: "AAAA" }] }),
      text.slice(0, -1),
    ];
    const answers: ((response: ServerResponse) => void)[] = [
      (response) => response.destroy(),
      (response) => response.writeHead(302, { location: provider.url }).end(),
      (response) => response.writeHead(200, { "content-length": String(2 * text.length) }).end(text, () => response.destroy()),
      (response) => response.writeHead(200).end(Buffer.alloc(1_100_000, " ")),
      (response) => response.writeHead(200, { "content-encoding": "gzip" }).end("\x1f\x8bnothing"),
      ...documents.map((document) => (response: ServerResponse) => void response.writeHead(200).end(document)),
    ];
    for (const answer of answers) {
      asked = 0;
      give = (response) => {
        asked++;
        answer(response);
      };
      const timers = new CountingClock();
      let forwardMs = 0;
      // Later for who looks at it; what is being fetched keeps its time.
      const clock: Clock = {
        nowMs: () => timers.nowMs(),
        monotonicMs: () => timers.monotonicMs() + forwardMs,
        schedule: (delayMs, run) => timers.schedule(delayMs, run),
        nextTurn: (run) => timers.nextTurn(run),
      };
      const endpoint = {
        url: new URL(`http://127.0.0.1:${port}/keys`),
        schedule: { refreshMs: 3_600_000, retryBackoffMs: 5, retryBackoffMaxMs: 5 },
        trust: {},
      };
      const tokens = new SignedTokens({ clock, logger: silentLogger, readFile: () => Buffer.alloc(0) }, endpoint, RULES);
      const token = await signToken(key);
      assert.equal((await tokens.check(token)).kind, "refused");
      assert.ok(asked > 0);
      give = (response) => void response.writeHead(200).end(text);
      // Where what was there could be read, a key that is missing has it fetched again, not more often than every so often.
      for (;;) {
        forwardMs += 60_000;
        if ((await tokens.check(token)).kind === "valid") break;
        await turn();
      }
      tokens.close();
      assert.equal(timers.waiting, 0);
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("a session that ends in the middle of a long fetch: what was asked in time is answered, and the next request ends the connection", async () => {
  await using guarded = await start();
  await autoCreateTopics(guarded.broker.running.state, ["t"]);
  using client = await SecureClient.open(guarded.broker);
  const welcome = await client.logIn("OAUTHBEARER", message(await signToken(key)));
  assert.ok(welcome !== "closed" && welcome.errorCode === ErrorCode.NONE);
  const partitions = [makeFetchPartition({ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 })];
  const request = makeFetchRequest({
    maxWaitMs: 60_000,
    minBytes: 1,
    maxBytes: 1000,
    sessionEpoch: -1,
    topics: [makeFetchTopic({ topic: "t", partitions })],
  });
  const fetching = client.send(fetchApi, 12, request);
  while (guarded.broker.running.state.partitions.get("t", 0)?.watcherCount !== 1) await turn();
  guarded.clock.advance(3_600_000);
  const answer = await fetching;
  assert.ok(answer !== "closed" && answer.errorCode === ErrorCode.NONE);
  assert.equal(await client.metadata(), "closed");
});
