import { DataError, shown } from "../../data/data-error.ts";
import { described, isPlainObject } from "../../data/check-value.ts";
import { type Decimal, decimalBytes, decimalJavaText, isDecimal } from "../../data/decimal.ts";
import { DATE, DECIMAL, TIME, TIMESTAMP } from "../../data/logical-names.ts";
import { checkScale, dayMsOf, daysOf, timestampMsOf } from "../../data/logical-types.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { fieldOf } from "../../data/struct-value.ts";
import { doubleText, floatText } from "../../data/java-number.ts";
import { textOf } from "./json-text.ts";

/** How values become JSON. */
export interface JsonForm {
  readonly decimals: "BASE64" | "NUMERIC";
  /** Whether null, where a schema has a default, is that default. */
  readonly replaceNullWithDefault: boolean;
}

type Write = (value: unknown) => string;

/** Nested deeper, a value costs the stack. */
const DEPTH_MAX = 500;
const RANGES = { int8: 2 ** 7, int16: 2 ** 15, int32: 2 ** 31 } as const;

/** What writes values of a schema. */
export function jsonWriter(schema: ConnectSchema, form: JsonForm): Write {
  const write = logicalWriter(schema, form) ?? typeWriter(schema, form);
  const { defaultValue } = schema;
  const absent = defaultValue !== undefined && form.replaceNullWithDefault ? write(defaultValue) : schema.optional ? "null" : undefined;
  return (value) => {
    if (value !== null && value !== undefined) return write(value);
    if (absent !== undefined) return absent;
    throw new DataError(`null is no value of ${described(schema)}, which is not optional`);
  };
}

function refuse(schema: ConnectSchema, value: unknown): never {
  throw new DataError(`${shown(value)} is no value of ${described(schema)}`);
}

function logicalWriter(schema: ConnectSchema, form: JsonForm): Write | undefined {
  const asDate = (value: unknown): Date => (value instanceof Date ? value : refuse(schema, value));
  switch (schema.name) {
    case DECIMAL: {
      const asDecimal = (value: unknown): Decimal => (isDecimal(value) ? value : refuse(schema, value));
      if (form.decimals === "NUMERIC") return (value) => decimalJavaText(asDecimal(value));
      return (value) => `"${decimalBytes(checkScale(schema, asDecimal(value))).toString("base64")}"`;
    }
    case DATE:
      return (value) => String(daysOf(asDate(value)));
    case TIME:
      return (value) => String(dayMsOf(asDate(value)));
    case TIMESTAMP:
      return (value) => String(timestampMsOf(asDate(value)));
    case undefined:
    default:
      return undefined;
  }
}

function typeWriter(schema: ConnectSchema, form: JsonForm): Write {
  switch (schema.type) {
    case "int8":
    case "int16":
    case "int32": {
      const range = RANGES[schema.type];
      return (value) =>
        typeof value === "number" && Number.isInteger(value) && value >= -range && value < range ? String(value) : refuse(schema, value);
    }
    case "int64":
      return (value) => (typeof value === "bigint" ? value.toString() : refuse(schema, value));
    case "float":
      return (value) => (typeof value === "number" ? floatText(value) : refuse(schema, value));
    case "double":
      return (value) => (typeof value === "number" ? doubleText(value) : refuse(schema, value));
    case "boolean":
      return (value) => (typeof value === "boolean" ? String(value) : refuse(schema, value));
    case "string":
      return (value) => (typeof value === "string" ? textOf(value) : refuse(schema, value));
    case "bytes":
      return (value) => (value instanceof Uint8Array ? base64Text(value) : refuse(schema, value));
    case "array":
      return arrayWriter(schema, form);
    case "map":
      return mapWriter(schema, form);
    case "struct":
      return structWriter(schema, form);
  }
}

function base64Text(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")}"`;
}

function arrayWriter(schema: ConnectSchema, form: JsonForm): Write {
  const write = jsonWriter(schema.valueSchema!, form);
  return (value) => {
    if (!Array.isArray(value)) refuse(schema, value);
    let text = "";
    for (let index = 0; index < value.length; index++) {
      try {
        text += index === 0 ? write(value[index]) : `,${write(value[index])}`;
      } catch (error) {
        throw DataError.within(index, error);
      }
    }
    return `[${text}]`;
  };
}

function mapWriter(schema: ConnectSchema, form: JsonForm): Write {
  const ofKey = jsonWriter(schema.keySchema!, form);
  const ofValue = jsonWriter(schema.valueSchema!, form);
  const isObject = schema.keySchema!.type === "string";
  return (value) => {
    if (!(value instanceof Map)) refuse(schema, value);
    const parts: string[] = [];
    for (const [key, item] of value as ReadonlyMap<unknown, unknown>) {
      try {
        if (isObject && typeof key !== "string") refuse(schema.keySchema!, key);
        parts.push(isObject ? `${textOf(key as string)}:${ofValue(item)}` : `[${ofKey(key)},${ofValue(item)}]`);
      } catch (error) {
        throw DataError.within(String(key), error);
      }
    }
    return isObject ? `{${parts.join(",")}}` : `[${parts.join(",")}]`;
  };
}

function structWriter(schema: ConnectSchema, form: JsonForm): Write {
  const fields = schema.fields!.map(({ name, schema: own }, index) => ({
    name,
    before: `${index === 0 ? "{" : ","}${textOf(name)}:`,
    write: jsonWriter(own, form),
  }));
  if (fields.length === 0) return (value) => (isPlainObject(value) ? "{}" : refuse(schema, value));
  return (value) => {
    if (!isPlainObject(value)) refuse(schema, value);
    let text = "";
    for (const { name, before, write } of fields) {
      try {
        text += before + write(fieldOf(value, name));
      } catch (error) {
        throw DataError.within(name, error);
      }
    }
    return `${text}}`;
  };
}

/** A value without a schema. */
export function plainJson(value: unknown, depth = 0): string {
  switch (typeof value) {
    case "undefined":
      return "null";
    case "string":
      return textOf(value);
    case "number":
      return Number.isInteger(value) && Math.abs(value) < 1e21 ? String(value) : doubleText(value);
    case "bigint":
    case "boolean":
      return String(value);
    case "object":
      return value === null ? "null" : plainParts(value, depth);
    case "symbol":
    case "function":
      throw new DataError(`${shown(value)} has no JSON`);
  }
}

function plainParts(value: object, depth: number): string {
  if (depth > DEPTH_MAX) throw new DataError(`a value of more than ${DEPTH_MAX} levels is more than is taken`);
  if (value instanceof Uint8Array) return base64Text(value);
  if (Array.isArray(value)) return `[${value.map((item) => plainJson(item, depth + 1)).join(",")}]`;
  if (value instanceof Map) return plainMap(value, depth);
  if (value instanceof Date || isDecimal(value)) throw new DataError(`${shown(value)} without a schema has no JSON`);
  const parts = Object.entries(value).map(([name, item]) => {
    try {
      return `${textOf(name)}:${plainJson(item, depth + 1)}`;
    } catch (error) {
      throw DataError.within(name, error);
    }
  });
  return `{${parts.join(",")}}`;
}

function plainMap(value: ReadonlyMap<unknown, unknown>, depth: number): string {
  const entries = [...value];
  if (entries.every(([key]) => typeof key === "string"))
    return `{${entries.map(([key, item]) => `${textOf(key as string)}:${plainJson(item, depth + 1)}`).join(",")}}`;
  return `[${entries.map(([key, item]) => `[${plainJson(key, depth + 1)},${plainJson(item, depth + 1)}]`).join(",")}]`;
}
