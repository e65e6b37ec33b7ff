import type { Headers } from "../record.ts";

/**
 * How values of one type become bytes and come back. Both directions are synchronous.
 *
 * Null is not a serde's business: a null key or value is null bytes, and neither function is called for it.
 */
export interface Serde<T> {
  /** The name by which errors and `toJSON()` call it: `string`, `json`, `timeWindowed(string)`. */
  readonly name: string;
  /** Throws what it likes when it cannot: whoever calls it names topic, partition and offset. */
  serialize(topic: string, value: T, headers: Headers): Uint8Array;
  /** `bytes` may be a view of a larger buffer and are valid during the call only: copy what is kept. */
  deserialize(topic: string, bytes: Uint8Array, headers: Headers): T;
  /** Which of so many partitions a key goes to, where that does not hang on all of its bytes: keys within windows are spread as the keys alone are. */
  partitionOf?(topic: string, key: T, headers: Headers, partitions: number): number;
  /** The bytes carry the id of a schema, so that equal values may have different bytes: not fit for the key of a join or group (`STREAMS_KEY_SCHEMA_ID`). */
  readonly carriesSchemaId?: boolean;
}

/** The type that a serde is for. */
export type TypeOf<S> = S extends Serde<infer T> ? T : never;
