import { DataError } from "../../data/data-error.ts";
import { TIMESTAMP } from "../../data/logical-names.ts";
import type { ConnectField } from "../../data/schema.ts";

/** How many of a unit are a millisecond, by the names that Debezium gives times. */
const UNITS: Readonly<Record<string, bigint>> = {
  "io.debezium.time.Timestamp": 1n,
  "io.debezium.time.MicroTimestamp": 1_000n,
  "io.debezium.time.NanoTimestamp": 1_000_000n,
};

/** The time in a column; undefined where there is none. @throws ConnectError CONNECT_DATA */
export function eventTimeMs({ name, schema }: ConnectField, value: unknown): number | undefined {
  if (value === null) return undefined;
  if (schema.name === TIMESTAMP && value instanceof Date) return value.getTime();
  const unit = UNITS[schema.name ?? ""];
  if (unit === undefined || typeof value !== "bigint")
    throw new DataError(
      `table.field.event.timestamp is ${name}, a ${schema.name ?? schema.type}; a time is ${Object.keys(UNITS).join(", ")} or Connect's Timestamp`,
      `after.${name}`,
    );
  return Number(value / unit);
}
