/**
 * `npm run docs`: the API pages of `@ottla/client`, all three entries, in `docs/api/` (not committed). TypeDoc needs a TypeScript of its own, so both are installed in a temporary
 * folder.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./workspaces.ts";

const TYPEDOC = "0.28.20";
const TYPESCRIPT = "6.0.3";

const folder = mkdtempSync(join(tmpdir(), "ottla-docs-"));
try {
  writeFileSync(join(folder, "package.json"), '{"name": "docs", "private": true}\n');
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", `typedoc@${TYPEDOC}`, `typescript@${TYPESCRIPT}`]);
  const sources = join(root, "packages", "client", "src");
  const options = {
    name: "@ottla/client",
    entryPoints: ["index.ts", "kafkajs/index.ts", "opentelemetry/index.ts"].map((entry) => join(sources, entry)),
    tsconfig: join(folder, "tsconfig.json"),
    basePath: sources,
    out: join(root, "docs", "api"),
    readme: join(root, "packages", "client", "README.md"),
    skipErrorChecking: true,
    disableGit: true,
    sourceLinkTemplate: "{path}",
    excludeExternals: true,
    logLevel: "Warn",
  };
  const compilerOptions = {
    rootDir: root,
    noEmit: true,
    composite: false,
    incremental: false,
    typeRoots: [join(root, "node_modules", "@types")],
  };
  const tsconfig = { extends: join(root, "tsconfig.base.json"), compilerOptions, include: [sources] };
  writeFileSync(join(folder, "tsconfig.json"), `${JSON.stringify(tsconfig)}\n`);
  writeFileSync(join(folder, "typedoc.json"), `${JSON.stringify(options)}\n`);
  run(process.execPath, [join("node_modules", "typedoc", "bin", "typedoc"), "--options", "typedoc.json"]);
  console.log(`The API pages are in ${options.out}.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(command: string, words: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: folder, encoding: "utf8", timeout: 600_000 });
  if (status !== 0) throw new Error(`"${command} ${words.join(" ")}" failed:\n${stdout}${stderr}`);
  if (stderr.trim() !== "") console.log(stderr.trim().slice(0, 2000));
}
