import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import { expected, type Result, TICK_MS } from "../../examples/nexmark/expected.ts";
import { NexmarkGenerator } from "../../examples/nexmark/generator.ts";
import { queries } from "../../examples/nexmark/queries.ts";
import { runQuery } from "../../examples/nexmark/run-query.ts";
import { q12 } from "../../examples/nexmark/windows.ts";

const events = [...new NexmarkGenerator({ eventsPerSecond: 100 }).events(runsOf({ quick: 1800, long: 2400 }))];

function inOrderOfKeys(results: readonly Result[]): Result[] {
  return results.toSorted(([a], [b]) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

let ticks = 0;
const asked = { ...queries, q12: q12(() => ticks++ * TICK_MS) };

describe("Nexmark's queries answer as plain loops do", () => {
  for (const [name, query] of Object.entries(asked)) {
    test(`${name}: ${query.asks}`, () => {
      const results = runQuery(query, events);
      const wanted = expected[name]!(events);
      assert.ok(wanted.length > 0, "the events have no answer in them");
      if (query.result === "stream") assert.deepEqual(results, wanted);
      else assert.deepEqual(inOrderOfKeys(results), inOrderOfKeys(wanted));
    });
  }
});

test("an event is the same whatever was made before it, and kinds come as 1 : 3 : 46", () => {
  const generator = new NexmarkGenerator();
  const thousand = [...generator.events(1000)];
  assert.deepEqual(generator.event(777), thousand[777]);
  assert.deepEqual(
    ["person", "auction", "bid"].map((wanted) => thousand.filter(({ kind }) => kind === wanted).length),
    [20, 60, 920],
  );
});
