import type { ConnectSchema } from "../../../data/schema.ts";

/** What a column becomes: its schema without `optional`, and how PostgreSQL's text becomes a value. */
export interface ValueType {
  readonly schema: Omit<ConnectSchema, "optional" | "defaultValue">;
  /** Throws where the value cannot be expressed in the schema. */
  readonly parse: (text: string) => unknown;
  /** What stands for a value that the log does not hold where null may not: in the row before, all but its key. As Debezium has it. */
  readonly zero: unknown;
  /** What stands for null and for what the log does not hold, where that shall not be seen. */
  readonly mask?: string | undefined;
}

/** How some types become Connect's; the names and values are Debezium's. */
export interface ValueOptions {
  /** `decimal.handling.mode` */
  readonly decimals: "precise" | "double" | "string";
  /** `time.precision.mode` */
  readonly times: "adaptive" | "adaptive_time_microseconds" | "connect";
  /** `hstore.handling.mode` */
  readonly hstore: "json" | "map";
  /** `interval.handling.mode` */
  readonly intervals: "numeric" | "string";
  /** `binary.handling.mode` */
  readonly binary: "bytes" | "base64" | "base64-url-safe" | "hex";
  /** `include.unknown.datatypes`: as the bytes of their text. Otherwise such a column is left out. */
  readonly includesUnknown: boolean;
}

/** A type without more to it. */
export const plainType = (type: ConnectSchema["type"], parse: (text: string) => unknown, zero: unknown): ValueType => ({
  schema: { type },
  parse,
  zero,
});

/** A type with a name of Debezium's, version 1. */
export const namedType = (
  name: string,
  type: ConnectSchema["type"],
  parse: (text: string) => unknown,
  zero: unknown,
  parameters?: Readonly<Record<string, string>>,
): ValueType => ({ schema: { type, name, version: 1, ...(parameters && { parameters }) }, parse, zero });

/** A text as it is. */
export const asText = (text: string): string => text;
