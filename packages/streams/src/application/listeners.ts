import type { Logger } from "@ottla/base";
import { StreamsError } from "../streams-error.ts";
import { reasonOf } from "../thrown.ts";

/** Functions of a user's that are told of something, in the order in which they came. One that throws is in the log, and stops nobody. */
export class Listeners<Told extends readonly unknown[]> {
  readonly #what: string;
  readonly #logger: () => Logger;
  readonly #listeners = new Set<(...told: Told) => void>();

  /** `what`: the call that adds them, for messages. */
  constructor(what: string, logger: () => Logger) {
    this.#what = what;
    this.#logger = logger;
  }

  /** What it returns takes the listener away. Throws `STREAMS_BAD_ARGUMENT`. */
  add(listener: (...told: Told) => void): () => void {
    if (typeof listener !== "function") throw new StreamsError("STREAMS_BAD_ARGUMENT", `${this.#what} takes a function.`);
    // Given twice it is told twice.
    const own = (...told: Told): void => listener(...told);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  tell(...told: Told): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(...told);
      } catch (error) {
        this.#logger().error("a listener threw", { listener: this.#what, error: reasonOf(error) });
      }
    }
  }
}
