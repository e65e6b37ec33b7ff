// Noise in front of the login: whatever comes in, nothing is left of it, little is answered, and others log in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import { encodeRequest, ErrorCode } from "@ottla/protocol";
import { apiVersionsApi, makeApiVersionsRequest } from "@ottla/protocol/apis/api-versions";
import { makeSaslAuthenticateRequest, saslAuthenticateApi } from "@ottla/protocol/apis/sasl-authenticate";
import { makeSaslHandshakeRequest, saslHandshakeApi } from "@ottla/protocol/apis/sasl-handshake";
import fc from "fast-check";
import { GuardedBroker, PASSWORDS } from "../testing/guarded-broker.ts";
import { SecureClient } from "../testing/secure-client.ts";

const KIB = 1024;

/** What a decent client may begin with, to be spoilt. */
const frames: readonly Buffer[] = [
  Buffer.concat(
    encodeRequest(apiVersionsApi, 4, 1, "noise", makeApiVersionsRequest({ clientSoftwareName: "x", clientSoftwareVersion: "1" })),
  ),
  Buffer.concat(encodeRequest(saslHandshakeApi, 0, 2, "noise", makeSaslHandshakeRequest({ mechanism: "PLAIN" }))),
  Buffer.concat(encodeRequest(saslHandshakeApi, 1, 3, "noise", makeSaslHandshakeRequest({ mechanism: "SCRAM-SHA-256" }))),
  Buffer.concat(
    encodeRequest(saslAuthenticateApi, 2, 4, "noise", makeSaslAuthenticateRequest({ authBytes: Buffer.from("n,,n=alice,r=x") })),
  ),
  Buffer.concat(encodeRequest(saslAuthenticateApi, 0, 5, "noise", makeSaslAuthenticateRequest({ authBytes: Buffer.from("\0alice\0x") }))),
];

const spoiltFrame = fc
  .record({
    frame: fc.constantFrom(...frames),
    changes: fc.array(fc.record({ at: fc.nat(200), byte: fc.integer({ min: 0, max: 255 }) }), { maxLength: 4 }),
    cut: fc.option(fc.nat(200), { freq: 4 }),
  })
  .map(({ frame, changes, cut }) => {
    const spoilt = Buffer.from(frame);
    for (const { at, byte } of changes) spoilt[at % spoilt.length] = byte;
    return cut === null ? spoilt : spoilt.subarray(0, cut);
  });
const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const sizedNoise = fc
  .record({ size: fc.oneof(fc.integer({ min: -5, max: 100 }), fc.integer({ min: 44 * KIB, max: 54 * KIB }), fc.integer()), rest: noise })
  .map(({ size, rest }) => {
    const head = Buffer.alloc(4);
    head.writeInt32BE(size | 0);
    return Buffer.concat([head, rest]);
  });
const conversation = fc.array(fc.oneof(spoiltFrame, noise, sizedNoise), { minLength: 1, maxLength: 8 });

test("noise before a login costs nothing that stays, and is answered with little", async () => {
  await using guarded = await GuardedBroker.start();
  await fc.assert(
    fc.asyncProperty(fc.array(conversation, { minLength: 5, maxLength: 5 }), async (conversations) => {
      await Promise.all(
        conversations.map(async (pieces) => {
          using client = await SecureClient.open(guarded.broker);
          const sent = Buffer.concat(pieces);
          client.write(sent);
          client.leave("end");
          let answeredBytes = 0;
          for (let frame = await client.frame(); frame !== "closed"; frame = await client.frame()) answeredBytes += frame.length;
          // The longest answer is that to ApiVersions, which is asked for with 14 bytes.
          assert.ok(answeredBytes <= 50 * sent.length + KIB, `${answeredBytes} bytes for ${sent.length}`);
        }),
      );
      await guarded.isAsBefore();
    }),
    { numRuns: runsOf({ quick: 60, long: 1000 }) },
  );
  using friend = await SecureClient.open(guarded.broker);
  const welcome = await friend.scram("alice", PASSWORDS["alice"]!);
  assert.ok(welcome !== "closed" && welcome.errorCode === ErrorCode.NONE);
});
