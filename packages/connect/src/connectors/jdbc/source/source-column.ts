import { DataError } from "../../../data/data-error.ts";
import { decimalFromText, withScale } from "../../../data/decimal.ts";
import { dateSchema, decimalSchema, timestampSchema } from "../../../data/logical-types.ts";
import { optional, plain } from "../../../data/make-schema.ts";
import type { ConnectSchema } from "../../../data/schema.ts";
import { msOf, readTime, timeText, type TimeZone } from "./exact-time.ts";
import type { SqlValue } from "../sql-session.ts";
import type { JdbcSourceSettings } from "./jdbc-source-config.ts";

/** How a column of times is kept. */
export interface TimeFacts {
  /** The smallest step that it has, in microseconds. */
  readonly unitUs: bigint;
  /** Whether its texts say an offset; else they are of `db.timezone`. */
  readonly isZoned: boolean;
  /** Microseconds of UTC that a value means. Throws DataError. */
  us(raw: unknown): bigint;
}

/** A column of a result. */
export interface SourceColumn {
  readonly name: string;
  readonly schema: ConnectSchema;
  /** Whether the database itself lets no null in. */
  readonly isNotNull: boolean;
  /** A whole number, which reading may go by. */
  readonly isWhole: boolean;
  /** Counted up by the database. */
  readonly isCounted: boolean;
  readonly time?: TimeFacts | undefined;
  /** How reading goes by it where it is of a key; undefined: by itself. */
  readonly key?: KeyForm | undefined;
  /** How it is asked for; undefined: by its name. */
  readonly selected?: ((quotedName: string) => string) | undefined;
  /** Of a value as the driver has it, never null. Throws DataError. */
  read(raw: unknown): unknown;
}

/** A column whose order and whose values in offsets are not what a statement has for the column itself. */
export interface KeyForm {
  expression(quotedName: string): string;
  /** What an offset has, of a value as the driver has it. */
  kept(raw: unknown): SqlValue;
  /** As a statement has it, of what an offset has. Throws ConnectError CONNECT_CONFIG for what is no such value. */
  literal(kept: unknown): string;
}

/** What a column's values become, before it is known whether they may be null. */
export interface ColumnForm {
  readonly schema: ConnectSchema;
  readonly isWhole?: boolean;
  readonly time?: TimeFacts;
  readonly key?: KeyForm;
  readonly selected?: (quotedName: string) => string;
  /** Some of its values become null, though the database has none. */
  readonly hasNulls?: boolean;
  read(raw: unknown): unknown;
}

/** A column of a form. */
export function sourceColumn(
  name: string,
  form: ColumnForm,
  { isNotNull, isCounted = false }: { readonly isNotNull: boolean; readonly isCounted?: boolean },
): SourceColumn {
  const { schema, isWhole = false, time, key, selected, hasNulls = false } = form;
  const shown = isNotNull && !hasNulls ? schema : optional(schema);
  return { name, schema: shown, isNotNull, isWhole, isCounted, time, key, selected, read: (raw) => form.read(raw) };
}

/** What settings say of values. */
export interface ValueRules {
  readonly numeric: JdbcSourceSettings["numeric.mapping"];
  readonly granularity: JdbcSourceSettings["timestamp.granularity"];
  readonly zone: TimeZone;
}

/** A row as a struct's value; `raw` in the columns' order. */
export function readRow(columns: readonly SourceColumn[], raw: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let index = 0; index < columns.length; index++) {
    const column = columns[index]!;
    const value = raw[index];
    if (value === null || value === undefined) {
      if (column.isNotNull) throw new DataError("null came of a column that is NOT NULL", column.name);
      row[column.name] = null;
      continue;
    }
    try {
      row[column.name] = column.read(value);
    } catch (error) {
      throw DataError.within(column.name, error);
    }
  }
  return row;
}

const INTS = [
  [3, "int8"],
  [5, "int16"],
  [10, "int32"],
  [19, "int64"],
] as const;
/** So many digits of a decimal number a double has exactly. */
const DOUBLE_DIGITS = 15;

/** NUMERIC(precision, scale); without a precision it has any number of digits behind the point, which no Decimal has: it is a text, or a double where doubles are asked for. */
export function numericForm(precision: number | undefined, scale: number, mapping: ValueRules["numeric"]): ColumnForm {
  if (precision === undefined) return mapping === "none" || mapping === "precision_only" ? TEXT : DOUBLE;
  if (scale === 0 && mapping !== "none") {
    const type = INTS.find(([digits]) => precision < digits)?.[1];
    if (type !== undefined) return intForm(type);
  }
  if (mapping === "best_fit_eager_double" || (mapping === "best_fit" && precision <= DOUBLE_DIGITS)) return DOUBLE;
  return { schema: decimalSchema(scale), isWhole: scale === 0, read: (raw) => withScale(decimalFromText(String(raw)), scale) };
}

/** Whole numbers. */
export function intForm(type: "int8" | "int16" | "int32" | "int64"): ColumnForm {
  const schema = plain(type);
  return { schema, isWhole: true, read: type === "int64" ? (raw) => BigInt(raw as string) : (raw) => Number(raw) };
}

/** Texts as they are. */
export const TEXT: ColumnForm = { schema: plain("string"), read: (raw) => String(raw) };
/** Numbers of 64 bits. */
export const DOUBLE: ColumnForm = { schema: plain("double"), read: (raw) => Number(raw) };

/** Days, which begin in the zone that is meant. */
export function dayForm({ zone }: ValueRules): ColumnForm {
  return {
    schema: dateSchema(),
    time: { unitUs: 86_400_000_000n, isZoned: false, us: (raw) => zone.toUtc(readTime(String(raw)).us) },
    read: (raw) => new Date(msOf(readTime(String(raw)).us)),
  };
}

/** Timestamps of `digits` behind the point. */
export function timestampForm(digits: number, isZoned: boolean, rules: ValueRules): ColumnForm {
  const us = (raw: unknown): bigint => utcOf(String(raw), rules.zone);
  const time = { unitUs: 10n ** BigInt(6 - digits), isZoned, us };
  switch (rules.granularity) {
    case "connect_logical":
      return { schema: timestampSchema(), time, read: (raw) => new Date(msOf(us(raw))) };
    case "micros_long":
      return { schema: plain("int64"), time, read: us };
    case "nanos_long":
      return { schema: plain("int64"), time, read: (raw) => us(raw) * 1000n };
    case "micros_string":
      return { schema: plain("string"), time, read: (raw) => us(raw).toString() };
    case "nanos_string":
      return { schema: plain("string"), time, read: (raw) => (us(raw) * 1000n).toString() };
    case "micros_iso_datetime_string":
      return { schema: plain("string"), time, read: (raw) => `${timeText(us(raw), 6, "T")}Z` };
    case "nanos_iso_datetime_string":
      return { schema: plain("string"), time, read: (raw) => `${timeText(us(raw), 6, "T")}000Z` };
  }
}

/** Microseconds of UTC that a text means. */
function utcOf(text: string, zone: TimeZone): bigint {
  const { us, isZoned } = readTime(text);
  return isZoned ? us : zone.toUtc(us);
}
