import type { Headers } from "../record.ts";

/** The bytes that a record was made of, as its topic has them. */
export interface SourceBytes {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

/** Of the record that is being processed; one object for the whole life of a task, its fields change. */
export interface RecordPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly headers: Headers;
  /** Undefined where nobody may ask for them, of punctuators, and after a restart. */
  readonly source?: SourceBytes | undefined;
}
