import { described } from "../../data/check-value.ts";
import { DataError, shown } from "../../data/data-error.ts";
import { isDecimal } from "../../data/decimal.ts";
import { DATE, DECIMAL, TIME, TIMESTAMP } from "../../data/logical-names.ts";
import { checkScale, scaleOf } from "../../data/logical-types.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { dateMessage, decimalMessage, timeMessage, timestampMessage } from "./logical-messages.ts";
import { ENUM, IDENTIFIER, meta, PRECISION_PARAMETER, protoTypes, type Said } from "./protobuf-names.ts";

export type Write = (value: unknown) => unknown;

/** Protobuf's type of a schema that has no parts; of a file that it is imported from where it is a message. */
export interface ProtoLeaf {
  readonly type: string;
  readonly file: string | undefined;
  readonly said: Said;
  readonly write: Write;
}

const SCALARS = {
  int8: "int32",
  int16: "int32",
  int32: "int32",
  int64: "int64",
  float: "float",
  double: "double",
  boolean: "bool",
  string: "string",
  bytes: "bytes",
} as const;

export function protoLeaf(schema: ConnectSchema): ProtoLeaf {
  switch (schema.name) {
    case DECIMAL: {
      const digits = schema.parameters?.[PRECISION_PARAMETER];
      const precision = digits === undefined || !/^\d{1,9}$/.test(digits) ? undefined : Number(digits);
      const write: Write = (value) => (isDecimal(value) ? decimalMessage(checkScale(schema, value), precision) : refuse(schema, value));
      return { ...message("decimal", write), said: { [meta.scale]: String(scaleOf(schema)) } };
    }
    case DATE:
      return message("date", ofDate(schema, dateMessage));
    case TIME:
      return message("time", ofDate(schema, timeMessage));
    case TIMESTAMP:
      return message("timestamp", ofDate(schema, timestampMessage));
    case undefined:
    default: {
      const said: Said = schema.type === "int8" || schema.type === "int16" ? { [meta.type]: schema.type } : {};
      return { type: SCALARS[schema.type as keyof typeof SCALARS], file: undefined, said, write: checked(schema) };
    }
  }
}

/** The constants of an enum that a text's parameters list; undefined where Protobuf cannot have them: the first is 0, and no two are one number. */
export function enumConstants(parameters: Readonly<Record<string, string>>): readonly (readonly [string, number])[] | undefined {
  const constants = Object.entries(parameters)
    .filter(([key]) => key.startsWith(`${ENUM}.`))
    .map(([key, number]) => [key.slice(ENUM.length + 1), Number(number)] as const);
  const isFit = constants.every(([symbol, number]) => IDENTIFIER.test(symbol) && Number.isInteger(number) && Math.abs(number) < 2 ** 31);
  const numbers = new Set(constants.map(([, number]) => number));
  return isFit && constants[0]?.[1] === 0 && numbers.size === constants.length ? constants : undefined;
}

function message(type: keyof typeof protoTypes, write: Write): ProtoLeaf {
  const { file, name } = protoTypes[type];
  return { type: `.${name}`, file, said: {}, write };
}

function ofDate(schema: ConnectSchema, write: (date: Date) => unknown): Write {
  return (value) => (value instanceof Date ? write(value) : refuse(schema, value));
}

function refuse(schema: ConnectSchema, value: unknown): never {
  throw new DataError(`${shown(value)} is no value of ${described(schema)}`);
}

/** What Protobuf's type is wider than is held here; the serde holds the rest. */
function checked(schema: ConnectSchema): Write {
  const { type } = schema;
  if (type === "bytes") return (value) => (value instanceof Uint8Array ? value : refuse(schema, value));
  const range = type === "int8" ? 2 ** 7 : type === "int16" ? 2 ** 15 : undefined;
  if (range !== undefined)
    return (value) => (typeof value === "number" && value >= -range && value < range ? value : refuse(schema, value));
  const wanted = type === "int64" ? "bigint" : type === "boolean" || type === "string" ? type : "number";
  return (value) => (typeof value === wanted ? value : refuse(schema, value));
}
