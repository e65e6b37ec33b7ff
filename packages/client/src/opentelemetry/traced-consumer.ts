import type { Consumer, ConsumerBatch, ConsumerRecord, WaitOptions } from "../consumer/consumer-types.ts";
import type { RunOptions } from "../consumer/run/run-types.ts";
import { type ProcessSpans, tracedLoop } from "./process-spans.ts";

/** A consumer whose ways to read make spans. */
export class TracedConsumer {
  readonly #inner: Consumer;
  readonly #spans: ProcessSpans;

  constructor(inner: Consumer, spans: ProcessSpans) {
    this.#inner = inner;
    this.#spans = spans;
  }

  records(options?: WaitOptions): AsyncIterableIterator<ConsumerRecord, undefined> {
    return tracedLoop(this.#inner.records(options), (record) => this.#spans.begin(record));
  }

  batches(options?: WaitOptions): AsyncIterableIterator<ConsumerBatch, undefined> {
    return tracedLoop(this.#inner.batches(options), (batch) => this.#spans.beginBatch(batch));
  }

  /** Counts; nobody knows when the work on its batches is done. */
  async poll(timeoutMs: number, options?: WaitOptions): Promise<readonly ConsumerBatch[]> {
    const batches = await this.#inner.poll(timeoutMs, options);
    for (const batch of batches) this.#spans.delivered(batch.topic, batch.recordCountMax, batch.sizeBytes);
    return batches;
  }

  run(options: RunOptions): Promise<void> {
    const { eachRecord, eachBatch } = options ?? {};
    const spans = this.#spans;
    return this.#inner.run({
      ...options,
      ...(typeof eachRecord === "function"
        ? { eachRecord: (record, how) => spans.within(spans.begin(record), () => eachRecord(record, how)) }
        : {}),
      ...(typeof eachBatch === "function"
        ? { eachBatch: (batch, how) => spans.within(spans.beginBatch(batch), () => eachBatch(batch, how)) }
        : {}),
    });
  }
}
