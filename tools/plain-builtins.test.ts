import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { plainBuiltins } from "./plain-builtins.ts";

const PROGRAM = `
import { createServer } from "node:http";
import * as path from "node:path";
import process from "node:process";
import { AsyncLocalStorage } from "node:async_hooks";
console.log(JSON.stringify({
  types: [typeof createServer, typeof path.join, typeof process.pid, typeof AsyncLocalStorage],
  undici: process.moduleLoadList.some((name) => name.includes("undici")),
}));`;

/** What the program prints, bundled with the plugin or without. */
async function ran(plugins: readonly (typeof plainBuiltins)[]): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "ottla-builtins-"));
  try {
    const outfile = join(folder, "program.mjs");
    const stdin = { contents: PROGRAM, loader: "ts", resolveDir: folder } as const;
    await build({
      stdin,
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node24",
      logLevel: "silent",
      plugins: [...plugins],
    });
    return JSON.parse(execFileSync(process.execPath, [outfile], { encoding: "utf8" }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a bundle takes Node's modules without what they make on first use, and finds by name all that they export", async () => {
  const types = ["function", "function", "number", "function"];
  assert.deepEqual(await ran([plainBuiltins]), { types, undici: false });
  // What it is for: the day on which Node no longer does this, the plugin can go.
  assert.deepEqual(await ran([]), { types, undici: true });
});
