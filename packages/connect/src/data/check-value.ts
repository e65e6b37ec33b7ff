import { DataError, shown } from "./data-error.ts";
import { isDecimal } from "./decimal.ts";
import { DATE, DECIMAL, TIME, TIMESTAMP } from "./logical-names.ts";
import type { ConnectSchema } from "./schema.ts";
import { fieldOf } from "./struct-value.ts";

const RANGES = { int8: 2 ** 7, int16: 2 ** 15, int32: 2 ** 31 } as const;
const INT64 = 2n ** 63n;

/**
 * Holds a value against its schema, all the way in.
 * @throws ConnectError CONNECT_DATA with the path to what is wrong.
 */
export function checkValue(schema: ConnectSchema, value: unknown): void {
  if (value === null || value === undefined) {
    if (!schema.optional) throw new DataError(`null is no value of ${described(schema)}, which is not optional`);
    return;
  }
  if (!isOfOwnForm(schema, value) && !isOfType(schema, value)) throw new DataError(`${shown(value)} is no value of ${described(schema)}`);
}

/** A schema in an error: its type, and its name where it has one. */
export function described({ type, name }: ConnectSchema): string {
  return name === undefined ? type : `${type} (${name})`;
}

/** Of the four logical types, by the name alone. */
function isOfOwnForm({ name }: ConnectSchema, value: unknown): boolean {
  switch (name) {
    case DECIMAL:
      return isDecimal(value);
    case DATE:
    case TIME:
    case TIMESTAMP:
      return value instanceof Date && !Number.isNaN(value.getTime());
    case undefined:
    default:
      return false;
  }
}

function isNamedLogical(name: string | undefined): boolean {
  return name === DECIMAL || name === DATE || name === TIME || name === TIMESTAMP;
}

function isOfType(schema: ConnectSchema, value: unknown): boolean {
  if (isNamedLogical(schema.name)) return false;
  switch (schema.type) {
    case "int8":
    case "int16":
    case "int32": {
      const range = RANGES[schema.type];
      return typeof value === "number" && Number.isInteger(value) && value >= -range && value < range;
    }
    case "int64":
      return typeof value === "bigint" && value >= -INT64 && value < INT64;
    case "float":
    case "double":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "string":
      return typeof value === "string";
    case "bytes":
      return value instanceof Uint8Array;
    case "array":
      return Array.isArray(value) && areElements(schema.valueSchema!, value);
    case "map":
      return value instanceof Map && areEntries(schema, value);
    case "struct":
      return isPlainObject(value) && areFields(schema, value);
  }
}

/** What a struct's value is, and a schemaless map's. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Map) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  );
}

function areElements(schema: ConnectSchema, values: readonly unknown[]): boolean {
  for (let index = 0; index < values.length; index++) {
    try {
      checkValue(schema, values[index]);
    } catch (error) {
      throw DataError.within(index, error);
    }
  }
  return true;
}

function areEntries({ keySchema, valueSchema }: ConnectSchema, entries: ReadonlyMap<unknown, unknown>): boolean {
  for (const [key, value] of entries) {
    try {
      checkValue(keySchema!, key);
      checkValue(valueSchema!, value);
    } catch (error) {
      throw DataError.within(String(key), error);
    }
  }
  return true;
}

function areFields({ fields }: ConnectSchema, value: Readonly<Record<string, unknown>>): boolean {
  for (const { name, schema } of fields!) {
    try {
      checkField(schema, fieldOf(value, name));
    } catch (error) {
      throw DataError.within(name, error);
    }
  }
  return true;
}

/** A field that is absent may have a default in its place. */
function checkField(schema: ConnectSchema, value: unknown): void {
  if ((value === null || value === undefined) && schema.defaultValue !== undefined) return;
  checkValue(schema, value);
}
