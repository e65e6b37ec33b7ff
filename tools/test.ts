/**
 * `npm test`: all quick tests in one process. With words after `--` only the test files whose path contains one of them:
 * `npm test -- packages/log`.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspaces.ts";

/** A test that waits for ever fails by itself. */
const TEST_TIMEOUT_MS = 60_000;
/** One that never yields takes all others with it, and is stopped from outside. */
const RUN_TIMEOUT_MS = 300_000;
const PLACES = [
  "packages/*/src/**/*.test.ts",
  "packages/*/test/**/*.test.ts",
  "tools/**/*.test.ts",
  "conformance/src/crash/**/*.test.ts",
  "conformance/quick/**/*.test.ts",
];

const wanted = process.argv.slice(2);
const files = globSync(PLACES, { cwd: root })
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`No test file's path contains ${wanted.join(" or ")}.`);
  process.exit(2);
}
// Ctrl-C reaches the tests themselves; this process only hands on how they ended.
process.on("SIGINT", () => {});
const { status, error } = spawnSync(
  process.execPath,
  ["--conditions=source", "--test", "--test-isolation=none", `--test-timeout=${TEST_TIMEOUT_MS}`, ...files],
  {
    cwd: root,
    stdio: "inherit",
    timeout: RUN_TIMEOUT_MS,
    killSignal: "SIGKILL",
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "compiled-tests") },
  },
);
if (error !== undefined)
  console.error(`The tests were stopped after ${RUN_TIMEOUT_MS / 1000} s; the one after the last line above never ended.`);
process.exit(status ?? 1);
