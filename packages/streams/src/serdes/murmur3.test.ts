import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { testSeed } from "@ottla/base/simulated";
import { Hash, murmur3 } from "./murmur3.ts";

test("the hash of any bytes is that of the same steps on whole numbers of 64 bits", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (data) => {
      const hash = new Hash();
      murmur3(data, hash);
      const bytes = Buffer.alloc(BLOCK_BYTES);
      hash.writeTo(bytes, 0);
      assert.deepEqual(bytes, plain(data));
      assert.ok(new Hash().readFrom(bytes, 0).equals(hash));
    }),
    { numRuns: 2_000, seed: testSeed() },
  );
});

const C1 = 0x87c37b91114253d5n;
const C2 = 0x4cf5ad432745937fn;
/** The seed that Java's foreign-key join takes. */
const SEED = 104729n;
const BLOCK_BYTES = 16;

/**
 * MurmurHash3 of 128 bits (x64) with the seed of Java's foreign-key join, as its 16 bytes: two int64, each with the highest byte first. By this hash a response tells which
 * version of the left value it is for.
 */
function plain(data: Uint8Array): Buffer {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const tailAt = data.length - (data.length % BLOCK_BYTES);
  let h1 = SEED;
  let h2 = SEED;
  for (let at = 0; at < tailAt; at += BLOCK_BYTES) {
    h1 ^= mixFirst(view.getBigUint64(at, true));
    h1 = wrap(wrap(rotate(h1, 27n) + h2) * 5n + 0x52dce729n);
    h2 ^= mixSecond(view.getBigUint64(at + 8, true));
    h2 = wrap(wrap(rotate(h2, 31n) + h1) * 5n + 0x38495ab5n);
  }
  if (tailAt < data.length) {
    // The rest is filled up with zero bytes; a half without any byte mixes to nothing.
    const tail = new DataView(new ArrayBuffer(BLOCK_BYTES));
    for (let at = tailAt; at < data.length; at++) tail.setUint8(at - tailAt, data[at]!);
    h2 ^= mixSecond(tail.getBigUint64(8, true));
    h1 ^= mixFirst(tail.getBigUint64(0, true));
  }
  const length = BigInt(data.length);
  h1 = wrap((h1 ^ length) + (h2 ^ length));
  h2 = wrap((h2 ^ length) + h1);
  h1 = finish(h1);
  h2 = finish(h2);
  h1 = wrap(h1 + h2);
  h2 = wrap(h2 + h1);
  const hash = Buffer.allocUnsafe(BLOCK_BYTES);
  hash.writeBigUInt64BE(h1, 0);
  hash.writeBigUInt64BE(h2, 8);
  return hash;
}

function mixFirst(block: bigint): bigint {
  return wrap(rotate(wrap(block * C1), 31n) * C2);
}

function mixSecond(block: bigint): bigint {
  return wrap(rotate(wrap(block * C2), 33n) * C1);
}

function finish(value: bigint): bigint {
  value = wrap((value ^ (value >> 33n)) * 0xff51afd7ed558ccdn);
  value = wrap((value ^ (value >> 33n)) * 0xc4ceb9fe1a85ec53n);
  return value ^ (value >> 33n);
}

function rotate(value: bigint, bits: bigint): bigint {
  return wrap(value << bits) | (value >> (64n - bits));
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
