import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@ottla/base/simulated";
import { type InTurn, TurnQueue } from "./turn-queue.ts";

test("a queue gives what is in it in the order of turns, then of coming, whatever was added and taken out before", () => {
  const seed = 20261125;
  const random = new SeededRandom(seed);
  const queue = new TurnQueue<InTurn>();
  const items = Array.from({ length: 60 }, (_, turn) => ({ turn: turn >> 2, arrival: 0, queueIndex: -1 }));
  const expected = new Set<InTurn>();
  for (let step = 0; step < 20_000; step++) {
    const item = items[random.nextInt(items.length)]!;
    const what = random.nextInt(5);
    if (what < 2) {
      queue.add(item);
      expected.add(item);
    } else if (what === 2) {
      queue.remove(item);
      expected.delete(item);
    } else if (what === 3) {
      const next = [...expected].sort((a, b) => a.turn - b.turn)[0];
      assert.equal(queue.next(), next, `seed ${seed}, step ${step}`);
      if (next) {
        expected.delete(next);
        next.turn = (items.length + step) >> 2;
      }
    } else if (random.nextInt(500) === 0) {
      queue.clear();
      expected.clear();
    }
    assert.equal(queue.size, expected.size, `seed ${seed}, step ${step}`);
    assert.equal(item.queueIndex >= 0, expected.has(item), `seed ${seed}, step ${step}`);
  }
});
