/** A header of a record. Keys may occur several times; their order is kept. */
export interface RecordHeader {
  readonly key: string;
  readonly value: Buffer | null;
}

/** One record, taken out of its batch. `key`, `value` and header values are views of the batch's bytes. */
export interface KafkaRecord {
  readonly offset: number;
  /** Milliseconds since 1970; −1 if the producer gave none. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}

export const NO_HEADERS: readonly RecordHeader[] = Object.freeze([]);
