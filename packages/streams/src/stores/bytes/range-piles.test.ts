import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RangePiles } from "./range-piles.ts";

const byNumber = (a: number, b: number): number => a - b;

function drain(next: () => number | undefined): number[] {
  const all: number[] = [];
  for (let one = next(); one !== undefined; one = next()) all.push(one);
  return all;
}

/** The same numbers at each run, in no order and all different. */
function scattered(count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 0);
}

const step = fc.record({ kind: fc.constantFrom("insert", "insert", "remove", "up", "down"), number: fc.nat(60) });

test("piles give what a sorted list gives, whatever is put in and taken out, also during walks", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(60), { maxLength: 40 }), fc.array(step, { maxLength: 60 }), (first, steps) => {
      const piles = new RangePiles([...first], byNumber, 4);
      const model = new Set(first);
      const ascending = piles.ascending(undefined);
      const stays = new Set(first);
      const seen: number[] = [];
      for (const { kind, number } of steps) {
        if (kind === "insert" && !model.has(number)) {
          piles.insert(number);
          model.add(number);
        } else if (kind === "remove") {
          assert.equal(piles.remove(number), model.delete(number));
          stays.delete(number);
        } else if (kind === "up") {
          const sorted = [...model].sort(byNumber);
          assert.deepEqual(
            drain(piles.ascending(number)),
            sorted.filter((one) => one >= number),
          );
        } else if (kind === "down") {
          const sorted = [...model].sort(byNumber);
          assert.deepEqual(drain(piles.descending(number)), sorted.filter((one) => one <= number).reverse());
        }
        const one = ascending();
        if (one !== undefined) seen.push(one);
      }
      seen.push(...drain(ascending));
      assert.deepEqual(seen, [...new Set(seen)].sort(byNumber), "in order, and nothing twice");
      for (const one of stays) assert.ok(seen.includes(one), `${one} was there all the time`);
      assert.deepEqual(drain(piles.descending(undefined)), [...model].sort(byNumber).reverse());
    }),
    { numRuns: 60 },
  );
});

test("no call compares more than a pile's worth, neither the first walk over many elements nor an insertion", () => {
  let comparisons = 0;
  const counted = (a: number, b: number): number => {
    comparisons++;
    return a - b;
  };
  const cost = (call: () => unknown): number => {
    const before = comparisons;
    call();
    return comparisons - before;
  };
  const count = 200_000;
  const numbers = scattered(count);
  const piles = new RangePiles<number>([], counted);
  let dearest = 0;
  for (const number of numbers)
    dearest = Math.max(
      dearest,
      cost(() => piles.insert(number)),
    );
  assert.ok(comparisons < 14 * count, `${comparisons} comparisons for ${count} insertions`);
  assert.ok(dearest < 5_000, `${dearest} comparisons for one insertion`);
  const first = cost(() =>
    assert.equal(
      piles.ascending(undefined)(),
      Math.min(
        ...numbers.slice(0, 1),
        numbers.reduce((a, b) => Math.min(a, b)),
      ),
    ),
  );
  assert.ok(first < 60_000, `${first} comparisons for the first of ${count}`);
  const last = cost(() => piles.descending(undefined)());
  assert.ok(last < 60_000, `${last} comparisons for the last of ${count}`);
  const removed = cost(() => assert.ok(piles.remove(numbers[count >> 1]!)));
  assert.ok(removed < 60_000, `${removed} comparisons to take one out`);

  // One that comes all at once is looked at a few times over at most, until the wanted end of it is small.
  const atOnce = new RangePiles([...numbers], counted);
  const opened = cost(() => atOnce.ascending(undefined)());
  assert.ok(opened < 3 * count, `${opened} comparisons for the first of ${count} at once`);
});
