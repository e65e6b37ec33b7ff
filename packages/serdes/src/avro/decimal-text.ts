import { ValueProblem } from "../serde/format-engine.ts";

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;
/** Longer texts are none: a bigint of them would cost. */
const DIGITS_MAX = 10_000;

/** The whole number that a decimal is times 10^scale. Throws where digits would be lost. */
export function parseDecimal(value: unknown, { precision, scale }: { readonly precision: number; readonly scale: number }): bigint {
  const text = typeof value === "bigint" || typeof value === "number" ? String(value) : value;
  const parts = typeof text === "string" && text.length <= DIGITS_MAX ? DECIMAL.exec(text) : null;
  if (parts === null) throw new ValueProblem("", `a decimal is a text like "12.50"`);
  const [, sign, whole = "", fraction = ""] = parts;
  const kept = fraction.slice(0, scale).padEnd(scale, "0");
  if (/[1-9]/.test(fraction.slice(scale)))
    throw new ValueProblem("", `the decimal ${String(text)} has more than the ${scale} digits behind the point that the schema has`);
  const digits = `${whole}${kept}`.replace(/^0+(?=\d)/, "");
  if (digits.length > precision && digits !== "0")
    throw new ValueProblem(
      "",
      `the decimal ${String(text)} has ${digits.length} digits with scale ${scale}; the schema's precision is ${precision}`,
    );
  return sign === "-" ? -BigInt(digits) : BigInt(digits);
}

function formatDecimal(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, point)}${scale === 0 ? "" : `.${digits.slice(point)}`}`;
}

/** As another scale has it, where no digit is lost; else with its own. */
export function rescaled(unscaled: bigint, from: number, to: number): string {
  if (to >= from) return formatDecimal(unscaled * 10n ** BigInt(to - from), to);
  const divisor = 10n ** BigInt(from - to);
  return unscaled % divisor === 0n ? formatDecimal(unscaled / divisor, to) : formatDecimal(unscaled, from);
}

/** Two's complement, the highest byte first, in as few bytes as it takes, or in so many. */
export function bytesOfInteger(value: bigint, size?: number): Buffer {
  const magnitude = value < 0n ? -value - 1n : value;
  const needed = Math.floor((magnitude === 0n ? 0 : magnitude.toString(2).length) / 8) + 1;
  if (size !== undefined && needed > size) throw new ValueProblem("", `a decimal takes ${needed} bytes; the fixed has ${size}`);
  const length = size ?? needed;
  const hex = BigInt.asUintN(length * 8, value)
    .toString(16)
    .padStart(length * 2, "0");
  return Buffer.from(hex, "hex");
}

export function integerOfBytes(bytes: Buffer): bigint {
  if (bytes.length === 0) return 0n;
  if (bytes.length > DIGITS_MAX) throw new ValueProblem("", `a decimal has ${bytes.length} bytes; at most ${DIGITS_MAX} are read`);
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString("hex")}`));
}
