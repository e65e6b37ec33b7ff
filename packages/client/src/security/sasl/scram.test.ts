import assert from "node:assert/strict";
import { inspect } from "node:util";
import { describe, test } from "node:test";
import { ScramLogin } from "./scram.ts";

/** The nonce of RFC 7677's example, as the bytes that its text would be made from. */
const NONCE = "rOprNGfwEbeRWgbNEkqO";
const nonceBytes = () => Buffer.from(NONCE, "base64");
const serverFirst = (iterations = 4096, nonce = `${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`) =>
  Buffer.from(`r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=${iterations}`);
const login = () => new ScramLogin("SCRAM-SHA-256", { username: "user", password: "pencil" }, nonceBytes);
const fails = (message: RegExp) => (error: unknown) =>
  error instanceof Error && "code" in error && error.code === "AUTHENTICATION_FAILED" && message.test(error.message);

describe("SCRAM", () => {
  test("says what RFC 7677 says in its example, and takes the server's proof", async () => {
    const exchange = await login().begin();
    assert.equal(exchange.first().toString(), `n,,n=user,r=${NONCE}`);
    const final = await exchange.answer(serverFirst());
    assert.equal(final?.toString(), `c=biws,r=${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`);
    assert.equal(await exchange.answer(Buffer.from("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")), undefined);
    await assert.rejects(exchange.answer(Buffer.from("v=again")), fails(/went on when all was said/));
  });

  test("escapes names, and says of a delegation token that it is one", async () => {
    const exchange = await new ScramLogin("SCRAM-SHA-512", { username: "a=b,c", password: "x", isToken: true }, nonceBytes).begin();
    assert.equal(exchange.first().toString(), `n,,n=a=3Db=2Cc,r=${NONCE},tokenauth=true`);
  });

  test("refuses a server that cannot prove that it knows the password", async () => {
    for (const proof of ["v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "v=", "", "v=AAAA", "m=ext", "e=other-error"]) {
      const exchange = await login().begin();
      await exchange.answer(serverFirst());
      await assert.rejects(exchange.answer(Buffer.from(proof)), fails(/could not prove|refused the password/), proof);
    }
  });

  test("refuses nonces that are replayed or not its own, and iterations that are too few or too many", async () => {
    const cases: readonly (readonly [Buffer, RegExp])[] = [
      [serverFirst(4096, NONCE), /nonce that is not its own/],
      [serverFirst(4096, `x${NONCE}y`), /nonce that is not its own/],
      [serverFirst(4095), /wants 4095 iterations/],
      [serverFirst(1_000_001), /wants 1000001 iterations/],
      [Buffer.from("r=,s=,i="), /first message that is none/],
      [Buffer.alloc(10_000, "r"), /too long/],
      [Buffer.alloc(0), /first message that is none/],
      [Buffer.from([0xff, 0xfe]), /first message that is none/],
    ];
    for (const [first, message] of cases) await assert.rejects((await login().begin()).answer(first), fails(message));
  });

  test("hashes the password once for all connections with one salt, and anew after a refusal", async () => {
    const shared = login();
    const finals = await Promise.all(Array.from({ length: 50 }, async () => (await shared.begin()).answer(serverFirst(100_000))));
    assert.equal(new Set(finals.map(String)).size, 1);
    shared.refused();
    assert.equal(String(await (await shared.begin()).answer(serverFirst(100_000))), String(finals[0]));
  });

  test("shows no secret when it is printed", async () => {
    const shared = login();
    const exchange = await shared.begin();
    await exchange.answer(serverFirst());
    for (const text of [inspect(shared, { depth: 9, showHidden: true }), inspect(exchange, { depth: 9 }), JSON.stringify(shared)])
      assert.doesNotMatch(text, /pencil/);
  });
});
