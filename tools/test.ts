/**
 * `npm test`: the quick tests of each part, in a process per core and two more: many wait for most of their time. With words after `--` only the test files whose path contains one of
 * them, of parts and of what they do together: `npm test -- packages/log`. With `--slowest` it tells at the end which files and tests took longest.
 * `npm run test:together`: the quick tests of parts together: clients, applications, connectors and the console over our own broker (`conformance/quick`).
 * `npm run test:long`: the tests that are too long for every day (`*.long.test.ts`), and all runs of those that `npm test` makes some runs of (`runsOf`);
 * `-- --times 10` makes ten times as many.
 * With `OTTLA_TEST_SEED=N` every draw goes the same way again. With `OTTLA_TEST_AGAIN` a file that failed is run once more alone; what is good then is called
 * unsteady and fails nothing, as in `.ci/run`.
 */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { FileOutcome, TestCounts } from "./test/file-outcome.ts";
import { MOST_AGAIN, UNSTEADY } from "./ci/unsteady.ts";
import { keepTimes, longestFirst } from "./test/file-times.ts";
import { runFiles } from "./test/run-files.ts";
import { root } from "./workspaces.ts";

/** Generous: a test that is only slow, on a busy machine, is no failure. */
const QUICK_TEST_TIMEOUT_MS = 120_000;
const LONG_TEST_TIMEOUT_MS = 600_000;
/** What a process costs at its start is worth it for so many files. */
const FILES_PER_PROCESS = 12;
const MOST_PROCESSES = 4;
const SLOWEST_TOLD = 25;
/** In the text of a test that starts processes of the command line. */
const COMMAND_LINE = /command-line-processes|bin\/ottla\.js/;
const TOGETHER = "conformance/quick/**/*.test.ts";
const PLACES = [
  "packages/*/src/**/*.test.ts",
  "packages/*/test/**/*.test.ts",
  "tools/**/*.test.ts",
  "conformance/src/history/**/*.test.ts",
  "examples/*/node-test/**/*.test.mjs",
];

const { values: options, positionals: wanted } = parseArgs({
  options: {
    long: { type: "boolean" },
    together: { type: "boolean" },
    times: { type: "string", default: "1" },
    slowest: { type: "boolean" },
  },
  allowPositionals: true,
});
const isLong = options.long === true;
const existing = globSync([...PLACES, TOGETHER], { cwd: root }).sort();
const considered = isLong || wanted.length > 0 ? existing : globSync(options.together ? TOGETHER : PLACES, { cwd: root });
const files = considered
  .filter((file) => (isLong ? isLongFile(file) || readFileSync(join(root, file), "utf8").includes("runsOf(") : !isLongFile(file)))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
if (files.length === 0) {
  console.error(`No ${isLong ? "long test" : "test"} file's path contains ${wanted.join(" or ")}.`);
  process.exit(2);
}
// Tests that start the command line start its bundle, a quarter of what its sources take. It is made anew here where a source is newer: at once by each of them would be in each other's way.
if (files.some((file) => COMMAND_LINE.test(readFileSync(join(root, file), "utf8"))))
  spawnSync(process.execPath, [join(root, "packages", "cli", "bin", "ottla.js"), "--version"], { stdio: ["ignore", "ignore", "inherit"] });
// Ctrl-C reaches the tests themselves; this process only tells how they ended.
process.on("SIGINT", () => {});
const startedMs = performance.now();
const outcomes: FileOutcome[] = [];
const processes = Math.min(MOST_PROCESSES, availableParallelism() + 2, Math.ceil(files.length / FILES_PER_PROCESS));
const testTimeoutMs = isLong ? LONG_TEST_TIMEOUT_MS : QUICK_TEST_TIMEOUT_MS;
const runOptions = {
  testTimeoutMs,
  fileTimeoutMs: 3 * testTimeoutMs,
  env: {
    ...process.env,
    ...(isLong && { OTTLA_LONG_TESTS: options.times }),
    NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "compiled-tests"),
    ...(process.stdout.isTTY && { FORCE_COLOR: "1" }),
  },
  onOutcome(outcome: FileOutcome) {
    outcomes.push(outcome);
    process.stdout.write(outcome.output);
  },
};
await runFiles(longestFirst(files), { ...runOptions, processes });
const unsteady = process.env["OTTLA_TEST_AGAIN"] === undefined ? [] : await runAgain(outcomes.filter(({ isGood }) => !isGood));
if (!isLong) keepTimes(outcomes, existing);
const bad = outcomes.filter(({ isGood }) => !isGood);
if (options.slowest) tellSlowest();
tellTotals();
process.exit(bad.length === 0 && outcomes.length === files.length ? 0 : 1);

/**
 * What failed, once more, with nothing beside it; more than a few files are no accident. Gives those that are good then, which are told of all the same: a
 * test that fails now and then is a fault.
 */
async function runAgain(failed: readonly FileOutcome[]): Promise<string[]> {
  if (failed.length === 0 || failed.length > MOST_AGAIN) return [];
  const again = failed.map(({ file }) => file);
  console.log(`\nonce more, one after the other: ${again.join(", ")}`);
  await runFiles(again, {
    ...runOptions,
    processes: 1,
    onOutcome(outcome) {
      process.stdout.write(outcome.output);
      if (outcome.isGood)
        outcomes.splice(
          outcomes.findIndex(({ file }) => file === outcome.file),
          1,
          outcome,
        );
    },
  });
  return again.filter((file) => outcomes.some((outcome) => outcome.file === file && outcome.isGood));
}

function isLongFile(file: string): boolean {
  return file.endsWith(".long.test.ts");
}

function tellSlowest(): void {
  const cpuOf = (outcome: FileOutcome): number => outcome.cpuMs + outcome.childrenCpuMs;
  const seconds = (ms: number): string => (ms / 1000).toFixed(1).padStart(6);
  console.log(`\nfiles that cost most: seconds of CPU, of them in processes of their own, and on the clock`);
  for (const outcome of [...outcomes].sort((a, b) => cpuOf(b) - cpuOf(a)).slice(0, SLOWEST_TOLD))
    console.log(`${seconds(cpuOf(outcome))} ${seconds(outcome.childrenCpuMs)} ${seconds(outcome.wallMs)}  ${outcome.file}`);
  console.log("\ntests that took longest: seconds on the clock");
  const tests = outcomes.flatMap(({ file, slowTests }) => slowTests.map((slow) => ({ file, ...slow })));
  for (const { file, name, wallMs } of tests.sort((a, b) => b.wallMs - a.wallMs).slice(0, SLOWEST_TOLD))
    console.log(`${seconds(wallMs)}  ${name} (${file})`);
  const cpuMs = outcomes.reduce((sum, outcome) => sum + cpuOf(outcome), 0);
  console.log(`\n${(cpuMs / 1000).toFixed(1)} s of CPU in all`);
}

function tellTotals(): void {
  for (const file of unsteady) console.log(`${UNSTEADY}${file}`);
  if (bad.length > 0) console.log(`\n✖ failed: ${bad.map(({ file }) => file).join(", ")}`);
  if (outcomes.length < files.length) console.log(`\n✖ ${files.length - outcomes.length} files were not run.`);
  const total = (name: keyof TestCounts): number => outcomes.reduce((sum, { counts }) => sum + counts[name], 0);
  console.log(`ℹ tests ${total("tests")}\nℹ suites ${total("suites")}\nℹ pass ${total("passed")}\nℹ fail ${total("failed")}`);
  console.log(`ℹ cancelled ${total("cancelled")}\nℹ skipped ${total("skipped")}\nℹ todo ${total("todo")}`);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${outcomes.length} files, ${processes} process${processes === 1 ? "" : "es"}, ${seconds} s`);
}
