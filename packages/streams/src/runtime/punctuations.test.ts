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

test("a clock that is put back by years keeps nobody waiting for longer than two intervals, in step with what was", () => {
  const YEARS_MS = 10 * 365 * 86_400_000;
  const atMs = 2 * YEARS_MS;
  for (const backMs of [1, 999, 1_000, 1_001, 86_400_000, YEARS_MS]) {
    const punctuations = new Punctuations();
    punctuations.schedule("a", atMs, 1_000, () => {});
    punctuations.schedule("minute", atMs + 60_000, 60_000, () => {});
    punctuations.schedule("not before", atMs + 5_000_000, 1_000, () => {}, atMs + 5_000_000);
    punctuations.noteTime(atMs);
    assert.deepEqual(called(punctuations, atMs), ["a"]);
    const nowMs = atMs - backMs;
    punctuations.noteTime(nowMs);
    const dueMs = punctuations.nextMs!;
    assert.equal(dueMs, backMs <= 1_000 ? atMs + 1_000 : nowMs + (backMs % 1_000 || 1_000));
    assert.deepEqual(called(punctuations, dueMs), ["a"]);
    assert.deepEqual(called(punctuations, nowMs + 120_000).sort(), ["a", "minute"]);
    assert.deepEqual(called(punctuations, atMs + 4_999_999).sort(), ["a", "minute"]);
    assert.deepEqual(called(punctuations, atMs + 5_000_000).sort(), ["a", "not before"]);
  }
});

test("a clock that was at the end of time and is put back calls again", () => {
  const punctuations = new Punctuations();
  punctuations.schedule("a", 0, 10, () => {});
  punctuations.noteTime(2 ** 60);
  assert.deepEqual(called(punctuations, 2 ** 60), ["a"]);
  punctuations.noteTime(1_000);
  assert.deepEqual(called(punctuations, 1_010), ["a"]);
});
