import { DataError, shown } from "../data/data-error.ts";

const WHOLE = /^[+-]?\d{1,40}$/;
const DOUBLE = /^[\u0000-\u0020]*[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)[\u0000-\u0020]*$/;

/** A whole number as Java's parseLong takes it: no spaces, nothing beyond its bits. @throws ConnectError CONNECT_DATA */
export function parseWhole(text: string, bits: 8 | 16 | 32 | 64): bigint {
  if (!WHOLE.test(text)) throw new DataError(`${shown(text)} is no whole number`);
  const whole = BigInt(text.startsWith("+") ? text.slice(1) : text);
  if (BigInt.asIntN(bits, whole) === whole) return whole;
  throw new DataError(`${text} is beyond ${bits} bits`);
}

/** A number as Java's parseDouble takes it, but for its hexadecimal form. @throws ConnectError CONNECT_DATA */
export function parseDouble(text: string): number {
  if (!DOUBLE.test(text)) throw new DataError(`${shown(text)} is no number`);
  return Number(text.replaceAll(/[\u0000-\u0020]/g, "").replace(/[fFdD]$/, ""));
}
