import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { test } from "node:test";
import { repositoryRoot } from "../../src/paths.ts";
import { moments } from "../../src/streams-bad-days/moments/moments.ts";
import { seededBugs } from "../../src/streams-bad-days/bugs/seeded-bugs.ts";

test("each seeded bug of bad days has its one place in the sources, and is code there", () => {
  for (const { breaks, file, find, replace } of seededBugs) {
    const parts = readFileSync(`${repositoryRoot}${file}`, "utf8").split(find);
    assert.equal(parts.length, 2, `${breaks}: ${file} does not hold exactly once: ${find}`);
    assert.doesNotThrow(() => stripTypeScriptTypes(parts.join(replace)), breaks);
  }
});

test("each moment at which an instance may be killed has its one place in the sources, and is code there", () => {
  for (const { name, file, find, replace } of moments) {
    const parts = readFileSync(`${repositoryRoot}${file}`, "utf8").split(find);
    assert.equal(parts.length, 2, `${name}: ${file} does not hold exactly once: ${find}`);
    assert.doesNotThrow(() => stripTypeScriptTypes(parts.join(replace)), name);
  }
});
