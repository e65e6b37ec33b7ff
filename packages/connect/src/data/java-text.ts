import { DataError, shown } from "./data-error.ts";
import { decimalJavaText, isDecimal } from "./decimal.ts";
import { doubleText, floatText, javaText } from "./java-number.ts";
import type { ConnectSchema } from "./schema.ts";
import { fieldOf } from "./struct-value.ts";

/** Nested deeper, a value costs the stack. */
const DEPTH_MAX = 500;
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** A value as Java's `toString` prints it: `{a=1, b=x}` for a map, `Struct{a=1}`, a `Date` in UTC. */
export function javaToString(schema: ConnectSchema | undefined, value: unknown, depth = 0): string {
  if (depth > DEPTH_MAX) throw new DataError(`a value of more than ${DEPTH_MAX} levels is more than is taken`);
  switch (typeof value) {
    case "string":
      return value;
    case "bigint":
    case "boolean":
      return String(value);
    case "number":
      return numberText(schema, value);
    case "object":
      return value === null ? "null" : partsText(schema, value, depth + 1);
    case "undefined":
      return "null";
    case "symbol":
    case "function":
      throw new DataError(`${shown(value)} has no text`);
  }
}

function numberText(schema: ConnectSchema | undefined, value: number): string {
  if (schema?.type === "float") return javaText(value, floatText);
  if (schema?.type === "double" || (schema === undefined && !Number.isInteger(value))) return javaText(value, doubleText);
  return String(value);
}

function partsText(schema: ConnectSchema | undefined, value: object, depth: number): string {
  if (isDecimal(value)) return decimalJavaText(value);
  if (value instanceof Date) return dateText(value);
  if (value instanceof Uint8Array) throw new DataError("bytes have no text of their own in Java; take the bytes converter");
  if (Array.isArray(value)) return `[${value.map((item) => javaToString(schema?.valueSchema, item, depth)).join(", ")}]`;
  if (value instanceof Map)
    return `{${[...value].map(([key, item]) => `${javaToString(schema?.keySchema, key, depth)}=${javaToString(schema?.valueSchema, item, depth)}`).join(", ")}}`;
  const own = value as Readonly<Record<string, unknown>>;
  if (schema?.fields === undefined)
    return `{${Object.entries(own)
      .map(([name, item]) => `${name}=${javaToString(undefined, item, depth)}`)
      .join(", ")}}`;
  // Java leaves out what is null in a struct.
  const present = schema.fields.filter(({ name }) => (fieldOf(own, name) ?? null) !== null);
  return `Struct{${present.map((field) => `${field.name}=${javaToString(field.schema, fieldOf(own, field.name), depth)}`).join(",")}}`;
}

function dateText(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  return `${WEEKDAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())} ${time} UTC ${date.getUTCFullYear()}`;
}
