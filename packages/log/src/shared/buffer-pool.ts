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

/** What is smaller is left to the garbage collector. */
const FREE_FROM_BYTES = 32 * 1024;

const NOTHING_TO_RELEASE = (): void => {};

/**
 * Large buffers that are used again and again: memory fresh from the system costs a page fault for every 4 KiB, and its garbage
 * makes the collector run. Keeps at most `freeMax` unused ones; the memory of the others goes back to the system at once, not when the collector comes to it, so that
 * what was counted as given back is.
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
    if (byteLength < POOL_FROM_BYTES || byteLength > POOLED_BYTES) {
      const buffer = Buffer.allocUnsafeSlow(byteLength);
      const release = byteLength < FREE_FROM_BYTES ? NOTHING_TO_RELEASE : () => freeNow(buffer);
      return { buffer, heldBytes: byteLength, release };
    }
    const whole = this.take();
    return { buffer: whole.subarray(0, byteLength), heldBytes: POOLED_BYTES, release: () => this.give(whole) };
  }

  /** A buffer of {@link POOLED_BYTES}; give it back when nobody looks at it any more. */
  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(POOLED_BYTES);
  }

  give(buffer: Buffer): void {
    if (this.#free.length < this.#freeMax) this.#free.push(buffer);
    else freeNow(buffer);
  }
}

/** The buffer, and every view of its memory, is empty afterwards. */
function freeNow(buffer: Buffer): void {
  if (buffer.buffer instanceof ArrayBuffer) buffer.buffer.transfer(0);
}
