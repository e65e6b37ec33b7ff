/** The types of Connect's data model, by the names that its JSON form has (`float`, `double` are FLOAT32, FLOAT64). */
export type ConnectType =
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "float"
  | "double"
  | "boolean"
  | "string"
  | "bytes"
  | "array"
  | "map"
  | "struct";

/** A field of a struct. */
export interface ConnectField {
  readonly name: string;
  readonly schema: ConnectSchema;
}

/**
 * What a value is, as Apache Connect's `Schema`. Never changed once made: whatever is derived of one (a converter's text, a registry's id, a
 * transform's next schema) may be remembered under it as key.
 *
 * A value of it is
 *
 * | type | value |
 * |---|---|
 * | `int8`, `int16`, `int32`, `float`, `double` | number |
 * | `int64` | bigint |
 * | `boolean`, `string` | the same |
 * | `bytes` | Uint8Array |
 * | `array` | array |
 * | `map` | `Map` |
 * | `struct` | an object with a property of each field; one that is absent is null |
 * | `Decimal` | {@link Decimal} |
 * | `Date`, `Time`, `Timestamp` of Connect | JavaScript's `Date`, in UTC |
 *
 * and null where `optional`. A value without a schema is what JSON has: null, boolean, string, number, bigint (a whole number), array, object.
 */
export interface ConnectSchema {
  readonly type: ConnectType;
  /** Whether null is a value. */
  readonly optional: boolean;
  readonly name?: string | undefined;
  readonly version?: number | undefined;
  readonly doc?: string | undefined;
  /** What stands for an absent value; of the schema's own type. */
  readonly defaultValue?: unknown;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Of a `struct`, in order. */
  readonly fields?: readonly ConnectField[] | undefined;
  /** Of a `map`. */
  readonly keySchema?: ConnectSchema | undefined;
  /** Of a `map` its values', of an `array` its elements'. */
  readonly valueSchema?: ConnectSchema | undefined;
}

/** A value and what it is; without a schema it is what JSON has. */
export interface SchemaAndValue {
  readonly schema?: ConnectSchema | undefined;
  readonly value: unknown;
}
