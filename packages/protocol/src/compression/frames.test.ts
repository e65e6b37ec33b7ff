import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { MalformedBytesError } from "@ottla/base";
import fc from "fast-check";
import { sampleInputs } from "../records-tests/sample-inputs.ts";
import { CODEC_NAMES, type Codec, FRAMES_AT_ONCE_MAX, FRAMES_MAX } from "./codec.ts";
import { codecById, codecIdOf } from "./codecs.ts";
import { gzip } from "./gzip.ts";
import { lz4 } from "./lz4.ts";
import { xxHash32, XxHash32 } from "./xxhash32.ts";
import { zstd } from "./zstd.ts";

const BYTES_MAX = 2 ** 24;
const INPUT = Buffer.from('{"airport":"SFO","delay":12}'.repeat(60));
const HALF = INPUT.length >> 1;
const [FIRST, SECOND] = [INPUT.subarray(0, HALF), INPUT.subarray(HALF)];
const EMPTY = Buffer.alloc(0);
const GARBAGE = Buffer.from("what no codec would write, and longer than a header");
const USER_DATA = Buffer.concat([Buffer.from([0x53, 0x2a, 0x4d, 0x18, 4, 0, 0, 0]), Buffer.from("user")]);

const withChecksum = (bytes: Buffer): Buffer => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });

/** Ways to write the input that every reader of batches must understand. */
const legal: readonly (readonly [string, Codec, Buffer])[] = [
  ["gzip in two members", gzip, Buffer.concat([gzipSync(FIRST), gzipSync(SECOND)])],
  ["gzip with empty members around", gzip, Buffer.concat([gzipSync(EMPTY), gzipSync(INPUT), gzipSync(EMPTY)])],
  ["gzip with a byte behind", gzip, Buffer.concat([gzipSync(INPUT), Buffer.from([7])])],
  ["gzip with zeros behind", gzip, Buffer.concat([gzipSync(INPUT), Buffer.alloc(512)])],
  ["gzip with garbage behind", gzip, Buffer.concat([gzipSync(INPUT), GARBAGE])],
  ["gzip with a cut header behind", gzip, Buffer.concat([gzipSync(INPUT), gzipSync(INPUT).subarray(0, 9)])],
  ["gzip with a name and a comment", gzip, withNames(gzipSync(INPUT))],
  ["zstd in two frames", zstd, Buffer.concat([zstdCompressSync(FIRST), zstdCompressSync(SECOND)])],
  [
    "zstd in two frames that tell their size",
    zstd,
    Buffer.concat([FIRST, SECOND].map((half) => zstdCompressSync(half, { pledgedSrcSize: half.length }))),
  ],
  ["zstd with checksums", zstd, Buffer.concat([withChecksum(FIRST), withChecksum(SECOND)])],
  ["zstd behind user data", zstd, Buffer.concat([USER_DATA, zstdCompressSync(INPUT)])],
  [
    "zstd with user data between and behind",
    zstd,
    Buffer.concat([zstdCompressSync(FIRST), USER_DATA, USER_DATA, zstdCompressSync(SECOND), USER_DATA]),
  ],
  ["zstd with empty frames around", zstd, Buffer.concat([zstdCompressSync(EMPTY), zstdCompressSync(INPUT), zstdCompressSync(EMPTY)])],
  ["zstd with a cut frame behind", zstd, Buffer.concat([zstdCompressSync(INPUT), zstdCompressSync(INPUT).subarray(0, 8)])],
  ["lz4 with garbage behind", lz4, Buffer.concat([lz4.compress(INPUT), GARBAGE])],
  ["lz4 with an empty frame behind", lz4, Buffer.concat([lz4.compress(INPUT), lz4.compress(EMPTY)])],
];

for (const [name, codec, packed] of legal) {
  test(`is read at once, in pieces and as a whole: ${name}`, async () => {
    assert.ok(codec.decompress(packed, INPUT.length).equals(INPUT));
    assert.throws(() => codec.decompress(packed, INPUT.length - 1), MalformedBytesError);
    assert.deepEqual(codec.unpack(packed, INPUT.length), { bytes: INPUT, fault: undefined });
    assert.equal(codec.unpack(packed, INPUT.length - 1), undefined);
    assert.ok((await allPieces(codec, packed)).equals(INPUT));
  });
}

for (const [name, codec, packed, readable] of [
  ["gzip cut in its trailer", gzip, gzipSync(INPUT).subarray(0, -3), INPUT],
  ["gzip with another checksum", gzip, flipped(gzipSync(INPUT), -8), INPUT],
  ["gzip with another size", gzip, flipped(gzipSync(INPUT), -1), INPUT],
  ["gzip with a second member cut", gzip, Buffer.concat([gzipSync(FIRST), gzipSync(SECOND).subarray(0, -4)]), INPUT],
  ["gzip that is none", gzip, GARBAGE, EMPTY],
  ["zstd with garbage behind", zstd, Buffer.concat([zstdCompressSync(INPUT), GARBAGE]), INPUT],
  ["zstd that is none", zstd, GARBAGE, EMPTY],
] as const) {
  test(`what can be read comes out, and then why there is no more: ${name}`, async () => {
    const unpacked = codec.unpack(packed, BYTES_MAX)!;
    assert.ok(unpacked.bytes.equals(readable));
    assert.match(unpacked.fault!, /\w/);
    assert.throws(() => codec.decompress(packed, BYTES_MAX), MalformedBytesError);
    await assert.rejects(() => allPieces(codec, packed), MalformedBytesError);
  });
}

test("lz4: consumers read what no Java client can, brokers do not", () => {
  const twoFrames = Buffer.concat([lz4.compress(FIRST), lz4.compress(SECOND)]);
  const behindUserData = Buffer.concat([USER_DATA, lz4.compress(INPUT)]);
  const legacy = Buffer.from(lz4.compress(INPUT));
  legacy[6] = (xxHash32(legacy, 0, 6) >>> 8) & 0xff;
  for (const packed of [twoFrames, behindUserData, legacy]) assert.ok(lz4.decompress(packed, BYTES_MAX).equals(INPUT));
  assert.deepEqual(lz4.unpack(twoFrames, BYTES_MAX), { bytes: FIRST, fault: undefined });
  for (const packed of [behindUserData, legacy]) assert.notEqual(lz4.unpack(packed, BYTES_MAX)?.fault, undefined);
});

for (const [name, codec, pack] of [
  ["gzip members", gzip, (bytes: Buffer) => gzipSync(bytes)],
  ["zstd frames", zstd, (bytes: Buffer) => zstdCompressSync(bytes)],
] as const) {
  test(`the number of ${name} is bounded, at once and in all`, async () => {
    const frame = pack(Buffer.from("x"));
    const frames = (count: number) => Buffer.concat(Array.from({ length: count }, () => frame));
    assert.equal(codec.unpack(frames(FRAMES_AT_ONCE_MAX), BYTES_MAX)?.bytes.length, FRAMES_AT_ONCE_MAX);
    assert.equal(codec.unpack(frames(FRAMES_AT_ONCE_MAX + 1), BYTES_MAX), undefined);
    assert.equal(codec.decompress(frames(FRAMES_MAX), BYTES_MAX).length, FRAMES_MAX);
    assert.throws(() => codec.decompress(frames(FRAMES_MAX + 1), BYTES_MAX), MalformedBytesError);
    await assert.rejects(() => allPieces(codec, frames(FRAMES_MAX + 1)), /more than 1024/);
  });
}

for (const name of CODEC_NAMES.slice(1)) {
  test(`${name}: content that comes in pieces is packed so that all can read it`, async () => {
    const codec = codecById(codecIdOf(name))!;
    await fc.assert(
      fc.asyncProperty(fc.array(sampleInputs(100_000), { maxLength: 4 }), async (pieces) => {
        const packer = codec.packer();
        for (const piece of pieces) {
          const own = Buffer.from(piece);
          await packer.add(own);
          own.fill(0xee);
        }
        const packed = await packer.finish();
        assert.ok(packer.packedBytes <= packed.length);
        assert.ok(codec.decompress(packed, BYTES_MAX).equals(Buffer.concat(pieces)));
        assert.deepEqual((await allPieces(codec, packed)).length, Buffer.concat(pieces).length);
      }),
      { numRuns: runsOf({ quick: 5, long: 10 }), endOnFailure: true },
    );
  });
}

test("XXH32 of pieces is that of the whole", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(200)), (bytes, cuts) => {
      const whole = Buffer.from(bytes);
      const hash = new XxHash32();
      let at = 0;
      for (const cut of [...cuts.map((c) => Math.min(c, whole.length)).sort((a, b) => a - b), whole.length]) {
        hash.update(whole, at, cut);
        at = cut;
      }
      assert.equal(hash.digest(), xxHash32(whole, 0, whole.length));
    }),
  );
});

async function allPieces(codec: Codec, packed: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of codec.pieces(packed)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length + at]! ^= 1;
  return copy;
}

function withNames(packed: Buffer): Buffer {
  const header = Buffer.from(packed.subarray(0, 10));
  header[3] = 0x08 | 0x10;
  return Buffer.concat([header, Buffer.from("name\0comment\0"), packed.subarray(10)]);
}
