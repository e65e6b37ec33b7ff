import { setFlagsFromString } from "node:v8";
import type { Worker } from "node:worker_threads";

/** What V8 is told while such a thread is set up, and what it is told afterwards, which is what it does by itself. */
const APART = ["--no-concurrent-recompilation", "--min-semi-space-size=16", "--initial-old-space-size=64"];
const AS_ALWAYS = ["--concurrent-recompilation", "--min-semi-space-size=0", "--initial-old-space-size=0"];

/** Threads that have been asked for and do not run yet. */
let starting = 0;

/**
 * Starts a thread that leaves as little as can be to V8's helper threads, which all threads of the process share: these have the priority of the process, so that what a background thread has them do would
 * hold up requests, however low its own priority is. It optimises its code itself, standing still meanwhile, and so suits only work that nobody waits for; and it begins with the room for young objects that
 * others grow to (16 MiB, of which what is never written to takes no memory) and for old ones (64 MiB), so that what helpers help to collect is collected rarely. V8 asks for these flags once, when a thread
 * is set up; they are back before the thread's own modules are loaded. Another thread that is set up in these few milliseconds is as this one.
 */
export function startApart(start: () => Worker): Worker {
  if (starting++ === 0) for (const flag of APART) setFlagsFromString(flag);
  let isSetUp = false;
  const end = (): void => {
    if (isSetUp) return;
    isSetUp = true;
    if (--starting === 0) for (const flag of AS_ALWAYS) setFlagsFromString(flag);
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
