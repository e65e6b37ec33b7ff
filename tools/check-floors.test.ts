import assert from "node:assert/strict";
import { test } from "node:test";
import { arrowsUp, circlesOf } from "./check-floors.ts";
import { staticImportsOf } from "./imports-of.ts";

const floors = [
  { name: "top", rooms: ["start.ts", "pipeline/"] },
  { name: "ground", rooms: ["net/"] },
];
const arrows = (path: string, imports: readonly string[]) =>
  arrowsUp("packages/house", [{ path: `packages/house/src/${path}`, imports }], floors);

test("a room imports its own floor and those below, and nothing above", () => {
  assert.deepEqual(arrows("pipeline/a.ts", ["../net/b.ts", "../start.ts", "./c.ts", "node:fs", "@ottla/base"]), []);
  assert.deepEqual(arrows("net/a.ts", ["../pipeline/b.ts"]), [
    'packages/house/src/net/a.ts ("ground") imports packages/house/src/pipeline/b.ts, which is above ("top").',
  ]);
});

test("a new room needs a floor, tests stand on the roof, and nothing stands on them", () => {
  assert.deepEqual(arrows("attic/a.ts", []), ["packages/house/src/attic/a.ts: is on no floor of tools/floors.ts."]);
  assert.deepEqual(arrows("net/a.test.ts", ["../pipeline/b.ts"]), []);
  assert.deepEqual(arrows("net/a.ts", ["../testing/b.ts"]), [
    "packages/house/src/net/a.ts: imports test code, packages/house/src/testing/b.ts.",
  ]);
});

test("a circle of files is found, however long, and what is no circle is not", () => {
  const files = (table: Readonly<Record<string, readonly string[]>>) =>
    Object.entries(table).map(([path, imports]) => ({ path: `src/${path}`, imports: imports.map((target) => `./${target}`) }));
  assert.deepEqual(circlesOf(files({ a: ["b", "c"], b: ["c"], c: ["d"], d: [] })), []);
  const faults = circlesOf(files({ a: ["b"], b: ["c"], c: ["a", "d"], d: ["e"], e: ["d"], f: ["a"] }));
  assert.deepEqual(faults.sort(), [
    "These files import each other in a circle: src/a, src/b, src/c.",
    "These files import each other in a circle: src/d, src/e.",
  ]);
});

test("what is imported only when the code runs makes no circle", () => {
  assert.deepEqual(staticImportsOf('import { a } from "./a.ts";\nconst b = await import("./b.ts");'), ["./a.ts"]);
});
