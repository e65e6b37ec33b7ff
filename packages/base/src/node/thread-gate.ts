const FREE = 0;
const BUSY = 1;
/** Busy, and the last time. */
const ENDING = 2;
const CLOSED = 3;

/** Those whose threads may be in the middle of something as the process ends. */
const open = new Set<ThreadGate>();
/** So long the end of the process waits for one of them. */
const EXIT_MS = 2_000;

/**
 * Between a thread and whoever ends it: the thread is not ended in the middle of what would be held for ever then, as a native library's lock, whose cleaning up waits for it: `terminate()` would never come to its end, nor would the process.
 * Who makes one keeps it until the thread is over; the thread has its own of the same memory.
 */
export class ThreadGate {
  /** For the thread, in its `workerData`. */
  readonly memory: SharedArrayBuffer;
  readonly #state: Int32Array;
  #depth = 0;

  private constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#state = new Int32Array(memory);
  }

  /** For whoever ends the thread. Where the process ends by `process.exit()`, it is closed, too. Give it up with {@link forget}. */
  static make(): ThreadGate {
    const gate = new ThreadGate(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    if (open.size === 0) process.on("exit", closeAll);
    open.add(gate);
    return gate;
  }

  /** For the thread itself. */
  static of(memory: SharedArrayBuffer): ThreadGate {
    return new ThreadGate(memory);
  }

  /** In the thread: runs what it is not to be ended in the middle of; short, and may be nested. Once the gate is closed it does not come back: the thread is about to be ended. */
  during<T>(run: () => T): T {
    if (this.#depth > 0) return run();
    while (Atomics.compareExchange(this.#state, 0, FREE, BUSY) !== FREE) Atomics.wait(this.#state, 0, CLOSED);
    this.#depth++;
    try {
      return run();
    } finally {
      this.#depth--;
      if (Atomics.compareExchange(this.#state, 0, BUSY, FREE) !== BUSY) {
        Atomics.store(this.#state, 0, CLOSED);
        Atomics.notify(this.#state, 0);
      }
    }
  }

  /** Resolves when the thread is in the middle of nothing, and begins nothing more; after `timeoutMs` in any case. */
  async close(timeoutMs: number): Promise<void> {
    if (!this.#ask()) await Atomics.waitAsync(this.#state, 0, ENDING, timeoutMs).value;
  }

  /** As {@link close}, holding the caller. */
  closeSync(timeoutMs: number): void {
    if (!this.#ask()) Atomics.wait(this.#state, 0, ENDING, timeoutMs);
  }

  /** The thread is over. */
  forget(): void {
    open.delete(this);
    if (open.size === 0) process.off("exit", closeAll);
  }

  /** Whether it is closed by now; if not, the thread closes it. */
  #ask(): boolean {
    for (;;) {
      const found = Atomics.compareExchange(this.#state, 0, FREE, CLOSED);
      if (found === FREE || found === CLOSED) return true;
      if (found === ENDING || Atomics.compareExchange(this.#state, 0, BUSY, ENDING) === BUSY) return false;
    }
  }
}

function closeAll(): void {
  for (const gate of open) gate.closeSync(EXIT_MS);
}
