/**
 * `npm run test:runners`: packs `@ottla/testing` and the packages under it as npm would publish them, installs them in an empty folder beside Vitest and Jest, and runs
 * `examples/testing` there: under node:test, Vitest and Jest, on Node 22, 24 and 26. `-- --node 22` runs on one of them.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packLibraries, TESTING_LIBRARIES } from "./pack-libraries.ts";
import { root } from "./workspaces.ts";

const RUNTIMES: Readonly<Record<string, string>> = { "22": "22.23.3", "24": "24.21.0", "26": "26.9.0" };
const VITEST = "5.1.1";
const JEST = "30.5.2";

interface Runner {
  readonly name: string;
  readonly words: readonly string[];
}

const RUNNERS: readonly Runner[] = [
  { name: "node:test", words: ["--test", "node-test/**/*.test.mjs"] },
  { name: "Vitest", words: ["node_modules/vitest/vitest.mjs", "run", "--dir", "vitest"] },
  { name: "Jest", words: ["--experimental-vm-modules", "node_modules/jest/bin/jest.js", "jest/"] },
];

const at = process.argv.indexOf("--node");
const wanted = at < 0 ? Object.keys(RUNTIMES) : [String(process.argv[at + 1])];
const folder = mkdtempSync(join(tmpdir(), "ottla-runners-"));
try {
  const tarballs = await packLibraries(folder, TESTING_LIBRARIES);
  const runtimes = wanted.map((major) => [`node${major}`, `npm:node-${process.platform}-${process.arch}@${RUNTIMES[major] ?? major}`]);
  const jest = { testMatch: ["**/jest/**/*.test.mjs"], transform: {} };
  const own = { name: "somebody", private: true, type: "module", jest, dependencies: Object.fromEntries(runtimes) };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(own)}\n`);
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", `vitest@${VITEST}`, `jest@${JEST}`, ...tarballs], true);
  cpSync(join(root, "examples", "testing"), folder, { recursive: true });
  for (const [runtime = ""] of runtimes) {
    const node = join(folder, "node_modules", runtime, "bin", "node");
    for (const { name, words } of RUNNERS) {
      const isGood = run(node, words, false);
      console.log(`${isGood ? "ok    " : "FAILED"} ${name} on ${runtime}`);
      if (!isGood) process.exitCode = 1;
    }
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Whether it ended well; what it printed is shown when not. */
function run(command: string, words: readonly string[], isNeeded: boolean): boolean {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: folder, encoding: "utf8", timeout: 900_000 });
  if (status === 0) return true;
  const what = `"${command} ${words.join(" ")}" failed:\n${stdout}${stderr}`;
  if (isNeeded) throw new Error(what);
  console.error(what);
  return false;
}
