import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { type DelegationToken, DelegationTokens } from "../../metadata/delegation-tokens.ts";
import {
  createToken,
  expiredTokens,
  expireToken,
  renewToken,
  TOKEN_NAMES_BYTES_MAX,
  TOKENS_MAX,
  TOKENS_PER_REQUESTER_MAX,
} from "./token-rules.ts";

const user = (name: string) => ({ type: "User", name });
const [alice, bob, carol, mallory] = [user("alice"), user("bob"), user("carol"), user("mallory")];
const limits = { maxLifetimeMs: 1000, expiryTimeMs: 300 };
const NOW_MS = 5000;
const wish = { tokenId: "t", owner: alice, requester: bob, renewers: [carol], maxLifetimeMs: -1 };
const token: DelegationToken = {
  tokenId: "t",
  owner: alice,
  requester: bob,
  renewers: [carol],
  issuedAtMs: NOW_MS,
  expiresAtMs: NOW_MS + 300,
  maxTimestampMs: NOW_MS + 1000,
};

test("a token lives for the shorter of what was wished and what is allowed, and ends before that unless it is renewed", () => {
  const created = createToken(new DelegationTokens(), wish, limits, NOW_MS);
  assert.deepEqual(created, {
    errorCode: ErrorCode.NONE,
    records: [{ kind: "delegation-token", ...token }],
    expiresAtMs: NOW_MS + 300,
    token,
  });
  const lifeOf = (maxLifetimeMs: number) => {
    const { token: made } = createToken(new DelegationTokens(), { ...wish, maxLifetimeMs }, limits, NOW_MS);
    return [made!.expiresAtMs - NOW_MS, made!.maxTimestampMs - NOW_MS];
  };
  assert.deepEqual([0, 100, 300, 999, 5000, 2 ** 63].map(lifeOf), [
    [300, 1000],
    [100, 100],
    [300, 300],
    [300, 999],
    [300, 1000],
    [300, 1000],
  ]);
  const { token: forEver } = createToken(new DelegationTokens(), wish, { maxLifetimeMs: Infinity, expiryTimeMs: Infinity }, NOW_MS);
  assert.deepEqual([forEver!.expiresAtMs, forEver!.maxTimestampMs], [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]);
});

test("its owner and its renewers renew it, its requester and others do not, and never beyond its end", () => {
  const renewed = (asker: typeof alice, periodMs: number, nowMs = NOW_MS + 100, of: DelegationToken | undefined = token) => {
    const { errorCode, expiresAtMs } = renewToken(of, asker, periodMs, limits, nowMs);
    return [errorCode, expiresAtMs];
  };
  assert.deepEqual(renewed(alice, -1), [ErrorCode.NONE, NOW_MS + 400]);
  assert.deepEqual(renewed(carol, 10), [ErrorCode.NONE, NOW_MS + 110]);
  assert.deepEqual(renewed(alice, 900), [ErrorCode.NONE, NOW_MS + 400]);
  const late = { ...token, expiresAtMs: NOW_MS + 900 };
  assert.deepEqual(renewed(alice, -1, NOW_MS + 900, late), [ErrorCode.NONE, NOW_MS + 1000]);
  for (const other of [bob, mallory, { type: "Group", name: "alice" }])
    assert.deepEqual(renewed(other, -1), [ErrorCode.DELEGATION_TOKEN_OWNER_MISMATCH, 0]);
  assert.deepEqual(renewed(mallory, -1, NOW_MS + 301), [ErrorCode.DELEGATION_TOKEN_EXPIRED, 0]);
  assert.deepEqual(renewToken(undefined, alice, -1, limits, NOW_MS).errorCode, ErrorCode.DELEGATION_TOKEN_NOT_FOUND);
});

test("they end it, at once with a negative period even if it has ended, later with another", () => {
  const removed = { errorCode: ErrorCode.NONE, records: [{ kind: "delegation-token-removed", tokenId: "t" }] };
  assert.deepEqual(expireToken(token, carol, -1, NOW_MS + 5), { ...removed, expiresAtMs: NOW_MS + 5 });
  assert.deepEqual(expireToken(token, alice, -1, NOW_MS + 5000), { ...removed, expiresAtMs: NOW_MS + 5000 });
  assert.equal(expireToken(token, alice, 0, NOW_MS + 5000).errorCode, ErrorCode.DELEGATION_TOKEN_EXPIRED);
  assert.equal(expireToken(token, bob, -1, NOW_MS).errorCode, ErrorCode.DELEGATION_TOKEN_OWNER_MISMATCH);
  assert.equal(expireToken(undefined, bob, -1, NOW_MS).errorCode, ErrorCode.DELEGATION_TOKEN_NOT_FOUND);
  assert.deepEqual(
    [0, 50, 5000].map((periodMs) => expireToken(token, alice, periodMs, NOW_MS).expiresAtMs - NOW_MS),
    [0, 50, 1000],
  );
});

test("tokens are bounded: in all, for each requester, and each in the length of its names", () => {
  const tokens = new DelegationTokens();
  const add = (count: number, requester: typeof alice) => {
    for (let i = 0; i < count; i++) tokens.apply({ kind: "delegation-token", ...token, tokenId: `${requester.name}-${i}`, requester });
  };
  add(TOKENS_PER_REQUESTER_MAX, bob);
  assert.equal(createToken(tokens, wish, limits, NOW_MS).errorCode, ErrorCode.POLICY_VIOLATION);
  assert.equal(createToken(tokens, { ...wish, requester: carol }, limits, NOW_MS).errorCode, ErrorCode.NONE);
  tokens.apply({ kind: "delegation-token-removed", tokenId: "bob-7" });
  assert.equal(createToken(tokens, wish, limits, NOW_MS).errorCode, ErrorCode.NONE);
  const long = { ...wish, renewers: [user("x".repeat(TOKEN_NAMES_BYTES_MAX))] };
  assert.equal(createToken(tokens, long, limits, NOW_MS).errorCode, ErrorCode.POLICY_VIOLATION);
  for (let i = 0; tokens.size < TOKENS_MAX; i++) add(TOKENS_PER_REQUESTER_MAX, user(`r${i}`));
  assert.equal(createToken(tokens, { ...wish, requester: carol }, limits, NOW_MS).errorCode, ErrorCode.POLICY_VIOLATION);
});

test("what has ended is removed, a thousand at a time, and what is renewed keeps its place and count", () => {
  const tokens = new DelegationTokens();
  for (let i = 0; i < 2500; i++) tokens.apply({ kind: "delegation-token", ...token, tokenId: `t${i}`, expiresAtMs: NOW_MS + (i % 2) });
  tokens.apply({ kind: "delegation-token", ...token, tokenId: "t0", expiresAtMs: NOW_MS + 500 });
  assert.equal(tokens.countOf(bob), 2500);
  assert.deepEqual(expiredTokens(tokens, NOW_MS), [], "a token that ends now still counts, as in Kafka");
  const removals: number[] = [];
  for (let records = expiredTokens(tokens, NOW_MS + 1); records.length > 0; records = expiredTokens(tokens, NOW_MS + 1)) {
    removals.push(records.length);
    for (const record of records) tokens.apply(record);
  }
  assert.deepEqual([removals, tokens.size, tokens.countOf(bob)], [[1000, 249], 1251, 1251]);
  const again = new DelegationTokens();
  for (const record of tokens.snapshot()) again.apply(record);
  assert.deepEqual([...again.values()], [...tokens.values()]);
});
