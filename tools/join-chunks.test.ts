import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { build, type OutputFile } from "esbuild";
import { joinChunks } from "./join-chunks.ts";

/** Two starts and a module that neither loads; each module says when it runs. */
const SOURCES: Readonly<Record<string, string>> = {
  "main.ts": `for (const name of process.argv.slice(2))
    if (name === "a") (await import("./a.ts")).run();
    else if (name === "b") (await import("./b.ts")).run();
    else (await import("./late.ts")).run();`,
  "shared.ts": `console.log("shared"); export let count = 0; export function up(): void { count++; } export default class Shared {}`,
  "both.ts": `console.log("both"); export const both = "both's";`,
  "of-a.ts": `import { up } from "./shared.ts"; console.log("of-a"); up(); export const ofA = "a's";`,
  "too.ts": `import "./shared.ts"; console.log("too"); export let named = "before"; export function rename(): void { named = "after"; }`,
  "of-b.ts": `console.log("of-b"); export const ofB = "b's";`,
  "late.ts": `import { ofA } from "./of-a.ts"; import { count } from "./shared.ts"; export function run(): void { console.log("late", ofA, count); }`,
  "later.ts": `import { ofB } from "./of-b.ts"; import { named } from "./too.ts"; export function run(): void { console.log("later", ofB, named); }`,
  "a.ts": `import Shared, { count, up } from "./shared.ts"; import { ofA } from "./of-a.ts"; import { named, rename } from "./too.ts"; import { both } from "./both.ts"; console.log("a");
    export function run(): void { up(); rename(); console.log("run a", both, named, ofA, count, new Shared().constructor.name); void import("./later.ts").then((later) => later.run()); }`,
  "b.ts": `import { count } from "./shared.ts"; import { ofB } from "./of-b.ts"; import { both } from "./both.ts"; console.log("b"); export function run(): void { console.log("run b", both, ofB, count); }`,
};

async function written(folder: string, isJoined: boolean): Promise<readonly string[]> {
  for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(folder, name), text);
  const out = join(folder, isJoined ? "joined" : "split");
  const result = await build({
    absWorkingDir: folder,
    entryPoints: [join(folder, "main.ts")],
    outdir: out,
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: "esm",
    outExtension: { ".js": ".js" },
    platform: "node",
    target: "node24",
    sourcemap: "linked",
    chunkNames: "chunks/[name]-[hash]",
    logLevel: "error",
  });
  const files: readonly OutputFile[] = isJoined
    ? await joinChunks(result.outputFiles, { metafile: result.metafile, root: folder, starts: [["a.ts"], ["b.ts"]] })
    : result.outputFiles;
  mkdirSync(join(out, "chunks"), { recursive: true });
  writeFileSync(join(out, "package.json"), `{"type":"module"}`);
  for (const { path, contents } of files) writeFileSync(path, contents);
  return files.map(({ path }) => path);
}

function printed(folder: string, ...words: string[]): readonly string[] {
  const options = { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "--enable-source-maps" } } as const;
  return execFileSync(process.execPath, [join(folder, "main.js"), ...words], options)
    .trim()
    .split("\n");
}

/** Not the line of a module that was loaded: one in a joined file may be loaded with the others of it. */
function isRun(line: string): boolean {
  return line.includes(" ") || line === "a" || line === "b";
}

test("chunks that the same starts load are one file, and every way in does what it did, with each module once and bindings that live", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ottla-chunks-")));
  try {
    await written(folder, false);
    const files = await written(folder, true);
    const joined = files.filter((path) => /^start-[\d.]+-[0-9A-F]{8}\.js$/.test(basename(path)));
    assert.ok(joined.length > 0 && joined.every((path) => dirname(path) === join(folder, "joined", "chunks")), files.join("\n"));
    for (const words of [["a"], ["b"], ["late"], ["a", "b", "late"], ["late", "b", "a", "a"]]) {
      const [inPieces, inOne] = ["split", "joined"].map((name) => printed(join(folder, name), ...words));
      assert.deepEqual(inOne?.toSorted().filter(isRun), inPieces?.toSorted().filter(isRun), words.join(" "));
      assert.equal(new Set(inOne?.filter((line) => !isRun(line))).size, inOne?.filter((line) => !isRun(line)).length, "each module once");
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a start that is no lazily loaded module is refused by its name", async () => {
  const files: readonly OutputFile[] = [];
  const metafile = { inputs: {}, outputs: {} };
  await assert.rejects(joinChunks(files, { metafile, root: "/", starts: [["gone.ts"]] }), /^Error: gone\.ts is no lazily loaded module/);
});
