import type { Writable } from "node:stream";
import { Worker } from "node:worker_threads";
import { OttlaError } from "@ottla/base";
import { UsageError } from "../../command.ts";
import type { ModuleThreadData } from "./module-thread.ts";
import type { ModuleAnswer, ModuleQuestion } from "./topology-of-module.ts";

/** A module that takes more memory is given up, rather than the machine. */
const HEAP_MAX_MB = 2048;

/** What bounds a module that is run to see its topology. */
export interface ModuleLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Takes what the module prints. */
  readonly prints: Writable;
}

/**
 * Runs a user's module in a thread of its own, which is ended when it has answered, when its time is over, or when the command is to stop: so neither an endless loop nor `process.exit` in it
 * is ours. Throws `UsageError`, and `MODULE_FAILED` when there is no answer.
 */
export async function askModule(question: ModuleQuestion, { timeoutMs, signal, prints }: ModuleLimits): Promise<ModuleAnswer> {
  const { moduleThread, MODULE_THREAD } = await import("./module-thread.ts");
  signal.throwIfAborted();
  const { file } = question;
  const answered = Promise.withResolvers<ModuleAnswer>();
  const fail = (why: string): void => answered.reject(new OttlaError("MODULE_FAILED", `${file} ${why}`));
  const workerData: ModuleThreadData = { role: MODULE_THREAD, question };
  const worker = new Worker(moduleThread, {
    name: MODULE_THREAD,
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MAX_MB },
    stdout: true,
    stderr: true,
  });
  // Nothing of the module's may stand among what the command prints.
  for (const stream of [worker.stdout, worker.stderr]) stream.pipe(prints, { end: false });
  worker.on("message", (answer: ModuleAnswer) => answered.resolve(answer));
  worker.on("error", (error: Error & { code?: string }) =>
    fail(
      error.code === "ERR_WORKER_OUT_OF_MEMORY"
        ? `takes more than ${HEAP_MAX_MB} MB of memory to make its topology.`
        : `failed beside making its topology: ${error.message}`,
    ),
  );
  worker.on("exit", (status) =>
    fail(`ended its process (with status ${status}) before it exported a topology: take process.exit out of it.`),
  );
  const stop = (): void => answered.reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(
    () => fail(`has not made its topology within ${timeoutMs / 1000} s: something in it never ends. --timeout-ms gives it longer.`),
    timeoutMs,
  );
  try {
    const answer = await answered.promise;
    if (answer.kind === "usage") throw new UsageError(answer.message);
    if (answer.kind === "failed") throw new OttlaError("MODULE_FAILED", answer.message);
    return answer;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    await worker.terminate();
  }
}
