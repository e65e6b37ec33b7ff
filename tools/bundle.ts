/**
 * Builds `packages/cli/dist/ottla.js`: all of Ottla's own code in one ES module and lazily loaded chunks, so that `ottla` starts fast and the
 * packed package needs no other package of ours. Third-party packages stay outside and must be dependencies of the `ottla` package.
 * `bundle-inputs.json` beside it lists the sources, by which bin/ottla.js sees that the bundle is out of date.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, join } from "node:path";
import { build, type Metafile, type OutputFile } from "esbuild";
import { buildConsole, consoleSources } from "./console-pages.ts";
import { joinChunks } from "./join-chunks.ts";
import { isSourceFile, plainBuiltins } from "./plain-builtins.ts";
import { packageNameOf, readPackage, root, workspaces } from "./workspaces.ts";

/** Processes that were started from an older bundle may still load its chunks; with `--clean`, for packing, they go at once. */
const UNUSED_CHUNK_KEPT_MS = process.argv.includes("--clean") ? 0 : 3_600_000;
/** V8's compile cache keeps what it made of every older bundle. */
const COMPILED_FILES_MAX = 1000;
/** What is loaded together: by the main thread, by each thread and process of its own, and by a command that asks a cluster something. */
const STARTS: readonly (readonly string[])[] = [
  ["packages/cli/src/run-main.ts"],
  ["packages/cli/src/commands/start-dev.ts"],
  ["packages/cli/src/commands/run-up.ts"],
  ["packages/cli/src/parts/part-worker.ts"],
  ["packages/cli/src/parts/registry-part.ts", "packages/cli/src/parts/registry-service.ts"],
  ["packages/cli/src/parts/console-part.ts"],
  ["packages/cli/src/parts/connect-part.ts"],
  ["packages/cli/src/commands/topics/list-topics.ts"],
  ["packages/log/src/cleaner/cleaner-thread.ts"],
  ["packages/registry/src/off-loop/judge-thread.ts"],
  ["packages/connect/src/threads/task-thread.ts"],
  ["packages/console/src/findings/examination-process.ts"],
  ["packages/streams/src/application/threads/thread-worker.ts"],
  ["packages/cli/src/commands/streams/module-thread.ts"],
  ["packages/expert/src/source/syntax/parser-thread.ts"],
];
const cliFolder = join(root, "packages", "cli");
const outFolder = join(cliFolder, "dist");

await bundle();

async function bundle(): Promise<void> {
  const builtMs = Date.now();
  const result = await build({
    absWorkingDir: root,
    entryPoints: [join(cliFolder, "src", "main.ts")],
    outdir: outFolder,
    entryNames: "ottla",
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "node24",
    conditions: ["source"],
    external: thirdPartyPackages(),
    plugins: [plainBuiltins],
    // Its entry for Node is CommonJS and requires Node's own modules, which an ES module cannot; the other one is the same code.
    alias: { yaml: join(root, "node_modules", "yaml", "browser", "index.js") },
    sourcemap: "linked",
    legalComments: "none",
    // V8 keeps every module's text, once for each thread, and a single character beyond Latin-1 in a comment doubles it.
    minifyWhitespace: true,
    logLevel: "error",
  }).catch(() => process.exit(1));
  checkDependencies(result.metafile);
  writeBundle(inOwnFolder(await joinChunks(result.outputFiles, { metafile: result.metafile, root, starts: STARTS })));
  boundCompileCache();
  await buildConsole();
  const inputs = [...Object.keys(result.metafile.inputs).filter(isSourceFile), ...consoleSources()].sort();
  writeWhole(join(outFolder, "bundle-inputs.json"), `${JSON.stringify({ builtMs, inputs })}\n`);
}

function thirdPartyPackages(): string[] {
  const names = workspaces().flatMap(({ manifest }) => Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }));
  const own = new Set(workspaces().map(({ manifest }) => manifest.name));
  return [...new Set(names)].filter((name) => !own.has(name));
}

/** What the bundle imports must come with the packed package, in the version that the package which imports it asks for. */
function checkDependencies(metafile: Metafile): void {
  const listed = readPackage(cliFolder).dependencies ?? {};
  const imported = Object.values(metafile.outputs).flatMap((output) => output.imports.filter(({ external }) => external));
  const names = new Set(
    imported
      .map(({ path }) => path)
      .filter((path) => !isBuiltin(path))
      .map(packageNameOf),
  );
  for (const name of names) {
    const wanted = workspaces().find(({ manifest }) => manifest.name !== "ottla" && manifest.dependencies?.[name] !== undefined)?.manifest;
    const version = wanted?.dependencies?.[name] ?? listed[name];
    if (version !== undefined && listed[name] === version) continue;
    console.error(`The bundle imports ${name}, so packages/cli/package.json must list "${name}": "${version}" among its dependencies.`);
    process.exit(1);
  }
}

/** Chunks first, then the entry that names them; other processes may be starting from the old one. */
function writeBundle(files: readonly OutputFile[]): void {
  const isEntry = (file: OutputFile): boolean => dirname(file.path) === outFolder;
  for (const file of [...files].sort((a, b) => Number(isEntry(a)) - Number(isEntry(b)))) {
    if (isEntry(file) || !existsSync(file.path)) writeWhole(file.path, file.contents);
  }
  const current = new Set(files.map((file) => dirname(file.path)));
  for (const name of readdirSync(outFolder).filter((name) => name.startsWith("chunks"))) {
    const path = join(outFolder, name);
    if (!current.has(path) && statSync(path).mtimeMs < Date.now() - UNUSED_CHUNK_KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}

/** Chunks in a folder that is named by all that is in it: a process that was started from another bundle finds its own, whole. */
function inOwnFolder(files: readonly OutputFile[]): OutputFile[] {
  const hash = createHash("sha256");
  for (const { path, contents } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) hash.update(basename(path)).update(contents);
  const name = `chunks-${hash.digest("hex").slice(0, 8)}`;
  const isChunk = ({ path }: OutputFile): boolean => dirname(path) === join(outFolder, "chunks");
  return files.map((file) => {
    if (isChunk(file)) return { ...file, path: join(outFolder, name, basename(file.path)) };
    return { ...file, contents: Buffer.from(file.text.replaceAll('"./chunks/', `"./${name}/`)) };
  });
}

function boundCompileCache(): void {
  const cache = join(outFolder, "compile-cache");
  if (existsSync(cache) && readdirSync(cache, { recursive: true }).length > COMPILED_FILES_MAX)
    rmSync(cache, { recursive: true, force: true });
}

function writeWhole(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
