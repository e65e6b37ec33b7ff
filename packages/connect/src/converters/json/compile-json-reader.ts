import { functionOf } from "@ottla/base";
import { decimalFromBytes, decimalFromText } from "../../data/decimal.ts";
import { DATE, DECIMAL, TIME, TIMESTAMP } from "../../data/logical-names.ts";
import { dateOfDays, dateOfMs, scaleOf, timeOfDayMs } from "../../data/logical-types.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { type JsonCursor, unexpected } from "./json-cursor.ts";
import { textOf } from "./json-text.ts";

/** Reads one value where it begins. Throws `unexpected` for what is written otherwise, or is no value. */
export type QuickRead = (cursor: JsonCursor) => unknown;

/** As many fields are read by one function of code. */
const FIELDS_MAX = 1000;
const RANGES = { int8: 2 ** 7, int16: 2 ** 15, int32: 2 ** 31 } as const;
const INT64 = 2n ** 63n;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** What reads a schema's values from JSON as converters write it: no spaces, all fields in order. Undefined where no code may be made. */
export function compileJsonReader(schema: ConnectSchema, replaceNullWithDefault: boolean): QuickRead | undefined {
  const read = logicalReader(schema) ?? typeReader(schema, replaceNullWithDefault);
  if (read === undefined) return undefined;
  const absent = schema.defaultValue !== undefined && replaceNullWithDefault ? schema.defaultValue : schema.optional ? null : undefined;
  if (absent === undefined) return read;
  return (cursor) => (cursor.isNull() ? absent : read(cursor));
}

function logicalReader({ name, ...schema }: ConnectSchema): QuickRead | undefined {
  switch (name) {
    case DECIMAL: {
      const scale = scaleOf({ name, ...schema });
      return (cursor) => {
        const { at, text } = cursor;
        if (text.charCodeAt(at) !== 0x22) {
          // 5.00 and 5 are two decimals and one number.
          cursor.number();
          return decimalFromText(text.slice(at, cursor.at));
        }
        const end = text.indexOf('"', at + 1);
        if (end < 0) throw unexpected;
        cursor.at = end + 1;
        const short = shortUnscaled(text, at + 1, end);
        return short === undefined ? decimalFromBytes(bytesOf(text.slice(at + 1, end)), scale) : { unscaled: BigInt(short), scale };
      };
    }
    case DATE:
      return (cursor) => dateOfDays(wholeOf(cursor, RANGES.int32));
    case TIME:
      return (cursor) => timeOfDayMs(wholeOf(cursor, RANGES.int32));
    case TIMESTAMP:
      return (cursor) => dateOfMs(Number(int64Of(cursor)));
    case undefined:
    default:
      return undefined;
  }
}

function typeReader(schema: ConnectSchema, replaceNullWithDefault: boolean): QuickRead | undefined {
  switch (schema.type) {
    case "int8":
    case "int16":
    case "int32": {
      const range = RANGES[schema.type];
      return (cursor) => wholeOf(cursor, range);
    }
    case "int64":
      return int64Of;
    case "float":
      return (cursor) => Math.fround(Number(cursor.number()));
    case "double":
      return (cursor) => Number(cursor.number());
    case "boolean":
      return (cursor) => cursor.boolean();
    case "string":
      return (cursor) => cursor.string();
    case "bytes":
      return (cursor) => bytesOf(cursor.string());
    case "array":
      return arrayReader(schema, replaceNullWithDefault);
    case "map":
      return mapReader(schema, replaceNullWithDefault);
    case "struct":
      return structReader(schema.fields!.map(({ name, schema: own }) => ({ name, read: compileJsonReader(own, replaceNullWithDefault) })));
  }
}

function wholeOf(cursor: JsonCursor, range: number): number {
  const value = cursor.whole();
  if (typeof value === "number" && value >= -range && value < range) return value;
  throw unexpected;
}

function int64Of(cursor: JsonCursor): bigint {
  const value = cursor.whole();
  if (typeof value === "number") return BigInt(value);
  if (value >= -INT64 && value < INT64) return value;
  throw unexpected;
}

function bytesOf(text: string): Buffer {
  if (text.length % 4 !== 0 || !BASE64.test(text)) throw unexpected;
  return Buffer.from(text, "base64");
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const DIGITS = new Int8Array(128).fill(-1);
for (let digit = 0; digit < ALPHABET.length; digit++) DIGITS[ALPHABET.charCodeAt(digit)] = digit;

/** Two's complement of three bytes at most, in base64; undefined for all else. */
function shortUnscaled(text: string, from: number, end: number): number | undefined {
  if (end - from !== 4) return undefined;
  let value = 0;
  let count = 0;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    const digit = code < 128 ? DIGITS[code]! : -1;
    if (digit < 0) break;
    value = (value << 6) | digit;
    count++;
  }
  if (count === 4) return (value << 8) >> 8;
  if (count === 3 && text.charCodeAt(end - 1) === 0x3d) return ((value >> 2) << 16) >> 16;
  if (count === 2 && text.charCodeAt(end - 1) === 0x3d && text.charCodeAt(end - 2) === 0x3d) return ((value >> 4) << 24) >> 24;
  return undefined;
}

function arrayReader(schema: ConnectSchema, replaceNullWithDefault: boolean): QuickRead | undefined {
  const read = compileJsonReader(schema.valueSchema!, replaceNullWithDefault);
  if (read === undefined) return undefined;
  return (cursor) => {
    cursor.expect("[");
    const made: unknown[] = [];
    if (cursor.text.charCodeAt(cursor.at) !== 0x5d)
      for (;;) {
        made.push(read(cursor));
        if (cursor.text.charCodeAt(cursor.at) !== 0x2c) break;
        cursor.at++;
      }
    cursor.expect("]");
    return made;
  };
}

function mapReader(schema: ConnectSchema, replaceNullWithDefault: boolean): QuickRead | undefined {
  if (schema.keySchema!.type !== "string") return undefined;
  const read = compileJsonReader(schema.valueSchema!, replaceNullWithDefault);
  if (read === undefined) return undefined;
  return (cursor) => {
    cursor.expect("{");
    const made = new Map<unknown, unknown>();
    let last = 0;
    if (cursor.text.charCodeAt(cursor.at) !== 0x7d)
      for (;;) {
        const key = cursor.string();
        cursor.expect(":");
        made.set(key, read(cursor));
        last++;
        if (cursor.text.charCodeAt(cursor.at) !== 0x2c) break;
        cursor.at++;
      }
    cursor.expect("}");
    // Of a name that stands there twice the place is another one in an object.
    if (made.size !== last || [...made.keys()].some((key) => /^\d/.test(key as string))) throw unexpected;
    return made;
  };
}

/** An object of these names in this order, in code. */
export function structReader(fields: readonly { readonly name: string; readonly read: QuickRead | undefined }[]): QuickRead | undefined {
  if (fields.length > FIELDS_MAX || fields.some(({ read }) => read === undefined)) return undefined;
  if (fields.length === 0)
    return (cursor) => {
      cursor.expect("{}");
      return {};
    };
  const lines = fields.map(
    ({ name }, index) => `c.expect(${JSON.stringify(`${index === 0 ? "{" : ","}${textOf(name)}:`)}); const v${index} = r${index}(c);`,
  );
  const members = fields.map(({ name }, index) => `${name === "__proto__" ? '["__proto__"]' : JSON.stringify(name)}: v${index}`);
  const body = `return function readFields(c) {
    ${lines.join("\n    ")}
    c.expect("}");
    return { ${members.join(", ")} };
  }`;
  return functionOf(
    fields.map((_field, index) => `r${index}`),
    body,
  )?.(...fields.map(({ read }) => read)) as QuickRead | undefined;
}
