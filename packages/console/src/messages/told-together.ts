import type { DecodedRecord } from "./record-filter.ts";

/** An event has so many records, and so many signs of text, at most. */
const RECORDS_MAX = 100;
const CHARS_MAX = 512 * 1024;
/** And of what they were decoded from so many bytes, which are held until somebody takes the event: of a record of a MiB no more than the beginning is told. */
const BYTES_MAX = 512 * 1024;

/** Records that are told in one event; the one that fills it belongs to it. */
export class ToldTogether {
  #records: DecodedRecord[] = [];
  #chars = 0;
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  get isFull(): boolean {
    return this.#records.length >= RECORDS_MAX || this.#chars >= CHARS_MAX || this.#bytes >= BYTES_MAX;
  }

  add(decoded: DecodedRecord): void {
    this.#records.push(decoded);
    this.#chars += decoded.key.text.length + decoded.value.text.length;
    this.#bytes += decoded.key.sizeBytes + decoded.value.sizeBytes;
  }

  /** Those that were added, and nothing of them is kept. */
  take(): readonly DecodedRecord[] {
    const records = this.#records;
    this.#records = [];
    this.#chars = 0;
    this.#bytes = 0;
    return records;
  }
}
