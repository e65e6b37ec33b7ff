import { systemClock } from "@ottla/base/node";
import { checkFunction, fieldsOf, waitFields } from "./argument-checks.ts";
import { TestingError } from "./testing-error.ts";

/** How patient a helper is. */
export interface WaitOptions {
  /** Default: `deadlineMs` of the options. */
  readonly withinMs?: number;
}

/** As {@link WaitOptions}, and what a failure is to tell. */
export interface UntilOptions extends WaitOptions {
  /** What was seen last, in words; called when the time is over. */
  readonly seen?: () => string;
}

/** Throws `INVALID_ARGUMENT`. */
export const checkWaitOptions = fieldsOf(waitFields);
export const checkUntilOptions = fieldsOf({ ...waitFields, seen: checkFunction });

/** One look at what is waited for. */
export type Look<Value> = { readonly found: Value } | { readonly seen: string };

/** Some things change without a request: sessions end by time. So it is looked again after this long at the latest. */
const LOOK_AGAIN_MS = 50;
/** So much longer than the deadline the last look may take. */
const LAST_LOOK_MS = 5000;

/** Waits for conditions: each looks again whenever something happens at the broker, and knows what it has seen last. */
export class Waits {
  readonly #deadlineMs: number;
  readonly #wakes = new Set<() => void>();
  #isStopped = false;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /** Something happened. */
  wake(): void {
    for (const wake of [...this.#wakes]) wake();
  }

  /** Everybody who waits is told, and nobody waits any more. */
  stop(): void {
    this.#isStopped = true;
    this.wake();
  }

  /**
   * Looks until it is found. `what` completes "Waited … for ". Rejects with `WAITED_TOO_LONG`, also where a look does not end, or with what `look` throws as a `TestingError`.
   */
  async until<Value>(
    what: string,
    look: () => Promise<Look<Value>> | Look<Value>,
    { withinMs = this.#deadlineMs }: WaitOptions = {},
  ): Promise<Value> {
    const endMs = systemClock.monotonicMs() + withinMs;
    for (;;) {
      // Registered before it is looked: what happens meanwhile is not missed.
      const news = this.#news(Math.max(0, Math.min(LOOK_AGAIN_MS, endMs - systemClock.monotonicMs())));
      const looked = await this.#lookWithin(look, endMs).catch((error: unknown) => {
        news.forget();
        throw error;
      });
      if ("found" in looked) {
        news.forget();
        return looked.found;
      }
      if (systemClock.monotonicMs() >= endMs) {
        news.forget();
        const { seen } = looked;
        throw new TestingError("WAITED_TOO_LONG", `Waited ${withinMs} ms for ${what}. Last seen: ${seen}${/[.!?]$/.test(seen) ? "" : "."}`);
      }
      await news.came;
    }
  }

  /** A look that has not ended when the time is over, and a little after it, is not waited for. */
  async #lookWithin<Value>(look: () => Promise<Look<Value>> | Look<Value>, endMs: number): Promise<Look<Value>> {
    const { promise, resolve } = Promise.withResolvers<Look<Value>>();
    const restMs = Math.max(0, endMs - systemClock.monotonicMs()) + LAST_LOOK_MS;
    const timer = systemClock.schedule(restMs, () => resolve({ seen: "a look that has not ended yet" }));
    try {
      return await Promise.race([this.#look(look), promise]);
    } finally {
      timer.cancel();
    }
  }

  async #look<Value>(look: () => Promise<Look<Value>> | Look<Value>): Promise<Look<Value>> {
    this.#throwIfStopped();
    try {
      return await look();
    } catch (error) {
      this.#throwIfStopped();
      if (error instanceof TestingError) throw error;
      return { seen: `an error: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  #throwIfStopped(): void {
    if (this.#isStopped)
      throw new TestingError("KAFKA_STOPPED", "Kafka was stopped while something was waited for; await that before stop().");
  }

  #news(withinMs: number): { readonly came: Promise<void>; forget(): void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = (): void => {
      timer.cancel();
      this.#wakes.delete(done);
      resolve();
    };
    const timer = systemClock.schedule(withinMs, done);
    this.#wakes.add(done);
    return { came: promise, forget: done };
  }
}
