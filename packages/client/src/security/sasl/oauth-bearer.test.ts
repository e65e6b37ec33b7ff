import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { clientCredentialsProvider } from "./client-credentials.ts";
import { OAuthBearerLogin } from "./oauth-bearer.ts";

const rejectsWith = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof Error && "code" in error && error.code === code && message.test(error.message);

describe("OAUTHBEARER", () => {
  test("one token serves all connections until four fifths of its life have passed, and is asked for once", async () => {
    const clock = new SimulatedClock();
    let asked = 0;
    const login = new OAuthBearerLogin(async () => ({ value: `t${++asked}`, expiresAtMs: clock.nowMs() + 10_000 }), clock, { tenant: "a" });
    const say = async () => (await login.begin()).first().toString();
    const all = await Promise.all([say(), say(), say()]);
    assert.deepEqual(all, Array(3).fill("n,,\x01auth=Bearer t1\x01tenant=a\x01\x01"));
    clock.advance(7999);
    assert.match(await say(), /t1/);
    clock.advance(1);
    assert.match(await say(), /t2/);
    login.refused();
    assert.match(await say(), /t3/);
  });

  test("a provider that fails is asked again; meanwhile the old token serves while it lives", async () => {
    const clock = new SimulatedClock();
    let isDown = false;
    const login = new OAuthBearerLogin(() => {
      if (isDown) throw new Error("the vault is sealed");
      return { value: "t", expiresAtMs: clock.nowMs() + 10_000 };
    }, clock);
    await login.begin();
    isDown = true;
    clock.advance(9000);
    await login.begin();
    clock.advance(1000);
    await assert.rejects(login.begin(), rejectsWith("TOKEN_UNAVAILABLE", /the token provider failed: the vault is sealed/));
    isDown = false;
    await login.begin();
  });

  test("what is no token is refused before it is sent, without showing it", async () => {
    const clock = new SimulatedClock();
    const wrong: readonly unknown[] = [
      undefined,
      "text",
      {},
      { value: "" },
      { value: "a b" },
      { value: "a\x01b" },
      { value: "t", expiresAtMs: Number.NaN },
      { value: "t", extensions: { auth: "x" } },
      { value: "t", extensions: { a: "\x01" } },
      { value: "secret", expiresAtMs: -1 },
    ];
    for (const token of wrong) {
      const login = new OAuthBearerLogin(() => token as never, clock);
      await assert.rejects(login.begin(), (error: Error) => error.message.startsWith("OAUTHBEARER: ") && !error.message.includes("secret"));
    }
  });

  test("a JSON Web Token says itself when it ends", async () => {
    const clock = new SimulatedClock();
    let asked = 0;
    const jwt = () =>
      `${Buffer.from("{}").toString("base64url")}.${Buffer.from(JSON.stringify({ exp: clock.nowMs() / 1000 + 10, n: asked++ })).toString("base64url")}.x`;
    const login = new OAuthBearerLogin(() => ({ value: jwt() }), clock);
    const one = (await login.begin()).first();
    assert.deepEqual((await login.begin()).first(), one);
    clock.advance(9000);
    assert.notDeepEqual((await login.begin()).first(), one);
  });

  test("a provider that never answers is given up, and told so", async () => {
    const clock = new SimulatedClock();
    let wasTold = false;
    const login = new OAuthBearerLogin(({ signal }) => {
      signal.addEventListener("abort", () => (wasTold = true));
      return new Promise(() => {});
    }, clock);
    const failed = assert.rejects(login.begin(), rejectsWith("TOKEN_UNAVAILABLE", /gave none within 30000 ms/));
    clock.advance(30_000);
    await failed;
    assert.ok(wasTold);
  });

  test("a refusal is answered with the byte that the broker waits for", async () => {
    const exchange = await new OAuthBearerLogin(() => ({ value: "t" }), new SimulatedClock()).begin();
    assert.deepEqual(await exchange.answer(Buffer.from('{"status":"invalid_token"}')), Buffer.from([1]));
    assert.equal(await exchange.answer(Buffer.alloc(0)), undefined);
  });
});

describe("client credentials", () => {
  const ask = async (answer: (request: IncomingMessage, body: string, response: ServerResponse) => void, credentials: object = {}) => {
    const server = createServer((request, response) => {
      let body = "";
      request
        .setEncoding("utf8")
        .on("data", (piece: string) => (body += piece))
        .on("end", () => answer(request, body, response));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const tokenEndpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    const provider = clientCredentialsProvider(
      { tokenEndpointUrl, clientId: "me", clientSecret: "s3cr3t", scope: "kafka", ...credentials },
      new SimulatedClock(),
    );
    try {
      return await provider({ signal: AbortSignal.timeout(10_000) });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };

  test("go in the header, and the token's life is what the server says", async () => {
    const seen: unknown[] = [];
    const token = await ask((request, body, response) => {
      seen.push(request.method, request.headers.authorization, body);
      response.end(JSON.stringify({ access_token: "abc", expires_in: 60, token_type: "Bearer" }));
    });
    assert.deepEqual(seen, ["POST", `Basic ${Buffer.from("me:s3cr3t").toString("base64")}`, "grant_type=client_credentials&scope=kafka"]);
    assert.equal(token.value, "abc");
    assert.equal(token.expiresAtMs! - new SimulatedClock().nowMs(), 60_000);
  });

  test("that are refused fail for good, a server in trouble for now, and no message holds the secret", async () => {
    const failure = async (status: number, text: string) => {
      try {
        await ask((_, __, response) => void response.writeHead(status).end(text));
      } catch (error) {
        assert.doesNotMatch(String(error), /s3cr3t/);
        return error as { code: string; retriable: boolean; message: string };
      }
      return assert.fail("It was taken.");
    };
    const refused = await failure(401, JSON.stringify({ error: "invalid_client", error_description: "no such client" }));
    assert.deepEqual([refused.code, refused.retriable], ["AUTHENTICATION_FAILED", false]);
    assert.match(refused.message, /status 401, invalid_client: no such client/);
    assert.equal((await failure(503, "s3cr3t")).code, "TOKEN_UNAVAILABLE");
    assert.equal((await failure(302, "")).code, "AUTHENTICATION_FAILED");
    assert.match((await failure(200, "<html>")).message, /holds no access_token/);
    assert.match((await failure(200, "x".repeat(2_000_000))).message, /too long/);
  });

  test("a server that is not there is one sentence, and worth another try", async () => {
    const provider = clientCredentialsProvider(
      { tokenEndpointUrl: "http://127.0.0.1:1/token", clientId: "a", clientSecret: "b" },
      new SimulatedClock(),
    );
    await assert.rejects(
      Promise.resolve(provider({ signal: AbortSignal.timeout(10_000) })),
      rejectsWith("TOKEN_UNAVAILABLE", /cannot be asked for a token/),
    );
  });
});
