import type { BatchCursor, ConsumerBatch } from "@ottla/client";
import type { StateStore } from "../../stores/store.ts";

/** After so many records the time is looked at. */
const RECORDS_PER_LOOK = 256;

/** A batch of a changelog on its way into a store: a slice at a time, without an object for each record. */
export class BatchFill {
  readonly batch: ConsumerBatch;
  readonly #cursor: BatchCursor;
  #count = 0;
  #position: number;
  #isDone = false;
  /** The cursor stands on a record that is not in the store yet. */
  #hasRecord = false;

  constructor(batch: ConsumerBatch) {
    this.batch = batch;
    this.#cursor = batch.cursor();
    this.#position = batch.startOffset;
  }

  /** How many records are in the store. */
  get count(): number {
    return this.#count;
  }

  /** Everything of the batch before it is in the store. */
  get position(): number {
    return this.#position;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** Goes on until the batch is done with, a record at `limit` or behind it comes, or `mayGoOn` says no. */
  run(store: StateStore, limit: number, mayGoOn: () => boolean): void {
    const cursor = this.#cursor;
    for (let looked = 0; ; ) {
      if (!this.#hasRecord && !cursor.moveNext()) break;
      this.#hasRecord = true;
      const { offset } = cursor;
      if (offset >= limit) return;
      const key = cursor.key();
      if (key !== null) store.restore(key, cursor.value(), cursor.timestamp);
      this.#hasRecord = false;
      this.#count++;
      this.#position = offset + 1;
      if (++looked % RECORDS_PER_LOOK === 0 && !mayGoOn()) return;
    }
    this.#isDone = true;
    this.#position = Math.min(limit, Math.max(this.#position, this.batch.nextOffset));
  }
}
