import assert from "node:assert/strict";
import { createHmac, createPublicKey } from "node:crypto";
import { test } from "node:test";
import { type JWK, SignJWT } from "jose";
import { AUDIENCE, type Claims, ISSUER, makeSigningKey, signToken } from "../testing/identity-provider.ts";
import { checkToken, readProviderKeys } from "./check-token.ts";

const rules = { audiences: ["other", AUDIENCE], issuer: ISSUER, clockSkewSeconds: 30, scopeClaim: "scope", subClaim: "sub" };
const [rsa, ec, stranger] = await Promise.all([
  makeSigningKey("rsa", "RS256"),
  makeSigningKey("ec", "ES256"),
  makeSigningKey("ec", "ES256"),
]);
const keysOf = (...keys: readonly JWK[]) => readProviderKeys(JSON.stringify({ keys }));
const keys = await keysOf(rsa.publicJwk, ec.publicJwk);
const nowMs = Date.now();
const nowS = Math.floor(nowMs / 1000);

const check = async (token: string, more: Partial<typeof rules> = {}) => checkToken(token, keys, { ...rules, ...more }, nowMs);
async function whyNot(token: string, more: Partial<typeof rules> = {}): Promise<string> {
  const verdict = await check(token, more);
  return verdict.kind === "valid" ? "valid" : verdict.why;
}
const of = (claims: Claims) => signToken(ec, claims);
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

test("a token that one of the keys signed is its subject's, until it ends", async () => {
  for (const key of [rsa, ec])
    assert.deepEqual(await check(await signToken(key, { exp: nowS + 9.5 })), {
      kind: "valid",
      user: "alice",
      expiresAtMs: (nowS + 9.5) * 1000,
    });
  const named = await signToken(ec, { exp: nowS + 60, sub: undefined, user: " bob ", scp: ["a", "b"] });
  assert.deepEqual(await check(named, { subClaim: "user", scopeClaim: "scp" }), {
    kind: "valid",
    user: "bob",
    expiresAtMs: (nowS + 60) * 1000,
  });
});

test("times count with the skew that is allowed", async () => {
  assert.equal(await whyNot(await of({ iat: nowS - 100, exp: nowS - 29 })), "valid");
  assert.equal(await whyNot(await of({ iat: nowS - 100, exp: nowS - 31 })), "its token has expired");
  assert.equal(await whyNot(await of({ nbf: nowS + 29 })), "valid");
  assert.equal(await whyNot(await of({ nbf: nowS + 32 })), "its token is not valid yet");
  assert.equal(await whyNot(await of({ iat: nowS - 100, exp: nowS - 1 }), { clockSkewSeconds: 0 }), "its token has expired");
  assert.match(await whyNot(await of({ exp: undefined })), /claim exp of its token is missing/);
  assert.match(await whyNot(await of({ iat: undefined })), /claim iat of its token is missing/);
  assert.match(await whyNot(await of({ iat: nowS + 50, exp: nowS + 40 })), /ends before it begins/);
});

test("tokens for others, of others, or of nobody are refused", async () => {
  assert.match(await whyNot(await of({ aud: "somebody" })), /meant for somebody else/);
  assert.match(await whyNot(await of({ aud: undefined })), /meant for somebody else/);
  assert.equal(await whyNot(await of({ aud: ["x", AUDIENCE] })), "valid");
  assert.match(await whyNot(await of({ iss: "https://elsewhere.example" })), /comes from elsewhere/);
  assert.match(await whyNot(await of({ iss: undefined })), /comes from elsewhere/);
  for (const sub of ["", " ", undefined, 7, ["alice"]]) assert.match(await whyNot(await of({ sub })), /claim sub, which names the user/);
  for (const scope of [["a", "a"], ["a", ""], [7]]) assert.match(await whyNot(await of({ scope })), /claim scope of its token/);
});

test("a signature must be by one of these keys, and by a private one: not none, and not HMAC with the public key", async () => {
  assert.match(await whyNot(await signToken(stranger)), /signature of its token is wrong/);
  const [header, payload, signature] = (await of({})).split(".") as [string, string, string];
  assert.match(
    await whyNot(`${header}.${part({ iss: ISSUER, aud: AUDIENCE, sub: "root", iat: nowS, exp: nowS + 60 })}.${signature}`),
    /signature of its token is wrong/,
  );
  assert.match(await whyNot(`${part({ alg: "none" })}.${payload}.`), /algorithm that is not taken/);
  assert.match(await whyNot(`${part({ alg: "nOnE" })}.${payload}.${signature}`), /algorithm that is not taken/);
  const pem = createPublicKey({ key: rsa.publicJwk, format: "jwk" }).export({ type: "spki", format: "pem" });
  const forged = `${part({ alg: "HS256", kid: "rsa" })}.${payload}`;
  assert.match(await whyNot(`${forged}.${createHmac("sha256", pem).update(forged).digest("base64url")}`), /algorithm that is not taken/);
  const secret = Buffer.alloc(32, 7);
  const withSecret = await keysOf({ kty: "oct", kid: "shared", alg: "HS256", k: secret.toString("base64url") });
  const byPassword = await new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: "alice", iat: nowS, exp: nowS + 60 })
    .setProtectedHeader({ alg: "HS256", kid: "shared" })
    .sign(secret);
  assert.equal((await checkToken(byPassword, withSecret, rules, nowMs)).kind, "refused");
  for (const nonsense of ["", "a", "a.b.c", "..", `${header}.${payload}`, `${header}..${signature}`, `${header}.${payload}.${signature}.x`])
    assert.match(await whyNot(nonsense), /no JSON Web Token|signature|cannot be used/, nonsense);
});

test("a key that is not there is told by its name; a token that names none is tried with all that fit", async () => {
  const unknown = await signToken(ec, {}, { kid: "newer\n" });
  const verdict = await check(unknown);
  assert.ok(verdict.kind === "unknown-key" && verdict.keyId === "newer\n" && !verdict.why.includes("\n"));
  assert.equal(await whyNot(await signToken(ec, {}, {})), "valid");
  const two = await keysOf({ ...stranger.publicJwk, kid: "a" }, { ...ec.publicJwk, kid: "b" });
  assert.equal((await checkToken(await signToken(ec, {}, {}), two, rules, nowMs)).kind, "valid");
  const third = await makeSigningKey("c");
  assert.equal((await checkToken(await signToken(third, {}, {}), two, rules, nowMs)).kind, "refused");
});

test("what is no document of keys is told; an empty one fits nobody", async () => {
  for (const [text, message] of [
    ["<html>", /no JSON/],
    ["null", /no list "keys"/],
    ['{"keys":{}}', /no list "keys"/],
    ['{"keys":[1]}', /no list "keys"/],
    [JSON.stringify({ keys: Array(1001).fill({ kty: "RSA" }) }), /1001 keys/],
  ] as const)
    await assert.rejects(readProviderKeys(text), { code: "OAUTH_KEYS", message });
  const none = await keysOf();
  assert.equal((await checkToken(await of({}), none, rules, nowMs)).kind, "unknown-key");
  const broken = await keysOf({ kty: "EC", crv: "P-256", x: "AA", y: "AA", kid: "ec", alg: "ES256" });
  const unusable = await checkToken(await of({}), broken, rules, nowMs);
  assert.ok(unusable.kind === "unknown-key" && /cannot be used/.test(unusable.why), "it may be mended by now");
});
