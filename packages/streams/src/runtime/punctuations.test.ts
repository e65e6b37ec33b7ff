import assert from "node:assert/strict";
import { test } from "node:test";
import { Punctuations } from "./punctuations.ts";

function called(punctuations: Punctuations, nowMs: number): string[] {
  const owners: string[] = [];
  punctuations.punctuate(nowMs, (owner, punctuator) => {
    owners.push(owner);
    punctuator(nowMs);
    return true;
  });
  return owners;
}

test("a jump calls each punctuator once, and the next time is a multiple of the interval", () => {
  const punctuations = new Punctuations();
  punctuations.schedule("a", 0, 10, () => {});
  assert.deepEqual(called(punctuations, 0), ["a"]);
  assert.deepEqual(called(punctuations, 9), []);
  assert.deepEqual(called(punctuations, 57), ["a"]);
  assert.deepEqual(called(punctuations, 59), []);
  assert.deepEqual(called(punctuations, 60), ["a"]);
});

test("a time near the end of all numbers does not loop", () => {
  const punctuations = new Punctuations();
  punctuations.schedule("a", 0, 3, () => {});
  assert.deepEqual(called(punctuations, Number.MAX_SAFE_INTEGER), ["a"]);
  assert.deepEqual(called(punctuations, Number.MAX_SAFE_INTEGER), []);
});

test("a time beyond all whole numbers calls each once, and never again", () => {
  for (const nowMs of [2 ** 53, 2 ** 53 + 2, 2 ** 60, 2 ** 63]) {
    const punctuations = new Punctuations();
    for (const interval of [1, 3, 10]) punctuations.schedule(String(interval), 0, interval, () => {});
    assert.deepEqual(called(punctuations, nowMs), ["1", "3", "10"]);
    assert.deepEqual(called(punctuations, nowMs), []);
  }
});

test("who cancels itself is not called again, and the earliest is called first", () => {
  const punctuations = new Punctuations();
  const later = punctuations.schedule("later", 5, 10, () => later.cancel());
  punctuations.schedule("earlier", 2, 10, () => {});
  assert.deepEqual(called(punctuations, 7), ["earlier", "later"]);
  assert.deepEqual(called(punctuations, 100), ["earlier"]);
  assert.equal(punctuations.size, 1);
});

test("thousands are called in the order of their times, then of their being set up, and those cancelled are forgotten", () => {
  const punctuations = new Punctuations();
  const times = Array.from({ length: 3000 }, (_, i) => (i * 7919) % 101);
  const all = times.map((time, i) => punctuations.schedule(String(i), time, 1000, () => {}));
  const inOrder = times.map((time, i) => ({ time, i })).sort((a, b) => a.time - b.time || a.i - b.i);
  assert.deepEqual(
    called(punctuations, 101),
    inOrder.map(({ i }) => String(i)),
  );
  for (const [i, each] of all.entries()) if (i % 10 !== 0) each.cancel();
  all[1]!.cancel();
  assert.equal(punctuations.size, 300);
  assert.deepEqual(
    called(punctuations, 2000),
    inOrder.filter(({ i }) => i % 10 === 0).map(({ i }) => String(i)),
  );
});

test("what is set up by a punctuator and due at once is called before those that come later", () => {
  const punctuations = new Punctuations();
  punctuations.schedule("first", 1, 100, () => void punctuations.schedule("inner", 0, 100, () => {}));
  punctuations.schedule("second", 2, 100, () => {});
  assert.deepEqual(called(punctuations, 5), ["first", "inner", "second"]);
});
