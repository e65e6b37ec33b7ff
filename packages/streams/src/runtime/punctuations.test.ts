import assert from "node:assert/strict";
import { test } from "node:test";
import { Punctuations } from "./punctuations.ts";

function called(punctuations: Punctuations, nowMs: number): string[] {
  const owners: string[] = [];
  punctuations.punctuate(nowMs, (owner, punctuator) => {
    owners.push(owner);
    punctuator(nowMs);
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

test("who cancels itself is not called again, and the earliest is called first", () => {
  const punctuations = new Punctuations();
  const later = punctuations.schedule("later", 5, 10, () => later.cancel());
  punctuations.schedule("earlier", 2, 10, () => {});
  assert.deepEqual(called(punctuations, 7), ["earlier", "later"]);
  assert.deepEqual(called(punctuations, 100), ["earlier"]);
  assert.equal(punctuations.size, 1);
});
