/** Calls shorter than this are nobody's trouble. */
export const LONG_CALL_MS = 50;

/** A call of a handler that held the event loop. */
export interface LongCall {
  readonly place: string;
  readonly heldMs: number;
}

/** The call that held the event loop the longest since somebody asked. */
export class LongestCall {
  #longest: LongCall | undefined;

  note(heldMs: number, place: () => string): void {
    if (heldMs > LONG_CALL_MS && heldMs > (this.#longest?.heldMs ?? 0)) this.#longest = { place: place(), heldMs };
  }

  take(): LongCall | undefined {
    const longest = this.#longest;
    this.#longest = undefined;
    return longest;
  }
}

/** Whether a handler's result is to be waited for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value instanceof Promise ||
    (typeof value === "object" && value !== null && typeof (value as { readonly then?: unknown }).then === "function")
  );
}
