import type { Worker } from "node:worker_threads";
import type { Clock, Timer } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import type { CompatibilityPolicy, Difference } from "../compatibility/difference.ts";
import type { SchemaTextFormat } from "../formats/schema-format.ts";
import { RegistryError, type RegistryErrorCode } from "../registry-error.ts";
import type { JudgeAnswer, JudgeCall, OffLoop, SchemaTexts, TypedSource } from "./off-loop.ts";

const CALL_MS = 10_000;
const IDLE_MS = 30_000;
const MAX_WAITING = 1_000;

interface Options {
  /** Makes a thread that runs `runJudgeThread`; it is ended when a call takes too long or too much. */
  readonly makeThread: () => Worker;
  /** How long one call may take. 10 seconds. */
  readonly callMs?: number;
  readonly clock?: Clock;
}

interface Waiting {
  readonly call: JudgeCall;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Judges schemas on a thread of its own, which is made when it is first needed and ended when it was not needed for half a minute. One call after the other, each with a limit of time and memory. */
export class SchemaJudge implements OffLoop {
  readonly #makeThread: () => Worker;
  readonly #callMs: number;
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #current: Waiting | undefined;
  #thread: Worker | undefined;
  /** Of the call that runs, or of the idle thread. */
  #timer: Timer | undefined;
  #isClosed = false;

  constructor({ makeThread, callMs = CALL_MS, clock = systemClock }: Options) {
    this.#makeThread = makeThread;
    this.#callMs = callMs;
    this.#clock = clock;
  }

  read(schema: TypedSource): Promise<SchemaTexts> {
    return this.#ask({ op: "read", schema }) as Promise<SchemaTexts>;
  }

  inFormat(schema: TypedSource, format: SchemaTextFormat): Promise<string | undefined> {
    return this.#ask({ op: "format", schema, format }) as Promise<string | undefined>;
  }

  compare(reader: TypedSource, writer: TypedSource, policy: CompatibilityPolicy): Promise<readonly Difference[]> {
    return this.#ask({ op: "compare", reader, writer, policy }) as Promise<readonly Difference[]>;
  }

  /** Ends the thread; calls that wait are refused. */
  close(): void {
    this.#isClosed = true;
    const error = new RegistryError("REGISTRY_BUSY", "The registry is being stopped.");
    for (const each of this.#waiting.splice(0)) each.reject(error);
    this.#fail(error);
  }

  #ask(call: JudgeCall): Promise<unknown> {
    if (this.#isClosed || this.#waiting.length >= MAX_WAITING)
      return Promise.reject(new RegistryError("REGISTRY_BUSY", `More than ${MAX_WAITING} large schemas wait to be judged; come again.`));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ call, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#current !== undefined) return;
    this.#timer?.cancel();
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#timer = this.#clock.schedule(IDLE_MS, () => this.#endThread());
      return;
    }
    this.#current = next;
    this.#timer = this.#clock.schedule(this.#callMs, () => this.#fail(tooDear(`within ${this.#callMs / 1_000} s`)));
    (this.#thread ??= this.#newThread()).postMessage(next.call);
  }

  #newThread(): Worker {
    const thread = this.#makeThread();
    // It holds nothing that is lost with the process.
    thread.unref();
    const isOurs = (): boolean => this.#thread === thread;
    thread.on("message", (answer: JudgeAnswer) => {
      if (isOurs()) this.#take(answer);
    });
    thread.on("error", (error: NodeJS.ErrnoException) => {
      if (!isOurs()) return;
      const isFull = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      this.#fail(
        isFull
          ? tooDear("within its memory")
          : new RegistryError("REGISTRY_STORE_FAILED", `The schema could not be judged: ${error.message}.`),
      );
    });
    return thread;
  }

  #take(answer: JudgeAnswer): void {
    const current = this.#current;
    this.#current = undefined;
    this.#timer?.cancel();
    if ("value" in answer) current?.resolve(answer.value);
    else {
      const { code, message, path, details } = answer.error;
      current?.reject(code === undefined ? new Error(message) : new RegistryError(code as RegistryErrorCode, message, { path, details }));
    }
    this.#next();
  }

  /** The thread may be in the middle of anything: it goes, and the next call has a new one. */
  #fail(error: Error): void {
    this.#endThread();
    const current = this.#current;
    this.#current = undefined;
    current?.reject(error);
    if (!this.#isClosed) this.#next();
  }

  #endThread(): void {
    const thread = this.#thread;
    this.#thread = undefined;
    this.#timer?.cancel();
    void thread?.terminate();
  }
}

function tooDear(limit: string): RegistryError {
  return new RegistryError("REGISTRY_SCHEMA_TOO_LARGE", `The schema cannot be read and compared ${limit}; make it smaller.`);
}
