/** Zigzag varints as record fields use them, written by plain functions: `put…` returns where the next field goes. */

/** Bytes of `value` (32 bits) as a zigzag varint: 1 to 5. */
export function varintBytes(value: number): number {
  const raw = ((value << 1) ^ (value >> 31)) >>> 0;
  if (raw < 0x80) return 1;
  if (raw < 0x4000) return 2;
  if (raw < 0x200000) return 3;
  return raw < 0x10000000 ? 4 : 5;
}

/** Bytes of a safe integer as a zigzag varlong: 1 to 8. */
export function varlongBytes(value: number): number {
  if (value === (value | 0)) return varintBytes(value);
  // Zigzag doubles the magnitude; past 32 bits that is at least five bytes of seven bits.
  let rest = (value < 0 ? -value - 1 : value) / 2 ** 34;
  let bytes = 5;
  while (rest >= 1) {
    rest /= 128;
    bytes++;
  }
  return bytes;
}

/** Writes 32 bits. */
export function putVarint(buffer: Buffer, at: number, value: number): number {
  let raw = ((value << 1) ^ (value >> 31)) >>> 0;
  let end = at;
  while (raw >= 0x80) {
    buffer[end++] = raw | 0x80;
    raw >>>= 7;
  }
  buffer[end++] = raw;
  return end;
}

/** Writes a safe integer. */
export function putVarlong(buffer: Buffer, at: number, value: number): number {
  if (value === (value | 0)) return putVarint(buffer, at, value);
  // The doubled magnitude may pass 2^53: 28 low bits and the rest are kept apart, both exact.
  const magnitude = value < 0 ? -value - 1 : value;
  let low = (magnitude % 2 ** 27) * 2 + (value < 0 ? 1 : 0);
  let high = Math.floor(magnitude / 2 ** 27);
  let end = at;
  for (let i = 0; i < 4; i++) {
    buffer[end++] = low | 0x80;
    low >>>= 7;
  }
  while (high >= 0x80) {
    buffer[end++] = (high % 128) | 0x80;
    high = Math.floor(high / 128);
  }
  buffer[end++] = high;
  return end;
}

/** Up to here a loop over the bytes is faster than `TypedArray.set` (see tools/bench/records.ts). */
const LOOP_BYTES_MAX = 12;

/** Writes bytes without a length in front. */
export function putBytes(buffer: Buffer, at: number, bytes: Uint8Array): number {
  const { length } = bytes;
  if (length > LOOP_BYTES_MAX) buffer.set(bytes, at);
  else for (let i = 0; i < length; i++) buffer[at + i] = bytes[i]!;
  return at + length;
}
