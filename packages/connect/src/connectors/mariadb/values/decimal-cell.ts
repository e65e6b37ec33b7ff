import type { Decimal } from "../../../data/decimal.ts";
import type { BinlogBytes } from "../binlog/binlog-bytes.ts";

const DIGITS_OF_GROUP = 9;
/** Bytes of so many digits that are no whole group. */
const BYTES_OF_DIGITS = [0, 1, 1, 2, 2, 3, 3, 4, 4] as const;
const SAFE_DIGITS = 15;

/** Groups of nine digits in four bytes, those of the whole part from its right; a negative number is inverted, the first bit is the sign's. */
export function decimalReader(precision: number, scale: number): (bytes: BinlogBytes) => Decimal {
  const whole = precision - scale;
  const groups = [
    whole % DIGITS_OF_GROUP,
    ...Array<number>(Math.floor(whole / DIGITS_OF_GROUP)).fill(DIGITS_OF_GROUP),
    ...Array<number>(Math.floor(scale / DIGITS_OF_GROUP)).fill(DIGITS_OF_GROUP),
    scale % DIGITS_OF_GROUP,
  ]
    .filter((digits) => digits > 0)
    .map((digits) => ({ bytes: digits === DIGITS_OF_GROUP ? 4 : BYTES_OF_DIGITS[digits]!, factor: 10 ** digits }));
  const byteLength = groups.reduce((sum, { bytes }) => sum + bytes, 0);
  return (bytes) => {
    const cell = bytes.slice(byteLength);
    const isNegative = (cell[0]! & 0x80) === 0;
    let small = 0;
    let large = 0n;
    let at = 0;
    for (const group of groups) {
      let part = cell.readUIntBE(at, group.bytes);
      if (at === 0) part ^= 0x80 * 256 ** (group.bytes - 1);
      if (at === 0 && part < 0) part += 2 ** 32;
      if (isNegative) part = 256 ** group.bytes - 1 - part;
      at += group.bytes;
      if (precision <= SAFE_DIGITS) small = small * group.factor + part;
      else large = large * BigInt(group.factor) + BigInt(part);
    }
    const unscaled = precision <= SAFE_DIGITS ? BigInt(small) : large;
    return { unscaled: isNegative ? -unscaled : unscaled, scale };
  };
}
