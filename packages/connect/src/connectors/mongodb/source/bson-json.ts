import {
  type Binary,
  type BSONRegExp,
  type Decimal128,
  type Double,
  EJSON,
  type Int32,
  type Long,
  type ObjectId,
  type Timestamp,
} from "bson";
import { ConnectError } from "../../../connect-error.ts";
import { bsonType } from "../bson-value.ts";
import { className } from "../mongodb-config.ts";

/** A document as a text of JSON. */
export type JsonFormatter = (document: unknown) => string;

/** @throws ConnectError CONNECT_CONFIG */
export function jsonFormatter(setting: string): JsonFormatter {
  const name = className(setting);
  switch (name) {
    case "DefaultJson":
      return (document) => text(document, strict);
    case "ExtendedJson":
      return (document) => EJSON.stringify(document, { relaxed: true });
    case "SimplifiedJson":
      return (document) => text(document, simplified);
    default:
      throw new ConnectError(
        "CONNECT_CONFIG",
        `output.json.formatter: ${name} is not known; there are DefaultJson, ExtendedJson and SimplifiedJson.`,
      );
  }
}

/** What JSON has in place of a single value; undefined: it is a document or a list. */
type Written = (value: object) => string | undefined;

function text(value: unknown, written: Written): string {
  if (value === null || value === undefined) return "null";
  if (typeof value !== "object") return JSON.stringify(value) ?? "null";
  const single = written(value);
  if (single !== undefined) return single;
  if (Array.isArray(value)) return `[${value.map((item) => text(item, written)).join(",")}]`;
  return `{${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(name)}:${text(item, written)}`)
    .join(",")}}`;
}

/** What both forms write alike: numbers. NaN and the infinities are texts of extended JSON, since JSON has no such numbers. */
function number(value: object): string | undefined {
  switch (bsonType(value)) {
    case "Int32":
      return String((value as Int32).value);
    case "Double": {
      const { value: double } = value as Double;
      if (!Number.isFinite(double)) return JSON.stringify({ $numberDouble: String(double) });
      const digits = Object.is(double, -0) ? "-0" : String(double);
      return /[.e]/.test(digits) ? digits : `${digits}.0`;
    }
    default:
      return undefined;
  }
}

/** The strict mode of MongoDB's first extended JSON, which Java's driver calls STRICT. */
function strict(value: object): string | undefined {
  if (value instanceof Date) return JSON.stringify({ $date: value.getTime() });
  switch (bsonType(value)) {
    case "ObjectId":
      return JSON.stringify({ $oid: (value as ObjectId).toHexString() });
    case "Long":
      return JSON.stringify({ $numberLong: (value as Long).toString() });
    case "Binary": {
      const binary = value as Binary;
      return JSON.stringify({ $binary: binary.toString("base64"), $type: binary.sub_type.toString(16).padStart(2, "0") });
    }
    case "BSONRegExp": {
      const { pattern, options } = value as BSONRegExp;
      return JSON.stringify({ $regex: pattern, $options: options });
    }
    default:
      return number(value) ?? rare(value);
  }
}

/** Values as a reader without MongoDB would write them. */
function simplified(value: object): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "null" : JSON.stringify(value.toISOString());
  switch (bsonType(value)) {
    case "ObjectId":
      return JSON.stringify((value as ObjectId).toHexString());
    case "Long":
      return (value as Long).toString();
    case "Decimal128":
      return JSON.stringify((value as Decimal128).toString());
    case "Timestamp":
      return JSON.stringify((value as Timestamp).toBigInt().toString());
    case "Binary":
      return JSON.stringify((value as Binary).toString("base64"));
    case "BSONRegExp": {
      const { pattern, options } = value as BSONRegExp;
      return JSON.stringify(`/${pattern}/${options}`);
    }
    default:
      return number(value) ?? rare(value);
  }
}

function rare(value: object): string | undefined {
  switch (bsonType(value)) {
    case "":
      return undefined;
    case "Decimal128":
      return JSON.stringify({ $numberDecimal: (value as Decimal128).toString() });
    case "Timestamp": {
      const { t, i } = value as Timestamp;
      return JSON.stringify({ $timestamp: { t, i } });
    }
    default:
      return EJSON.stringify(value, { relaxed: true });
  }
}
