/** A transaction that has ended: its first record, and its marker. */
interface Ended {
  readonly firstOffset: number;
  readonly lastOffset: number;
}

/**
 * Transactions whose markers are not below the high watermark yet. They count as open until then: a marker that is lost with the power must not have been acted upon.
 */
export class UnsettledTransactions {
  /** In order of the markers. */
  #ended: Ended[] = [];

  add(ended: Ended, highWatermark: number): void {
    if (ended.lastOffset < highWatermark) return;
    this.#settle(highWatermark);
    this.#ended.push(ended);
  }

  /** Where the oldest of them begins; −1 when there is none. */
  firstOffset(highWatermark: number): number {
    if (this.#ended.length === 0) return -1;
    this.#settle(highWatermark);
    let first = -1;
    for (const { firstOffset } of this.#ended) if (first < 0 || firstOffset < first) first = firstOffset;
    return first;
  }

  #settle(highWatermark: number): void {
    const settled = this.#ended.findIndex(({ lastOffset }) => lastOffset >= highWatermark);
    if (settled < 0) this.#ended.length = 0;
    else if (settled > 0) this.#ended.splice(0, settled);
  }
}
