import { DataError, shown } from "../../data/data-error.ts";
import { described, isPlainObject } from "../../data/check-value.ts";
import { decimalFromBytes, decimalFromText } from "../../data/decimal.ts";
import { DATE, DECIMAL, TIME, TIMESTAMP } from "../../data/logical-names.ts";
import { dateOfDays, dateOfMs, scaleOf, timeOfDayMs } from "../../data/logical-types.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { fieldOf, setField } from "../../data/struct-value.ts";
import { NumberText } from "./read-json.ts";

/** A decimal stands there as a number, of which the text is needed. */
export class TextNeeded extends Error {}

type Read = (json: unknown) => unknown;

const RANGES = { int8: 2 ** 7, int16: 2 ** 15, int32: 2 ** 31 } as const;
const INT64 = 2n ** 63n;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** What makes of parsed JSON a value of a schema. A number for a text, or a text for a number, is an error that names the field: Java's converter takes 0 or null for it. */
export function jsonReader(schema: ConnectSchema, replaceNullWithDefault: boolean): Read {
  const read = logicalReader(schema) ?? typeReader(schema, replaceNullWithDefault);
  const absent = schema.defaultValue !== undefined && replaceNullWithDefault ? schema.defaultValue : schema.optional ? null : undefined;
  return (json) => {
    if (json !== null && json !== undefined) return read(json);
    if (absent !== undefined) return absent;
    throw new DataError(`null is no value of ${described(schema)}, which is not optional`);
  };
}

function refuse(schema: ConnectSchema, json: unknown): never {
  throw new DataError(`${json instanceof NumberText ? json.text : shown(json)} is no value of ${described(schema)} in JSON`);
}

function logicalReader(schema: ConnectSchema): Read | undefined {
  const int32 = (json: unknown): number => wholeNumber(schema, json, RANGES.int32);
  switch (schema.name) {
    case DECIMAL:
      return (json) => {
        if (typeof json === "string") return decimalFromBytes(bytesOf(schema, json), scaleOf(schema));
        if (json instanceof NumberText) return decimalFromText(json.text);
        // 5.00 and 5 are two decimals and one number.
        if (typeof json === "number" || typeof json === "bigint") throw new TextNeeded();
        return refuse(schema, json);
      };
    case DATE:
      return (json) => dateOfDays(int32(json));
    case TIME:
      return (json) => timeOfDayMs(int32(json));
    case TIMESTAMP:
      return (json) => dateOfMs(Number(int64Of(schema, json)));
    case undefined:
    default:
      return undefined;
  }
}

function typeReader(schema: ConnectSchema, replaceNullWithDefault: boolean): Read {
  switch (schema.type) {
    case "int8":
    case "int16":
    case "int32": {
      const range = RANGES[schema.type];
      return (json) => wholeNumber(schema, json, range);
    }
    case "int64":
      return (json) => int64Of(schema, json);
    case "float":
      return (json) => Math.fround(numberOf(schema, json));
    case "double":
      return (json) => numberOf(schema, json);
    case "boolean":
      return (json) => (typeof json === "boolean" ? json : refuse(schema, json));
    case "string":
      return (json) => (typeof json === "string" ? json : refuse(schema, json));
    case "bytes":
      return (json) => (typeof json === "string" ? bytesOf(schema, json) : refuse(schema, json));
    case "array":
      return arrayReader(schema, replaceNullWithDefault);
    case "map":
      return mapReader(schema, replaceNullWithDefault);
    case "struct":
      return structReader(schema, replaceNullWithDefault);
  }
}

function wholeNumber(schema: ConnectSchema, json: unknown, range: number): number {
  if (typeof json === "number" && Number.isInteger(json) && json >= -range && json < range) return json;
  if (json instanceof NumberText) return wholeNumber(schema, Number(json.text), range);
  return refuse(schema, json);
}

function int64Of(schema: ConnectSchema, json: unknown): bigint {
  if (typeof json === "number" && Number.isSafeInteger(json)) return BigInt(json);
  if (typeof json === "bigint" && json >= -INT64 && json < INT64) return json;
  if (json instanceof NumberText && /^-?\d{1,20}$/.test(json.text)) return int64Of(schema, BigInt(json.text));
  return refuse(schema, json);
}

/** What is no number stands as a text in the JSON that Java writes. */
function numberOf(schema: ConnectSchema, json: unknown): number {
  if (typeof json === "number") return json;
  if (typeof json === "bigint") return Number(json);
  if (json instanceof NumberText) return Number(json.text);
  if (json === "NaN" || json === "Infinity" || json === "-Infinity") return Number(json);
  return refuse(schema, json);
}

function bytesOf(schema: ConnectSchema, json: string): Buffer {
  if (json.length % 4 !== 0 || !BASE64.test(json)) refuse(schema, json);
  return Buffer.from(json, "base64");
}

function arrayReader(schema: ConnectSchema, replaceNullWithDefault: boolean): Read {
  const read = jsonReader(schema.valueSchema!, replaceNullWithDefault);
  return (json) => {
    if (!Array.isArray(json)) refuse(schema, json);
    return json.map((item, index) => {
      try {
        return read(item);
      } catch (error) {
        throw DataError.within(index, error);
      }
    });
  };
}

function mapReader(schema: ConnectSchema, replaceNullWithDefault: boolean): Read {
  const ofKey = jsonReader(schema.keySchema!, replaceNullWithDefault);
  const ofValue = jsonReader(schema.valueSchema!, replaceNullWithDefault);
  const within = (key: unknown, item: unknown): unknown => {
    try {
      return ofValue(item);
    } catch (error) {
      throw DataError.within(String(key), error);
    }
  };
  if (schema.keySchema!.type === "string")
    return (json) => {
      if (!isPlainObject(json) || json instanceof NumberText) refuse(schema, json);
      return new Map(Object.entries(json).map(([key, item]) => [key, within(key, item)]));
    };
  return (json) => {
    if (!Array.isArray(json)) refuse(schema, json);
    return new Map(
      json.map((pair: unknown): [unknown, unknown] => {
        if (!Array.isArray(pair) || pair.length !== 2) throw new DataError("an entry of a map whose keys are no texts is a pair in JSON");
        return [ofKey(pair[0]), within(pair[0], pair[1])];
      }),
    );
  };
}

function structReader(schema: ConnectSchema, replaceNullWithDefault: boolean): Read {
  const fields = schema.fields!.map(({ name, schema: own }) => ({ name, read: jsonReader(own, replaceNullWithDefault) }));
  return (json) => {
    if (!isPlainObject(json) || json instanceof NumberText) refuse(schema, json);
    const value: Record<string, unknown> = {};
    for (const { name, read } of fields) {
      try {
        setField(value, name, read(fieldOf(json, name)));
      } catch (error) {
        throw DataError.within(name, error);
      }
    }
    return value;
  };
}
