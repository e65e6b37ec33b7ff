/** No answer may take more than this share of what is free, so that whoever comes late still gets more than one batch. */
const SHARE_OF_FREE = 4;

/**
 * What all Fetch answers together may hold until their clients have taken them. Slow readers of large partitions so make answers smaller, down to the one batch that
 * always comes back (KIP-74), instead of memory larger.
 */
export class FetchMemory {
  readonly #capacityBytes: number;
  #heldBytes = 0;

  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  /** Bytes reserved or on the way to clients. One batch per answer may come on top of the capacity. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Reserves up to `wantedBytes` for a read; returns how much. */
  reserve(wantedBytes: number): number {
    const granted = Math.max(0, Math.min(wantedBytes, Math.floor((this.#capacityBytes - this.#heldBytes) / SHARE_OF_FREE)));
    this.#heldBytes += granted;
    return granted;
  }

  /** The read that `reserved` was for gave `readBytes`; they are held until {@link FetchMemory.free}. */
  settle(reserved: number, readBytes: number): void {
    this.#heldBytes += readBytes - reserved;
  }

  free(readBytes: number): void {
    this.#heldBytes -= readBytes;
  }
}
