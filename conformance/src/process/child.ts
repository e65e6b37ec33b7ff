import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";

const OUTPUT_TAIL_CHARACTERS = 16_384;
const liveChildren = new Set<ChildProcess>();

// A test run that is interrupted must not leave brokers behind.
process.on("exit", () => {
  for (const child of liveChildren) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => process.exit(signal === "SIGINT" ? 130 : 143));
}

/** A running child process whose output is kept (its last 16 KiB) for error messages. */
export interface Child {
  readonly pid: number;
  readonly process: ChildProcess;
  /** Exit status, or the signal's name. Never rejects. */
  readonly exited: Promise<number | string>;
  /** The last output of both streams. */
  outputTail(): string;
  /** Sends SIGTERM, and SIGKILL when `graceMs` (default 10,000) have passed; resolves with the exit status. */
  stop(graceMs?: number): Promise<number | string>;
  /** Sends SIGKILL; resolves when the process is gone. */
  kill(): Promise<number | string>;
}

/** Starts `command` and keeps it among the processes that end with this one. */
export function startChild(command: string, args: readonly string[], options: SpawnOptions = {}): Child {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  liveChildren.add(child);
  let tail = "";
  const keep = (chunk: string): void => {
    tail = (tail + chunk).slice(-OUTPUT_TAIL_CHARACTERS);
  };
  child.stdout?.setEncoding("utf8").on("data", keep);
  child.stderr?.setEncoding("utf8").on("data", keep);
  const exited = new Promise<number | string>((resolve) => {
    child.once("error", (error) => {
      keep(`${error.message}\n`);
      liveChildren.delete(child);
      resolve(-1);
    });
    child.once("close", (code, signal) => {
      liveChildren.delete(child);
      resolve(code ?? signal ?? -1);
    });
  });
  const kill = async (): Promise<number | string> => {
    child.kill("SIGKILL");
    return exited;
  };
  return {
    pid: child.pid ?? -1,
    process: child,
    exited,
    outputTail: () => tail,
    kill,
    async stop(graceMs = 10_000) {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      const status = await exited;
      clearTimeout(timer);
      return status;
    },
  };
}

/** What a finished command left. `status` is the exit status, or the signal's name. */
export interface Finished {
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** How {@link runCommand} runs. `input` is written to standard input, which is then closed. */
export interface RunOptions {
  readonly input?: string | Buffer;
  readonly timeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** As another user; for root only. */
  readonly uid?: number;
  readonly gid?: number;
}

/** Runs `command` to its end (or kills it at `timeoutMs`, default 60,000: status "TIMEOUT"). Never rejects on a bad status. */
export async function runCommand(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid }),
  });
  liveChildren.add(child);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill("SIGKILL");
  }, options.timeoutMs ?? 60_000);
  try {
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    return {
      status: timedOut ? "TIMEOUT" : (code ?? signal ?? -1),
      stdout: Buffer.concat(stdout).toString("utf8"),
      stderr: Buffer.concat(stderr).toString("utf8"),
    };
  } catch (error) {
    return { status: -1, stdout: "", stderr: String(error) };
  } finally {
    clearTimeout(timer);
    liveChildren.delete(child);
  }
}
