const TWO_32 = 2 ** 32;
const TWO_63 = 2 ** 63;

/** Writes an int64 given as a number, the highest byte first; the largest double below 2^63 and all above become the largest int64. */
export function writeInt64(into: Uint8Array, at: number, value: number): void {
  if (value >= TWO_63) return writeHalves(into, at, 0x7fffffff, 0xffffffff);
  if (value <= -TWO_63) return writeHalves(into, at, -0x80000000, 0);
  const high = Math.floor(value / TWO_32);
  writeHalves(into, at, high, value - high * TWO_32);
}

/** Reads an int64 as a number: exact within ±(2^53 − 1), the nearest double beyond. */
export function readInt64(from: Uint8Array, at: number): number {
  const high = (from[at]! << 24) | (from[at + 1]! << 16) | (from[at + 2]! << 8) | from[at + 3]!;
  const low = ((from[at + 4]! << 24) | (from[at + 5]! << 16) | (from[at + 6]! << 8) | from[at + 7]!) >>> 0;
  return high * TWO_32 + low;
}

/** Reads an int32, the highest byte first. */
export function readInt32(from: Uint8Array, at: number): number {
  return (from[at]! << 24) | (from[at + 1]! << 16) | (from[at + 2]! << 8) | from[at + 3]!;
}

/** Writes an int32, the highest byte first. */
export function writeInt32(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
}

function writeHalves(into: Uint8Array, at: number, high: number, low: number): void {
  writeInt32(into, at, high);
  writeInt32(into, at + 4, low);
}
