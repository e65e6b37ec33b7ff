import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

/** How often V8 collected the whole heap, in a process of its own, in which much is kept for a while and then replaced. */
function collections(prelude: string): number {
  const script = `
    ${prelude}
    import { constants, PerformanceObserver } from "node:perf_hooks";
    let whole = 0;
    new PerformanceObserver((list) => {
      whole += list.getEntries().filter(({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR).length;
    }).observe({ entryTypes: ["gc"] });
    const kept = Array.from({ length: 100_000 }, (_, i) => ({ i, list: [i, i, i, i] }));
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < 5_000; i++) {
        const at = (round * 5_000 + i) % kept.length;
        kept[at] = { i: at, list: [at, at, at, round] };
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log(whole);`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--conditions=source", "--input-type=module", "--eval", script], {
    encoding: "utf8",
    cwd: import.meta.dirname,
  });
  assert.match(stdout, /^\d+\n$/, stderr);
  return Number(stdout);
}

test("a heap whose growth is bounded is collected the more often", () => {
  const [usual, bounded] = [collections(""), collections(`import { boundHeapGrowth } from "@ottla/base/node"; boundHeapGrowth(15);`)];
  assert.ok(bounded > usual * 2, `${usual} times by itself, ${bounded} times bounded`);
});
