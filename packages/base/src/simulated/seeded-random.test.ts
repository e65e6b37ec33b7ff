import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "./seeded-random.ts";

test("the same seed gives the same numbers, another seed others", () => {
  const draw = (seed: number) => {
    const random = new SeededRandom(seed);
    return [...random.bytes(8), random.nextInt(1000), random.nextInt(2 ** 40)];
  };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
});

test("integers fill their range evenly and never reach the bound", () => {
  const random = new SeededRandom(1);
  const counts = Array.from({ length: 7 }, () => 0);
  for (let i = 0; i < 70_000; i++) counts[random.nextInt(7)]!++;
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 500, `${counts}`);
  assert.equal(random.nextInt(1), 0);
  assert.throws(() => random.nextInt(0), { name: "InvariantError" });
});
