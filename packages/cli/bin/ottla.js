#!/usr/bin/env node
// Starts the bundle. Plain JavaScript, so that an old Node can say what it lacks; in a checkout a bundle older than its sources is built anew first.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import * as nodeModule from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";

const NODE_MIN = [24, 12];
/** By then a broker has compiled what it needs; what is compiled so far is kept for the next start. */
const LOADED_AFTER_MS = 3000;
const PARENT_CHECK_MS = 500;
const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));
const distFolder = join(packageFolder, "dist");
const bundle = join(distFolder, "ottla.js");
const bundler = join(packageFolder, "..", "..", "tools", "bundle.ts");

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1])) runOnNewerNode();
else await runHere();

function runOnNewerNode() {
  const newer = findPinnedNode();
  if (newer === undefined) {
    console.error(`Ottla needs Node ${NODE_MIN.join(".")} or newer; this is ${process.version}. Install it, or run: npm install node@24`);
    process.exit(1);
  }
  const child = spawn(newer, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // Ctrl-C in a terminal reaches the child twice then; it takes signals close together for one.
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (status, signal) => process.exit(status ?? 128 + constants.signals[signal]));
}

/** The `node` package of this folder or one above it. */
function findPinnedNode() {
  for (let folder = packageFolder; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

async function runHere() {
  if (existsSync(bundler) && isStale()) {
    const { status } = spawnSync(process.execPath, ["--conditions=source", bundler], { stdio: ["ignore", "ignore", "inherit"] });
    if (status !== 0) process.exit(1);
  }
  // Code that is loaded outlives its first collections, for which V8 would make room that nothing needs afterwards.
  setFlagsFromString("--semi-space-growth-factor=1");
  nodeModule.enableCompileCache(join(distFolder, "compile-cache"));
  setTimeout(() => {
    setFlagsFromString("--semi-space-growth-factor=2");
    nodeModule.flushCompileCache();
  }, LOADED_AFTER_MS).unref();
  if (process.env.npm_lifecycle_event === "npx") stopWithParent();
  await import(pathToFileURL(bundle).href);
}

/** npx puts a shell in between, which dies of SIGTERM without handing it on: whoever stops npx means this process. */
function stopWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, PARENT_CHECK_MS).unref();
}

/** Whether a source of the bundle was changed or removed since it was built. */
function isStale() {
  const list = join(distFolder, "bundle-inputs.json");
  if (!existsSync(bundle) || !existsSync(list)) return true;
  const { builtMs, inputs } = JSON.parse(readFileSync(list, "utf8"));
  return inputs.some((input) => !(statSync(join(packageFolder, "..", "..", input), { throwIfNoEntry: false })?.mtimeMs < builtMs));
}
