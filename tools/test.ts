/**
 * `npm test`: all quick tests, in a process per core and one more. With words after `--` only the test files whose path contains one of them:
 * `npm test -- packages/log`.
 */
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { root } from "./workspaces.ts";

/** A test that waits for ever fails by itself. */
const TEST_TIMEOUT_MS = 60_000;
/** One that never yields takes all others with it, and is stopped from outside. */
const RUN_TIMEOUT_MS = 300_000;
const FILES_WORTH_SHARDING = 40;
const MOST_SHARDS = 4;
const PLACES = [
  "packages/*/src/**/*.test.ts",
  "packages/*/test/**/*.test.ts",
  "tools/**/*.test.ts",
  "conformance/src/history/**/*.test.ts",
  "conformance/quick/**/*.test.ts",
  "examples/*/node-test/**/*.test.mjs",
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
const startedMs = performance.now();
const [first, ...others] = await Promise.all(shardsOf(files).map((shard, i) => runShard(shard, i === 0)));
for (const { output } of others) process.stdout.write(output);
const statuses = [first!, ...others].map(({ status }) => status);
console.log(`${statuses.length} process${statuses.length === 1 ? "" : "es"}, ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
process.exit(statuses.find((status) => status !== 0) ?? 0);

interface Ended {
  readonly status: number;
  readonly output: string;
}

/** A few files need no second process; for all of them there is one per core and one more, as tests wait now and then. Neighbours go apart: they cost about the same. */
function shardsOf(all: readonly string[]): readonly string[][] {
  const count = all.length < FILES_WORTH_SHARDING ? 1 : Math.min(MOST_SHARDS, availableParallelism() + 1);
  return Array.from({ length: count }, (_, shard) => all.filter((_, i) => i % count === shard));
}

/** The first one's output is seen as it comes, the others' when all have ended. */
function runShard(shard: readonly string[], isSeen: boolean): Promise<Ended> {
  return new Promise((resolve) => {
    const output: Buffer[] = [];
    const child = spawn(
      process.execPath,
      ["--conditions=source", "--test", "--test-isolation=none", `--test-timeout=${TEST_TIMEOUT_MS}`, ...shard],
      {
        cwd: root,
        stdio: ["inherit", isSeen ? "inherit" : "pipe", "inherit"],
        env: { ...process.env, NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "compiled-tests") },
      },
    );
    const timer = setTimeout(() => {
      console.error(`The tests were stopped after ${RUN_TIMEOUT_MS / 1000} s; the one after the last line of a process never ended.`);
      child.kill("SIGKILL");
    }, RUN_TIMEOUT_MS);
    child.stdout?.on("data", (chunk: Buffer) => output.push(chunk));
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? 1, output: Buffer.concat(output).toString() });
    });
  });
}
