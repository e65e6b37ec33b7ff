/**
 * A process of `npm test`: runs the test files that it is given, one after the other, and says how each went. A file is over when its tests are and nothing
 * of them is left that would keep a process alive.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { text } from "node:stream/consumers";
import { run } from "node:test";
import { spec as SpecReporter, type TestEvent } from "node:test/reporters";
import { testSeed } from "@ottla/base/simulated";
import { root } from "../workspaces.ts";
import type { FileOutcome, TestCounts, TestTime } from "./file-outcome.ts";

/** In hundredths of a second, as Linux counts them. */
const TICK_MS = 10;
const SLOW_TEST_MS = 100;
const COUNTED = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) \d/;

const testTimeoutMs = Number(process.argv[2]);
// What a property test draws is the same again with the same seed; without one each run looks elsewhere.
if (process.env["OTTLA_TEST_SEED"] !== undefined) (await import("fast-check")).configureGlobal({ seed: testSeed() });
let isOver = false;

// Without this the process would end where a file is over.
process.on("beforeExit", () => {
  if (!isOver) setImmediate(() => {});
});
process.on("message", (file: string | null) => {
  if (file === null) {
    isOver = true;
    process.disconnect();
    return;
  }
  // The channel is no part of the tests.
  process.channel?.unref();
  void runFile(file).then((outcome) => {
    process.channel?.ref();
    process.send?.(outcome);
  });
});
process.send?.(null);

async function runFile(file: string): Promise<FileOutcome> {
  const startedMs = performance.now();
  const before = cpuMs();
  let counts: TestCounts = { tests: 0, suites: 0, passed: 0, failed: 0, cancelled: 0, skipped: 0, todo: 0 };
  let isGood = false;
  const slowTests: TestTime[] = [];
  const path = join(root, file);
  const events = run({ files: [path], isolation: "none", timeout: testTimeoutMs, cwd: root });
  let isEmpty = false;
  events.on("test:pass", ({ name, details }) => {
    // The runner makes a test of a file that has none.
    if (name === path) isEmpty = true;
    if (details.type !== "suite" && details.duration_ms >= SLOW_TEST_MS) slowTests.push({ name, wallMs: details.duration_ms });
  });
  // Told at once: a file that never ends says nothing at its end.
  events.on("test:fail", ({ name, details }) => {
    const { cause, message } = details.error;
    if (details.type !== "suite") process.send?.({ failedTest: `${name}: ${cause instanceof Error ? cause.message : message}` });
  });
  events.on("test:summary", (summary) => {
    isGood = summary.success;
    const { tests, suites, passed, cancelled, skipped, todo } = summary.counts;
    counts = { tests, suites, passed, failed: tests - passed - cancelled - skipped - todo, cancelled, skipped, todo };
  });
  const output = await text(pipeline(events, withoutCounts, new SpecReporter(), () => {}));
  const after = cpuMs();
  return {
    file,
    isGood: isGood && !isEmpty,
    output: isEmpty ? `✖ ${file} holds no test.\n` : output,
    counts,
    slowTests,
    wallMs: performance.now() - startedMs,
    cpuMs: after.own - before.own,
    childrenCpuMs: after.children - before.children,
  };
}

/** The counts of one file are left out; those of all are printed at the end. */
async function* withoutCounts(events: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
  for await (const event of events)
    if (event.type !== "test:diagnostic" || event.data.nesting > 0 || !COUNTED.test(event.data.message)) yield event;
}

/** What this process and the children it waited for took; of the children only Linux tells. */
function cpuMs(): { own: number; children: number } {
  const { user, system } = process.cpuUsage();
  const own = (user + system) / 1000;
  if (!existsSync("/proc/self/stat")) return { own, children: 0 };
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { own, children: (Number(fields[13]) + Number(fields[14])) * TICK_MS };
}
