// KIP-368: a login that is renewed on a connection that goes on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { sceneOf, scram } from "../testing/login-scene.ts";

test("re-authentication: the login has a time, is renewed by the same user and mechanism, and by no other", async () => {
  const scene = sceneOf({ maxReauthMs: 5000 });
  assert.equal((await scram(scene)).last.sessionLifetimeMs, 5000);
  await scene.clock.advanceAsync(4000);
  assert.equal(scene.login.isExpired, false);
  assert.equal((await scram(scene)).last.sessionLifetimeMs, 5000);
  await scene.clock.advanceAsync(5000);
  assert.equal(scene.login.isExpired, false, "as in Kafka not at the very moment");
  await scene.clock.advanceAsync(1);
  assert.equal(scene.login.isExpired, true);
  const bob = await scram(scene, { user: "bob" });
  assert.match(bob.last.errorMessage!, /Cannot change principals during re-authentication from User:alice: User:bob/);
  const other = sceneOf({ maxReauthMs: 5000 });
  await scram(other);
  await other.clock.advanceAsync(2000);
  other.login.handshake("PLAIN", 1);
  const plain = await other.login.token(Buffer.from("\0alice\0pencil"));
  assert.match(plain.errorMessage!, /'PLAIN' requested by client is not supported for re-authentication of mechanism 'SCRAM-SHA-256'/);
  assert.deepEqual(other.principals, ["User:alice"]);
});

test("re-authentication comes a second after the last at the earliest, the first at any time, as in Kafka", async () => {
  const scene = sceneOf({ maxReauthMs: 60_000 });
  await scram(scene);
  // The login itself does not count.
  await scram(scene);
  await scene.clock.advanceAsync(999);
  const soon = scene.login.handshake("SCRAM-SHA-256", 1);
  assert.deepEqual([soon.errorCode, soon.closes], [ErrorCode.ILLEGAL_SASL_STATE, undefined]);
  await scene.clock.advanceAsync(1);
  await scram(scene);
});

test("a login without an end is not renewed, and goes on, as in Kafka", async () => {
  const scene = sceneOf();
  await scram(scene);
  const again = scene.login.handshake("SCRAM-SHA-256", 1);
  assert.deepEqual([again.errorCode, again.closes, scene.login.hasFailed], [ErrorCode.ILLEGAL_SASL_STATE, undefined, false]);
});

test("a session shorter than a round trip: a renewal that was begun may end behind the expiry, and another one begins then", async () => {
  const scene = sceneOf({ maxReauthMs: 100 });
  await scram(scene);
  await scene.clock.advanceAsync(101);
  assert.equal(scene.login.isExpired, true);
  const renewing = scram(scene);
  await scene.clock.advanceAsync(5000);
  assert.equal((await renewing).last.errorCode, ErrorCode.NONE);
  await scene.clock.advanceAsync(101);
  assert.equal((await scram(scene)).last.errorCode, ErrorCode.NONE, "the interval counts from the beginning of the last one");
});

test("a second handshake in the middle of a renewal ends it, however soon it comes", async () => {
  const scene = sceneOf({ maxReauthMs: 60_000 });
  await scram(scene);
  assert.equal(scene.login.handshake("SCRAM-SHA-256", 1).errorCode, ErrorCode.NONE);
  const second = scene.login.handshake("SCRAM-SHA-256", 1);
  assert.deepEqual([second.errorCode, scene.login.hasFailed], [ErrorCode.ILLEGAL_SASL_STATE, true]);
  assert.match(second.closes!, /in the middle of a login/);
  assert.equal((await scene.login.token(Buffer.from("n,,n=alice,r=x"))).errorCode, ErrorCode.ILLEGAL_SASL_STATE);
});

test("a user who is removed between the two messages of a login does not get in", async () => {
  const scene = sceneOf();
  const { last } = await scram(scene, {
    changeFinal: (final) => {
      scene.credentials.apply({ kind: "scram-credential-deleted", user: "alice", mechanism: "SCRAM-SHA-256" });
      return final;
    },
  });
  assert.equal(last.errorCode, ErrorCode.SASL_AUTHENTICATION_FAILED);
  assert.deepEqual(scene.principals, []);
});

test("a session of less than a millisecond is told as one of a millisecond: 0 would be for ever", async () => {
  const scene = sceneOf({ maxReauthMs: 0.5 });
  assert.equal((await scram(scene)).last.sessionLifetimeMs, 1);
  await scene.clock.advanceAsync(1);
  assert.equal(scene.login.isExpired, true);
});
