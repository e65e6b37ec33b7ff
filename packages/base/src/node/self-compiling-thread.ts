import { setFlagsFromString } from "node:v8";
import type { Worker } from "node:worker_threads";

/** Threads that have been asked for and do not run yet. */
let starting = 0;

/**
 * Starts a thread that V8 optimises the code of on that thread, not in the helper threads which all threads of the process share: these have the priority of the process, so that what a background thread has
 * compiled would hold up requests, however low its own priority is. Such a thread stands still while it compiles, and so suits only work that nobody waits for. V8 asks for the flag once, when a thread is set up;
 * it is back before the thread's own modules are loaded. Another thread that is set up in these few milliseconds compiles for itself as well.
 */
export function startSelfCompiling(start: () => Worker): Worker {
  if (starting++ === 0) setFlagsFromString("--no-concurrent-recompilation");
  let isSetUp = false;
  const end = (): void => {
    if (isSetUp) return;
    isSetUp = true;
    if (--starting === 0) setFlagsFromString("--concurrent-recompilation");
  };
  try {
    const thread = start();
    thread.once("online", end);
    thread.once("exit", end);
    return thread;
  } catch (error) {
    end();
    throw error;
  }
}
