import type { BatchCursor, ConsumerRecord } from "./consumer-types.ts";
import { type FetchedBatch, recordAt } from "./fetched-batch.ts";

/** A fetched chunk of one partition, or the place where the fetched bytes turned bad; given out whole, or record by record. */
export class BufferedChunk {
  readonly batch: FetchedBatch;
  /** Leader epoch of its last batch; −1: none. */
  readonly nextEpoch: number;
  /** What is wrong with the bytes behind it. */
  readonly fault: string | undefined;
  #cursor: BatchCursor | undefined;
  #next: ConsumerRecord | undefined;
  #error: Error | undefined;
  readonly #isRest: boolean;
  #takenCount = 0;

  /** `isRest`: records before those of `batch` were given out. */
  constructor(batch: FetchedBatch, nextEpoch: number, fault: string | undefined, isRest = false) {
    this.batch = batch;
    this.nextEpoch = nextEpoch;
    this.fault = fault;
    this.#isRest = isRest;
  }

  /** Nothing but the fault. */
  get isFaultOnly(): boolean {
    return this.fault !== undefined && this.batch.nextOffset === this.batch.startOffset;
  }

  /** Some of its records were given out. */
  get isBegun(): boolean {
    return this.#isRest || this.#takenCount > 0;
  }

  /** Nothing is left to be seen: what follows the last record taken are markers and aborted records, or nothing. */
  get isExhausted(): boolean {
    return this.#cursor !== undefined && this.#next === undefined && this.#error === undefined;
  }

  /** The next record; undefined when there is none. Throws `ClientError` CORRUPT_BATCH, again and again, where the bytes cannot be decoded. */
  takeRecord(): ConsumerRecord | undefined {
    if (this.#cursor === undefined) this.#look((this.#cursor = this.batch.cursor()));
    if (this.#error !== undefined) throw this.#error;
    const record = this.#next;
    if (record === undefined) return undefined;
    this.#takenCount++;
    this.#look(this.#cursor);
    return record;
  }

  /** What was not given out yet, where the partition stands at `position`. */
  rest(position: number): FetchedBatch {
    return this.batch.from(position, this.#takenCount);
  }

  /** One record ahead, so that with the last one given out the position moves over all that nobody will see. */
  #look(cursor: BatchCursor): void {
    try {
      this.#next = cursor.moveNext() ? recordAt(this.batch.part, cursor) : undefined;
    } catch (error) {
      this.#next = undefined;
      this.#error = error as Error;
    }
  }
}
