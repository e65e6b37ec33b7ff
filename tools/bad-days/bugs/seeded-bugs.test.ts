import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../workspaces.ts";
import { seededBugs } from "./seeded-bugs.ts";

test("every seeded bug has its place in the sources, exactly one", () => {
  const homeless = seededBugs.filter(({ file, find }) => readFileSync(join(root, file), "utf8").split(find).length !== 2);
  assert.deepEqual(
    homeless.map(({ breaks }) => breaks),
    [],
  );
});
