import { Binary, Decimal128, Double, Int32, Long } from "bson";
import { DataError, shown } from "../../data/data-error.ts";
import { decimalText, isDecimal } from "../../data/decimal.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { fieldOf } from "../../data/struct-value.ts";

/** A document as it is written: a map keeps the order of its fields, and knows no names that every object has. */
export type BsonDocument = Map<string, unknown>;

/** What a map in another map stands within at most, as MongoDB has it. */
const DEPTH_MAX = 100;

/**
 * A value of Connect as BSON has it, exactly: `int64` is a Long, `double` a Double whatever its digits are, a decimal a Decimal128, bytes a Binary, a time a date; without a schema a whole number is a Long.
 * @throws DataError where BSON has no such value: decimals of more than 34 digits, whole numbers beyond 64 bits, names with a zero byte
 */
export function bsonValue(schema: ConnectSchema | undefined, value: unknown, depth = 0): unknown {
  if (value === null || value === undefined) return null;
  if (depth > DEPTH_MAX) throw new DataError(`more than ${DEPTH_MAX} documents within each other are refused by MongoDB`);
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "bigint":
      if (BigInt.asIntN(64, value) !== value) throw new DataError(`${value} is beyond 64 bits`);
      return Long.fromBigInt(value);
    case "number":
      return schema?.type === "int32" || schema?.type === "int16" || schema?.type === "int8" ? new Int32(value) : new Double(value);
    case "object":
      return ofObject(schema, value, depth);
    case "undefined":
    case "function":
    case "symbol":
      break;
  }
  throw new DataError(`${shown(value)} has no form in BSON`);
}

/** What kind of BSON's own values it is; "": none. By its mark, since the driver may have the classes of another copy of the library. */
export function bsonType(value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  const { _bsontype: type } = value as { readonly _bsontype?: unknown };
  return typeof type === "string" ? type : "";
}

function ofObject(schema: ConnectSchema | undefined, value: object, depth: number): unknown {
  if (value instanceof Uint8Array) return new Binary(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new DataError(`${shown(value)} is no time`);
    return value;
  }
  if (isDecimal(value)) return decimal128(decimalText(value));
  if (Array.isArray(value)) return value.map((item, i) => within(i, () => bsonValue(schema?.valueSchema, item, depth + 1)));
  return fieldsOf(schema, value, depth);
}

/** The fields of a struct, a map or an object; undefined: it has none, being a single value. */
export function bsonDocument(schema: ConnectSchema | undefined, value: unknown): BsonDocument | undefined {
  const converted = bsonValue(schema, value);
  return converted instanceof Map ? (converted as BsonDocument) : undefined;
}

function fieldsOf(schema: ConnectSchema | undefined, value: object, depth: number): BsonDocument {
  const fields: BsonDocument = new Map();
  const put = (name: string, own: ConnectSchema | undefined, item: unknown): void => {
    if (name.includes("\0")) throw new DataError(`${shown(name)} has a zero byte, which no name of a field may have`);
    fields.set(
      name,
      within(name, () => bsonValue(own, item, depth + 1)),
    );
  };
  if (schema?.fields !== undefined)
    for (const field of schema.fields) put(field.name, field.schema, fieldOf(value as Readonly<Record<string, unknown>>, field.name));
  else if (value instanceof Map) for (const [key, item] of value) put(String(key), schema?.valueSchema, item);
  else for (const [name, item] of Object.entries(value)) put(name, schema?.valueSchema, item);
  return fields;
}

function decimal128(text: string): Decimal128 {
  try {
    return Decimal128.fromString(text);
  } catch (cause) {
    throw new DataError(`${shown(text)} has more than the 34 digits that a decimal of MongoDB has`, "", cause);
  }
}

function within<T>(step: string | number, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw DataError.within(step, error);
  }
}
