import { DataError, shown } from "../../data/data-error.ts";
import { described, isPlainObject } from "../../data/check-value.ts";
import { decimalBytes, decimalJavaText, isDecimal } from "../../data/decimal.ts";
import { DATE, DECIMAL, TIME, TIMESTAMP } from "../../data/logical-names.ts";
import { checkScale, dayMsOf, daysOf, msOf } from "../../data/logical-types.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { floatText } from "../../data/java-number.ts";
import { JsonOutput } from "./json-output.ts";
import { fieldsWriter } from "./struct-code.ts";

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
const NULL = Buffer.from("null");
const TRUE = Buffer.from("true");
const FALSE = Buffer.from("false");

const textOutput = new JsonOutput();

/** What makes the text of a schema's values. */
export function jsonWriter(schema: ConnectSchema, form: JsonForm): (value: unknown) => string {
  const write = compileJsonWriter(schema, form);
  return (value) => {
    textOutput.begin();
    write(textOutput, value);
    return textOutput.takeText();
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
        else if (value.scale === scale && BigInt.asIntN(32, value.unscaled) === value.unscaled) out.shortBase64(Number(value.unscaled));
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
        if (typeof value === "bigint") out.bigint(value);
        else other(out, value);
      };
    case "float":
      return (out, value) => {
        if (typeof value === "number") out.ascii(floatText(value));
        else other(out, value);
      };
    case "double":
      return (out, value) => {
        if (typeof value === "number") out.double(value);
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

function structWriter(schema: ConnectSchema, form: JsonForm, other: JsonWrite): JsonWrite {
  const write = fieldsWriter(schema.fields!.map(({ name, schema: own }) => ({ name, schema: own, write: compileJsonWriter(own, form) })));
  return (out, value) => {
    if (isPlainObject(value)) write(out, value);
    else other(out, value);
  };
}

/** The text of a value without a schema. */
export function plainJson(value: unknown): string {
  textOutput.begin();
  writePlainJson(textOutput, value);
  return textOutput.takeText();
}

/** Writes a value without a schema behind what is written. */
export function writePlainJson(out: JsonOutput, value: unknown, depth = 0): void {
  switch (typeof value) {
    case "undefined":
      return out.raw(NULL);
    case "string":
      return out.text(value);
    case "number":
      if (Number.isSafeInteger(value)) return out.int(value);
      return Number.isInteger(value) && Math.abs(value) < 1e21 ? out.ascii(String(value)) : out.double(value);
    case "bigint":
      return out.bigint(value);
    case "boolean":
      return out.raw(value ? TRUE : FALSE);
    case "object":
      return value === null ? out.raw(NULL) : plainParts(out, value, depth);
    case "symbol":
    case "function":
      throw new DataError(`${shown(value)} has no JSON`);
  }
}

function plainParts(out: JsonOutput, value: object, depth: number): void {
  if (depth > DEPTH_MAX) throw new DataError(`a value of more than ${DEPTH_MAX} levels is more than is taken`);
  if (value instanceof Uint8Array) return out.ascii(base64Text(value));
  if (Array.isArray(value)) return plainItems(out, value, depth);
  if (value instanceof Map) return plainMap(out, value, depth);
  if (value instanceof Date || isDecimal(value)) throw new DataError(`${shown(value)} without a schema has no JSON`);
  let before = "{";
  for (const name of Object.keys(value)) {
    out.ascii(before);
    before = ",";
    out.text(name);
    out.ascii(":");
    try {
      writePlainJson(out, (value as Readonly<Record<string, unknown>>)[name], depth + 1);
    } catch (error) {
      throw DataError.within(name, error);
    }
  }
  return out.ascii(before === "{" ? "{}" : "}");
}

function plainItems(out: JsonOutput, items: readonly unknown[], depth: number): void {
  out.ascii("[");
  for (let index = 0; index < items.length; index++) {
    if (index > 0) out.ascii(",");
    writePlainJson(out, items[index], depth + 1);
  }
  out.ascii("]");
}

function plainMap(out: JsonOutput, value: ReadonlyMap<unknown, unknown>, depth: number): void {
  let isObject = true;
  for (const key of value.keys()) isObject &&= typeof key === "string";
  let before = isObject ? "{" : "[";
  if (value.size === 0) out.ascii(before);
  for (const [key, item] of value) {
    out.ascii(before);
    before = ",";
    if (!isObject) out.ascii("[");
    writePlainJson(out, key, depth + 1);
    out.ascii(isObject ? ":" : ",");
    writePlainJson(out, item, depth + 1);
    if (!isObject) out.ascii("]");
  }
  out.ascii(isObject ? "}" : "]");
}
