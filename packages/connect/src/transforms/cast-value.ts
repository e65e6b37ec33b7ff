import { DataError, shown } from "../data/data-error.ts";
import { type Decimal, decimalJavaText, isDecimal } from "../data/decimal.ts";
import { doubleText, floatText, javaText } from "../data/java-number.ts";
import { DATE, TIME, TIMESTAMP } from "../data/logical-names.ts";
import { dayMsOf, daysOf, timestampMsOf } from "../data/logical-types.ts";
import type { PlainType } from "../data/make-schema.ts";
import type { ConnectSchema } from "../data/schema.ts";
import { dateText } from "../data/value-text.ts";
import { parseDouble, parseWhole } from "./java-parse.ts";

/** A type that values are cast to. */
export interface CastTarget {
  readonly type: PlainType;
  readonly bits?: 8 | 16 | 32 | 64;
}

/** By the names that a spec has. */
export const castTargets: ReadonlyMap<string, CastTarget> = new Map<string, CastTarget>([
  ["int8", { type: "int8", bits: 8 }],
  ["int16", { type: "int16", bits: 16 }],
  ["int32", { type: "int32", bits: 32 }],
  ["int64", { type: "int64", bits: 64 }],
  ["float32", { type: "float" }],
  ["float64", { type: "double" }],
  ["boolean", { type: "boolean" }],
  ["string", { type: "string" }],
]);

const INT64_MAX = 2n ** 63n - 1n;

/**
 * A value as another type, by Java's rules: what is too large for the target loses its upper bits, fractions are cut off. `schema`: the value's own.
 * @throws ConnectError CONNECT_DATA for what cannot be cast.
 */
export function castValue(schema: ConnectSchema | undefined, value: unknown, to: CastTarget): unknown {
  if (value === null || value === undefined) return null;
  if (schema !== undefined && (schema.type === "array" || schema.type === "map" || schema.type === "struct"))
    throw new DataError(`a value of ${schema.type} cannot be cast`);
  if (to.type === "string") return castText(schema, value);
  const encoded = schema === undefined ? value : encodedOf(schema, value);
  if (typeof encoded === "string") return castFromText(encoded, to);
  if (typeof encoded === "boolean") return castFromBoolean(encoded, to);
  if (typeof encoded === "number" || typeof encoded === "bigint" || isDecimal(encoded))
    return castFromNumber(encoded, to, schema?.type === "float" || schema?.type === "double");
  throw new DataError(`${shown(value)} cannot be cast to ${to.type}`);
}

/** Days and milliseconds, as they lie in the bytes. */
function encodedOf({ name }: ConnectSchema, value: unknown): unknown {
  if (!(value instanceof Date)) return value;
  if (name === DATE) return daysOf(value);
  if (name === TIME) return dayMsOf(value);
  return name === TIMESTAMP ? timestampMsOf(value) : value;
}

function castFromText(text: string, { type, bits }: CastTarget): unknown {
  if (bits !== undefined) return bits === 64 ? parseWhole(text, 64) : Number(parseWhole(text, bits));
  if (type === "boolean") return text.toLowerCase() === "true";
  return type === "float" ? Math.fround(parseDouble(text)) : parseDouble(text);
}

function castFromBoolean(value: boolean, { type, bits }: CastTarget): unknown {
  if (type === "boolean") return value;
  return bits === 64 ? BigInt(value) : Number(value);
}

/** `isDouble`: it is one of Java's double or float, whatever its digits are. */
function castFromNumber(value: number | bigint | Decimal, { type, bits }: CastTarget, isDouble: boolean): unknown {
  if (bits !== undefined) return cutOff(value, bits, isDouble);
  if (type === "boolean") return cutOff(value, 64, isDouble) !== 0n;
  const double = isDecimal(value) ? Number(decimalJavaText(value)) : Number(value);
  return type === "float" ? Math.fround(double) : double;
}

/** As Java narrows: a fraction first becomes an int or long, the nearest one where it is beyond, whose lower bits then are the value. */
export function cutOff(value: number | bigint | Decimal, bits: 8 | 16 | 32 | 64, isDouble = false): number | bigint {
  const whole = wholeOf(value, bits === 64 ? 64 : 32, isDouble);
  const cut = BigInt.asIntN(bits, whole);
  return bits === 64 ? cut : Number(cut);
}

function wholeOf(value: number | bigint | Decimal, bits: 32 | 64, isDouble: boolean): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value !== "number")
    return value.scale <= 0 ? value.unscaled * 10n ** BigInt(-value.scale) : value.unscaled / 10n ** BigInt(value.scale);
  // A whole number is one of Java's long; only a fraction, or what is beyond a long, is a double there.
  if (!isDouble && Number.isSafeInteger(value)) return BigInt(value);
  if (Number.isNaN(value)) return 0n;
  const max = bits === 64 ? INT64_MAX : 2n ** 31n - 1n;
  if (value >= Number(max)) return max;
  return value <= -Number(max) - 1 ? -max - 1n : BigInt(Math.trunc(value));
}

function castText(schema: ConnectSchema | undefined, value: unknown): string {
  if (value instanceof Date) return dateText(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  if (isDecimal(value)) return decimalJavaText(value);
  if (typeof value === "number" && schema?.type === "float") return javaText(value, floatText);
  if (typeof value === "number" && (schema?.type === "double" || (schema === undefined && !Number.isInteger(value))))
    return javaText(value, doubleText);
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  throw new DataError(`${shown(value)} cannot be cast to a text`);
}
