import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { commands } from "../packages/cli/src/commands/index.ts";
import { root } from "./workspaces.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");

test("README: the broker in a test starts and stops as shown, leaving no handle", async () => {
  const [, example] = /^```ts\n([\s\S]*?)^```/m.exec(readme) ?? [];
  assert.ok(example !== undefined);
  const folder = join(root, ".cache", "readme-example");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `example-${process.pid}.ts`);
  writeFileSync(file, `${example}export const { bootstrap } = broker;\n`);
  try {
    const { bootstrap } = await import(pathToFileURL(file).href);
    assert.match(bootstrap, /^127\.0\.0\.1:\d+$/);
  } finally {
    rmSync(file);
  }
});

test("README: every command it names exists", () => {
  const named = [...readme.matchAll(/\bottla ([a-z]+)/g)].map(([, word]) => word);
  const known = new Set(commands.map(({ path }) => path[0]));
  assert.ok(named.length >= 8);
  for (const word of named) assert.ok(known.has(word), `ottla ${word}`);
});
