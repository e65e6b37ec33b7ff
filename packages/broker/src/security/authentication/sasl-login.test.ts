import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { ScramCredentials } from "../../metadata/scram-credentials.ts";
import type { LoginOutcome } from "../audit/audit-trail.ts";
import { NO_TOKENS, pencilCredential, SALT, type Scene, sceneOf, scram, sha256, sha512 } from "../testing/login-scene.ts";
import { scramServer } from "./scram.ts";
import { decoyOf } from "./scram-decoys.ts";
import { credentialOf, hashPassword } from "./scram-secrets.ts";

test("SCRAM: both mechanisms let in whoever knows the password, and show that the server knows it too", async () => {
  for (const mechanism of [sha256, sha512]) {
    const scene = sceneOf();
    const { last, signature } = await scram(scene, { mechanism });
    assert.deepEqual([last.errorCode, last.bytes.toString(), last.closes], [ErrorCode.NONE, signature, undefined]);
    assert.deepEqual(scene.principals, ["User:alice"]);
    await scene.clock.advanceAsync(3_600_000);
    assert.deepEqual([scene.login.isExpired, scene.reasons], [false, []]);
    assert.deepEqual(scene.outcomes, [{ kind: "succeeded", mechanism: mechanism.name, isAgain: false }]);
  }
});

test("SCRAM: a client that puts its own part of the nonce in front once more is let in, as by Kafka (librdkafka before 2.2)", async () => {
  const { last, signature } = await scram(sceneOf(), { again: "client" });
  assert.deepEqual([last.errorCode, last.bytes.toString()], [ErrorCode.NONE, signature]);
});

test("SCRAM: the example of RFC 7677 comes out as it stands there", async () => {
  const credentials = new ScramCredentials();
  credentials.apply({
    kind: "scram-credential",
    user: "user",
    mechanism: sha256.name,
    ...(await hashPassword(sha256, "pencil", SALT, 4096)),
  });
  const exchange = scramServer(sha256, credentials, NO_TOKENS, { nonce: () => "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0" }).begin();
  const first = await exchange.next(Buffer.from("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"));
  assert.equal(
    first.kind === "continue" && first.bytes.toString(),
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
  );
  const last = await exchange.next(
    Buffer.from("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="),
  );
  assert.equal(last.kind === "done" && last.bytes.toString(), "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
});

test("SCRAM: an unknown user and a wrong password look the same: same messages, same sizes, same error, and the same salt each time", async () => {
  const wrong = await scram(sceneOf(), { password: "pen" });
  const unknown = await scram(sceneOf(), { user: "carol" });
  const again = await scram(sceneOf(), { user: "carol" });
  assert.deepEqual(
    [unknown.last.errorCode, unknown.last.errorMessage, unknown.last.bytes],
    [wrong.last.errorCode, wrong.last.errorMessage, wrong.last.bytes],
  );
  assert.equal(wrong.last.errorCode, ErrorCode.SASL_AUTHENTICATION_FAILED);
  assert.equal(unknown.first.bytes.toString(), again.first.bytes.toString());
  assert.equal(unknown.first.bytes.length, wrong.first.bytes.length);
  assert.doesNotMatch(wrong.last.errorMessage!, /alice|pen/);
  assert.match(wrong.last.closes!, /wrong password for alice/);
});

test("SCRAM: a user who does not exist looks like those who do, whoever made their passwords and with how many iterations", async () => {
  const javas = Buffer.from("1k8b3hx0v5d5r3z8kq2m7n9c1p");
  for (const mechanism of [sha256, sha512]) {
    const credentials = new ScramCredentials();
    credentials.apply({ kind: "scram-decoys", secret: "a secret" });
    const make = (user: string, salt: Buffer, iterations: number): void =>
      credentials.apply({
        kind: "scram-credential",
        user,
        mechanism: mechanism.name,
        ...credentialOf(mechanism, salt, iterations, Buffer.alloc(mechanism.hashBytes)),
      });
    make("alice", javas, 8192);
    const seen = (): ReturnType<typeof decoyOf>[] => Array.from({ length: 50 }, (_, i) => decoyOf(mechanism, credentials, `user-${i}`));
    const before = seen();
    for (const { salt, iterations, storedKey } of before) {
      const bytes = Buffer.from(salt, "base64");
      assert.deepEqual([bytes.length, iterations], [javas.length, 8192]);
      assert.match(bytes.toString(), /^[0-9a-z]+$/);
      // It takes as long to check as another's.
      assert.equal(Buffer.from(storedKey, "base64").length, mechanism.hashBytes);
    }
    assert.equal(new Set(before.map(({ salt }) => salt)).size, 50);
    make("bob", SALT, 4096);
    const beside = seen();
    const kept = beside.filter(({ salt }, i) => salt === before[i]!.salt).length;
    assert.ok(kept > 10 && kept < 40, `${kept} of 50 look as before, the others like bob`);
    credentials.apply({ kind: "scram-credential-deleted", user: "bob", mechanism: mechanism.name });
    assert.deepEqual(seen(), before);
    const again = new ScramCredentials();
    for (const record of credentials.snapshot()) again.apply(record);
    assert.deepEqual(decoyOf(mechanism, again, "user-7"), before[7]);
  }
});

test("SCRAM: replayed nonces, changed headers, proofs cut short, and names of others are refused", async () => {
  for (const wish of [
    { changeFinal: (final: string) => final.replace("server0", "server1") },
    { changeFinal: (final: string) => final.replace("c=biws", "c=eSws") },
    { changeFinal: (final: string) => final.slice(0, -8) },
    {
      changeFinal: (final: string) =>
        final.replace(
          /p=(.*)$/,
          (_, proof: string) => `p=${Buffer.from(`${Buffer.from(proof, "base64").toString("latin1")}x`, "latin1").toString("base64")}`,
        ),
    },
    { lastHeader: "y,," },
    { changeFinal: (final: string) => final.replace(/p=.*/, "p=") },
    { changeFinal: () => "" },
    { header: "n,a=bob," },
    { header: "p=tls-unique,," },
    { user: "" },
    { user: "al=ice" },
  ]) {
    const scene = sceneOf();
    const { last } = await scram(scene, wish);
    assert.deepEqual([last.errorCode, scene.principals], [ErrorCode.SASL_AUTHENTICATION_FAILED, []], JSON.stringify(wish));
    assert.ok(last.closes);
    // And nothing can be tried on the same connection.
    assert.equal((await scene.login.token(Buffer.from("n,,n=alice,r=x"))).errorCode, ErrorCode.ILLEGAL_SASL_STATE);
    assert.equal(scene.login.handshake("PLAIN", 1).errorCode, ErrorCode.ILLEGAL_SASL_STATE);
  }
});

test("SCRAM: a message of any bytes, cut anywhere, is refused and breaks nothing", async () => {
  const whole = Buffer.from("n,,n=alice,r=abcdefgh");
  for (let cut = 0; cut < whole.length - 8; cut++) {
    const { login } = sceneOf();
    login.handshake("SCRAM-SHA-256", 1);
    assert.equal((await login.token(whole.subarray(0, cut))).errorCode, ErrorCode.SASL_AUTHENTICATION_FAILED, `${cut}`);
  }
  for (const message of [
    Buffer.alloc(60_000, "n"),
    Buffer.alloc(3000, 0xff),
    Buffer.from(`n,,${",".repeat(4000)}`),
    Buffer.from(`n,,n=${"=2C".repeat(1300)}`),
  ]) {
    const { login } = sceneOf();
    login.handshake("SCRAM-SHA-256", 1);
    assert.equal((await login.token(message)).errorCode, ErrorCode.SASL_AUTHENTICATION_FAILED);
  }
});

test("PLAIN: the right password, and all that is not", async () => {
  const plain = async (message: string) => {
    const scene = sceneOf();
    scene.login.handshake("PLAIN", 1);
    const { errorCode, errorMessage } = await scene.login.token(Buffer.from(message));
    return errorCode === ErrorCode.NONE ? scene.principals : errorMessage;
  };
  assert.deepEqual(await plain("\0alice\0pencil"), ["User:alice"]);
  assert.deepEqual(await plain("alice\0alice\0pencil"), ["User:alice"]);
  assert.equal(await plain("\0alice\0pen"), "Authentication failed: Invalid username or password");
  assert.equal(await plain("\0carol\0pencil"), "Authentication failed: Invalid username or password");
  assert.equal(await plain("\0alice\0"), "Authentication failed: password not specified");
  assert.equal(await plain("\0\0pencil"), "Authentication failed: username not specified");
  assert.equal(await plain("\0alice"), "Invalid SASL/PLAIN response: expected 3 tokens, got 2");
  assert.match((await plain("bob\0alice\0pencil")) as string, /authorization id/);
});

test("out of order: a message before the handshake, two handshakes, a mechanism that is not there", async () => {
  const { login } = sceneOf();
  const early = await login.token(Buffer.from("\0alice\0pencil"));
  assert.deepEqual([early.errorCode, early.closes], [ErrorCode.ILLEGAL_SASL_STATE, "SaslAuthenticate came before SaslHandshake"]);
  login.handshake("PLAIN", 1);
  const second = login.handshake("PLAIN", 1);
  assert.deepEqual([second.errorCode, second.closes], [ErrorCode.ILLEGAL_SASL_STATE, "SaslHandshake came in the middle of a login"]);
  const unknown = sceneOf().login.handshake("GSSAPI", 1);
  assert.deepEqual(
    [unknown.errorCode, unknown.mechanisms],
    [ErrorCode.UNSUPPORTED_SASL_MECHANISM, ["SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"]],
  );
  assert.match(unknown.closes!, /GSSAPI/);
});

test("a failed login is answered after its delay, and at once when the client has gone", async () => {
  const { login, clock, closed } = sceneOf({ failureDelayMs: 100 });
  login.handshake("PLAIN", 1);
  let isAnswered = false;
  const answer = login.token(Buffer.from("\0alice\0pen")).then((verdict) => ((isAnswered = true), verdict));
  await clock.advanceAsync(99);
  assert.equal(isAnswered, false);
  await clock.advanceAsync(1);
  assert.equal((await answer).errorCode, ErrorCode.SASL_AUTHENTICATION_FAILED);
  const other = sceneOf({ failureDelayMs: 100 });
  other.login.handshake("PLAIN", 1);
  const gone = other.login.token(Buffer.from("\0alice\0pen"));
  await other.clock.advanceAsync(1);
  other.closed.close();
  assert.ok(await gone);
  closed.close();
});

test("who does not log in is given up after half a minute, and nobody whose connection has gone", async () => {
  const { clock, reasons } = sceneOf();
  await clock.advanceAsync(29_999);
  assert.deepEqual(reasons, []);
  await clock.advanceAsync(1);
  assert.deepEqual(reasons, ["it did not log in within 30 s"]);
  const gone = sceneOf();
  gone.closed.close();
  await gone.clock.advanceAsync(60_000);
  assert.deepEqual(gone.reasons, []);
});

test("each login that ends is told once, with no more of a failure than its class", async () => {
  const failed = async (run: (scene: Scene) => unknown): Promise<readonly LoginOutcome[]> => {
    const scene = sceneOf({ maxReauthMs: 60_000 });
    await run(scene);
    return scene.outcomes;
  };
  const wrong = { kind: "failed", mechanism: "SCRAM-SHA-256", reason: "invalid-credentials" } as const;
  assert.deepEqual(await failed((scene) => scram(scene, { password: "pen" })), [wrong]);
  assert.deepEqual(await failed((scene) => scram(scene, { user: "carol" })), [wrong]);
  const unsupported = { kind: "failed", mechanism: undefined, reason: "unsupported-mechanism" } as const;
  assert.deepEqual(await failed(({ login }) => login.handshake("pencil", 1)), [unsupported]);
  assert.deepEqual(await failed(({ clock }) => clock.advance(60_000)), [{ kind: "failed", mechanism: undefined, reason: "timed-out" }]);
  const again = await failed(async (scene) => {
    await scram(scene);
    scene.clock.advance(2000);
    await scram(scene);
    scene.clock.advance(2000);
    scene.login.handshake("PLAIN", 1);
    await scene.login.token(Buffer.from("\0alice\0pencil"));
  });
  assert.deepEqual(
    again.map((outcome) => (outcome.kind === "failed" ? outcome.reason : outcome.isAgain)),
    [false, true, "principal-changed"],
  );
});

test("SCRAM: a delegation token that ends while its login is checked lets nobody in", async () => {
  for (const endsMeanwhile of [false, true]) {
    let token: { readonly owner: { readonly name: string }; readonly expiresAtMs: number } | undefined = {
      owner: { name: "carol" },
      expiresAtMs: Date.UTC(2100, 0),
    };
    const scene = sceneOf({
      tokens: {
        ...NO_TOKENS,
        usable: () => token,
        credentialOf: (mechanism) => {
          if (endsMeanwhile) token = undefined;
          return Promise.resolve(pencilCredential(mechanism));
        },
      },
    });
    const { last } = await scram(scene, { user: "id", extensions: ",tokenauth=true" });
    assert.deepEqual(scene.principals, endsMeanwhile ? [] : ["User:carol"]);
    assert.equal(last.errorCode, endsMeanwhile ? ErrorCode.SASL_AUTHENTICATION_FAILED : ErrorCode.NONE);
    if (endsMeanwhile) assert.match(last.closes!, /the delegation token id has ended/);
  }
});

test("a login that does not come to an end is ended, whatever its mechanism says", async () => {
  const endless = { name: "ENDLESS", begin: () => ({ next: () => ({ kind: "continue" as const, bytes: Buffer.alloc(0) }) }) };
  const { login } = sceneOf({ others: [endless] });
  assert.equal(login.handshake("ENDLESS", 1).errorCode, ErrorCode.NONE);
  for (let i = 0; i < 16; i++) assert.equal((await login.token(Buffer.alloc(1))).errorCode, ErrorCode.NONE);
  const { errorCode, closes } = await login.token(Buffer.alloc(1));
  assert.deepEqual([errorCode, closes], [ErrorCode.SASL_AUTHENTICATION_FAILED, "its login failed: its login has more than 16 messages"]);
});
