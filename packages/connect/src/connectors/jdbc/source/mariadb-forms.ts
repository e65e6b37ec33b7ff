import { ConnectError } from "../../../connect-error.ts";
import { DataError, shown } from "../../../data/data-error.ts";
import { decimalSchema, timeSchema } from "../../../data/logical-types.ts";
import { plain } from "../../../data/make-schema.ts";
import { daysOf, NO_DATE } from "../../mariadb/values/calendar.ts";
import {
  type ColumnForm,
  dayForm,
  DOUBLE,
  intForm,
  type KeyForm,
  numericForm,
  TEXT,
  timestampForm,
  type ValueRules,
} from "./source-column.ts";
import { hexOf, hexText } from "./source-position.ts";
import { ColumnsChanged } from "./source-database.ts";

/** A column of a result as the server describes it. */
export interface MariadbField {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly decimals: number;
  readonly charset: number;
  readonly length: number;
}

/** What settings and the URL say of values. */
export interface MariadbRules extends ValueRules {
  readonly unsigned: "long" | "precise";
  /** Whether a date that no calendar has (0000-00-00) is null; else it is refused. */
  readonly zeroDateIsNull: boolean;
}

const TYPE = {
  ...{ decimal: 0, tiny: 1, short: 2, long: 3, float: 4, double: 5, null: 6, timestamp: 7, longlong: 8, int24: 9, date: 10, time: 11 },
  ...{ datetime: 12, year: 13, bit: 16, newDecimal: 246, geometry: 255 },
} as const;
const FLAG = { unsigned: 32, enum: 256, set: 2048 } as const;
const BINARY = 63;
const INT64_MAX = 2n ** 63n - 1n;
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[-+]?\d+)?$/i;

/** Numbers are held against numbers: against a text they would be compared as doubles. */
const numberKey = (expression: (name: string) => string = (name) => name): KeyForm => ({
  expression,
  kept: (raw) => (raw instanceof Uint8Array ? bitsOf(raw).toString() : String(raw)),
  literal: (kept) => {
    const text = String(kept);
    if (!NUMBER.test(text)) throw new ConnectError("CONNECT_CONFIG", `An offset's "key" has ${shown(text)} where a number stands.`);
    return text;
  },
});

const NUMBER_KEY = numberKey();
const BYTES_KEY: KeyForm = {
  expression: (name) => name,
  kept: (raw) => hexText(raw as Uint8Array),
  literal: (kept) => `x'${hexOf(kept)}'`,
};
/** By their labels; by itself a column of these is in the order of its numbers, and compared as a text. */
const LABEL_KEY: KeyForm = {
  expression: (name) => `CAST(${name} AS CHAR CHARACTER SET utf8mb4)`,
  kept: (raw) => String(raw),
  literal: (kept) => textLiteral(String(kept)),
};

/** A text as any SQL mode and any charset of the connection has it. */
export function textLiteral(text: string): string {
  return `_utf8mb4 x'${Buffer.from(text).toString("hex")}'`;
}

/** Whether a column's values come as bytes, not as texts. */
export const isBytes = ({ type, charset }: MariadbField): boolean =>
  type === TYPE.bit || type === TYPE.geometry || (charset === BINARY && (type >= 249 || type === 15));

/** What of a column must stay as it is for its form to hold. */
export function shapeOf({ name, type, flags, decimals, charset, length }: MariadbField): readonly unknown[] {
  // A float is asked for as a double.
  const kind = type === TYPE.float ? TYPE.double : type;
  const isNumeric = type === TYPE.newDecimal || type === TYPE.decimal;
  const digits = isNumeric || type === TYPE.datetime || type === TYPE.timestamp || type === TYPE.time ? decimals : 0;
  const own = flags & (FLAG.unsigned | FLAG.enum | FLAG.set);
  return [name, kind, kind === TYPE.double ? 0 : own, digits, charset === BINARY, isNumeric || type === TYPE.bit ? length : 0];
}

/** What a type's values become, of the texts that MariaDB writes in a session of UTC. */
export function mariadbForm(field: MariadbField, rules: MariadbRules): ColumnForm {
  const { type, flags, decimals, length } = field;
  const isUnsigned = (flags & FLAG.unsigned) !== 0;
  if (isBytes(field)) return type === TYPE.bit ? bitForm(length) : BYTES;
  switch (type) {
    case TYPE.tiny:
      return numberForm(isUnsigned ? "int16" : "int8");
    case TYPE.short:
      return numberForm(isUnsigned ? "int32" : "int16");
    case TYPE.int24:
    case TYPE.year:
      return numberForm("int32");
    case TYPE.long:
      return numberForm(isUnsigned ? "int64" : "int32");
    case TYPE.longlong:
      return isUnsigned ? unsignedForm(rules) : numberForm("int64");
    case TYPE.float:
      return FLOAT;
    case TYPE.double:
      return { ...DOUBLE, key: NUMBER_KEY };
    case TYPE.decimal:
    case TYPE.newDecimal:
      return { ...numericForm(length - (decimals > 0 ? 1 : 0) - (isUnsigned ? 0 : 1), decimals, rules.numeric), key: NUMBER_KEY };
    case TYPE.date:
      return withCalendar(dayForm(rules), rules);
    case TYPE.datetime:
      return withCalendar(timestampForm(digitsOf(decimals), false, rules), rules);
    case TYPE.timestamp:
      return withCalendar(utcForm(timestampForm(digitsOf(decimals), true, rules)), rules);
    case TYPE.time:
      return TIME;
    default:
      return (flags & (FLAG.enum | FLAG.set)) === 0 ? TEXT : { ...TEXT, key: LABEL_KEY };
  }
}

const digitsOf = (decimals: number): number => (decimals > 6 ? 6 : decimals);
const numberForm = (type: "int8" | "int16" | "int32" | "int64"): ColumnForm => ({ ...intForm(type), key: NUMBER_KEY });
const BYTES: ColumnForm = { schema: plain("bytes"), key: BYTES_KEY, read: (raw) => raw };

/** The text of a float has six digits; as a double it has all of them. */
const FLOAT: ColumnForm = {
  schema: plain("float"),
  key: numberKey((name) => `(${name} + 0e0)`),
  selected: (name) => `${name} + 0e0`,
  read: (raw) => {
    const value = Number(raw);
    if (Math.fround(value) !== value) throw new ColumnsChanged("A column of floats has become one of doubles.");
    return value;
  },
};

const TIME: ColumnForm = { schema: timeSchema(), read: (raw) => new Date(dayMs(String(raw))) };

function dayMs(text: string): number {
  const [, hour, minute, second, fraction = ""] = /^(\d\d):(\d\d):(\d\d)(?:\.(\d+))?$/.exec(text) ?? [];
  if (hour === undefined || Number(hour) > 23)
    throw new DataError(`${shown(text)} is no time of a day, which a Time of Connect is; a query may CAST it to CHAR`);
  return (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1000 + Number(fraction.slice(0, 3).padEnd(3, "0"));
}

function unsignedForm({ unsigned }: MariadbRules): ColumnForm {
  if (unsigned === "precise") return { ...numericOf(), key: NUMBER_KEY };
  return {
    ...numberForm("int64"),
    read: (raw) => {
      const value = BigInt(String(raw));
      if (value <= INT64_MAX) return value;
      throw new DataError(`${value} is more than an int64 has; bigint.unsigned.handling.mode=precise makes the column a Decimal`);
    },
  };
}

function numericOf(): ColumnForm {
  return { schema: decimalSchema(0), isWhole: true, read: (raw) => ({ unscaled: BigInt(String(raw)), scale: 0 }) };
}

function bitForm(length: number): ColumnForm {
  const key = numberKey((name) => `(${name} + 0)`);
  if (length === 1) return { schema: plain("boolean"), key, read: (raw) => bitsOf(raw as Uint8Array) === 1n };
  return { schema: plain("bytes"), key, read: (raw) => raw };
}

function bitsOf(raw: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(raw).toString("hex") || "0"}`);
}

/** The session is in UTC, and a TIMESTAMP's text says nothing of it. */
function utcForm(form: ColumnForm): ColumnForm {
  return { ...form, time: { ...form.time!, us: (raw) => form.time!.us(`${String(raw)}Z`) }, read: (raw) => form.read(`${String(raw)}Z`) };
}

/** MariaDB has dates that no calendar has: 0000-00-00, 2026-00-00, and 30 February where its settings let it pass. */
function withCalendar(form: ColumnForm, { zeroDateIsNull }: MariadbRules): ColumnForm {
  const checked = (raw: unknown): string => {
    const text = String(raw);
    if (isCalendarDate(text)) return text;
    throw new DataError(
      `${shown(text)} is a date that no calendar has; zeroDateTimeBehavior=CONVERT_TO_NULL in connection.url makes it null, and rows that reading goes by need a real one (timestamp.initial leaves 0000-00-00 out)`,
    );
  };
  return {
    ...form,
    hasNulls: zeroDateIsNull,
    time: { ...form.time!, us: (raw) => form.time!.us(checked(raw)) },
    read: (raw) => (zeroDateIsNull && !isCalendarDate(String(raw)) ? null : form.read(checked(raw))),
  };
}

function isCalendarDate(text: string): boolean {
  return daysOf(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))) !== NO_DATE;
}
