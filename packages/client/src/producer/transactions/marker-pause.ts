/** A broker puts back a batch that comes too early for this long (`add.partitions.to.txn.retry.backoff.ms`). */
const PUT_BACK_MS = 20;
const PAUSE_MS_MAX = 5;
/** After so many transactions whose first batch was taken at once the pause is shortened. */
const TAKEN_IN_A_ROW = 8;
/** Where the longest pause was in vain so often, something else is slow: no pause for a while. */
const IN_VAIN_MAX = 3;
const TRANSACTIONS_WITHOUT = 200;

/**
 * How long to wait between the end of a transaction and the first batch of the next one. The end is answered before its markers are written, and a batch
 * that comes before them is put back by the broker for 20 ms, several times what writing them takes (KIP-890). Nobody tells that this happened, so it is
 * learnt from how long the first batch of each transaction takes: the pause becomes as long as the markers mostly need, and stays 0 where a
 * broker has written them by the time it answers.
 */
export class MarkerPause {
  #ms = 0;
  #taken = 0;
  #inVain = 0;
  #without = 0;

  /** In whole milliseconds; at most 5. */
  get ms(): number {
    return this.#ms;
  }

  /** The first batch of a transaction was answered. */
  firstBatchTook(ms: number): void {
    if (this.#without > 0) {
      this.#without--;
      return;
    }
    if (ms < PUT_BACK_MS) {
      this.#inVain = 0;
      if (++this.#taken < TAKEN_IN_A_ROW || this.#ms === 0) return;
      this.#taken = 0;
      this.#ms--;
      return;
    }
    this.#taken = 0;
    if (this.#ms < PAUSE_MS_MAX) this.#ms++;
    else if (++this.#inVain === IN_VAIN_MAX) {
      this.#ms = 0;
      this.#inVain = 0;
      this.#without = TRANSACTIONS_WITHOUT;
    }
  }
}
