import { ClientError } from "./client-error.ts";

/** The life of a client, of one of its parts or of one call: it ends once, with a cause, and whoever waits hears of it at once. */
export class Lifetime {
  #cause: ClientError | undefined;
  readonly #listeners = new Set<(cause: ClientError) => void>();

  /** Why it ended; undefined while it goes on. */
  get cause(): ClientError | undefined {
    return this.#cause;
  }

  /** The first cause counts. */
  end(cause: ClientError): void {
    if (this.#cause !== undefined) return;
    this.#cause = cause;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const run of listeners) run(cause);
  }

  /** Calls `run` when it ends, at once when it has ended. Returns the way to take that back. */
  onEnd(run: (cause: ClientError) => void): () => void {
    if (this.#cause !== undefined) {
      run(this.#cause);
      return () => {};
    }
    this.#listeners.add(run);
    return () => void this.#listeners.delete(run);
  }

  throwIfOver(): void {
    if (this.#cause !== undefined) throw this.#cause;
  }
}

/** One listener per signal, however many calls share it: more would make Node warn of a leak. */
const bySignal = new WeakMap<AbortSignal, Lifetime>();

/** The life that a caller's signal ends, with `ClientError` ABORTED. */
export function lifetimeOf(signal: AbortSignal): Lifetime {
  let lifetime = bySignal.get(signal);
  if (lifetime === undefined) {
    bySignal.set(signal, (lifetime = new Lifetime()));
    const end = () => lifetime?.end(aborted(signal.reason));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  }
  return lifetime;
}

/** Whether an error says that the caller ended the call or closed the client, so that it is news to nobody. */
export function isEnding(error: unknown): boolean {
  return error instanceof ClientError && (error.code === "CLIENT_CLOSED" || error.code === "ABORTED");
}

function aborted(reason: unknown): ClientError {
  return new ClientError("ABORTED", "The call was ended by its signal.", { cause: reason });
}
