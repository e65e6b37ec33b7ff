/**
 * `npm run build:console`: builds the console's pages into `packages/cli/dist/console-ui`, from where the console serves them, in a checkout and in the packed package. Built anew only where a source is newer than what
 * was built; `--force` does it anyway.
 */
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { build } from "vite";
import { root } from "./workspaces.ts";

const source = join(root, "packages", "console", "src", "ui");
const target = join(root, "packages", "cli", "dist", "console-ui");
const stamp = join(target, "built-from.json");

if (process.argv.includes("--force") || !isBuilt()) await buildPages();

function sources(): readonly string[] {
  return globSync("**/*.{svelte,ts,css,html,svg}", { cwd: source }).sort();
}

/** Names and times: a file that went is seen as well. */
function state(): string {
  return JSON.stringify(sources().map((name) => [name, statSync(join(source, name)).mtimeMs]));
}

function isBuilt(): boolean {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === state();
}

async function buildPages(): Promise<void> {
  const before = state();
  await build({
    root: source,
    configFile: false,
    logLevel: "warn",
    plugins: [svelte({ configFile: false })],
    build: { outDir: target, emptyOutDir: true, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
  });
  writeFileSync(stamp, before);
}
