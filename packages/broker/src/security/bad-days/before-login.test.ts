// What strangers may cost: 64 KiB and one timer for each, and a line in the log now and then.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { encodeRequest, ErrorCode } from "@ottla/protocol";
import { apiVersionsApi, makeApiVersionsRequest } from "@ottla/protocol/apis/api-versions";
import { makeSaslAuthenticateRequest, saslAuthenticateApi } from "@ottla/protocol/apis/sasl-authenticate";
import { makeSaslHandshakeRequest, saslHandshakeApi } from "@ottla/protocol/apis/sasl-handshake";
import { GuardedBroker, PASSWORDS } from "../testing/guarded-broker.ts";
import { SecureClient, scramFinal } from "../testing/secure-client.ts";

const KIB = 1024;
/** The rest of the 64 KiB is for the connection's own objects. */
const STRANGER_BYTES = 48 * KIB;

const versionsFrame = Buffer.concat(
  encodeRequest(apiVersionsApi, 3, 7, "x", makeApiVersionsRequest({ clientSoftwareName: "x", clientSoftwareVersion: "1" })),
);
const handshakeFrame = (mechanism: string, version = 1): Buffer =>
  Buffer.concat(encodeRequest(saslHandshakeApi, version, 8, "x", makeSaslHandshakeRequest({ mechanism })));
const tokenFrame = (token: string | Buffer): Buffer =>
  Buffer.concat(encodeRequest(saslAuthenticateApi, 2, 9, "x", makeSaslAuthenticateRequest({ authBytes: Buffer.from(token) })));

/** Half a frame that would have as many bytes as a stranger's may. */
function halfFrame(): Buffer {
  const half = Buffer.alloc(STRANGER_BYTES - 10, "x");
  half.writeInt32BE(STRANGER_BYTES, 0);
  half.writeInt32BE(0x0024_0002, 4);
  return half;
}

/** What a client may send before it has logged in that costs as much as it can. */
const greedy: readonly (readonly [what: string, bytes: readonly Buffer[]])[] = [
  ["nothing", []],
  ["half a frame", [halfFrame()]],
  ["half a frame behind a handshake of version 0", [handshakeFrame("PLAIN", 0), halfFrame()]],
  ["a megabyte behind a login that fails", [handshakeFrame("PLAIN"), tokenFrame("\0alice\0wrong"), Buffer.alloc(KIB * KIB, 1)]],
  [
    "requests behind a login that fails",
    [handshakeFrame("PLAIN"), tokenFrame("\0alice\0wrong"), ...Array<Buffer>(2000).fill(versionsFrame)],
  ],
  ["versions, asked for without end", Array<Buffer>(20_000).fill(versionsFrame)],
  ["a message of the login that is as large as it may be", [handshakeFrame("SCRAM-SHA-256"), tokenFrame(Buffer.alloc(44 * KIB, "n"))]],
  ["a name that is as large as it may be", [handshakeFrame("x".repeat(30 * KIB))]],
];

for (const [what, bytes] of greedy)
  test(`a stranger who sends ${what} costs 64 KiB and one timer at most, and nothing when it has gone`, async () => {
    await using guarded = await GuardedBroker.start({ "connection.failed.authentication.delay.ms": "50" });
    const clients = await Promise.all(Array.from({ length: 5 }, () => SecureClient.open(guarded.broker)));
    for (const client of clients) client.write(Buffer.concat(bytes));
    const until = performance.now() + 30;
    let mostBytes = 0;
    let mostTimers = 0;
    while (performance.now() < until) {
      mostBytes = Math.max(mostBytes, guarded.heldBytes);
      mostTimers = Math.max(mostTimers, guarded.timers);
      await turn();
    }
    assert.ok(mostBytes <= 5 * STRANGER_BYTES, `${mostBytes} bytes were held`);
    assert.ok(mostTimers <= 5, `${mostTimers} timers waited`);
    for (const client of clients) client[Symbol.dispose]();
    await guarded.isAsBefore();
    assert.ok(guarded.said.length <= 2, JSON.stringify(guarded.said));
    for (const fields of guarded.said) assert.ok(JSON.stringify(fields).length < 500, "a line stays a line");
  });

test("a stranger is answered 32 times at most, and so cannot have more sent than it sends a few times over", async () => {
  await using guarded = await GuardedBroker.start();
  using client = await SecureClient.open(guarded.broker);
  client.write(Buffer.concat(Array<Buffer>(100).fill(versionsFrame)));
  let answers = 0;
  while ((await client.frame()) !== "closed") answers++;
  assert.equal(answers, 32);
  assert.match(JSON.stringify(guarded.said), /more than 32 requests and did not log in/);
});

test("a login that is cut at any byte, by a half-close or a reset, leaves nothing and keeps nobody out", async () => {
  await using guarded = await GuardedBroker.start();
  const bare = "n=alice,r=client-nonce";
  const opening = [handshakeFrame("SCRAM-SHA-256"), tokenFrame(`n,,${bare}`)];
  /** Leads a login up to that message, which is cut there. Returns how long it would be. */
  const cutAt = async (stage: number, cut: number, how: "end" | "reset"): Promise<number> => {
    using client = await SecureClient.open(guarded.broker);
    const frames = [...opening];
    for (let i = 0; i < stage; i++) {
      client.write(frames[i]!);
      const answer = await client.frame();
      assert.ok(answer !== "closed");
      const serverFirst = /r=.*,i=\d+/.exec(answer.toString("latin1"))?.[0];
      if (serverFirst !== undefined) frames.push(tokenFrame(scramFinal(bare, serverFirst, PASSWORDS["alice"]!)));
    }
    client.write(frames[stage]!.subarray(0, cut));
    client.leave(how);
    while (!client.isClosed) await client.frame();
    return frames[stage]!.length;
  };
  for (const [how, step] of [
    ["end", 1],
    ["reset", 7],
  ] as const)
    for (let stage = 0; stage < 3; stage++) {
      let length = 1;
      for (let cut = 0; cut < length; cut += step) length = await cutAt(stage, cut, how);
      assert.ok(length >= 30);
    }
  await guarded.isAsBefore();
  assert.deepEqual(guarded.said, []);
  using whole = await SecureClient.open(guarded.broker);
  const answer = await whole.scram("alice", PASSWORDS["alice"]!);
  assert.ok(answer !== "closed" && answer.errorCode === ErrorCode.NONE);
});
