import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { test } from "node:test";
import { root } from "../workspaces.ts";
import type { FileOutcome } from "./file-outcome.ts";
import { runFiles } from "./run-files.ts";

/** Runs files of such content, one after the other. */
async function run(
  contents: Readonly<Record<string, string>>,
  { testTimeoutMs = 60_000, fileTimeoutMs = 60_000 } = {},
): Promise<FileOutcome[]> {
  const folder = mkdtempSync(join(tmpdir(), "ottla-test-files-"));
  try {
    const files = Object.entries(contents).map(([name, content]) => {
      const path = join(folder, `${name}.test.mjs`);
      writeFileSync(path, `import { afterEach, test } from "node:test";\n${content}\n`);
      return relative(root, path);
    });
    const outcomes: FileOutcome[] = [];
    const options = { processes: 1, testTimeoutMs, fileTimeoutMs, env: process.env };
    await runFiles(files, { ...options, onOutcome: (outcome) => outcomes.push(outcome) });
    return outcomes;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("every file is run and judged, whatever those before it did", async () => {
  const outcomes = await run({
    good: `test("a", () => {}); test("b", async () => { await new Promise((resolve) => setTimeout(resolve, 1)); });`,
    hooked: `test("a", () => {}); afterEach(() => { throw new Error("of this file only"); });`,
    throws: `test("a", () => { throw new Error("a sentence"); }); test("b", () => {});`,
    empty: "",
    late: `test("a", () => {}); setTimeout(() => { throw new Error("nobody waits for this"); }, 1);`,
    broken: `import "./absent.mjs"; test("a", () => {});`,
    ends: `test("a", () => process.exit(0));`,
    last: `test("a", () => {});`,
  });
  assert.deepEqual(
    outcomes.map(({ file, isGood, counts }) => [basename(file, ".test.mjs"), isGood, counts.tests, counts.passed]),
    [
      ["good", true, 2, 2],
      ["hooked", false, 1, 0],
      ["throws", false, 2, 1],
      ["empty", false, 1, 1],
      ["late", false, 1, 1],
      ["broken", false, 1, 0],
      ["ends", false, 0, 0],
      ["last", true, 1, 1],
    ],
  );
  assert.match(outcomes[2]!.output, /a sentence/);
  assert.match(outcomes[6]!.output, /its process ended with status 0/);
});

test("a test that waits for ever fails, and a file that never yields is stopped", async () => {
  const [stopped, ...others] = await run({ endless: `test("a", () => { for (;;); });` }, { fileTimeoutMs: 200 });
  assert.equal(others.length, 0);
  assert.equal(stopped?.isGood, false);
  assert.match(stopped.output, /stopped after 0\.2 s/);
  const [unsettled] = await run({ unsettled: `test("a", () => new Promise(() => {}));` }, { testTimeoutMs: 10 });
  assert.deepEqual([unsettled?.isGood, unsettled?.counts.cancelled], [false, 1]);
});

test("of a file that is stopped it is told which tests had failed", async () => {
  const open = `test("a", () => { setInterval(() => {}, 1000); throw new Error("and left something open"); }); test("b", () => {});`;
  const [stopped] = await run({ open }, { fileTimeoutMs: 2_000 });
  assert.match(stopped!.output, /stopped after 2 s.*\n✖ a: and left something open\n$/);
});
