import type { CallLimit } from "../cluster/call-limit.ts";
import { ClientError } from "../client-error.ts";

/** Waits for memory; at most one place in the queue. */
export interface MemoryWaiter {
  /** Set while it sleeps. */
  wake: (() => void) | undefined;
}

/**
 * The memory that records take until they are acknowledged. Who finds too little gets into a queue and is served in its order, so that a large record is not
 * passed by small ones for ever.
 */
export class BufferMemory {
  readonly #capacityBytes: number;
  readonly #onShortage: () => () => void;
  readonly #queue: MemoryWaiter[] = [];
  #release: (() => void) | undefined;
  #usedBytes = 0;

  /** `onShortage` is called while somebody waits; what it returns, when nobody does any more. */
  constructor(capacityBytes: number, onShortage: () => () => void) {
    this.#capacityBytes = capacityBytes;
    this.#onShortage = onShortage;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** False when there is no room, or when somebody other than `waiter` is before. */
  take(bytes: number, waiter: MemoryWaiter | undefined): boolean {
    const first = this.#queue[0];
    if (first !== undefined && first !== waiter) return false;
    if (this.#usedBytes + bytes > this.#capacityBytes) return false;
    this.#usedBytes += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#usedBytes -= bytes;
    this.#wakeFirst();
  }

  /** Resolves when it is worth trying again. Rejects with `ClientError` BUFFER_FULL at the limit's deadline, or with what ended the call. */
  async wait(waiter: MemoryWaiter, limit: CallLimit): Promise<void> {
    if (!this.#queue.includes(waiter)) this.#queue.push(waiter);
    this.#release ??= this.#onShortage();
    try {
      await limit.bound("The wait for memory", () => new Promise<void>((resolve) => (waiter.wake = resolve)));
    } catch (error) {
      const isTime = error instanceof ClientError && error.code === "CALL_TIMEOUT";
      if (!isTime) throw error;
      throw new ClientError(
        "BUFFER_FULL",
        `No buffer memory became free within ${limit.timeoutMs} ms; ${this.#usedBytes} bytes wait to be acknowledged.`,
      );
    } finally {
      waiter.wake = undefined;
    }
  }

  /** Has what it wanted, or gave up: the next one may try. */
  leave(waiter: MemoryWaiter): void {
    const at = this.#queue.indexOf(waiter);
    if (at < 0) return;
    this.#queue.splice(at, 1);
    if (this.#queue.length === 0) {
      this.#release?.();
      this.#release = undefined;
    } else this.#wakeFirst();
  }

  #wakeFirst(): void {
    this.#queue[0]?.wake?.();
  }
}
