import { readFileSync } from "node:fs";

/**
 * How long a thread has been ready to run while others had the processors, in ms since it began: what a busy machine adds to every measured time, and the program is not to
 * blame for. `thread`: "self" for the calling thread, or the process id of another process for its main thread. 0 where the system does not tell.
 */
export function scheduleDelayMs(thread: "self" | number): number {
  try {
    const path = thread === "self" ? "/proc/thread-self/schedstat" : `/proc/${thread}/task/${thread}/schedstat`;
    return Number(readFileSync(path, "latin1").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}
