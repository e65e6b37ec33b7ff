import { DataError, shown } from "./data-error.ts";
import { type Decimal, decimalText } from "./decimal.ts";
import { DATE, DECIMAL, TIME, TIMESTAMP } from "./logical-names.ts";
import { makeSchema } from "./make-schema.ts";
import type { ConnectSchema } from "./schema.ts";

const DAY_MS = 86_400_000;
const INT32_MAX = 2 ** 31 - 1;

/** What comes with each of the four: made as Java's builders make it, version 1. */
export interface LogicalOptions {
  readonly optional?: boolean;
  readonly defaultValue?: unknown;
}

/** Connect's Date: a day, as midnight in UTC. */
export const dateSchema = (options: LogicalOptions = {}): ConnectSchema =>
  makeSchema({ type: "int32", name: DATE, version: 1, ...options });
/** Connect's Time: a time of day, on the first day of 1970 in UTC. */
export const timeSchema = (options: LogicalOptions = {}): ConnectSchema =>
  makeSchema({ type: "int32", name: TIME, version: 1, ...options });
/** Connect's Timestamp, in milliseconds. */
export const timestampSchema = (options: LogicalOptions = {}): ConnectSchema =>
  makeSchema({ type: "int64", name: TIMESTAMP, version: 1, ...options });
/** Connect's Decimal with so many digits behind the point. */
export const decimalSchema = (scale: number, options: LogicalOptions = {}): ConnectSchema =>
  makeSchema({ type: "bytes", name: DECIMAL, version: 1, parameters: { scale: String(scale) }, ...options });

/** @throws ConnectError CONNECT_DATA where the schema has none. */
export function scaleOf(schema: ConnectSchema): number {
  const text = schema.parameters?.["scale"];
  const scale = text === undefined ? Number.NaN : Number(text);
  if (Number.isInteger(scale) && Math.abs(scale) <= INT32_MAX) return scale;
  throw new DataError(`a schema of Decimal has a parameter "scale" that is a whole number, not ${text ?? "none"}`);
}

/** What a Decimal of this schema is; a number of another scale is refused, since nothing would say so to who reads it. */
export function checkScale(schema: ConnectSchema, value: Decimal): Decimal {
  const scale = scaleOf(schema);
  if (value.scale === scale) return value;
  throw new DataError(`${decimalText(value)} has the scale ${value.scale}, and its schema the scale ${scale}`);
}

/** Days since 1970. */
export function daysOf(date: Date): number {
  const ms = date.getTime();
  if (ms % DAY_MS === 0) return ms / DAY_MS;
  throw new DataError(`a value of Connect's Date is midnight in UTC, not ${shown(date)}`);
}

export function dateOfDays(days: number): Date {
  return dateOfMs(days * DAY_MS);
}

/** Milliseconds since midnight. */
export function dayMsOf(time: Date): number {
  const ms = time.getTime();
  if (ms >= 0 && ms <= DAY_MS) return ms;
  throw new DataError(`a value of Connect's Time is within the first day of 1970, not ${shown(time)}`);
}

export function timeOfDayMs(ms: number): Date {
  if (ms >= 0 && ms <= DAY_MS) return new Date(ms);
  throw new DataError(`a time of day is 0 to ${DAY_MS} ms, not ${ms}`);
}

/** Milliseconds since 1970. */
export function msOf(date: Date): number {
  const ms = date.getTime();
  if (Number.isNaN(ms)) throw new DataError("a Date that is none is no timestamp");
  return ms;
}

export function timestampMsOf(date: Date): bigint {
  return BigInt(msOf(date));
}

export function dateOfMs(ms: number): Date {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) throw new DataError(`${ms} ms since 1970 is beyond the years that a Date has (±271821)`);
  return date;
}
