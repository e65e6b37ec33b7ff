import { JsonNumber } from "../../json/json-value.ts";
import type { AvroType } from "./avro-type.ts";

/** What a logical type makes of the type beneath it. */
export type LogicalType =
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "date" }
  | { readonly kind: "uuid" }
  /** How many of its units a second has; a `Date` for milliseconds alone. */
  | { readonly kind: "timestamp"; readonly perSecond: bigint };

const TIMESTAMPS: Readonly<Record<string, bigint>> = {
  "timestamp-millis": 1_000n,
  "timestamp-micros": 1_000_000n,
  "timestamp-nanos": 1_000_000_000n,
};

/** Undefined where there is none, or one that does not go with its type: then the type beneath counts, as the specification says. */
export function logicalTypeOf(type: AvroType): LogicalType | undefined {
  if (type.kind === "union") return undefined;
  const name = type.properties.get("logicalType");
  if (typeof name !== "string") return undefined;
  if (name === "decimal" && (type.kind === "bytes" || type.kind === "fixed")) return decimalOf(type);
  if (name === "date" && type.kind === "int") return { kind: "date" };
  if (name === "uuid" && (type.kind === "string" || (type.kind === "fixed" && type.size === 16))) return { kind: "uuid" };
  const perSecond = Object.hasOwn(TIMESTAMPS, name) ? TIMESTAMPS[name] : undefined;
  return type.kind === "long" && perSecond !== undefined ? { kind: "timestamp", perSecond } : undefined;
}

const PRECISION_MAX = 10_000;

function decimalOf(type: Exclude<AvroType, { readonly kind: "union" }>): LogicalType | undefined {
  const number = (name: string): number | undefined => {
    const value = type.properties.get(name);
    return value instanceof JsonNumber ? value.value : undefined;
  };
  const precision = number("precision");
  const scale = type.properties.has("scale") ? number("scale") : 0;
  if (precision === undefined || scale === undefined) return undefined;
  const isValid = Number.isInteger(precision) && Number.isInteger(scale) && precision > 0 && scale >= 0 && scale <= precision;
  return isValid && precision <= PRECISION_MAX ? { kind: "decimal", precision, scale } : undefined;
}
