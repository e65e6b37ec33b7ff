/** One pooled buffer: a whole partition's share of a fetch (1 MiB by default) and the room an index lookup may add. */
export const POOLED_BYTES = 1024 * 1024 + 64 * 1024;
/** Below this a buffer of its own is cheaper, in time or in memory that is held and not used. */
const POOL_FROM_BYTES = 256 * 1024;

/** A buffer on loan. */
export interface BufferLease {
  readonly buffer: Buffer;
  /** Memory that is held by the lease, in bytes. */
  readonly heldBytes: number;
  /** Call at most once. A lease that is never released costs no more than a new buffer. */
  readonly release: () => void;
}

const NOTHING_TO_RELEASE = (): void => {};

/**
 * Large buffers that are used again and again: memory fresh from the system costs a page fault for every 4 KiB, and its garbage
 * makes the collector run. Keeps at most `freeMax` unused ones.
 */
export class BufferPool {
  readonly #freeMax: number;
  readonly #free: Buffer[] = [];

  constructor(freeMax: number) {
    this.#freeMax = freeMax;
  }

  /** Unused buffers that are kept. */
  get freeCount(): number {
    return this.#free.length;
  }

  /** A buffer of exactly `byteLength` bytes with any content. */
  lease(byteLength: number): BufferLease {
    if (byteLength < POOL_FROM_BYTES || byteLength > POOLED_BYTES)
      return { buffer: Buffer.allocUnsafeSlow(byteLength), heldBytes: byteLength, release: NOTHING_TO_RELEASE };
    const whole = this.take();
    return { buffer: whole.subarray(0, byteLength), heldBytes: POOLED_BYTES, release: () => this.give(whole) };
  }

  /** A buffer of {@link POOLED_BYTES}; give it back when nobody looks at it any more. */
  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(POOLED_BYTES);
  }

  give(buffer: Buffer): void {
    if (this.#free.length < this.#freeMax) this.#free.push(buffer);
  }
}
