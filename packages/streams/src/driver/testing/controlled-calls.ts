import type { AsyncCall } from "../../processors/async/call-options.ts";

interface Begun {
  readonly value: string;
  readonly call: AsyncCall;
  readonly resolve: (result: string) => void;
  readonly reject: (error: unknown) => void;
}

/** A service whose answers the test gives, one by one. */
export class ControlledCalls {
  readonly begun: Begun[] = [];
  readonly #open = new Map<string, Begun>();
  /** The largest number of calls without an answer so far. */
  mostOpen = 0;

  readonly call = (value: string, _key: unknown, call: AsyncCall): Promise<string> =>
    new Promise((resolve, reject) => {
      const begun = { value, call, resolve, reject };
      this.begun.push(begun);
      this.#open.set(value, begun);
      this.mostOpen = Math.max(this.mostOpen, this.#open.size);
    });

  /** Answers the last call for the value. */
  answer(value: string, result = value.toUpperCase()): void {
    this.#take(value).resolve(result);
  }

  reject(value: string, error: unknown): void {
    this.#take(value).reject(error);
  }

  /** For which values calls began, in their order. */
  get values(): string[] {
    return this.begun.map(({ value }) => value);
  }

  #take(value: string): Begun {
    const begun = this.#open.get(value);
    if (begun === undefined) throw new Error(`No call for ${value} is open.`);
    this.#open.delete(value);
    return begun;
  }
}
