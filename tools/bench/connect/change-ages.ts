import type { Client, Consumer } from "@ottla/client";

/** How old changes are when a consumer has them: of each batch the last one, by the time of its commit in the record. */
export class ChangeAges {
  readonly #consumer: Consumer;
  readonly #reading: Promise<void>;
  #ages: number[] = [];
  #isCounted = false;

  constructor(client: Client, topic: string) {
    this.#consumer = client.consumer({ autoOffsetReset: "latest" });
    this.#consumer.assign([{ topic, partition: 0 }]);
    this.#reading = this.#read();
  }

  begin(): void {
    this.#isCounted = true;
  }

  /** Milliseconds: the middle one, that of the 99th hundredth, the longest. */
  end(): { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number; readonly count: number } {
    this.#isCounted = false;
    const ages = this.#ages.toSorted((one, other) => one - other);
    const at = (share: number): number => ages[Math.min(ages.length - 1, Math.floor(ages.length * share))] ?? Number.NaN;
    return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), count: ages.length };
  }

  async close(): Promise<void> {
    await this.#consumer.close();
    await this.#reading;
  }

  async #read(): Promise<void> {
    for await (const batch of this.#consumer.batches()) {
      if (!this.#isCounted) continue;
      const cursor = batch.cursor();
      let last: Uint8Array | null = null;
      while (cursor.moveNext()) last = cursor.value();
      const commitMs = last && /"source":\{.*?"ts_ms":(\d{13})/.exec(Buffer.from(last).toString("latin1"))?.[1];
      if (commitMs) this.#ages.push(Date.now() - Number(commitMs));
    }
  }
}
