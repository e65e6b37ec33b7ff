import type { Clock } from "@ottla/base";
import type { LookCost, LookLimits } from "../../snapshot/look-cost.ts";
import { notObserved, type Observed, observed } from "../../snapshot/observed.ts";
import { notObservedOf } from "./not-observed-of.ts";

/** What each call is to be given. */
export interface PacedCall {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Lets the calls of one look through, so that no more are on their way, and no more requests begin in a second, than its limits say; and counts them. */
export class CallPacer {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #limits: LookLimits;
  readonly #beganMs: number;
  #running = 0;
  /** As many as the look has parts: it is bounded by the pieces that its parts are asked in. */
  readonly #waiting: (() => void)[] = [];
  #nextMs: number;
  #calls = 0;
  #failedCalls = 0;
  #requests = 0;

  constructor(clock: Clock, limits: LookLimits, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
    this.#limits = limits;
    this.#beganMs = clock.monotonicMs();
    this.#nextMs = this.#beganMs;
  }

  /**
   * The call's result, or why there is none. `requests` is how many the call makes. Rejects only when the signal ended the look.
   */
  async run<Value>(requests: number, call: (options: PacedCall) => Promise<Value>): Promise<Observed<Value>> {
    await this.#enter();
    try {
      const leftMs = await this.#turn(requests);
      if (leftMs <= 0) return notObserved("notAsked", `The look may take ${this.#limits.lookTimeoutMs / 1000} s, and they were over.`);
      this.#calls++;
      this.#requests += requests;
      return observed(await call({ timeoutMs: Math.min(this.#limits.callTimeoutMs, leftMs), signal: this.#signal }));
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#failedCalls++;
      return notObservedOf(error);
    } finally {
      this.#leave();
    }
  }

  get cost(): LookCost {
    return {
      limits: this.#limits,
      calls: this.#calls,
      failedCalls: this.#failedCalls,
      requests: this.#requests,
      tookMs: Math.round(this.#clock.monotonicMs() - this.#beganMs),
    };
  }

  async #enter(): Promise<void> {
    if (this.#running < this.#limits.callsAtOnce) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The place goes to the next one directly, so that nobody comes between. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running--;
  }

  /** Waits until the requests before have had their time; what is left of the look's time then. */
  async #turn(requests: number): Promise<number> {
    this.#signal.throwIfAborted();
    const nowMs = this.#clock.monotonicMs();
    const startMs = Math.max(nowMs, this.#nextMs);
    const leftMs = this.#beganMs + this.#limits.lookTimeoutMs - startMs;
    if (leftMs <= 0) return leftMs;
    this.#nextMs = startMs + (requests * 1000) / this.#limits.requestsPerS;
    if (startMs > nowMs) await new Promise<void>((resolve) => this.#clock.schedule(startMs - nowMs, resolve));
    return leftMs;
  }
}
