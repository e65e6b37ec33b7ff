import { functionOf } from "@ottla/base";
import { DataError, shown } from "../../data/data-error.ts";
import { described, isPlainObject } from "../../data/check-value.ts";
import { decimalBytes, decimalJavaText, isDecimal } from "../../data/decimal.ts";
import { DATE, DECIMAL, TIME, TIMESTAMP } from "../../data/logical-names.ts";
import { checkScale, dayMsOf, daysOf, msOf } from "../../data/logical-types.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { fieldOf } from "../../data/struct-value.ts";
import { doubleText, floatText } from "../../data/java-number.ts";
import { JsonOutput } from "./json-output.ts";
import { textOf } from "./json-text.ts";

/** How values become JSON. */
export interface JsonForm {
  readonly decimals: "BASE64" | "NUMERIC";
  /** Whether null, where a schema has a default, is that default. */
  readonly replaceNullWithDefault: boolean;
}

/** Writes a value behind what is written. */
export type JsonWrite = (out: JsonOutput, value: unknown) => void;

/** Nested deeper, a value costs the stack. */
const DEPTH_MAX = 500;
const RANGES = { int8: 2 ** 7, int16: 2 ** 15, int32: 2 ** 31 } as const;
const INT32_MAX = 2n ** 31n - 1n;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const NULL = Buffer.from("null");
const TRUE = Buffer.from("true");
const FALSE = Buffer.from("false");

/** What makes the text of a schema's values. */
export function jsonWriter(schema: ConnectSchema, form: JsonForm): (value: unknown) => string {
  const write = compileJsonWriter(schema, form);
  const out = new JsonOutput();
  return (value) => {
    out.begin();
    write(out, value);
    return out.takeText();
  };
}

/** What writes a schema's values as bytes. */
export function compileJsonWriter(schema: ConnectSchema, form: JsonForm): JsonWrite {
  const { defaultValue } = schema;
  const bare = { ...schema, optional: false, defaultValue: undefined };
  const absent =
    defaultValue !== undefined && form.replaceNullWithDefault
      ? Buffer.from(jsonWriter(bare, form)(defaultValue))
      : schema.optional
        ? NULL
        : undefined;
  // Asked for what is no value of the type: most often null.
  const other: JsonWrite = (out, value) => {
    if (value !== null && value !== undefined) refuse(schema, value);
    if (absent === undefined) throw new DataError(`null is no value of ${described(schema)}, which is not optional`);
    out.raw(absent);
  };
  return logicalWriter(schema, form, other) ?? typeWriter(schema, form, other);
}

function refuse(schema: ConnectSchema, value: unknown): never {
  throw new DataError(`${shown(value)} is no value of ${described(schema)}`);
}

function logicalWriter(schema: ConnectSchema, form: JsonForm, other: JsonWrite): JsonWrite | undefined {
  switch (schema.name) {
    case DECIMAL: {
      const scale = Number(schema.parameters?.["scale"]);
      if (form.decimals === "NUMERIC")
        return (out, value) => {
          if (isDecimal(value)) out.ascii(decimalJavaText(value));
          else other(out, value);
        };
      return (out, value) => {
        if (!isDecimal(value)) other(out, value);
        else if (value.scale === scale && value.unscaled <= INT32_MAX && value.unscaled >= -INT32_MAX)
          out.shortBase64(Number(value.unscaled));
        else out.ascii(`"${decimalBytes(checkScale(schema, value)).toString("base64")}"`);
      };
    }
    case DATE:
      return (out, value) => {
        if (value instanceof Date) out.int(daysOf(value));
        else other(out, value);
      };
    case TIME:
      return (out, value) => {
        if (value instanceof Date) out.int(dayMsOf(value));
        else other(out, value);
      };
    case TIMESTAMP:
      return (out, value) => {
        if (value instanceof Date) out.int(msOf(value));
        else other(out, value);
      };
    case undefined:
    default:
      return undefined;
  }
}

function typeWriter(schema: ConnectSchema, form: JsonForm, other: JsonWrite): JsonWrite {
  switch (schema.type) {
    case "int8":
    case "int16":
    case "int32": {
      const range = RANGES[schema.type];
      return (out, value) => {
        if (typeof value === "number" && Number.isInteger(value) && value >= -range && value < range) out.int(value);
        else other(out, value);
      };
    }
    case "int64":
      return (out, value) => {
        if (typeof value !== "bigint") other(out, value);
        else if (value <= SAFE && value >= -SAFE) out.int(Number(value));
        else out.ascii(value.toString());
      };
    case "float":
      return (out, value) => {
        if (typeof value === "number") out.ascii(floatText(value));
        else other(out, value);
      };
    case "double":
      return (out, value) => {
        if (typeof value === "number") out.ascii(doubleText(value));
        else other(out, value);
      };
    case "boolean":
      return (out, value) => {
        if (typeof value === "boolean") out.raw(value ? TRUE : FALSE);
        else other(out, value);
      };
    case "string":
      return (out, value) => {
        if (typeof value === "string") out.text(value);
        else other(out, value);
      };
    case "bytes":
      return (out, value) => {
        if (value instanceof Uint8Array) out.ascii(base64Text(value));
        else other(out, value);
      };
    case "array":
      return arrayWriter(schema, form, other);
    case "map":
      return mapWriter(schema, form, other);
    case "struct":
      return structWriter(schema, form, other);
  }
}

function base64Text(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")}"`;
}

function arrayWriter(schema: ConnectSchema, form: JsonForm, other: JsonWrite): JsonWrite {
  const write = compileJsonWriter(schema.valueSchema!, form);
  return (out, value) => {
    if (!Array.isArray(value)) {
      other(out, value);
      return;
    }
    out.ascii("[");
    for (let index = 0; index < value.length; index++) {
      if (index > 0) out.ascii(",");
      try {
        write(out, value[index]);
      } catch (error) {
        throw DataError.within(index, error);
      }
    }
    out.ascii("]");
  };
}

function mapWriter(schema: ConnectSchema, form: JsonForm, other: JsonWrite): JsonWrite {
  const ofKey = compileJsonWriter(schema.keySchema!, form);
  const ofValue = compileJsonWriter(schema.valueSchema!, form);
  const isObject = schema.keySchema!.type === "string";
  return (out, value) => {
    if (!(value instanceof Map)) {
      other(out, value);
      return;
    }
    let before = isObject ? "{" : "[";
    for (const [key, item] of value as ReadonlyMap<unknown, unknown>) {
      out.ascii(before);
      before = ",";
      try {
        if (isObject) {
          if (typeof key !== "string") refuse(schema.keySchema!, key);
          out.text(key);
          out.ascii(":");
          ofValue(out, item);
        } else {
          out.ascii("[");
          ofKey(out, key);
          out.ascii(",");
          ofValue(out, item);
          out.ascii("]");
        }
      } catch (error) {
        throw DataError.within(String(key), error);
      }
    }
    out.ascii(before === "," ? (isObject ? "}" : "]") : isObject ? "{}" : "[]");
  };
}

/** As many fields are written by one function of code; more by a loop. */
const FIELDS_MAX = 1000;

interface FieldToWrite {
  readonly name: string;
  /** `{"id":` and `,"name":`. */
  readonly before: Uint8Array;
  readonly write: JsonWrite;
}

function structWriter(schema: ConnectSchema, form: JsonForm, other: JsonWrite): JsonWrite {
  const fields = schema.fields!.map(
    ({ name, schema: own }, index): FieldToWrite => ({
      name,
      before: Buffer.from(`${index === 0 ? "{" : ","}${textOf(name)}:`),
      write: compileJsonWriter(own, form),
    }),
  );
  const write = (fields.length <= FIELDS_MAX ? fieldsInCode(fields) : undefined) ?? fieldsInLoop(fields);
  return (out, value) => {
    if (isPlainObject(value)) write(out, value);
    else other(out, value);
  };
}

type WriteFields = (out: JsonOutput, value: Readonly<Record<string, unknown>>) => void;

function fieldsInLoop(fields: readonly FieldToWrite[]): WriteFields {
  return (out, value) => {
    for (const { before, name, write } of fields) {
      try {
        out.raw(before);
        write(out, fieldOf(value, name));
      } catch (error) {
        throw DataError.within(name, error);
      }
    }
    out.ascii(fields.length === 0 ? "{}" : "}");
  };
}

/** What every object has without having it itself. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

/** V8 turns a function that always meets the same shape into few instructions. */
function fieldsInCode(fields: readonly FieldToWrite[]): WriteFields | undefined {
  const lines = fields.map(({ name }, index) => {
    const key = JSON.stringify(name);
    const get = INHERITED.has(name) ? `fieldOf(value, ${key})` : `value[${key}]`;
    return `field = ${index}; out.raw(b${index}); w${index}(out, ${get});`;
  });
  const body = `return function writeFields(out, value) {
    let field = 0;
    try {
      ${lines.join("\n      ")}
    } catch (error) { throw within(field, error); }
    out.ascii(${fields.length === 0 ? '"{}"' : '"}"'});
  }`;
  const make = functionOf(["fieldOf", "within", ...fields.flatMap((_field, index) => [`b${index}`, `w${index}`])], body);
  const within = (field: number, error: unknown): unknown => DataError.within(fields[field]!.name, error);
  return make?.(fieldOf, within, ...fields.flatMap(({ before, write }) => [before, write])) as WriteFields | undefined;
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
