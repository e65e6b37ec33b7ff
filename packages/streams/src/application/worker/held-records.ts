import type { DeliveryListener, ProducerRecord } from "@ottla/client";
import type { Headers } from "../../record.ts";

/** More than a worker makes while a commit takes its usual time; written in one go, of short records in some 20 ms. */
const BYTES_MAX = 4 * 1024 * 1024;
/** What a record or header takes beside its bytes. */
const ENTRY_BYTES = 192;

/** What a task writes, for a producer. */
export interface OutputRecord extends ProducerRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Headers;
}

/** Records that are to be written in the next transaction, and cannot be before the last one has ended. Copies what it is given, and is bounded by whoever asks it whether it is full between records. */
export class HeldRecords {
  readonly #bytesMax: number;
  readonly #held: { readonly listener: DeliveryListener; readonly record: OutputRecord }[] = [];
  #bytes = 0;
  /** Something is done that belongs to the next transaction, whether it has written or not. */
  isBegun = false;

  constructor(bytesMax = BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  get count(): number {
    return this.#held.length;
  }

  get isFull(): boolean {
    return this.#bytes >= this.#bytesMax;
  }

  /** `listener`: who is to hear of it when it is written. */
  add(listener: DeliveryListener, record: OutputRecord): void {
    const { key, value, headers } = record;
    const copy = { ...record, key: copyOf(key), value: copyOf(value), headers: headers.length === 0 ? headers : headers.map(copyOfHeader) };
    this.#held.push({ listener, record: copy });
    this.#bytes += ENTRY_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
    for (const header of headers) this.#bytes += ENTRY_BYTES + header.key.length + (header.value?.length ?? 0);
  }

  /** In the order in which they came. */
  giveTo(take: (listener: DeliveryListener, record: OutputRecord) => void): void {
    for (const { listener, record } of this.#held) take(listener, record);
  }
}

/** Of many short ones: they share memory. */
function copyOf(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes);
}

function copyOfHeader({ key, value }: Headers[number]): Headers[number] {
  return { key, value: copyOf(value) };
}
