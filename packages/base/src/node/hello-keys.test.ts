import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf, SeededRandom, testSeed } from "@ottla/base/simulated";
import { type HelloKeys, needsSecondHello, readHelloKeys, takesTls12 } from "./hello-keys.ts";

const TLS_1_2 = 0x0303;
const TLS_1_3 = 0x0304;
const X25519 = 29;
const P256 = 23;
const BRAINPOOL = 31;

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
const list = (body: Buffer): Buffer => Buffer.concat([u16(body.length), body]);
const extension = (kind: number, body: Buffer): Buffer => Buffer.concat([u16(kind), list(body)]);
const groupsOf = (...groups: number[]): Buffer => extension(10, list(Buffer.concat(groups.map(u16))));
const versionsOf = (...versions: number[]): Buffer =>
  extension(43, Buffer.concat([Buffer.from([2 * versions.length]), ...versions.map(u16)]));
const sharesOf = (...groups: number[]): Buffer =>
  extension(51, list(Buffer.concat(groups.map((group) => Buffer.concat([u16(group), list(Buffer.alloc(32, 7))])))));

/** In records of so many bytes. */
function helloWith(extensions: readonly Buffer[] | undefined, recordBytes = 16_384): Buffer {
  const body = Buffer.concat([
    u16(TLS_1_2),
    Buffer.alloc(32, 1),
    Buffer.concat([Buffer.from([32]), Buffer.alloc(32, 2)]),
    list(Buffer.concat([u16(0x1301), u16(0xc02f)])),
    Buffer.from([1, 0]),
    ...(extensions === undefined ? [] : [list(Buffer.concat(extensions))]),
  ]);
  const message = Buffer.concat([Buffer.from([1, 0]), list(body)]);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += recordBytes)
    records.push(Buffer.from([0x16, 3, 1]), list(message.subarray(at, at + recordBytes)));
  return Buffer.concat(records);
}

test("a hello's versions and the groups that it sends a key for are read, in however many records it comes, whatever is behind it", () => {
  const extensions = [extension(0, Buffer.alloc(9)), groupsOf(X25519, P256), versionsOf(TLS_1_3, TLS_1_2), sharesOf(X25519, P256)];
  for (const recordBytes of [16_384, 100, 7, 4])
    assert.deepEqual(readHelloKeys(Buffer.concat([helloWith(extensions, recordBytes), Buffer.from([0x14, 3, 3, 0, 1, 1])])), {
      versions: [TLS_1_3, TLS_1_2],
      shared: [X25519, P256],
    });
});

test("a key of a group that the client does not say it takes is none", () => {
  assert.deepEqual(readHelloKeys(helloWith([sharesOf(X25519, P256), groupsOf(P256, BRAINPOOL), versionsOf(TLS_1_3)]))?.shared, [P256]);
});

test("a hello without extensions, or without any of those, is one of an older client", () => {
  for (const extensions of [undefined, [], [groupsOf(X25519)]])
    assert.deepEqual(readHelloKeys(helloWith(extensions)), { versions: [], shared: undefined });
});

test("a second hello is needed by who begins TLS 1.3 with keys of other groups, or none yet; not by who has no such keys at all", () => {
  const known = new Set([X25519, P256]);
  const hello = (keys: Partial<HelloKeys>): HelloKeys => ({ versions: [TLS_1_3, TLS_1_2], shared: [X25519], ...keys });
  for (const [keys, needs] of [
    [{}, false],
    [{ shared: [BRAINPOOL, P256] }, false],
    [{ shared: [BRAINPOOL] }, true],
    [{ shared: [] }, true],
    // OpenSSL refuses it, unless it takes TLS 1.2.
    [{ shared: undefined }, false],
    [{ shared: [], versions: [TLS_1_2] }, false],
  ] as const)
    assert.equal(needsSecondHello(hello(keys), known), needs, JSON.stringify(keys));
  assert.deepEqual([hello({}), hello({ versions: [TLS_1_3] })].map(takesTls12), [true, false]);
});

test("whatever byte of a hello is another one, and wherever it ends, it is read or said to be broken, and never more is read than came", () => {
  const random = new SeededRandom(testSeed());
  const whole = helloWith([groupsOf(X25519, P256), versionsOf(TLS_1_3, TLS_1_2), sharesOf(X25519)]);
  for (let at = 9; at < whole.length; at++) {
    assert.equal(readHelloKeys(whole.subarray(0, at)), undefined, `cut at ${at}`);
    for (let i = 0; i < runsOf({ quick: 8, long: 256 }); i++) {
      const other = Buffer.from(whole);
      other[at] = random.nextInt(256);
      readHelloKeys(other);
    }
  }
});
