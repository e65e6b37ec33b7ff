import { DataError, shown } from "./data-error.ts";
import { decimalJavaText, isDecimal } from "./decimal.ts";
import { doubleText, floatText, javaText } from "./java-number.ts";
import type { ConnectSchema } from "./schema.ts";
import { fieldOf } from "./struct-value.ts";

const DAY_MS = 86_400_000;
/** Nested deeper, a value costs the stack. */
const DEPTH_MAX = 500;

/** A value as Connect's headers and casts write it: a text as it is, `[1,2]`, `{"a":1}`, bytes in base64, times by ISO 8601. Texts inside of others stand in quotes. */
export function valueText(schema: ConnectSchema | undefined, value: unknown, depth = 0): string {
  if (depth > DEPTH_MAX) throw new DataError(`a value of more than ${DEPTH_MAX} levels is more than is taken`);
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return depth === 0 ? value : quoted(value);
  if (typeof value === "number") return numberText(schema, value);
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "object") return partsText(schema, value, depth);
  throw new DataError(`${shown(value)} has no text`);
}

/** A time of day on or before the first day of 1970, a day at midnight, a timestamp else. */
export function dateText(date: Date): string {
  const iso = date.toISOString();
  if (date.getTime() < DAY_MS) return iso.slice(-13);
  return date.getTime() % DAY_MS === 0 ? iso.slice(0, -14) : iso;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, (sign) => `\\${sign}`)}"`;
}

function numberText(schema: ConnectSchema | undefined, value: number): string {
  if (schema?.type === "float") return javaText(value, floatText);
  if (schema?.type === "double" || !Number.isInteger(value)) return javaText(value, doubleText);
  return String(value);
}

function partsText(schema: ConnectSchema | undefined, value: object, depth: number): string {
  if (value instanceof Date) return dateText(value);
  if (isDecimal(value)) return decimalJavaText(value);
  if (value instanceof Uint8Array) {
    const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
    return depth === 0 ? text : `"${text}"`;
  }
  const inner = (own: ConnectSchema | undefined, item: unknown): string => valueText(own, item, depth + 1);
  if (Array.isArray(value)) return `[${value.map((item) => inner(schema?.valueSchema, item)).join(",")}]`;
  if (value instanceof Map)
    return `{${[...value].map(([key, item]) => `${inner(schema?.keySchema, key)}:${inner(schema?.valueSchema, item)}`).join(",")}}`;
  const own = value as Readonly<Record<string, unknown>>;
  const entries =
    schema?.fields?.map((field) => [field.name, field.schema] as const) ?? Object.keys(own).map((name) => [name, undefined] as const);
  return `{${entries.map(([name, of]) => `${quoted(name)}:${inner(of, fieldOf(own, name) ?? of?.defaultValue)}`).join(",")}}`;
}
