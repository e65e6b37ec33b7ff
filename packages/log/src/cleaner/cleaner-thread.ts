// A thread that cleans logs, one at a time. The module is its own entry: whoever starts one loads it for its address.
import { isMainThread, type MessagePort, parentPort, workerData } from "node:worker_threads";
import { invariant } from "@ottla/base";
import { blockingDisk, removeBitByBit, shortBursts, systemClock, yieldToOtherThreads } from "@ottla/base/node";
import type { CleanJob } from "./clean-job.ts";
import { LogCleaning } from "./log-cleaning.ts";
import { CLEANER_THREAD, type FromThread, portableError, type StepResult, type ToThread } from "./thread-messages.ts";

/** Where the code of the thread is. */
export const cleanerThread: URL = new URL(import.meta.url);

if (!isMainThread && workerData === CLEANER_THREAD && parentPort !== null) serve(parentPort);

function serve(port: MessagePort): void {
  yieldToOtherThreads();
  const breathe = shortBursts();
  let cleaning: LogCleaning | undefined;
  let stop = new AbortController();
  const begin = (job: CleanJob): void => {
    stop = new AbortController();
    cleaning = new LogCleaning({ disk: blockingDisk, clock: systemClock, sharesLoop: false, breathe }, job, stop.signal);
  };
  const answer = async (step: () => StepResult | Promise<StepResult>): Promise<void> => {
    let message: FromThread;
    try {
      message = { type: "done", result: await step() };
    } catch (error) {
      message = { type: "failed", error: portableError(error) };
    }
    port.postMessage(message);
  };
  const remove = (path: string): void => {
    let error: unknown;
    try {
      removeBitByBit(path, breathe);
    } catch (caught) {
      error = caught;
    }
    const message: FromThread = { type: "removed", path, error: error === undefined ? undefined : portableError(error) };
    port.postMessage(message);
  };
  const current = (): LogCleaning => {
    invariant(cleaning !== undefined, "a step of a cleaning that has not begun");
    return cleaning;
  };
  port.on("message", (message: ToThread) => {
    switch (message.type) {
      case "begin":
        return void answer(() => (begin(message.job), undefined));
      case "map":
        return void answer(() => current().map());
      case "rewrite":
        return void answer(() => current().rewrite(message.group, message.mapEndOffset));
      case "rate":
        return cleaning?.setIoRate(message.bytesPerSecond);
      case "remove":
        return remove(message.path);
      case "stop":
        return stop.abort();
      case "end":
        cleaning = undefined;
    }
  });
}
