import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runsOf } from "@ottla/base/simulated";
import { formatLsn, laterLsn, parseLsn } from "./lsn.ts";

test("a place is read as it is printed", () => {
  assert.equal(parseLsn("16/B374D848"), 0x16b374d848n);
  assert.equal(formatLsn(0x16b374d848n), "16/B374D848");
  assert.equal(formatLsn(2n ** 64n - 1n), "FFFFFFFF/FFFFFFFF");
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (lsn) => parseLsn(formatLsn(lsn)) === lsn),
    { numRuns: runsOf({ quick: 100, long: 5000 }) },
  );
});

test("what is no place is none", () => {
  for (const text of ["", "0", "/", "0/", "1/2/3", "123456789/0", "0/G", " 0/1"]) assert.equal(parseLsn(text), undefined, text);
  assert.equal(laterLsn(1n, 2n), 2n);
  assert.equal(laterLsn(2n, 1n), 2n);
});
