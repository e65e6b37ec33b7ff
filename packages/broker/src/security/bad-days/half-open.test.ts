// Handshakes and logins that are begun and never ended, by the hundred (by the thousand in the long run): each costs little, all is given back, and who has a password comes in.
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { runsOf } from "@ottla/base/simulated";
import { encodeRequest, ErrorCode } from "@ottla/protocol";
import { makeSaslAuthenticateRequest, saslAuthenticateApi } from "@ottla/protocol/apis/sasl-authenticate";
import { makeSaslHandshakeRequest, saslHandshakeApi } from "@ottla/protocol/apis/sasl-handshake";
import { createAuthority, issueCertificate } from "../../certificates/index.ts";
import { clientHello } from "../testing/client-hello.ts";
import { GuardedBroker, PASSWORDS } from "../testing/guarded-broker.ts";
import { SecureClient } from "../testing/secure-client.ts";

const KIB = 1024;
/** As many as are all there before the time of the first is over, on a busy machine as well. */
const COUNT = runsOf({ quick: 100, long: 1000 });
const HOUR_MS = 3_600_000;
const validity = { notBefore: new Date(Date.now() - HOUR_MS), notAfter: new Date(Date.now() + 24 * HOUR_MS) };
const authority = await createAuthority({ subject: "CN=CA", ...validity });
const own = await issueCertificate(authority, { subject: "CN=broker", hosts: ["127.0.0.1"], ...validity });
const PEM = { "ssl.keystore.type": "PEM", "ssl.keystore.certificate.chain": own.certificate, "ssl.keystore.key": own.privateKey };

/** Opens connections that send `begin`, and no more. */
async function openMany(guarded: GuardedBroker, begin: Uint8Array): Promise<readonly Socket[]> {
  const [host, port] = guarded.broker.running.bootstrap.split(":");
  return Promise.all(
    Array.from({ length: COUNT }, () => {
      const { promise, resolve, reject } = Promise.withResolvers<Socket>();
      const socket = connect(Number(port), host, () => {
        socket.off("error", reject).on("error", () => {});
        socket.write(begin);
        resolve(socket);
      });
      socket.once("error", reject);
      return promise;
    }),
  );
}

/** So long after the last of them was opened the broker has taken them all in. */
const TAKEN_IN_MS = 30_000;

/** Of this process, both ends of each connection; others' in it may close meanwhile. */
const openSockets = (): number => process.getActiveResourcesInfo().filter((name) => name.endsWith("SocketWrap")).length;

/** Returns the timers that wait for the many, whom all the others go past; those whose time was over before the last had come count as well. */
async function besides(guarded: GuardedBroker, begin: Uint8Array, tls: { readonly ca: string } | undefined): Promise<number> {
  const before = openSockets();
  const sockets = await openMany(guarded, begin);
  const gone = (): number => sockets.filter(({ destroyed }) => destroyed).length;
  // What they sent is read in the turns behind the one that accepted them.
  let turnsBehind = 0;
  let mostBytes = 0;
  let mostTimers = 0;
  let ended = 0;
  const takenInMs = performance.now() + TAKEN_IN_MS;
  while (turnsBehind < 20) {
    if (openSockets() - before >= 2 * (COUNT - gone()) || performance.now() > takenInMs) turnsBehind++;
    mostBytes = Math.max(mostBytes, guarded.heldBytes);
    mostTimers = Math.max(mostTimers, guarded.timers);
    ended = gone();
    await turn();
  }
  assert.ok(mostBytes <= COUNT * 64 * KIB, `${mostBytes} bytes`);
  assert.ok(mostTimers <= COUNT, `${mostTimers} timers`);
  using friend = await SecureClient.open(guarded.broker, tls);
  const welcome = await friend.logIn("PLAIN", `\0alice\0${PASSWORDS["alice"]!}`);
  assert.ok(welcome !== "closed" && welcome.errorCode === ErrorCode.NONE);
  assert.notEqual(await friend.metadata(), "closed");
  friend[Symbol.dispose]();
  for (const socket of sockets) socket.destroy();
  await guarded.isAsBefore();
  return mostTimers + ended;
}

test("TLS handshakes that stay in their first message, or have not begun", async () => {
  await using guarded = await GuardedBroker.start(PEM, { listener: "SASL_SSL" });
  const hello = await clientHello();
  // What ends a handshake in time is the net's own.
  for (const begin of [Buffer.alloc(0), hello.subarray(0, hello.length / 2), hello])
    await besides(guarded, begin, { ca: authority.certificate });
});

test("logins that stay in their middle", async () => {
  await using guarded = await GuardedBroker.start();
  const handshake = encodeRequest(saslHandshakeApi, 1, 1, "x", makeSaslHandshakeRequest({ mechanism: "SCRAM-SHA-256" }));
  const authBytes = Buffer.from("n,,n=alice,r=nonce");
  const first = encodeRequest(saslAuthenticateApi, 2, 2, "x", makeSaslAuthenticateRequest({ authBytes }));
  for (const begin of [Buffer.concat(handshake), Buffer.concat([...handshake, ...first])])
    assert.ok((await besides(guarded, begin, undefined)) >= COUNT, "each has the timer that ends it");
});
