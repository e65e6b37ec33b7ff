import type { Fault, FaultHit, FaultSpec } from "@ottla/broker/controlled";
import { TestingError } from "./testing-error.ts";
import { checkWaitOptions, type WaitOptions, type Waits } from "./waits.ts";
import { wholeNumber } from "./argument-checks.ts";

/** An armed fault: what has come of it, and the way to take it back. `using fault = kafka.fault(…)` takes it back at the end of the block. */
export class FaultHandle implements Disposable {
  readonly #fault: Fault;
  readonly #waits: Waits;
  readonly #recent: () => readonly string[];
  #isFailureTold = false;

  /** @internal */
  constructor(fault: Fault, waits: Waits, recent: () => readonly string[]) {
    this.#fault = fault;
    this.#waits = waits;
    this.#recent = recent;
  }

  /** As the HTTP door names it. */
  get id(): number {
    return this.#fault.id;
  }

  get spec(): FaultSpec {
    return this.#fault.plan.spec;
  }

  /** How many requests it has met. */
  get count(): number {
    return this.#fault.count;
  }

  /** The last hundred of them, oldest first. */
  get hits(): readonly FaultHit[] {
    return this.#fault.hits;
  }

  /** Requests that it holds. */
  get waiting(): number {
    return this.#fault.waitingCount;
  }

  /** Whether it has happened as often as it was to, or was removed. */
  get isSpent(): boolean {
    return this.#fault.isSpent;
  }

  /**
   * Resolves when it has met `times` requests, at once where it has. Rejects with `WAITED_TOO_LONG`, which names the requests that came meanwhile, `FAULT_REMOVED`, and `HOOK_FAILED` where
   * one of its functions threw.
   */
  async hit(times = 1, options: WaitOptions = {}): Promise<void> {
    wholeNumber(1)("hit: times", times);
    checkWaitOptions("hit: options", options);
    const what = `${this.#name} to meet ${times === 1 ? "a request" : `${times} requests`}`;
    await this.#waits.until(
      what,
      () => {
        const { count, failure, isRemoved } = this.#fault;
        if (failure !== undefined) throw this.#hookFailed(failure);
        if (count >= times) return { found: undefined };
        if (isRemoved) throw new TestingError("FAULT_REMOVED", `${this.#name} was removed after ${count} of ${times} requests.`);
        const recent = this.#recent();
        return { seen: `${count} of them; the last requests were ${recent.length === 0 ? "none" : recent.join(", ")}` };
      },
      options,
    );
  }

  /** Lets go on what it holds; it goes on holding what comes. */
  release(): void {
    this.#fault.release();
  }

  /** Takes it back, and lets go on what it holds. Twice is fine. */
  remove(): void {
    this.#fault.remove();
  }

  [Symbol.dispose](): void {
    this.remove();
  }

  /** @internal Throws `HOOK_FAILED` where one of its functions threw and nobody was told. */
  throwUntoldFailure(): void {
    const { failure } = this.#fault;
    if (failure !== undefined && !this.#isFailureTold) throw this.#hookFailed(failure);
  }

  #hookFailed(cause: unknown): TestingError {
    this.#isFailureTold = true;
    return new TestingError("HOOK_FAILED", `A function of ${this.#name} threw, and it was taken back.`, { cause });
  }

  get #name(): string {
    const { spec } = this;
    return `fault ${this.id} (${spec.name ?? JSON.stringify(spec)})`;
  }
}
