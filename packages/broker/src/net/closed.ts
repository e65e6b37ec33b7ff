/** Whether a connection has gone, and the moment when it goes. What waits on behalf of a client ends then. */
export interface Closed {
  readonly isClosed: boolean;
  /**
   * Calls `listener` once when the connection goes; at once, before this returns, where it has gone already. Returns the way to take the listener back,
   * which who has finished waiting must do; harmless when it has been called.
   */
  onClosed(listener: () => void): () => void;
}

/** The side of {@link Closed} that the connection holds. */
export class ClosedSignal implements Closed {
  #listeners: Set<Registration> | undefined;
  #isClosed = false;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** How many wait; for tests. */
  get listenerCount(): number {
    return this.#listeners?.size ?? 0;
  }

  onClosed(listener: () => void): () => void {
    if (this.#isClosed) {
      listener();
      return nothing;
    }
    const registration = { listener };
    const listeners = (this.#listeners ??= new Set());
    listeners.add(registration);
    return () => {
      listeners.delete(registration);
    };
  }

  /** Tells every listener, once, in the order of registration. One that throws does not keep the others from hearing; its error comes afterwards. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    const failures: unknown[] = [];
    for (const registration of listeners ?? []) {
      // Whom an earlier listener took back is gone from the set.
      try {
        registration.listener();
      } catch (error) {
        failures.push(error);
      }
    }
    listeners?.clear();
    if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures);
  }
}

/** One call of `onClosed`: the same function may be registered twice. */
interface Registration {
  readonly listener: () => void;
}

function nothing(): void {}
