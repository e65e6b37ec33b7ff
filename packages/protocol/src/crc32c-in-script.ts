/** The Castagnoli polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

/** `SLICES` tables of 256 entries in one array, made at first use: 8 KiB. */
let tables: Int32Array | undefined;

/**
 * CRC-32C without native code, eight bytes a step ("slicing by 8"). Same contract as `crc32c`.
 * Source: Kounavis and Berry, "Novel Table Lookup-Based Algorithms for High-Performance CRC Generation".
 */
export function crc32cInScript(buffer: Buffer, start: number, end: number, seed = 0): number {
  const t = (tables ??= makeTables());
  let crc = ~seed;
  let at = start;
  for (const wholeEnd = end - 7; at < wholeEnd; at += 8) {
    const low = crc ^ (buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24));
    crc =
      t[0x700 | (low & 0xff)]! ^
      t[0x600 | ((low >>> 8) & 0xff)]! ^
      t[0x500 | ((low >>> 16) & 0xff)]! ^
      t[0x400 | (low >>> 24)]! ^
      t[0x300 | buffer[at + 4]!]! ^
      t[0x200 | buffer[at + 5]!]! ^
      t[0x100 | buffer[at + 6]!]! ^
      t[buffer[at + 7]!]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ t[(crc ^ buffer[at]!) & 0xff]!;
  return ~crc >>> 0;
}

function makeTables(): Int32Array {
  const t = new Int32Array(256 * SLICES);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    t[byte] = crc;
  }
  for (let byte = 0; byte < 256; byte++) {
    for (let slice = 1; slice < SLICES; slice++) {
      const previous = t[(slice - 1) * 256 + byte]!;
      t[slice * 256 + byte] = (previous >>> 8) ^ t[previous & 0xff]!;
    }
  }
  return t;
}
