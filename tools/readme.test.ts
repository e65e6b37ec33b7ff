import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { commands } from "../packages/cli/src/commands/index.ts";
import { root } from "./workspaces.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");

for (const [path, exported] of [
  ["README.md", "export const bootstrap = kafka.bootstrapServers;"],
  ["packages/broker/README.md", "export const { bootstrap } = broker;"],
] as const) {
  test(`${path}: the broker of the example starts, and stops with its block`, async (context) => {
    context.mock.method(console, "log", () => {});
    const [, example] = /^```ts\n([\s\S]*?)^```/m.exec(readFileSync(join(root, path), "utf8")) ?? [];
    assert.ok(example !== undefined);
    mkdirSync(join(root, ".cache"), { recursive: true });
    const folder = mkdtempSync(join(root, ".cache", "readme-"));
    const file = join(folder, "example.ts");
    writeFileSync(file, `${example}${exported}\n`);
    try {
      const { bootstrap } = await import(pathToFileURL(file).href);
      assert.match(bootstrap, /^127\.0\.0\.1:\d+(,|$)/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test("README: every command it names exists", () => {
  const named = [...readme.matchAll(/\bottla ([a-z][a-z-]*)/g)].map(([, word]) => word);
  const known = new Set(commands.map(({ path }) => path[0]));
  assert.ok(named.length >= 8);
  for (const word of named) assert.ok(known.has(word), `ottla ${word}`);
});
