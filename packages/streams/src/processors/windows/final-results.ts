import type { OperatorContext } from "../operator.ts";

/** When the final results of windows are due: at most once in an interval of the machine's clock, since they cost a walk over a store, and only when stream time went on. */
export class FinalResultsClock {
  readonly #context: OperatorContext;
  #nextMs = 0;
  /** Up to when windows have been given on; −1: none has. */
  lastCloseTimeMs = -1;

  constructor(context: OperatorContext) {
    this.#context = context;
  }

  isDue(closeTimeMs: number): boolean {
    const nowMs = this.#context.systemTimeMs();
    if (nowMs < this.#nextMs) return false;
    this.#nextMs = nowMs + this.#context.emitIntervalMs;
    return this.lastCloseTimeMs === -1 || this.lastCloseTimeMs < closeTimeMs;
  }
}
