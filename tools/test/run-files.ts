import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { root } from "../workspaces.ts";
import { type FailedTest, type FileOutcome, lostFile } from "./file-outcome.ts";

/** What the tests are run with. */
export interface RunOptions {
  readonly processes: number;
  /** A test that waits for ever fails by itself. */
  readonly testTimeoutMs: number;
  /** A file that never yields is stopped from outside. */
  readonly fileTimeoutMs: number;
  readonly env: NodeJS.ProcessEnv;
  readonly onOutcome: (outcome: FileOutcome) => void;
}

const PROCESS = join(import.meta.dirname, "test-process.ts");
const BEFORE = new URL("without-promise-hooks.ts", import.meta.url).href;

/**
 * A young generation that need not grow first, and collected by the thread itself: the processes keep all cores busy, and threads that help only stand in
 * each other's way.
 */
const ROOMY = ["--min-semi-space-size=16", "--max-semi-space-size=32", "--single-threaded-gc"];

/** Runs all the files, in order: each process takes the next one when it is done with its own. One that ends in the middle of a file is replaced. */
export async function runFiles(files: readonly string[], options: RunOptions): Promise<void> {
  const waiting = [...files];
  const serve = async (): Promise<void> => {
    while (waiting.length > 0) if (!(await serveOne(waiting, options))) waiting.length = 0;
  };
  await Promise.all(Array.from({ length: options.processes }, serve));
}

/** One process, to its end. False when somebody interrupted it. */
function serveOne(waiting: string[], options: RunOptions): Promise<boolean> {
  const child = fork(PROCESS, [String(options.testTimeoutMs)], {
    cwd: root,
    execArgv: ["--conditions=source", `--import=${BEFORE}`, ...ROOMY],
    env: options.env,
  });
  let current: string | undefined;
  let why: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failedTests: string[] = [];
  child.on("message", (outcome: FileOutcome | FailedTest | null) => {
    if (outcome !== null && "failedTest" in outcome) {
      failedTests.push(outcome.failedTest);
      return;
    }
    clearTimeout(timer);
    current = undefined;
    failedTests = [];
    if (outcome !== null) options.onOutcome(outcome);
    const next = waiting.shift();
    if (next !== undefined) {
      current = next;
      timer = setTimeout(() => {
        why = `stopped after ${options.fileTimeoutMs / 1000} s; a test of it never ended, or something that it opened was never closed.`;
        child.kill("SIGKILL");
      }, options.fileTimeoutMs);
    }
    send(child, next ?? null);
  });
  return new Promise((resolve) => {
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      if (current !== undefined)
        options.onOutcome(lostFile(current, why ?? `its process ended with ${signal ?? `status ${status}`}.`, failedTests));
      resolve(signal !== "SIGINT");
    });
  });
}

/** One that has just died says so by its end. */
function send(child: ChildProcess, message: string | null): void {
  child.send(message as string, () => {});
}
