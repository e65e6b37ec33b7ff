import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { type ResourceLimits, Worker } from "node:worker_threads";
import type { Logger } from "@ottla/base";
import { ThreadGate } from "@ottla/base/node";
import { StreamsError } from "../../streams-error.ts";
import type { WorkerSnapshot } from "../observe/snapshots.ts";
import type { StoreCopy } from "../queries/store-copy.ts";
import type { PartitionAsk, PartitionPage } from "../queries/store-query.ts";
import type { ApplicationWorker, WorkerEvents } from "../worker-pool.ts";
import { errorOf } from "./portable-error.ts";
import { type FromThread, STREAMS_WORKER, type ThreadStart, type ToThread } from "./thread-messages.ts";
import { ThreadQuestions } from "./thread-questions.ts";
import { ThreadViews } from "./thread-watches.ts";
import { workerThread } from "./worker-thread.ts";
import { reasonOf } from "../../thrown.ts";

/** So many lines of its log are taken before the thread hears of it. */
const HEARD_EVERY = 100;
/** With V8's larger default, four in ten threads that came to their limit aborted the whole process. */
const YOUNG_MB = 8;
/** So long a commit of its stores may take before it is ended in the middle of it; on a disk that hangs it is then waited for as long as that does. */
const COMMIT_MS = 10_000;

/** What all threads of an application are made with. */
export type ThreadParts = Omit<ThreadStart, "kind" | "number" | "cacheMaxBytes" | "isLogged" | "compileCache" | "gate"> & {
  readonly logger: Logger;
  readonly isLogged: boolean;
  readonly resourceLimits: ResourceLimits | undefined;
};

/** A worker on a thread of its own, seen from the application. */
export class ThreadWorker implements ApplicationWorker {
  readonly number: number;
  readonly #parts: ThreadParts;
  readonly #events: WorkerEvents;
  readonly #cacheMaxBytes: number;
  readonly #ended = Promise.withResolvers<void>();
  readonly #questions = new ThreadQuestions();
  readonly watched: ThreadViews;
  #thread: Worker | undefined;
  #gate: ThreadGate | undefined;
  #failure: Error | undefined;
  /** It said how it ended; all it had is closed. */
  #isDone = false;
  #isTerminated = false;
  #memberId: string | undefined;
  #heard = 0;
  /** Who waits for the next snapshot; a thread that is held answers all at once when it can. */
  readonly #looks: ((snapshot: WorkerSnapshot | undefined) => void)[] = [];

  constructor(parts: ThreadParts, number: number, cacheMaxBytes: number, events: WorkerEvents) {
    this.#parts = parts;
    this.number = number;
    this.#cacheMaxBytes = cacheMaxBytes;
    this.#events = events;
    this.watched = new ThreadViews((message) => this.#tell(message));
  }

  /** Of a thread that ended in the middle. */
  get orphanedMemberId(): string | undefined {
    return this.#isDone ? undefined : this.#memberId;
  }

  run(): Promise<void> {
    if (this.#isTerminated) return Promise.resolve();
    const { logger: _, resourceLimits, ...start } = this.#parts;
    // It names a folder of this version of Node inside of the one that was given.
    const compiled = getCompileCacheDir();
    this.#gate = ThreadGate.make();
    const data: ThreadStart = {
      ...start,
      kind: STREAMS_WORKER,
      number: this.number,
      cacheMaxBytes: this.#cacheMaxBytes,
      gate: this.#gate.memory,
      compileCache: compiled === undefined ? undefined : dirname(compiled),
    };
    try {
      this.#thread = new Worker(workerThread, {
        name: `${start.options.applicationId} worker ${this.number}`,
        workerData: data,
        ...(resourceLimits === undefined ? {} : { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB, ...resourceLimits } }),
      });
    } catch (error) {
      this.#gate.forget();
      throw error;
    }
    this.#thread.on("message", (message: FromThread) => this.#take(message));
    this.#thread.on("messageerror", (error) => (this.#failure ??= this.#died("sent what cannot be read", error)));
    this.#thread.on("error", (error) => (this.#failure ??= this.#died(`died of ${reasonOf(error)}`, error)));
    this.#thread.on("exit", (status) => this.#exited(status));
    return this.#ended.promise;
  }

  stop(isLeaving: boolean): void {
    this.#tell({ type: "stop", isLeaving });
  }

  async terminate(): Promise<void> {
    this.#isTerminated = true;
    await this.#gate?.close(COMMIT_MS);
    await this.#thread?.terminate();
  }

  setCacheBytes(maxBytes: number): void {
    this.#tell({ type: "cache", maxBytes });
  }

  /** Does not resolve as long as something holds the thread. */
  snapshot(): Promise<WorkerSnapshot | undefined> {
    return new Promise((resolve) => {
      this.#looks.push(resolve);
      if (this.#looks.length === 1) this.#tell({ type: "look" });
    });
  }

  copies(): readonly StoreCopy[] {
    return [];
  }

  ask(ask: PartitionAsk): Promise<PartitionPage> {
    return this.#questions.ask(ask, (message) => this.#tell(message));
  }

  #tell(message: ToThread): void {
    this.#thread?.postMessage(message);
  }

  #take(message: FromThread): void {
    switch (message.type) {
      case "running":
        this.#memberId = message.memberId ?? this.#memberId;
        return this.#events.onRunning(message.isRunning);
      case "dropped":
        for (const [reason, count] of message.counts) this.#events.onDropped(reason, count);
        return;
      case "restore":
        return (message.isStandby ? this.#events.onStandby : this.#events.onRestore)(message.event, message.progress);
      case "snapshot":
        for (const answer of this.#looks.splice(0)) answer(message.snapshot);
        return;
      case "hosts":
        return this.#events.onHosts(message.hosts);
      case "answer":
        return this.#questions.take(message);
      case "changed":
        return this.watched.take(message);
      case "log":
        this.#parts.logger[message.level](message.message, { worker: this.number, ...message.fields });
        if (++this.#heard < HEARD_EVERY) return;
        this.#tell({ type: "heard", count: this.#heard });
        this.#heard = 0;
        return;
      case "ended":
        this.#isDone = true;
        if (message.error !== undefined) this.#failure = errorOf(message.error);
    }
  }

  #exited(status: number): void {
    this.#gate?.forget();
    for (const answer of this.#looks.splice(0)) answer(undefined);
    this.#questions.end();
    this.watched.end();
    if (!this.#isDone && !this.#isTerminated) this.#failure ??= this.#died(`ended with status ${status}: process.exit() was called in it`);
    if (this.#failure === undefined) this.#ended.resolve();
    else this.#ended.reject(this.#failure);
  }

  #died(how: string, cause?: unknown): StreamsError {
    return new StreamsError("STREAMS_WORKER_DIED", `The thread of worker ${this.number} ${how}.`, { cause });
  }
}
