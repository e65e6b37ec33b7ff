const PRIME_1 = 0x9e3779b1 | 0;
const PRIME_2 = 0x85ebca77 | 0;
const PRIME_3 = 0xc2b2ae3d | 0;
const PRIME_4 = 0x27d4eb2f | 0;
const PRIME_5 = 0x165667b1 | 0;
const STRIPE_BYTES = 16;

/** The checksum of LZ4 frames, unsigned, over the bytes from `start` to `end`. Source: the xxHash specification, XXH32, seed 0. */
export function xxHash32(buffer: Buffer, start: number, end: number): number {
  let at = start;
  let hash: number;
  if (end - start >= STRIPE_BYTES) {
    let a = (PRIME_1 + PRIME_2) | 0;
    let b = PRIME_2;
    let c = 0;
    let d = -PRIME_1 | 0;
    for (const last = end - STRIPE_BYTES; at <= last; at += STRIPE_BYTES) {
      a = round(a, buffer, at);
      b = round(b, buffer, at + 4);
      c = round(c, buffer, at + 8);
      d = round(d, buffer, at + 12);
    }
    hash = (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0;
  } else hash = PRIME_5;
  hash = (hash + (end - start)) | 0;
  for (; at + 4 <= end; at += 4) hash = Math.imul(rotate((hash + Math.imul(lane(buffer, at), PRIME_3)) | 0, 17), PRIME_4);
  for (; at < end; at++) hash = Math.imul(rotate((hash + Math.imul(buffer[at]!, PRIME_5)) | 0, 11), PRIME_1);
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function round(accumulator: number, buffer: Buffer, at: number): number {
  return Math.imul(rotate((accumulator + Math.imul(lane(buffer, at), PRIME_2)) | 0, 13), PRIME_1);
}

function lane(b: Buffer, at: number): number {
  return b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
