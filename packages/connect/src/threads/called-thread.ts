import type { Worker } from "node:worker_threads";
import type { Clock, Logger, Timer } from "@ottla/base";
import { ConnectError } from "../connect-error.ts";
import { errorOf } from "./portable-error.ts";
import type { FromPluginThread, PluginAnswer, PluginCall } from "./plugin-thread-messages.ts";

/** How long is waited for an answer. */
export interface CallLimits {
  /** In all; undefined: as long as it gives way. */
  readonly limitMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of a file that was given up while it was loaded. */
  readonly late?: (file: string) => void;
}

interface Asked {
  readonly limits: CallLimits;
  readonly answer: PromiseWithResolvers<PluginAnswer>;
  limit: Timer | undefined;
  ping: Timer | undefined;
  /** Pings since it was heard of. */
  silent: number;
}

/** So often it is asked whether it gives way, within the time that it may be held. */
const PINGS = 4;
/** Until it is heard of for the first time it loads our own code, which a busy machine makes late. */
const START_MS = 60_000;

/** A thread that is asked one thing at a time, and ended when code in it does not give way, or does not answer in time. */
export class CalledThread {
  readonly #worker: Worker;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #blockedMs: number;
  #isReady = false;
  #asked: Asked | undefined;
  #isOver = false;
  #loading: string | undefined;

  constructor(worker: Worker, blockedMs: number, clock: Clock, logger: Logger) {
    this.#worker = worker;
    this.#blockedMs = blockedMs;
    this.#clock = clock;
    this.#logger = logger;
    worker.on("message", (message: FromPluginThread) => this.#take(message));
    worker.on("messageerror", (cause) => this.#die(`sent what cannot be read: ${cause.message}`));
    worker.on("error", (cause: NodeJS.ErrnoException) =>
      this.#die(cause.code === "ERR_WORKER_OUT_OF_MEMORY" ? "took more memory than it may" : `died of ${cause.message}`, cause),
    );
    worker.on("exit", (status) => this.#die(`ended with status ${status}: process.exit() was called in it`));
    for (const stream of [worker.stdout, worker.stderr])
      stream.on("data", (piece: Buffer) => logger.info("a plugin printed", { text: String(piece).trim().slice(0, 2_000) }));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The file that it loads, or loaded last. */
  get loading(): string | undefined {
    return this.#loading;
  }

  call(call: PluginCall, limits: CallLimits): Promise<PluginAnswer> {
    const asked: Asked = { limits, answer: Promise.withResolvers(), limit: undefined, ping: undefined, silent: 0 };
    if (this.#isOver || this.#asked !== undefined) throw new ConnectError("CONNECT_STATE", "The thread of plugins is not free.");
    this.#asked = asked;
    const { limitMs } = limits;
    if (limitMs !== undefined)
      asked.limit = this.#clock.schedule(limitMs, () => this.#die(`did not come back within ${limitMs / 1_000} s`));
    this.#ping(asked);
    const giveUp = (): void => this.#die("was ended: nobody wants its answer any more");
    if (limits.signal?.aborted === true) giveUp();
    else {
      limits.signal?.addEventListener("abort", giveUp, { once: true });
      this.#worker.postMessage(call);
    }
    return asked.answer.promise.finally(() => {
      asked.limit?.cancel();
      asked.ping?.cancel();
      limits.signal?.removeEventListener("abort", giveUp);
    });
  }

  async end(): Promise<void> {
    this.#die("was ended: the worker ends");
    await this.#worker.terminate();
  }

  #take(message: FromPluginThread): void {
    const asked = this.#asked;
    this.#isReady = true;
    if (asked !== undefined) asked.silent = 0;
    switch (message.type) {
      case "pong":
        return;
      case "loading":
        this.#loading = message.file;
        return;
      case "late":
        return asked?.limits.late?.(message.file);
      case "log":
        return this.#logger[message.level](message.message, message.fields);
      case "answer":
        this.#asked = undefined;
        if (message.error === undefined) asked?.answer.resolve(message.value);
        else asked?.answer.reject(errorOf(message.error));
    }
  }

  #ping(asked: Asked): void {
    const everyMs = this.#blockedMs / PINGS;
    asked.ping = this.#clock.schedule(everyMs, () => {
      const limitMs = this.#isReady ? this.#blockedMs : Math.max(START_MS, this.#blockedMs);
      if (++asked.silent * everyMs > limitMs) return this.#die(`did not give way for more than ${this.#blockedMs / 1_000} s`);
      this.#worker.postMessage({ op: "ping" } satisfies PluginCall);
      return this.#ping(asked);
    });
  }

  #die(how: string, cause?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const asked = this.#asked;
    this.#asked = undefined;
    asked?.answer.reject(
      new ConnectError(
        "CONNECT_CONFIG",
        `The plugin's code ${how}. Look for a loop without an end, a synchronous call, or process.exit() in it.`,
        {
          cause,
        },
      ),
    );
    void this.#worker.terminate();
  }
}
