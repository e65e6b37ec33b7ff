/**
 * Runs before `npm start` and `npm test`, on whatever Node the machine has (20 or newer), hence plain JavaScript without dependencies.
 * Installs what is missing or out of date; after that the scripts find the pinned Node 24 first on their PATH, since npm puts node_modules/.bin there.
 * With `--bundle` (npm's `prepare`, at the end of every install) it builds the bundle of the command line.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const NODE_MAJOR_MIN = 20;
const root = fileURLToPath(new URL("..", import.meta.url));
const pinnedNode = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** What is installed is what npm noted in node_modules/.package-lock.json; it must be what package-lock.json asks for. */
function isInstalled() {
  const wanted = readLock("package-lock.json");
  if (wanted === undefined) fail("package-lock.json is missing or damaged; restore it with: git checkout package-lock.json");
  const present = readLock("node_modules/.package-lock.json");
  if (present === undefined || !existsSync(pinnedNode)) return false;
  const isSame = (path) => present[path]?.version === wanted[path].version && present[path]?.integrity === wanted[path].integrity;
  // Optional packages are those for other systems: they are in package-lock.json but not installed here.
  return Object.keys(wanted).every(
    (path) => !path.startsWith("node_modules/") || (wanted[path].optional && !present[path]) || isSame(path),
  );
}

function install() {
  console.error("Installing dependencies with npm ci (once) …");
  const startedMs = Date.now();
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  const result = spawnSync(command, [...args, "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    shell: process.platform === "win32" && command === "npm",
  });
  if (result.error) fail(`npm could not be started (${result.error.code}); install npm and try again.`);
  if (result.status !== 0) {
    console.error(`${result.stdout}${result.stderr}`.trim());
    fail("The dependencies could not be installed: npm ci failed (see above). Is the network there, and is this directory writable?");
  }
  if (!existsSync(pinnedNode)) {
    fail(
      "npm ci left no Node 24 in node_modules; install scripts may be off: try again with npm_config_ignore_scripts=false in the environment.",
    );
  }
  console.error(`Installed in ${((Date.now() - startedMs) / 1000).toFixed(1)} s.`);
}

function bundle() {
  if (!existsSync(pinnedNode)) fail("The pinned Node 24 is missing from node_modules; run: npm ci");
  // A source that is broken for the moment must not keep anyone from installing: `ottla` itself builds the bundle when it is missing, and says why it cannot.
  spawnSync(pinnedNode, ["--conditions=source", join(root, "tools", "bundle.ts")], { stdio: "inherit" });
}

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR_MIN) {
  fail(`Ottla's scripts need Node ${NODE_MAJOR_MIN} or newer to start; this is ${process.version}.`);
}
if (process.argv.includes("--bundle")) bundle();
else if (!isInstalled()) install();
