import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

/** Bytes of heap that a record costs. All of a record that is dropped is its input: two views of bytes and what the driver notes of it. */
const INPUT_MAX = 360;

/**
 * What others cost more is what their way costs: nothing from source to sink, nor a fold, with windows or without, nor a join. A key within its window that the user is shown is the user's to keep: an object, its window, and their two
 * times; so is a text that is read from a table, and the key and time of a record of an outer join that finds nobody, which the joiner is shown when its window is over. A foreign-key join is three records, of which two come through
 * topics of its own, of which the driver has to give each back as bytes; so does `throughTwo`, which does nothing else.
 */
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
  selfJoin: 8,
  outerJoinAlone: 48,
  dropTexts: 8,
  joinTableTexts: 80,
  throughTwo: 1_540,
  foreignKey: 1_080,
};

/** Those of which each record begins a window or session: beside what a store alone makes of that, and keeps. */
const BEGIN = {
  tumblingBegins: { stored: "storedWindow", max: 16 },
  sliding: { stored: "storedWindow", max: 16 },
  sessionBegins: { stored: "storedSession", max: 8 },
  /** Takes one away. */
  sessionGoesOn: { stored: "storedSessionAgain", max: 16 },
};

/** In a process of its own: what V8 has learned of another topology makes it box more. */
function counted(name: string): number {
  const program = new URL("testing/count-allocations.ts", import.meta.url).pathname;
  const flags = [
    "--conditions=source",
    "--expose-gc",
    "--no-concurrent-recompilation",
    "--min-semi-space-size=64",
    "--max-semi-space-size=64",
  ];
  return Number(execFileSync(process.execPath, [...flags, program, name], { encoding: "utf8" }));
}

test("a record's way costs no memory beyond what the README says", (t) => {
  const input = counted("drop");
  assert.ok(input > 100 && input <= INPUT_MAX, `${input} bytes for an input, at most ${INPUT_MAX} are promised`);
  for (const [name, max] of Object.entries(WAY_MAX)) {
    const bytes = counted(name) - input;
    t.diagnostic(`${name}: ${bytes}`);
    assert.ok(bytes >= -8 && bytes <= max, `${name}: ${bytes} bytes a record on its way, at most ${max} are promised`);
  }
  for (const [name, { stored, max }] of Object.entries(BEGIN)) {
    const kept = counted(stored);
    const bytes = counted(name) - input - kept;
    t.diagnostic(`${name}: ${bytes} beside the ${kept} of its store`);
    assert.ok(bytes <= max, `${name}: ${bytes} bytes a record beside what its store makes, at most ${max} are promised`);
  }
});
