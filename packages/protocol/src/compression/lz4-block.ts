import { malformed } from "./lz4-frame.ts";

const MATCH_BYTES_MIN = 4;
/** Up to here a loop over the bytes is faster than a call into the runtime. */
const LOOP_BYTES_MAX = 32;

/**
 * Unpacks the LZ4 block at `src[from..to]` into `dst` from `at` on and returns where it ended. Matches may reach back to
 * the start of `dst` (linked blocks); nothing is written behind `limit`.
 * Source: the LZ4 block format description.
 */
export function decompressLz4Block(src: Buffer, from: number, to: number, dst: Buffer, at: number, limit: number): number {
  let s = from;
  let d = at;
  while (s < to) {
    const token = src[s++]!;
    let literals = token >>> 4;
    if (literals === 15) {
      for (let more = 255; more === 255; literals += more) {
        if (s >= to) throw malformed("ends inside a length");
        more = src[s++]!;
      }
    }
    if (literals > to - s) throw malformed("ends inside literals");
    if (literals > limit - d) throw malformed("unpacks to more bytes than allowed");
    if (literals <= LOOP_BYTES_MAX) for (const end = s + literals; s < end; ) dst[d++] = src[s++]!;
    else {
      d += src.copy(dst, d, s, s + literals);
      s += literals;
    }
    if (s === to) return d; // the last sequence has no match
    if (s + 2 > to) throw malformed("ends inside a distance");
    const distance = src[s]! | (src[s + 1]! << 8);
    s += 2;
    let length = (token & 15) + MATCH_BYTES_MIN;
    if (length === 15 + MATCH_BYTES_MIN) {
      for (let more = 255; more === 255; length += more) {
        if (s >= to) throw malformed("ends inside a length");
        more = src[s++]!;
      }
    }
    if (distance === 0 || distance > d) throw malformed("refers back before its start");
    if (length > limit - d) throw malformed("unpacks to more bytes than allowed");
    // An overlapping match repeats what it has just written, so it must go byte by byte.
    let m = d - distance;
    if (length <= LOOP_BYTES_MAX || distance < length) for (const end = d + length; d < end; ) dst[d++] = dst[m++]!;
    else {
      dst.copyWithin(d, m, m + length);
      d += length;
    }
  }
  throw malformed("ends without a last sequence");
}
