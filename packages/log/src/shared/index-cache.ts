import type { SegmentIndexes } from "../segment/segment-indexes.ts";

/** Whoever holds indexes that can be read again from disk. */
export interface IndexHolder {
  /** Lets go of them. */
  dropIndexes(): void;
}

/** Bounds the memory of closed segments' indexes over all partitions: those loaded or asked for longest ago are dropped first. */
export class IndexCache {
  readonly #maxBytes: number;
  /** In order of last use. */
  readonly #held = new Map<IndexHolder, number>();
  #sizeBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** `holder` has loaded or used `indexes`. It may lose others, never these. */
  used(holder: IndexHolder, indexes: SegmentIndexes): void {
    this.forget(holder);
    this.#held.set(holder, indexes.sizeBytes);
    this.#sizeBytes += indexes.sizeBytes;
    for (const oldest of this.#held.keys()) {
      if (this.#sizeBytes <= this.#maxBytes || oldest === holder) break;
      this.forget(oldest);
      oldest.dropIndexes();
    }
  }

  forget(holder: IndexHolder): void {
    const bytes = this.#held.get(holder);
    if (bytes === undefined) return;
    this.#held.delete(holder);
    this.#sizeBytes -= bytes;
  }
}
