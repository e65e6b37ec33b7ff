import { type Decimal, decimalBytes } from "../../../data/decimal.ts";
import { ConnectError } from "../../../connect-error.ts";
import { namedType, plainType, type ValueOptions, type ValueType } from "./value-type.ts";

const DECIMAL = "org.apache.kafka.connect.data.Decimal";
const MONEY_SCALE = 2;
const SCALE_BITS = 11;

/** `numeric(p,s)`; without a modifier, or with `decimals` other than precise, what goes for it. */
export function numericType(modifier: number, { decimals }: ValueOptions): ValueType {
  if (decimals === "string") return plainType("string", (text) => text, "0");
  if (decimals === "double") return plainType("double", Number, 0);
  if (modifier < 0) return variableScaleType;
  const { precision, scale } = numericModifier(modifier);
  return decimalType(scale, precision);
}

/** Four bytes off, then precision above a scale of eleven bits with a sign (PostgreSQL 15). */
function numericModifier(modifier: number): { readonly precision: number; readonly scale: number } {
  const packed = modifier - 4;
  return { precision: (packed >> 16) & 0xffff, scale: (packed << (32 - SCALE_BITS)) >> (32 - SCALE_BITS) };
}

function decimalType(scale: number, precision?: number): ValueType {
  const parameters = { scale: String(scale), ...(precision !== undefined && { "connect.decimal.precision": String(precision) }) };
  return namedType(
    DECIMAL,
    "bytes",
    (text) => ({ unscaled: unscaledOf(text, scale), scale }) satisfies Decimal,
    { unscaled: 0n, scale },
    parameters,
  );
}

/** The digits of a number that has no more than `scale` of them behind its point. */
function unscaledOf(text: string, scale: number): bigint {
  const point = text.indexOf(".");
  const fraction = point < 0 ? 0 : text.length - point - 1;
  const digits = point < 0 ? text : text.slice(0, point) + text.slice(point + 1);
  if (scale === fraction) return integerOf(digits, text);
  const unscaled = integerOf(digits, text);
  return scale > fraction ? unscaled * 10n ** BigInt(scale - fraction) : unscaled / 10n ** BigInt(fraction - scale);
}

function integerOf(digits: string, text: string): bigint {
  if (text === "NaN" || text.endsWith("Infinity"))
    throw new ConnectError("CONNECT_DATA", `"${text}" has no exact decimal; set decimal.handling.mode to string or double.`);
  return BigInt(digits);
}

/** `numeric` without a scale: each value has its own, no zeros at its end. */
const variableScaleType: ValueType = {
  schema: {
    type: "struct",
    name: "io.debezium.data.VariableScaleDecimal",
    version: 1,
    doc: "Variable scaled decimal",
    fields: [
      { name: "scale", schema: { type: "int32", optional: false } },
      { name: "value", schema: { type: "bytes", optional: false } },
    ],
  },
  parse(text) {
    const point = text.indexOf(".");
    const trimmed = point < 0 ? text : text.replace(/\.?0+$/, "");
    const scale = point < 0 || trimmed.length <= point ? 0 : trimmed.length - point - 1;
    return { scale, value: decimalBytes({ unscaled: unscaledOf(trimmed, scale), scale }) };
  },
  zero: { scale: 0, value: Buffer.from([0]) },
};

/** `money` as `lc_monetary=C` prints it: `-$1,234.56`. */
export function moneyType({ decimals }: ValueOptions): ValueType {
  const digitsOf = (text: string): string => text.replace(/[^\d.-]/g, "");
  if (decimals === "string") return plainType("string", digitsOf, "0");
  if (decimals === "double") return plainType("double", (text) => Number(digitsOf(text)), 0);
  const { schema, parse, zero } = decimalType(MONEY_SCALE);
  return { schema, parse: (text) => parse(digitsOf(text)), zero };
}

/** `bit(n)`, `bit varying(n)`: the lowest byte first and none of zeros at the end; a single bit is a boolean. */
export function bitType(length: number, isVarying: boolean): ValueType {
  if (!isVarying && length === 1) return plainType("boolean", (text) => text === "1", false);
  return namedType("io.debezium.data.Bits", "bytes", bitsOf, Buffer.alloc(0), { length: String(length < 0 ? 2 ** 31 - 1 : length) });
}

function bitsOf(text: string): Buffer {
  const bytes: number[] = [];
  for (let end = text.length; end > 0; end -= 8) bytes.push(Number.parseInt(text.slice(Math.max(0, end - 8), end), 2));
  while (bytes.at(-1) === 0) bytes.pop();
  return Buffer.from(bytes);
}
