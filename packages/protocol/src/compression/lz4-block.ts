import { malformed } from "./lz4-frame.ts";

const MATCH_BYTES_MIN = 4;
/** A block ends in literals: the last match starts this far from the end at least, and stops `TAIL_BYTES` before it. */
const LAST_MATCH_BYTES = 12;
const TAIL_BYTES = 5;
const HASH_BITS = 13;
const HASH_PRIME = 2654435761 | 0;
/** After this many bytes without a match the search takes larger steps (2^6). */
const SKIP_SHIFT = 6;
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

/** Packs up to 64 KiB as one LZ4 block: greedy, one hash table. For platforms without native code. */
export function compressLz4Block(src: Buffer): Buffer {
  const { length } = src;
  const dst = Buffer.allocUnsafe(length + Math.ceil(length / 255) + 16);
  const table = new Uint16Array(1 << HASH_BITS);
  const matchLimit = length - LAST_MATCH_BYTES;
  let d = 0;
  let anchor = 0;
  for (let at = 1; at < matchLimit; ) {
    const four = src[at]! | (src[at + 1]! << 8) | (src[at + 2]! << 16) | (src[at + 3]! << 24);
    const slot = Math.imul(four, HASH_PRIME) >>> (32 - HASH_BITS);
    const candidate = table[slot]!;
    table[slot] = at;
    if (!isSame(src, candidate, four)) {
      at += 1 + ((at - anchor) >> SKIP_SHIFT);
      continue;
    }
    let end = at + MATCH_BYTES_MIN;
    const tail = length - TAIL_BYTES;
    for (let from = candidate + MATCH_BYTES_MIN; end < tail && src[end] === src[from]; from++) end++;
    d = putSequence(src, anchor, at, dst, d, at - candidate, end - at - MATCH_BYTES_MIN);
    anchor = end;
    at = end;
  }
  return dst.subarray(0, putLastLiterals(src, anchor, dst, d));
}

function isSame(src: Buffer, at: number, four: number): boolean {
  return (src[at]! | (src[at + 1]! << 8) | (src[at + 2]! << 16) | (src[at + 3]! << 24)) === four;
}

function putSequence(src: Buffer, anchor: number, at: number, dst: Buffer, to: number, distance: number, extraLength: number): number {
  const literals = at - anchor;
  dst[to] = (Math.min(literals, 15) << 4) | Math.min(extraLength, 15);
  let d = putLength(dst, to + 1, literals);
  d = putLiterals(src, anchor, at, dst, d);
  dst[d++] = distance;
  dst[d++] = distance >> 8;
  return putLength(dst, d, extraLength);
}

function putLastLiterals(src: Buffer, anchor: number, dst: Buffer, to: number): number {
  const literals = src.length - anchor;
  dst[to] = Math.min(literals, 15) << 4;
  return putLiterals(src, anchor, src.length, dst, putLength(dst, to + 1, literals));
}

/** What of a length does not fit the token's four bits. */
function putLength(dst: Buffer, at: number, length: number): number {
  if (length < 15) return at;
  let rest = length - 15;
  let d = at;
  for (; rest >= 255; rest -= 255) dst[d++] = 255;
  dst[d++] = rest;
  return d;
}

function putLiterals(src: Buffer, from: number, to: number, dst: Buffer, at: number): number {
  if (to - from > LOOP_BYTES_MAX) return at + src.copy(dst, at, from, to);
  let d = at;
  for (let s = from; s < to; s++) dst[d++] = src[s]!;
  return d;
}
