import { Worker } from "node:worker_threads";
import { type Clock, type Logger, OttlaError, type Timer } from "@ottla/base";
import { startApart } from "@ottla/base/node";
import { CleaningStopped } from "./log-cleaning.ts";
import type { CleanJob, MappedKeys, RewrittenGroup } from "./clean-job.ts";
import type { CleanerEngine, RunningCleaning, SameThreadEngine } from "./cleaner-engine.ts";
import { CLEANER_THREAD, errorFrom, type FromThread, type StepResult, type ToThread } from "./thread-messages.ts";

/** A thread that nobody needed for so long is ended, in ms: by then what it has cleaned may go, under Kafka's `file.delete.delay.ms`. */
const IDLE_MAX_MS = 90_000;

/** What the threads' owner stands on. The threads themselves use the machine's own disk and clock. */
export interface ThreadedEngineDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** For where threads cannot be had: then it is done on this one. */
  readonly fallback: SameThreadEngine;
}

/** Cleans on threads of their own, each of which has one log at a time; on the machine's own disk only. Threads start when they are needed and end when they are not. */
export class ThreadedEngine implements CleanerEngine {
  readonly #deps: ThreadedEngineDeps;
  readonly #idle: CleanerThread[] = [];
  readonly #threads = new Set<CleanerThread>();
  #idleTimer: Timer | undefined;
  #isClosed = false;

  constructor(deps: ThreadedEngineDeps) {
    this.#deps = deps;
  }

  async begin(job: CleanJob): Promise<RunningCleaning> {
    this.#idleTimer?.cancel();
    this.#idleTimer = undefined;
    let thread: CleanerThread;
    try {
      thread = this.#idle.pop() ?? (await this.#newThread());
    } catch (error) {
      this.#deps.logger.warn("no thread could be had to compact logs; it is done beside the requests", { error });
      return this.#deps.fallback.begin(job);
    }
    if (this.#isClosed) throw new CleaningStopped("The cleaner was closed.");
    await thread.ask({ type: "begin", job });
    return {
      map: () => thread.ask<MappedKeys>({ type: "map" }),
      rewrite: (group, mapEndOffset) => thread.ask<RewrittenGroup>({ type: "rewrite", group, mapEndOffset }),
      setIoRate: (bytesPerSecond) => thread.tell({ type: "rate", bytesPerSecond }),
      stop: () => thread.tell({ type: "stop" }),
      end: () => {
        thread.tell({ type: "end" });
        if (!thread.hasEnded) this.#idle.push(thread);
      },
    };
  }

  removeFile(path: string): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    const [any] = this.#threads;
    return (this.#idle.at(-1) ?? any)?.remove(path);
  }

  rest(): void {
    if (this.#idleTimer !== undefined || this.#idle.length === 0) return;
    this.#idleTimer = this.#deps.clock.schedule(IDLE_MAX_MS, () => {
      this.#idleTimer = undefined;
      for (const thread of this.#idle.splice(0)) void this.#end(thread);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#idleTimer?.cancel();
    await Promise.all(Array.from(this.#threads, (thread) => this.#end(thread)));
  }

  async #newThread(): Promise<CleanerThread> {
    const { cleanerThread } = await import("./cleaner-thread.ts");
    const thread = new CleanerThread(cleanerThread, () => {
      this.#threads.delete(thread);
      const at = this.#idle.indexOf(thread);
      if (at >= 0) this.#idle.splice(at, 1);
    });
    this.#threads.add(thread);
    return thread;
  }

  async #end(thread: CleanerThread): Promise<void> {
    await thread.terminate();
  }
}

/** One thread, seen from outside: questions are answered one after another. */
class CleanerThread {
  readonly #worker: Worker;
  #waiting: { resolve(result: StepResult): void; reject(error: Error): void } | undefined;
  readonly #removals = new Map<string, { resolve(): void; reject(error: Error): void }>();
  #ended: Error | undefined;

  constructor(entry: URL, onEnd: () => void) {
    this.#worker = startApart(() => new Worker(entry, { name: "ottla log cleaner", workerData: CLEANER_THREAD }));
    // It never keeps the process by itself.
    this.#worker.unref();
    this.#worker.on("message", (message: FromThread) => this.#take(message));
    this.#worker.on("error", (error) => this.#end(error, onEnd));
    this.#worker.on("exit", (status) => this.#end(new Error(`it ended with status ${status}`), onEnd));
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  ask<Result extends StepResult>(message: ToThread): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      this.#waiting = { resolve: resolve as (result: StepResult) => void, reject };
      this.#worker.postMessage(message);
    });
  }

  /** Nobody asks twice for one path at a time. */
  remove(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      this.#removals.set(path, { resolve, reject });
      this.tell({ type: "remove", path });
    });
  }

  tell(message: ToThread): void {
    if (this.#ended === undefined) this.#worker.postMessage(message);
  }

  async terminate(): Promise<void> {
    this.#ended ??= new CleaningStopped("The cleaner was closed.");
    await this.#worker.terminate();
  }

  #take(message: FromThread): void {
    if (message.type === "removed") {
      const removal = this.#removals.get(message.path);
      this.#removals.delete(message.path);
      if (message.error === undefined) removal?.resolve();
      else removal?.reject(errorFrom(message.error));
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (message.type === "done") waiting?.resolve(message.result);
    else waiting?.reject(errorFrom(message.error));
  }

  #end(error: unknown, onEnd: () => void): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#ended ??= new OttlaError("CLEANER_FAILED", `The thread that compacts logs has ended: ${reason}.`);
    this.#waiting?.reject(this.#ended);
    this.#waiting = undefined;
    for (const { reject: giveUp } of this.#removals.values()) giveUp(this.#ended);
    this.#removals.clear();
    onEnd();
  }
}
