import type { BytesLike } from "../bytes.ts";
import type { RecordHeader } from "../consumer/consumer-types.ts";
import { checkFunction, checkObject } from "../options/argument-checks.ts";

/** Where the bytes belong. */
export interface SerdeContext {
  readonly topic: string;
  readonly field: "key" | "value";
}

/** Where a serde puts headers that go with the record it writes, behind the sender's own. */
export interface HeadersToSend {
  set(key: string, value: Buffer): void;
}

/**
 * Turns the keys or values of a topic into bytes and back. `In` is what may be sent, `Out` what is read; they differ where reading transforms, as a schema with
 * defaults does. Either way may be asynchronous: records are sent and read in their order all the same. What cannot be done is thrown, as any error.
 */
export interface Serde<In, Out = In> {
  /** Never called with null when `isNullable` is false or left out. */
  serialize(value: In, context: SerdeContext, headers?: HeadersToSend): BytesLike | null | Promise<BytesLike | null>;
  /** Bytes are a view of the fetched answer: copy what is kept as bytes. Never called for null. */
  deserialize(bytes: Buffer, context: SerdeContext, headers: readonly RecordHeader[]): Out | Promise<Out>;
  /** Null stands for null: a record without a key, a tombstone. Otherwise a null is an error on both ways. */
  readonly isNullable?: boolean;
}

/**
 * The same with null: for values that may be tombstones and for keys that may be missing. Without it a null is refused when it is sent, and cannot be decoded
 * when it is read. Throws `ClientError` INVALID_ARGUMENT.
 */
export function nullable<In, Out>(serde: Serde<In, Out>): Serde<In | null, Out | null> {
  checkSerde("nullable: serde", serde);
  return {
    isNullable: true,
    serialize: (value, context, headers) => (value === null ? null : serde.serialize(value, context, headers)),
    deserialize: (bytes, context, headers) => serde.deserialize(bytes, context, headers),
  };
}

export function checkSerde(subject: string, value: unknown): void {
  const { serialize, deserialize } = checkObject(subject, value);
  checkFunction(`${subject}.serialize`, serialize);
  checkFunction(`${subject}.deserialize`, deserialize);
}
