import { ScalarType } from "@bufbuild/protobuf";
import { DataError } from "../../data/data-error.ts";
import { DECIMAL } from "../../data/logical-names.ts";
import { makeSchema } from "../../data/make-schema.ts";
import type { ConnectSchema, ConnectType } from "../../data/schema.ts";
import { decimalOf } from "./logical-messages.ts";
import { meta, PRECISION_PARAMETER, type Said } from "./protobuf-names.ts";

/** A schema of Connect's and what makes its values of a message's; undefined is what is not there. */
export interface ConnectForm {
  readonly schema: ConnectSchema;
  read(value: unknown): unknown;
}

const INT64 = 2n ** 63n;

/** What a scalar is in Connect; whole numbers without a sign need the next larger type. */
export function scalarForm(scalar: ScalarType, said: Said): ConnectForm {
  const as = (type: ConnectType, read: (value: unknown) => unknown = same): ConnectForm => ({ schema: makeSchema({ type }), read });
  switch (scalar) {
    case ScalarType.DOUBLE:
      return as("double");
    case ScalarType.FLOAT:
      return as("float");
    case ScalarType.BOOL:
      return as("boolean");
    case ScalarType.STRING:
      return as("string");
    case ScalarType.BYTES:
      return as("bytes");
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return as("int64", (value) => BigInt(value as number));
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return as("int64");
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return as("int64", (value) => {
        if ((value as bigint) < INT64) return value;
        throw new DataError(`${String(value)} is more than Connect's int64 holds`);
      });
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32: {
      const small = said[meta.type];
      return as(small === "int8" || small === "int16" ? small : "int32");
    }
  }
}

const bigKey = { type: "int64", read: (text: string): unknown => BigInt(text) } as const;
const intKey = { type: "int32", read: Number as (text: string) => unknown } as const;
/** Keys of maps, which JavaScript has as texts. */
export const KEYS: Partial<Readonly<Record<ScalarType, { readonly type: ConnectType; readonly read: (text: string) => unknown }>>> = {
  [ScalarType.BOOL]: { type: "boolean", read: (text) => text === "true" },
  [ScalarType.INT32]: intKey,
  [ScalarType.SINT32]: intKey,
  [ScalarType.SFIXED32]: intKey,
  [ScalarType.UINT32]: bigKey,
  [ScalarType.FIXED32]: bigKey,
  [ScalarType.INT64]: bigKey,
  [ScalarType.SINT64]: bigKey,
  [ScalarType.SFIXED64]: bigKey,
  [ScalarType.UINT64]: bigKey,
  [ScalarType.FIXED64]: bigKey,
};

/** Of the scale that a field says; without, a decimal is a whole number. */
export function decimalForm(said: Said): ConnectForm {
  const scale = numberIn(said, meta.scale) ?? 0;
  const precision = said[meta.precision];
  const parameters = { scale: String(scale), ...(precision === undefined ? {} : { [PRECISION_PARAMETER]: precision }) };
  return {
    schema: makeSchema({ type: "bytes", name: DECIMAL, version: 1, parameters }),
    read: (value) => decimalOf(value as Readonly<Record<string, unknown>>, scale),
  };
}

const same = (value: unknown): unknown => value;

/** A whole number that is said. */
export function numberIn(said: Said, name: string): number | undefined {
  const text = said[name];
  return text !== undefined && /^-?\d{1,10}$/.test(text) ? Number(text) : undefined;
}
