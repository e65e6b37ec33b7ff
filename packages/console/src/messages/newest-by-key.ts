import type { ConsumerRecord } from "@ottla/client";

/** So many keys, and so many bytes of records, are held of one reading. */
const KEYS_MAX = 5_000;
const BYTES_MAX = 32 * 1024 * 1024;

/** The newest record of each key: what a compacted topic comes to. A record without a value takes its key out; records without a key are left out. */
export class NewestByKey {
  readonly #records = new Map<string, ConsumerRecord>();
  #bytes = 0;
  #leftOut = 0;

  /** Records whose keys there was no room for. */
  get leftOut(): number {
    return this.#leftOut;
  }

  add(record: ConsumerRecord): void {
    if (record.key === null) return;
    const key = record.key.toString("latin1");
    const before = this.#records.get(key);
    // A key may have moved to another partition when there were more of them: the later one counts.
    if (before !== undefined && before.partition !== record.partition && before.timestamp > record.timestamp) return;
    if (before !== undefined) {
      this.#records.delete(key);
      this.#bytes -= sizeOf(before);
    }
    if (record.value === null) return;
    if (this.#records.size >= KEYS_MAX || this.#bytes + sizeOf(record) > BYTES_MAX) {
      this.#leftOut++;
      return;
    }
    // Its own bytes: a slice would hold the whole answer that it came in.
    this.#records.set(key, { ...record, key: Buffer.from(record.key), value: Buffer.from(record.value) });
    this.#bytes += sizeOf(record);
  }

  /** In the order of their keys. */
  records(): readonly ConsumerRecord[] {
    return [...this.#records].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
  }
}

function sizeOf({ key, value }: ConsumerRecord): number {
  return (key?.length ?? 0) + (value?.length ?? 0);
}
