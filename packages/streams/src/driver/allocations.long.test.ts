import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

/**
 * Bytes of heap that a record costs. All of a record that is dropped is its input: two views of bytes and what the driver notes of it. What others cost more is what its way costs: nothing from
 * source to sink, nor a fold, with windows or without, nor a join. A key within its window that the user is shown is the user's to keep: an object, its window, and their two times; so is a text that is read from a table. What a
 * record of an outer join costs that finds nobody and goes on alone is its key, read back and written again, and its time.
 */
const INPUT_MAX = 360;
const WAY_MAX = {
  pass: 8,
  filterMap: 8,
  count: 8,
  tumbling: 8,
  tumblingShown: 136,
  joinTables: 8,
  joinTable: 8,
  joinStreams: 8,
  leftJoinStreams: 8,
  leftJoinLater: 8,
  outerJoinAlone: 160,
  dropTexts: 8,
  joinTableTexts: 80,
};

test("a record's way costs no memory beyond what the README says", () => {
  const program = new URL("testing/count-allocations.ts", import.meta.url).pathname;
  const flags = [
    "--conditions=source",
    "--expose-gc",
    "--no-concurrent-recompilation",
    "--min-semi-space-size=64",
    "--max-semi-space-size=64",
  ];
  const counted = JSON.parse(execFileSync(process.execPath, [...flags, program], { encoding: "utf8" })) as Record<string, number>;
  const { drop: input = 0, ...others } = counted;
  assert.ok(input > 100 && input <= INPUT_MAX, `${input} bytes for an input, at most ${INPUT_MAX} are promised`);
  assert.deepEqual(Object.keys(others), Object.keys(WAY_MAX));
  for (const [name, max] of Object.entries(WAY_MAX)) {
    const bytes = others[name]! - input;
    assert.ok(bytes >= -8 && bytes <= max, `${name}: ${bytes} bytes a record on its way, at most ${max} are promised`);
  }
});
