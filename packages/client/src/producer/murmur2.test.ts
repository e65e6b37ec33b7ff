import assert from "node:assert/strict";
import { test } from "node:test";
import { referenceCases } from "../testing/reference-cases.ts";
import { murmur2, partitionOfKey } from "./murmur2.ts";

test("murmur2 and the partition of a key are Java's, negative hashes included", () => {
  assert.ok(referenceCases.hashes.some((each) => each.murmur2 < 0));
  for (const { hex, murmur2: hash, of7 } of referenceCases.hashes) {
    const bytes = Buffer.from(hex, "hex");
    assert.equal(murmur2(bytes), hash, `murmur2 of ${hex}`);
    assert.equal(partitionOfKey(bytes, 7), of7, `partition of ${hex}`);
  }
});
