import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { FetchBudget } from "./fetch-budget.ts";

describe("the budget for what is fetched ahead", () => {
  test("gives a request its share, less where less is wanted, and nothing where little is left", () => {
    const budget = new FetchBudget(1000);
    const all = { bytesMax: 5000, partitionBytes: 5000 };
    assert.equal(budget.take(all, 0, 1), 500);
    assert.equal(budget.take({ bytesMax: 5000, partitionBytes: 100 }, 0, 1), 100);
    assert.equal(budget.take(all, 0, 1), 400);
    assert.equal(budget.take(all, 0, 1), 0);
    budget.giveBack(500);
    assert.equal(budget.take(all, 300, 1), 0);
    assert.equal(budget.take(all, 250, 1), 250);
  });

  test("leaves each broker its share, however long others keep theirs", () => {
    const budget = new FetchBudget(900);
    for (let node = 0; node < 6; node++) assert.equal(budget.take({ bytesMax: 5000, partitionBytes: 5000 }, 0, 3), 150);
    assert.equal(budget.take({ bytesMax: 5000, partitionBytes: 5000 }, 0, 3), 0);
  });

  test("always gives something where nothing is buffered or on the way, also of a single byte", () => {
    assert.equal(new FetchBudget(1).take({ bytesMax: 5000, partitionBytes: 5000 }, 0, 50), 1);
  });

  test("property: what is buffered and on the way is never more, and something is given once all of it is gone", () => {
    const step = fc.tuple(fc.constantFrom("ask", "answer", "read"), fc.integer({ min: 1, max: 20_000 }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 5 }), fc.array(step), (bytesMax, nodeCount, steps) => {
        const budget = new FetchBudget(bytesMax);
        const onTheWay: number[] = [];
        let buffered = 0;
        for (const [what, bytes] of steps) {
          if (what === "ask") {
            const taken = budget.take({ bytesMax: bytes, partitionBytes: 5000 }, buffered, nodeCount);
            if (taken > 0) onTheWay.push(taken);
          } else if (what === "read") buffered = Math.max(0, buffered - bytes);
          else if (onTheWay.length > 0) {
            const answered = onTheWay.shift()!;
            budget.giveBack(answered);
            buffered += Math.min(bytes, answered);
          }
          assert.ok(buffered + onTheWay.reduce((sum, each) => sum + each, 0) <= bytesMax);
        }
        for (const each of onTheWay) budget.giveBack(each);
        assert.ok(budget.take({ bytesMax: 5000, partitionBytes: 5000 }, 0, nodeCount) > 0);
      }),
    );
  });
});
