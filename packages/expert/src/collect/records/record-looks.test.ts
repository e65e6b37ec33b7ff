import assert from "node:assert/strict";
import { test } from "node:test";
import { RecordLooks } from "./record-looks.ts";

const NOW_MS = Date.UTC(2026, 10, 27);
const long = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};

function looksOf(keys: readonly (string | Buffer | null)[], values: readonly (string | Buffer | null)[] = keys.map(() => "x")) {
  const looks = new RecordLooks(NOW_MS);
  looks.takeCodec("none");
  for (const [i, key] of keys.entries()) {
    const value = values[i] ?? null;
    looks.take(typeof key === "string" ? Buffer.from(key) : key, typeof value === "string" ? Buffer.from(value) : value);
  }
  return looks.sampled("t", 0)!;
}

test("keys that are times, in text, in digits of any unit, and in 8 bytes", () => {
  for (const key of ["2026-11-27T21:40:00Z", "2026-11-27 21:40:00.123", "1795815600", "1795815600000", "1795815600000000", long(NOW_MS)])
    assert.equal(looksOf([key]).timeKeys, 1, String(key));
  for (const key of ["2026-11-27", "order-1795815600000", "42", "1999-01-01T00:00:00Z", "17958156000001234567", long(42), "abcdefgh"])
    assert.equal(looksOf([key]).timeKeys, 0, String(key));
});

test("keys that count up; those that jump about do not", () => {
  assert.equal(looksOf(["1", "2", "3", "4"]).countingKeys, 4);
  assert.equal(looksOf([long(7), long(8), long(9)]).countingKeys, 3);
  assert.equal(looksOf(["4", "3", "2", "1"]).countingKeys, 1);
  assert.equal(looksOf(["a", "b"]).countingKeys, 0);
  assert.equal(looksOf([null, null, "1"]).withoutKey, 2);
});

test("values that are JSON in shape, and the size of the largest but one in a hundred", () => {
  const values = ['{"a":1}', " [1, 2]\n", "{not closed", Buffer.from([0x7b, 0, 1, 0x7d]), null, ""];
  const { jsonLike, records, codecs } = looksOf(
    values.map(() => null),
    values,
  );
  assert.deepEqual([jsonLike, records, codecs], [2, 6, ["none"]]);
  const sizes = Array.from({ length: 200 }, (_, i) => "x".repeat(i + 1));
  assert.equal(
    looksOf(
      sizes.map(() => null),
      sizes,
    ).valueBytesP99,
    198,
  );
  assert.equal(new RecordLooks(NOW_MS).sampled("t", 0), undefined);
});
