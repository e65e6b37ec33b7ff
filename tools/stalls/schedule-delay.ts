import { readdirSync, readFileSync } from "node:fs";

/**
 * How long a thread has been ready to run while others had the processors, in ms since it began: what a busy machine adds to every measured time, and the program is not to
 * blame for. `thread`: "self" for the calling thread, or the process id of another process for its main thread. 0 where the system does not tell.
 */
export function scheduleDelayMs(thread: "self" | number): number {
  return delayIn(thread === "self" ? "/proc/thread-self/schedstat" : `/proc/${thread}/task/${thread}/schedstat`);
}

function delayIn(path: string): number {
  try {
    return Number(readFileSync(path, "latin1").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** How long the main thread of a process has had a processor, in ms since it began; 0 where the system does not tell. */
export function mainThreadCpuMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "latin1").split(" ")[0]) / 1e6;
  } catch {
    return 0;
  }
}

/**
 * The delays of a Node process: of its main thread, and of V8's helper threads, for which the main thread waits while it collects garbage. `taken` says what others took from
 * the process between two readings: the main thread's delay, and that of the helper that was kept waiting longest.
 */
export class NodeDelays {
  readonly #pid: number;
  readonly #helpers: readonly string[];

  constructor(pid: number) {
    this.#pid = pid;
    this.#helpers = helperThreads(pid);
  }

  read(): number[] {
    return [scheduleDelayMs(this.#pid), ...this.#helpers.map((path) => delayIn(path))];
  }

  static taken([mainBefore = 0, ...helpersBefore]: readonly number[], [mainAfter = 0, ...helpersAfter]: readonly number[]): number {
    return mainAfter - mainBefore + Math.max(0, ...helpersAfter.map((delayMs, i) => delayMs - (helpersBefore[i] ?? 0)));
  }
}

function helperThreads(pid: number): string[] {
  try {
    const tasks = `/proc/${pid}/task`;
    return readdirSync(tasks)
      .filter((id) => readFileSync(`${tasks}/${id}/comm`, "latin1").startsWith("V8Worker"))
      .map((id) => `${tasks}/${id}/schedstat`);
  } catch {
    return [];
  }
}
