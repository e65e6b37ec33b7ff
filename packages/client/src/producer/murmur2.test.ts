import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import { murmur2, partitionOfKey } from "@ottla/protocol/records";
import fc from "fast-check";
import { referenceCases } from "../testing/reference-cases.ts";

test("murmur2 and the partition of a key are Java's, negative hashes included", () => {
  assert.ok(referenceCases.hashes.some((each) => each.murmur2 < 0));
  for (const { hex, murmur2: hash, of7 } of referenceCases.hashes) {
    const bytes = Buffer.from(hex, "hex");
    assert.equal(murmur2(bytes), hash, `murmur2 of ${hex}`);
    assert.equal(partitionOfKey(bytes, 7), of7, `partition of ${hex}`);
  }
});

/** As it is defined, in whole numbers of any size. */
function murmur2Slowly(data: Uint8Array): number {
  const m = 0x5bd1e995n;
  const cut = (value: bigint) => BigInt.asUintN(32, value);
  let h = 0x9747b28cn ^ BigInt(data.length);
  const words = data.length >> 2;
  for (let word = 0; word < words; word++) {
    let k = 0n;
    for (let byte = 3; byte >= 0; byte--) k = (k << 8n) | BigInt(data[word * 4 + byte]!);
    k = cut(k * m);
    k = cut((k ^ (k >> 24n)) * m);
    h = cut(h * m) ^ k;
  }
  const rest = data.subarray(words * 4);
  for (let byte = rest.length - 1; byte >= 0; byte--) h ^= BigInt(rest[byte]!) << BigInt(8 * byte);
  if (rest.length > 0) h = cut(h * m);
  h = cut((h ^ (h >> 13n)) * m);
  return Number(BigInt.asIntN(32, h ^ (h >> 15n)));
}

test("murmur2 of random keys is what its definition says, and their partition Java's", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.integer({ min: 1, max: 10_000 }), (key, count) => {
      const hash = murmur2Slowly(key);
      assert.equal(murmur2(key), hash);
      assert.equal(partitionOfKey(key, count), (hash < 0 ? hash + 2 ** 31 : hash) % count);
    }),
    { numRuns: runsOf({ quick: 400, long: 2000 }) },
  );
});
