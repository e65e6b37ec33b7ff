import { DataError, shown } from "./data-error.ts";

/** An exact number: `unscaled / 10^scale`, as Java's `BigDecimal`. Equal numbers of other scales are other values (1.0 and 1.00). */
export interface Decimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** A text has at most so many digits, and an exponent of so many at most: what is longer costs more than a number is worth. */
const DIGITS_MAX = 10_000;
const TEXT = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/;

/** Whether a value has a Decimal's two parts. */
export function isDecimal(value: unknown): value is Decimal {
  if (typeof value !== "object" || value === null) return false;
  const { unscaled, scale } = value as Partial<Decimal>;
  return typeof unscaled === "bigint" && typeof scale === "number" && Number.isInteger(scale);
}

/**
 * The number that a text says, with as many digits behind the point as stand there: `12.50` is 1250 of scale 2, `1E3` is 1 of scale -3.
 * @throws ConnectError CONNECT_DATA
 */
export function decimalFromText(text: string): Decimal {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = text.length > DIGITS_MAX ? [] : (TEXT.exec(text) ?? []);
  if (whole === "" && fraction === "") throw new DataError(`${shown(text)} is no decimal number`);
  const unscaled = BigInt(whole + fraction);
  return { unscaled: sign === "-" ? -unscaled : unscaled, scale: fraction.length - Number(exponent) };
}

/** All digits, no exponent: `12.50`, `1000`. */
export function decimalText({ unscaled, scale }: Decimal): string {
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString();
  const sign = negative ? "-" : "";
  if (scale <= 0) return unscaled === 0n ? "0" : sign + digits + "0".repeat(boundedZeros(-scale));
  const padded = digits.padStart(boundedZeros(scale) + 1, "0");
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** As Java's `BigDecimal.toString` writes it: with an exponent where the scale is negative or the number is small. */
export function decimalJavaText(decimal: Decimal): string {
  const { unscaled, scale } = decimal;
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString();
  const exponent = digits.length - 1 - scale;
  if (scale >= 0 && exponent >= -6) return decimalText(decimal);
  const mantissa = digits.length === 1 ? digits : `${digits[0]}.${digits.slice(1)}`;
  return `${negative ? "-" : ""}${mantissa}${exponent === 0 ? "" : `E${exponent > 0 ? "+" : ""}${exponent}`}`;
}

/** Two's complement, the highest byte first, no more bytes than it needs. */
export function decimalBytes({ unscaled }: Decimal): Buffer {
  if (unscaled >= -0x80000000n && unscaled <= 0x7fffffffn) return smallBytes(Number(unscaled));
  const magnitude = unscaled < 0n ? ~unscaled : unscaled;
  const length = magnitude.toString(16).length;
  // One bit more than the number has, for the sign.
  const highest = Number.parseInt(magnitude.toString(16)[0]!, 16);
  const byteLength = length % 2 === 1 ? (length + 1) / 2 : length / 2 + (highest >= 8 ? 1 : 0);
  const text = (unscaled < 0n ? (1n << BigInt(byteLength * 8)) + unscaled : unscaled).toString(16);
  return Buffer.from(text.padStart(byteLength * 2, "0"), "hex");
}

function smallBytes(value: number): Buffer {
  const byteLength =
    value >= -0x80 && value < 0x80 ? 1 : value >= -0x8000 && value < 0x8000 ? 2 : value >= -0x800000 && value < 0x800000 ? 3 : 4;
  const bytes = Buffer.allocUnsafe(byteLength);
  bytes.writeIntBE(value, 0, byteLength);
  return bytes;
}

/** @throws ConnectError CONNECT_DATA where there are no bytes. */
export function decimalFromBytes(bytes: Uint8Array, scale: number): Decimal {
  const { length } = bytes;
  if (length === 0) throw new DataError("a decimal of no bytes is no number");
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, length);
  if (length <= 6) return { unscaled: BigInt(buffer.readIntBE(0, length)), scale };
  return { unscaled: BigInt.asIntN(length * 8, BigInt(`0x${buffer.toString("hex")}`)), scale };
}

/** By what they are worth: below 0, 0 or above. 1.0 and 1.00 are the same here. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  const scale = Math.max(left.scale, right.scale);
  const [a, b] = [unscaledAt(left, scale), unscaledAt(right, scale)];
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The same number with another scale.
 * @throws ConnectError CONNECT_DATA where digits would be lost.
 */
export function withScale(decimal: Decimal, scale: number): Decimal {
  if (decimal.scale === scale) return decimal;
  if (scale > decimal.scale) return { unscaled: unscaledAt(decimal, scale), scale };
  const divisor = 10n ** BigInt(boundedZeros(decimal.scale - scale));
  if (decimal.unscaled % divisor !== 0n)
    throw new DataError(`${decimalText(decimal)} has more digits behind the point than the scale ${scale} has`);
  return { unscaled: decimal.unscaled / divisor, scale };
}

function unscaledAt({ unscaled, scale }: Decimal, at: number): bigint {
  return unscaled * 10n ** BigInt(boundedZeros(at - scale));
}

function boundedZeros(count: number): number {
  if (count > DIGITS_MAX) throw new DataError(`a decimal of ${count} more digits is more than is taken`);
  return count;
}
