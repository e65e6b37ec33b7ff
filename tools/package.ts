/**
 * `npm run test:package`: packs the `ottla` package, and `@ottla/testing` with the packages under it, as npm would publish them, installs each in an empty folder and runs it there, to
 * prove that nothing of the checkout is needed.
 */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packLibraries, TESTING_LIBRARIES } from "./pack-libraries.ts";
import { readPackage, root } from "./workspaces.ts";

/** The package does not work on its own. */
class PackageError extends Error {}

const folder = mkdtempSync(join(tmpdir(), "ottla-package-"));
try {
  const packed = run("npm", ["pack", "-w", "packages/cli", "--json", "--ignore-scripts", "--pack-destination", folder], root);
  // npm 11 gives a list, later ones an object by package name.
  const [report] = Object.values<{ filename: string; size: number; files: { path: string }[] }>(JSON.parse(packed.stdout));
  expect(report !== undefined, "npm pack reported no package.");
  const { filename, size, files } = report;
  expect(
    files.every(({ path }) => !path.startsWith("src/") && !path.endsWith(".test.js")),
    "The package holds sources or tests.",
  );
  writeFileSync(join(folder, "package.json"), '{"name": "somebody", "private": true}\n');
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", join(folder, filename)], folder);
  const { version } = readPackage(join(root, "packages", "cli"));
  const shown = run("npx", ["--no-install", "ottla", "--version"], folder).stdout.trim();
  expect(shown.includes(version ?? "?"), `ottla --version printed "${shown}" instead of ${version}.`);
  run("npx", ["--no-install", "ottla", "--help"], folder);
  checkFaults(folder);
  console.log(`The package (${files.length} files, ${(size / 1e6).toFixed(2)} MB) works outside the checkout: ottla ${version}.`);
  await checkTestingKit(join(folder, "kit"));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A server that reads a file of faults, opens its doors and stops: most of what is loaded only when it is wanted. */
function checkFaults(folder: string): void {
  writeFileSync(join(folder, "faults.yaml"), "- api: Produce\n  reply: NOT_LEADER_OR_FOLLOWER\n");
  const words = ["dev", "--memory", "--port", "0", "--json", "--metrics-port", "0", "--registry-port", "0", "--faults-file", "faults.yaml"];
  const bin = join(folder, "node_modules", "ottla", "bin", "ottla.js");
  const { stdout, stderr } = spawnSync(process.execPath, [bin, ...words], {
    cwd: folder,
    encoding: "utf8",
    timeout: 10_000,
    killSignal: "SIGINT",
  });
  expect(
    /"ready":true.*"faults":"http:.*"registry":"http:/.test(stdout),
    `ottla dev with a faults file printed "${stdout}" and "${stderr}".`,
  );
}

/** The kit and its example, with this Node and nothing else. */
async function checkTestingKit(kitFolder: string): Promise<void> {
  mkdirSync(kitFolder);
  const tarballs = await packLibraries(kitFolder, TESTING_LIBRARIES);
  writeFileSync(join(kitFolder, "package.json"), '{"name": "somebody", "private": true}\n');
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...tarballs], kitFolder);
  cpSync(join(root, "examples", "testing", "node-test"), join(kitFolder, "tests"), { recursive: true });
  run(process.execPath, ["--test", "tests/**/*.test.mjs"], kitFolder);
  console.log(`@ottla/testing (${tarballs.length} packages) works outside the checkout: its example passes.`);
}

function run(command: string, args: readonly string[], cwd: string): SpawnSyncReturns<string> {
  const result = spawnSync(command, args, { cwd, encoding: "utf8" });
  expect(result.status === 0, `"${command} ${args.join(" ")}" failed:\n${result.stdout}${result.stderr}`);
  return result;
}

function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new PackageError(otherwise);
}
