import { ClientError } from "../client-error.ts";
import type { ConsumerBatch, ConsumerRecord } from "./consumer-types.ts";

/** What the iterators need of a consumer. */
export interface BatchSource {
  readonly isClosed: boolean;
  poll(timeoutMs: number): Promise<readonly ConsumerBatch[]>;
  /** Goes back to an offset that was polled but not used. */
  giveBack(batch: ConsumerBatch, offset: number): void;
}

const POLL_MS = 1000;

/** Batches one by one. A loop that is left gives back the batches it did not get to. */
export class BatchIterator implements AsyncIterableIterator<ConsumerBatch> {
  readonly #source: BatchSource;
  #batches: readonly ConsumerBatch[] = [];
  #at = 0;
  #isDone = false;

  constructor(source: BatchSource) {
    this.#source = source;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ConsumerBatch, undefined>> {
    const ready = this.takeReady();
    if (ready) return { done: false, value: ready };
    while (!this.#isDone && !this.#source.isClosed) {
      try {
        this.#batches = await this.#source.poll(POLL_MS);
      } catch (error) {
        if (error instanceof ClientError && error.code === "CLIENT_CLOSED") break;
        throw error;
      }
      this.#at = 0;
      const batch = this.takeReady();
      if (batch) return { done: false, value: batch };
    }
    return { done: true, value: undefined };
  }

  /** The next batch of the last poll, if there is one. */
  takeReady(): ConsumerBatch | undefined {
    return this.#isDone ? undefined : this.#batches[this.#at++];
  }

  async return(): Promise<IteratorResult<ConsumerBatch, undefined>> {
    if (!this.#isDone && !this.#source.isClosed)
      for (const batch of this.#batches.slice(this.#at)) this.#source.giveBack(batch, batch.startOffset);
    this.#isDone = true;
    return { done: true, value: undefined };
  }
}

/** Records one by one. A loop that is left gives back everything behind the last record it saw. */
export class RecordIterator implements AsyncIterableIterator<ConsumerRecord> {
  readonly #source: BatchSource;
  readonly #batches: BatchIterator;
  #batch: ConsumerBatch | undefined;
  #records: Iterator<ConsumerRecord> | undefined;
  #nextOffset = 0;

  constructor(source: BatchSource) {
    this.#source = source;
    this.#batches = new BatchIterator(source);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<ConsumerRecord, undefined>> {
    const record = this.#takeReady();
    return record ? Promise.resolve({ done: false, value: record }) : this.#fromNextBatch();
  }

  async return(): Promise<IteratorResult<ConsumerRecord, undefined>> {
    if (this.#batch && !this.#source.isClosed) this.#source.giveBack(this.#batch, this.#nextOffset);
    this.#batch = this.#records = undefined;
    await this.#batches.return();
    return { done: true, value: undefined };
  }

  #takeReady(): ConsumerRecord | undefined {
    if (this.#records === undefined) return undefined;
    const result = this.#records.next();
    if (result.done) {
      this.#batch = this.#records = undefined;
      return undefined;
    }
    this.#nextOffset = result.value.offset + 1;
    return result.value;
  }

  async #fromNextBatch(): Promise<IteratorResult<ConsumerRecord, undefined>> {
    for (;;) {
      const result = await this.#batches.next();
      if (result.done) return { done: true, value: undefined };
      this.#batch = result.value;
      this.#nextOffset = result.value.startOffset;
      this.#records = result.value[Symbol.iterator]();
      const record = this.#takeReady();
      if (record) return { done: false, value: record };
    }
  }
}
