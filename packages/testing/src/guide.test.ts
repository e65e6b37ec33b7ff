import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Blocks of code that say by their first line which file they are. */
function filesOf(document: string): Map<string, string> {
  const text = readFileSync(join(root, document), "utf8");
  return new Map(Array.from(text.matchAll(/^```\w+\n\/\/ (\S+)\n([\s\S]*?)^```/gm), ([, name = "", code = ""]) => [name, code]));
}

/** Runs test files in a folder of their own from which the packages are found, and gives what was printed. */
async function run(files: ReadonlyMap<string, string>): Promise<{ status: number | null; output: string }> {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(root, ".cache", "guide-"));
  try {
    for (const [name, code] of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), code);
    }
    const tests = [...files.keys()].filter((name) => name.includes(".test."));
    // As the folder of a user is: no sign of the runner that this test runs in.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(process.execPath, ["--conditions=source", "--test", "--test-isolation=none", "--test-reporter=tap", ...tests], {
      cwd: folder,
      env,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (output += String(piece)));
    const [status] = (await once(child, "close")) as [number | null];
    return { status, output };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the guide's program and its tests run as they stand there", async () => {
  const files = filesOf("docs/guides/testing.md");
  assert.deepEqual([...files.keys()], ["shop.mjs", "shop.test.mjs"]);
  const { status, output } = await run(files);
  assert.equal(status, 0, output);
  assert.match(output, /^# pass 4$/m);
});

test("the programs of the guide to transactions and their tests run as they stand there", async () => {
  const files = filesOf("docs/guides/client-transactions.md");
  assert.deepEqual([...files.keys()], ["invoices.mjs", "patient.mjs", "invoices.test.mjs"]);
  const { status, output } = await run(files);
  assert.equal(status, 0, output);
  assert.match(output, /^# pass 3$/m);
});

test("the guide to retries and dead letters does what it says", async () => {
  const files = filesOf("docs/guides/client-retries-and-dead-letters.md");
  assert.deepEqual([...files.keys()], ["billing.mjs", "billing.test.mjs"]);
  const { status, output } = await run(files);
  assert.equal(status, 0, output);
  assert.match(output, /^# pass 1$/m);
});

test("the store of the guide to outboxes and its tests run as they stand there", async () => {
  const files = filesOf("docs/guides/client-outbox.md");
  assert.deepEqual([...files.keys()], ["postgres-outbox.mjs", "sqlite-outbox.mjs", "sqlite-outbox.test.mjs"]);
  const { status, output } = await run(files);
  assert.equal(status, 0, output);
  assert.match(output, /^# pass 2$/m);
});

test("the README's example runs as it stands there", async () => {
  const [, example = ""] = /^```ts\n([\s\S]*?)^```/m.exec(readFileSync(join(root, "packages/testing/README.md"), "utf8")) ?? [];
  const { status, output } = await run(new Map([["readme.test.ts", example]]));
  assert.equal(status, 0, output);
  assert.match(output, /^# pass 1$/m);
});
