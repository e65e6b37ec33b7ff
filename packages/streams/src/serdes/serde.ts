import type { Headers } from "../record.ts";

/**
 * How values of one type become bytes. What takes a serde or serializer of a type is given just that: one of a narrower type, which would write values that it does not know, does not compile.
 *
 * Null is not a serde's business: a null key or value is null bytes, and no function of a serde is called for it.
 */
export interface Serializer<T> {
  /** The name by which errors and `toJSON()` call it: `string`, `json`, `timeWindowed(string)`. */
  readonly name: string;
  /** Throws what it likes when it cannot: whoever calls it names topic, partition and offset. */
  readonly serialize: (topic: string, value: T, headers: Headers) => Uint8Array;
  /** Which of so many partitions a key goes to, where that does not hang on all of its bytes: keys within windows are spread as the keys alone are. */
  partitionOf?(topic: string, key: T, headers: Headers, partitions: number): number;
  /** The bytes carry the id of a schema, so that equal values may have different bytes: not fit for the key of a join or group (`STREAMS_KEY_SCHEMA_ID`). */
  readonly carriesSchemaId?: boolean;
}

/** How values of one type come back. */
export interface Deserializer<T> {
  readonly name: string;
  /** `bytes` may be a view of a larger buffer and are valid during the call only: copy what is kept. */
  deserialize(topic: string, bytes: Uint8Array, headers: Headers): T;
}

/** How values of one type become bytes and come back. Both directions are synchronous. */
export interface Serde<T> extends Serializer<T>, Deserializer<T> {}

/** A serde for what is there: one for texts is as good where a text may be null, of which a serde is told nothing. */
export type SerdeFor<T> = Serde<T> | Serde<Exclude<T, null>>;

/** As {@link SerdeFor}, where nothing is read back. */
export type SerializerFor<T> = Serializer<T> | Serializer<Exclude<T, null>>;

/** A serde whose type the topology does not know any more; the DSL saw to it that it fits. */
export interface AnySerde {
  readonly name: string;
  // A method, so that serdes of all types fit.
  serialize(topic: string, value: unknown, headers: Headers): Uint8Array;
  deserialize(topic: string, bytes: Uint8Array, headers: Headers): unknown;
  partitionOf?(topic: string, key: unknown, headers: Headers, partitions: number): number;
  readonly carriesSchemaId?: boolean;
}

/** The type that a serde is for. */
export type TypeOf<S> = S extends Serde<infer T> ? T : never;
