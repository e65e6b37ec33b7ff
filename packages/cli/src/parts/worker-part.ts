import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import { OttlaError } from "@ottla/base";
import type { Part, PartContext, PartReport, StartedPart } from "./part.ts";
import { errorMessage, errorOf, type FromPart, type ToPart, type WorkerModule, type WorkerStart } from "./worker-messages.ts";

/** A part that was told to end has so long; then its thread is ended, whatever it does. */
const STOP_GRACE_MS = 3_000;
/** So many lines are taken before the thread hears of it. */
const HEARD_EVERY = 100;

/** Where a part's code is, and the thread that runs it. */
export interface WorkerPlace {
  /** As `loadPart` takes it: a name, or a `file:` URL. */
  readonly module: string;
  /** The script of the thread, which calls `runPartWorker` when it is not the main one. */
  readonly entry: URL;
  readonly stopGraceMs?: number;
  /** Bounds of V8's generations; left out: V8's own. A thread that would need more than the old one's ends. */
  readonly youngGenerationMb?: number;
  readonly oldGenerationMb?: number;
}

/**
 * The part of a module, run on a thread of its own. What it logs and prints comes out as if it ran here, and standard output stays clean. When its thread crashes, the
 * part is gone and the log says so; nothing else ends.
 */
export function workerPart(name: string, place: WorkerPlace): Part {
  let prepared: PartThread | undefined;
  const taken = (): PartThread | undefined => {
    const thread = prepared;
    prepared = undefined;
    return thread;
  };
  return {
    name,
    start(context) {
      const thread = taken() ?? new PartThread(name, place);
      thread.start(context);
      return thread;
    },
    prepare() {
      prepared ??= new PartThread(name, place);
    },
    async discard() {
      await taken()?.abandon();
    },
  };
}

class PartThread implements StartedPart {
  readonly ready: Promise<PartReport>;
  readonly #name: string;
  readonly #worker: Worker;
  readonly #stopGraceMs: number;
  readonly #isReady = Promise.withResolvers<PartReport>();
  readonly #exited = Promise.withResolvers<void>();
  /** Undefined until it is started. */
  #context: PartContext | undefined;
  #heard = 0;
  #isSettled = false;
  #isStopping = false;
  #stopError: OttlaError | undefined;

  constructor(name: string, { module, entry, stopGraceMs = STOP_GRACE_MS, youngGenerationMb, oldGenerationMb }: WorkerPlace) {
    this.#name = name;
    this.#stopGraceMs = stopGraceMs;
    this.ready = this.#isReady.promise;
    this.ready.then(
      () => (this.#isSettled = true),
      () => (this.#isSettled = true),
    );
    // It names a folder of this version of Node inside of the one that was given.
    const compiled = getCompileCacheDir();
    const workerData: WorkerModule = { module, compileCache: compiled === undefined ? undefined : dirname(compiled) };
    this.#worker = new Worker(entry, {
      name: `ottla ${name}`,
      workerData,
      stdout: true,
      stderr: true,
      resourceLimits: {
        ...(youngGenerationMb !== undefined && { maxYoungGenerationSizeMb: youngGenerationMb }),
        ...(oldGenerationMb !== undefined && { maxOldGenerationSizeMb: oldGenerationMb }),
      },
    });
    this.#worker.on("message", (message: FromPart) => this.#take(message));
    this.#worker.on("messageerror", (error) => this.#crashed(error));
    this.#worker.on("error", (error) => this.#crashed(error));
    this.#worker.on("exit", (status) => this.#ended(status));
    for (const stream of [this.#worker.stdout, this.#worker.stderr])
      stream.on("data", (piece: Buffer) =>
        this.#context?.logger.warn("a part printed past its output", { part: name, text: String(piece).trim() }),
      );
  }

  start(context: PartContext): void {
    this.#context = context;
    const { host, port, addresses, settings, out } = context;
    const terminal = { isTTY: out.isTTY === true, columns: out.columns };
    const start: WorkerStart = { host, port, addresses, settings, terminal };
    this.#send({ type: "start", start });
  }

  /** Ends a thread that was not started, whatever it is loading. */
  async abandon(): Promise<void> {
    this.#isStopping = true;
    await this.#worker.terminate();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#send({ type: "stop" });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<true>((resolve) => {
      timer = setTimeout(() => resolve(true), this.#stopGraceMs);
    });
    const isLate = await Promise.race([this.#exited.promise, late]);
    clearTimeout(timer);
    if (isLate) {
      this.#context?.logger.warn("a part did not end when it was told to; its thread was ended", { part: this.#name });
      await this.#worker.terminate();
    }
    if (this.#stopError) throw this.#stopError;
  }

  #take(message: FromPart): void {
    switch (message.type) {
      case "ready":
        return this.#isReady.resolve(message.report);
      case "failed":
        return this.#isReady.reject(errorOf(message.error));
      case "stopped":
        this.#stopError = message.error && errorOf(message.error);
        return;
      case "print":
        this.#context?.out.write(message.text);
        return this.#hear();
      case "log":
        this.#context?.logger[message.level](message.message, { part: this.#name, ...message.fields });
        return this.#hear();
    }
  }

  #hear(): void {
    if (++this.#heard < HEARD_EVERY) return;
    this.#send({ type: "heard", count: this.#heard });
    this.#heard = 0;
  }

  #send(message: ToPart): void {
    this.#worker.postMessage(message);
  }

  #crashed(error: unknown): void {
    const { code, message } = errorMessage(error);
    if (this.#isSettled) this.#context?.logger.error("a part crashed; the others go on without it", { part: this.#name, code, error });
    this.#isReady.reject(new OttlaError("PART_CRASHED", `Its thread crashed: ${message}.`));
  }

  #ended(status: number): void {
    if (this.#isSettled && !this.#isStopping && status === 0)
      this.#context?.logger.error("a part ended by itself; the others go on without it", { part: this.#name });
    this.#isReady.reject(new OttlaError("PART_CRASHED", `Its thread ended with status ${status} before it was ready.`));
    this.#exited.resolve();
  }
}
