import { setImmediate } from "node:timers/promises";
import { systemClock } from "@ottla/base/node";
import type { Arrange } from "../processors/async/async-operator.ts";
import type { AsyncCalls } from "../runtime/async-calls.ts";
import { keyText } from "../runtime/failures.ts";
import { StreamsError } from "../streams-error.ts";

/** What `settle` waits for. */
export interface SettleOptions {
  /** `all` calls that run, or those that have `ended` or end by themselves within turns of the event loop. Default `all`. */
  readonly wait?: "all" | "ended";
  /** How long it waits at most, in real time. Default 5,000. */
  readonly limitMs?: number;
}

/** The calls of a driver's task, and who waits for them. */
export class OpenCalls {
  readonly #calls: AsyncCalls;
  readonly #arrange: Arrange;
  readonly #drain: () => void;
  #waking: (() => void)[] = [];
  #endedCount = 0;
  #isClosed = false;

  constructor(calls: AsyncCalls, arrange: Arrange, drain: () => void) {
    this.#calls = calls;
    this.#arrange = arrange;
    this.#drain = drain;
    calls.onTryEnded(() => {
      this.#endedCount++;
      this.#wake();
    });
  }

  /** Gives on what has ended, and does all that follows from it. False: nothing had. */
  giveOn(): boolean {
    let gave = false;
    while (this.#calls.giveOn(this.#arrange)) {
      gave = true;
      this.#drain();
    }
    return gave;
  }

  async settle({ wait = "all", limitMs = 5_000 }: SettleOptions): Promise<number> {
    if ((wait !== "all" && wait !== "ended") || !Number.isSafeInteger(limitMs) || limitMs < 1 || limitMs >= 2 ** 31) {
      throw new StreamsError(
        "STREAMS_BAD_ARGUMENT",
        `settle takes { wait: "all" | "ended", limitMs: a whole number from 1 }, not ${wait} and ${limitMs}.`,
      );
    }
    let isOver = false;
    const timer = systemClock.schedule(limitMs, () => {
      isOver = true;
      this.#wake();
    });
    // The clock's timers let the process end, and then a test with a promise that never settles would not be told which.
    const alive = new MessageChannel();
    alive.port1.ref();
    try {
      do {
        if (wait === "ended") await this.#turns();
        while (wait === "all" && this.#calls.runningCount > 0) {
          if (isOver) throw this.#pending(limitMs);
          await new Promise<void>((wake) => this.#waking.push(wake));
          this.#checkOpen();
        }
        this.#checkOpen();
      } while (this.giveOn() || (wait === "all" && this.#calls.runningCount > 0));
      return this.#calls.openCount;
    } finally {
      timer.cancel();
      alive.port1.close();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** Turns of the event loop, as long as they end calls. */
  async #turns(): Promise<void> {
    for (let before = -1; before !== this.#endedCount; ) {
      before = this.#endedCount;
      await setImmediate();
    }
  }

  #wake(): void {
    const waking = this.#waking;
    this.#waking = [];
    for (const wake of waking) wake();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new StreamsError("STREAMS_CLOSED", "The driver was closed while calls were open.");
  }

  #pending(limitMs: number): StreamsError {
    for (const { node, call } of this.#calls.open()) {
      if (call.controller === undefined) continue;
      const { topic, partition, offset, key } = call;
      return new StreamsError(
        "STREAMS_CALL_PENDING",
        `Calls still run after ${limitMs} ms (${this.#calls.runningCount}), the first of ${node} for the record ${topic}-${partition} at offset ${offset} with key ${keyText(key)}: let the driver's clock go on past their time limit, or settle with { wait: "ended" }.`,
        { place: { node, topic, partition, offset, key } },
      );
    }
    return new StreamsError("STREAMS_CALL_PENDING", `Calls still run after ${limitMs} ms.`);
  }
}
