import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { allTests, rootScripts } from "./status-page.ts";
import { root } from "./workspaces.ts";

const rows = readFileSync(join(root, "docs", "peer-defects.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| Defect"));

test("every defect of another client has a test of ours, and each test is there", () => {
  const tests = allTests();
  const scripts = rootScripts();
  const missing: string[] = [];
  for (const row of rows) {
    const [, defect = "", , proofs = ""] = row.split(/ ?\| ?/);
    const names = [...proofs.matchAll(/“([^”]+)”/g)].map((match) => match[1]!);
    const commands = [...proofs.matchAll(/`npm run ([\w:-]+)[^`]*`/g)].map((match) => match[1]!);
    if (names.length + commands.length === 0) missing.push(`"${defect}" has no test`);
    missing.push(...names.filter((name) => !isThere(name, tests)), ...commands.filter((name) => !scripts.has(name)));
  }
  assert.ok(rows.length > 30);
  assert.deepEqual(missing, []);
});

/** A name as it stands in a test file: in quotes of one kind, where others need no backslash. A name that a template makes stands there without what it fills in. */
function isThere(name: string, tests: string): boolean {
  return tests.includes(name) || tests.includes(name.replace(/^[\w-]+: /, ": "));
}
