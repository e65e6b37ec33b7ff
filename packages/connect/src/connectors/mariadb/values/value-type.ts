import type { ConnectSchema } from "../../../data/schema.ts";

/** What a column becomes: its schema without `optional`, and how its raw value (`CellReader` says which) becomes one of it. */
export interface ValueType {
  readonly schema: Omit<ConnectSchema, "optional" | "defaultValue">;
  /** Null for a date that no calendar has. Throws where the value cannot be expressed in the schema. */
  readonly fromRaw: (raw: never) => unknown;
  /** What stands for such a date where null may not, as Debezium has it. */
  readonly zero: unknown;
}

/** How some types become Connect's; the names and values are Debezium's. */
export interface ValueOptions {
  /** `decimal.handling.mode` */
  readonly decimals: "precise" | "double" | "string";
  /** `time.precision.mode` */
  readonly times: "adaptive_time_microseconds" | "connect";
  /** `bigint.unsigned.handling.mode`: what is beyond an int64 becomes negative with `long`. */
  readonly unsignedBigints: "long" | "precise";
  /** `binary.handling.mode` */
  readonly binary: "bytes" | "base64" | "base64-url-safe" | "hex";
}
