import type { WaitOptions } from "../consumer/consumer-types.ts";
import type { ShareRunOptions } from "../share/run/share-run-types.ts";
import type { ShareRecord } from "../share/share-record-types.ts";
import type { ShareConsumer } from "../share/share-types.ts";
import { type ProcessSpans, tracedLoop } from "./process-spans.ts";

/** A share consumer whose ways to read make spans. */
export class TracedShareConsumer {
  readonly #inner: ShareConsumer;
  readonly #spans: ProcessSpans;

  constructor(inner: ShareConsumer, spans: ProcessSpans) {
    this.#inner = inner;
    this.#spans = spans;
  }

  records(options?: WaitOptions): AsyncIterableIterator<ShareRecord, undefined> {
    return tracedLoop(this.#inner.records(options), (record) => this.#spans.begin(record));
  }

  /** Counts; nobody knows when the work on its records is done. */
  async poll(timeoutMs: number, options?: WaitOptions): Promise<readonly ShareRecord[]> {
    const records = await this.#inner.poll(timeoutMs, options);
    for (const { topic, key, value } of records) this.#spans.delivered(topic, 1, (key?.length ?? 0) + (value?.length ?? 0));
    return records;
  }

  run(options: ShareRunOptions): Promise<void> {
    const { eachRecord } = options ?? {};
    const spans = this.#spans;
    if (typeof eachRecord !== "function") return this.#inner.run(options);
    return this.#inner.run({
      ...options,
      eachRecord: (record, how) => spans.within(spans.begin(record), () => eachRecord(record, how)),
    });
  }
}
