import { JsonNumber } from "../json/json-value.ts";
import type { AvroType } from "../formats/avro/avro-type.ts";

/** What a logical type may stand on (Avro 1.12, "Logical Types"). */
const BASES: Readonly<Record<string, readonly string[]>> = {
  decimal: ["bytes", "fixed"],
  "big-decimal": ["bytes"],
  uuid: ["string", "fixed"],
  date: ["int"],
  "time-millis": ["int"],
  "time-micros": ["long"],
  "timestamp-millis": ["long"],
  "timestamp-micros": ["long"],
  "timestamp-nanos": ["long"],
  "local-timestamp-millis": ["long"],
  "local-timestamp-micros": ["long"],
  "local-timestamp-nanos": ["long"],
  duration: ["fixed"],
};

/** A type's logical type; undefined without one. */
export function logicalTypeOf(type: AvroType): string | undefined {
  const written = type.kind === "union" ? undefined : type.properties.get("logicalType");
  return typeof written === "string" ? written : undefined;
}

/** Precision and scale of a decimal; undefined where it is none. A scale that is not written is 0. */
export function decimalOf(type: AvroType): { readonly precision: bigint | undefined; readonly scale: bigint | undefined } | undefined {
  if (type.kind === "union" || logicalTypeOf(type) !== "decimal") return undefined;
  const whole = (name: string): bigint | undefined => {
    const value = type.properties.get(name);
    return value instanceof JsonNumber ? value.integer : undefined;
  };
  return { precision: whole("precision"), scale: type.properties.has("scale") ? whole("scale") : 0n };
}

/** Why readers pass a logical type over and take the plain type; undefined where they do not, and for those that they do not know. */
export function logicalTypeProblem(type: AvroType): string | undefined {
  const logical = logicalTypeOf(type);
  const bases = logical === undefined ? undefined : Object.hasOwn(BASES, logical) ? BASES[logical] : undefined;
  if (bases === undefined) return undefined;
  if (!bases.includes(type.kind)) return `${logical} stands on ${bases.join(" or ")} and not on ${type.kind}`;
  if (logical === "uuid" && type.kind === "fixed" && type.size !== 16) return `a uuid has 16 bytes and not ${type.size}`;
  if (logical === "duration" && type.kind === "fixed" && type.size !== 12) return `a duration has 12 bytes and not ${type.size}`;
  const decimal = decimalOf(type);
  return decimal === undefined ? undefined : decimalProblem(decimal, type);
}

function decimalProblem({ precision, scale }: NonNullable<ReturnType<typeof decimalOf>>, type: AvroType): string | undefined {
  if (precision === undefined || precision < 1n) return "a decimal has a precision, a whole number from 1 up";
  if (scale === undefined || scale < 0n) return "a decimal's scale is a whole number from 0 up";
  if (scale > precision) return `its scale ${scale} is larger than its precision ${precision}`;
  if (type.kind !== "fixed") return undefined;
  const most = BigInt(Math.floor(Math.log10(2) * (8 * type.size - 1)));
  return precision > most ? `${type.size} bytes hold ${most} digits and not ${precision}` : undefined;
}
