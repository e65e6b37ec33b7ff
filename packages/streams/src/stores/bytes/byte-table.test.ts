import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BlockList } from "./block-list.ts";
import { ByteTable } from "./byte-table.ts";
import { compareBytes } from "./compare-bytes.ts";

interface Entry {
  readonly key: Uint8Array;
  hash: number;
  value: number;
}

function set(table: ByteTable<Entry>, key: Uint8Array, value: number): void {
  const found = table.get(key);
  if (found === undefined) table.insert({ key, hash: 0, value });
  else found.value = value;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const drain = <T>(next: () => T | undefined): T[] => {
  const all: T[] = [];
  for (let one = next(); one !== undefined; one = next()) all.push(one);
  return all;
};

/** Short keys of few bytes, so that many are the same, prefixes of one another, or beyond 0x7f. */
const key = fc.array(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), { maxLength: 3 }).map((bytes) => Buffer.from(bytes));
const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("set" as const), key, value: fc.nat(255) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete" as const), key, value: fc.constant(0) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("up" as const, "down" as const, "all" as const), key, value: fc.constant(0) }),
  },
);

test("a byte table does what a plain map and a sort do, whatever is put in, taken out and walked over", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const map = new ByteTable<Entry>();
      const model = new Map<string, number>();
      for (const { kind, key, value } of operations) {
        const sorted = [...model.keys()].map((text) => Buffer.from(text, "hex")).sort(compareBytes);
        if (kind === "set") {
          set(map, key, value);
          model.set(hex(key), value);
        } else if (kind === "delete") {
          assert.equal(map.delete(key)?.value, model.get(hex(key)));
          model.delete(hex(key));
        } else if (kind === "up") {
          assert.deepEqual(
            drain(map.ascending(key)).map((entry) => hex(entry.key)),
            sorted.filter((other) => compareBytes(other, key) >= 0).map(hex),
          );
        } else if (kind === "down") {
          const below = sorted.filter((other) => compareBytes(other, key) <= 0).reverse();
          assert.deepEqual(
            drain(map.descending(key)).map((entry) => hex(entry.key)),
            below.map(hex),
          );
        } else {
          assert.deepEqual(
            drain(map.ascending(undefined)).map((entry) => [hex(entry.key), entry.value]),
            sorted.map((other) => [hex(other), model.get(hex(other))]),
          );
          assert.deepEqual(
            drain(map.descending(undefined)).map((entry) => hex(entry.key)),
            sorted.reverse().map(hex),
          );
        }
        assert.equal(map.size, model.size);
        assert.equal(map.get(key)?.value, model.get(hex(key)));
      }
    }),
    { numRuns: 40 },
  );
});

test("bytes are sorted as unsigned ones, and what is a beginning of another comes first", () => {
  const keys = ["", "00", "0000", "01", "7f", "80", "ff", "ff00"].map((text) => Buffer.from(text, "hex"));
  assert.deepEqual(keys.toReversed().sort(compareBytes), keys);
});

test("many keys come and go without the table growing beyond what they need", () => {
  const map = new ByteTable<Entry>();
  const keyOf = (i: number): Buffer => {
    const key = Buffer.alloc(4);
    key.writeUInt32BE(i);
    return key;
  };
  for (let i = 0; i < 20_000; i++) {
    set(map, keyOf(i), i);
    if (i >= 100) map.delete(keyOf(i - 100));
  }
  assert.equal(map.size, 100);
  assert.deepEqual(
    drain(map.ascending(undefined)).map(({ value }) => value),
    Array.from({ length: 100 }, (_, i) => 19_900 + i),
  );
});

test("a walk over a list that changes gives nothing twice, leaves nothing out that stays, and sees what comes ahead of it", () => {
  const numbers = Array.from({ length: 2000 }, (_, i) => i * 2);
  const up = BlockList.of(numbers, (a, b) => a - b);
  const next = up.ascending(undefined);
  const seen: number[] = [];
  for (let one = next(); one !== undefined; one = next()) {
    seen.push(one);
    if (one % 4 === 0) up.remove(one);
    if (one % 6 === 0 && one < 3998) up.insert(one + 1);
    if (one > 2 && one % 10 === 0) up.insert(one - 1);
  }
  assert.deepEqual(
    seen,
    [...numbers, ...numbers.filter((one) => one % 6 === 0 && one < 3998).map((one) => one + 1)].sort((a, b) => a - b),
  );

  const down = BlockList.of(numbers, (a, b) => a - b);
  const back = down.descending(3000);
  const seenBack: number[] = [];
  for (let one = back(); one !== undefined; one = back()) {
    seenBack.push(one);
    if (one % 4 === 0) down.remove(one);
  }
  assert.deepEqual(seenBack, numbers.filter((one) => one <= 3000).reverse());
});
