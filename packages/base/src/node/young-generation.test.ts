import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

const MIB = 1024 * 1024;

/** What V8's young generation has grown to, in a process of its own, after much has survived its collections. */
function grownBytes(prelude: string): number {
  const script = `
    ${prelude}
    import { getHeapSpaceStatistics } from "node:v8";
    let kept = [];
    let largest = 0;
    for (let round = 0; round < 60; round++) {
      for (let i = 0; i < 8_000; i++) {
        const made = [i, { i }];
        if (i % 2 === 0) kept.push(made);
      }
      if (kept.length > 300_000) kept = [];
      // News of a collection take a few turns of the loop.
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      largest = Math.max(largest, getHeapSpaceStatistics().find((space) => space.space_name === "new_space").space_size);
    }
    console.log(largest);`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--conditions=source", "--input-type=module", "--eval", script], {
    encoding: "utf8",
    cwd: import.meta.dirname,
  });
  assert.match(stdout, /^\d+\n$/, stderr);
  return Number(stdout);
}

test("the young generation grows no further than it may, but for a step", () => {
  const bound = (mib: number) => `import { boundYoungGeneration } from "@ottla/base/node"; boundYoungGeneration(${mib * MIB});`;
  assert.ok(grownBytes("") >= 16 * MIB, "by itself it grows");
  assert.ok(grownBytes(bound(4)) <= 8 * MIB);
});

test("it may grow again when the bound is taken away", () => {
  const lifted = `import { boundYoungGeneration } from "@ottla/base/node"; boundYoungGeneration(1)();`;
  assert.ok(grownBytes(lifted) >= 16 * MIB);
});
