import { MalformedBytesError } from "@ottla/base";

const HASH_BITS = 12;
const HASH_PRIME = 0x1e35a7bd;
/** No match is looked for in the last bytes, so that four can always be read. */
const TAIL_BYTES = 8;
const SKIP_SHIFT = 5;
const COPY_BYTES_MAX = 64;
/** Up to here a loop over the bytes is faster than a call into the runtime. */
const LOOP_BYTES_MAX = 32;

/** What the tag's two low bits say. */
const LITERAL = 0;
const COPY_1 = 1;
const COPY_2 = 2;

/** How many bytes the raw snappy data at `src[from..to]` claims to unpack to, and where its elements start. */
export function readSnappyLength(src: Buffer, from: number, to: number): { readonly bytes: number; readonly elementsAt: number } {
  let bytes = 0;
  for (let i = 0; i < 5 && from + i < to; i++) {
    const byte = src[from + i]!;
    bytes += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return { bytes, elementsAt: from + i + 1 };
  }
  throw malformed("has no length");
}

/**
 * Unpacks the elements at `src[from..to]` so that they fill `dst` exactly.
 * Source: the snappy format description.
 */
export function decompressSnappyBlock(src: Buffer, from: number, to: number, dst: Buffer): void {
  const limit = dst.length;
  let s = from;
  let d = 0;
  while (s < to) {
    const tag = src[s++]!;
    const kind = tag & 3;
    let length: number;
    let distance = 0;
    if (kind === LITERAL) {
      length = (tag >>> 2) + 1;
      if (length > 60) {
        const extra = length - 60;
        if (s + extra > to) throw malformed("ends inside a length");
        length = 1;
        for (let i = 0; i < extra; i++) length += src[s++]! * 2 ** (8 * i);
      }
      if (length > to - s) throw malformed("ends inside literals");
      if (length > limit - d) throw malformed("unpacks to more bytes than it claims");
      if (length <= LOOP_BYTES_MAX) for (const end = s + length; s < end; ) dst[d++] = src[s++]!;
      else {
        d += src.copy(dst, d, s, s + length);
        s += length;
      }
      continue;
    }
    if (kind === COPY_1) {
      if (s >= to) throw malformed("ends inside a copy");
      length = ((tag >>> 2) & 7) + 4;
      distance = ((tag >>> 5) << 8) | src[s++]!;
    } else {
      const bytes = kind === COPY_2 ? 2 : 4;
      if (s + bytes > to) throw malformed("ends inside a copy");
      length = (tag >>> 2) + 1;
      distance = src.readUIntLE(s, bytes);
      s += bytes;
    }
    if (distance === 0 || distance > d) throw malformed("refers back before its start");
    if (length > limit - d) throw malformed("unpacks to more bytes than it claims");
    for (const end = d + length; d < end; d++) dst[d] = dst[d - distance]!;
  }
  if (d !== limit) throw malformed("unpacks to fewer bytes than it claims");
}

/** Packs up to 64 KiB as raw snappy: greedy, one hash table. For platforms without native code. */
export function compressSnappyBlock(src: Buffer): Buffer {
  const { length } = src;
  const dst = Buffer.allocUnsafe(32 + length + Math.ceil(length / 6));
  const table = new Uint16Array(1 << HASH_BITS);
  let d = 0;
  let rest = length;
  for (; rest >= 128; rest >>>= 7) dst[d++] = (rest & 127) | 128;
  dst[d++] = rest;
  let anchor = 0;
  for (let at = 1; at < length - TAIL_BYTES; ) {
    const four = fourAt(src, at);
    const slot = Math.imul(four, HASH_PRIME) >>> (32 - HASH_BITS);
    const candidate = table[slot]!;
    table[slot] = at;
    if (fourAt(src, candidate) !== four) {
      at += 1 + ((at - anchor) >> SKIP_SHIFT);
      continue;
    }
    d = putLiteral(src, anchor, at, dst, d);
    let end = at + 4;
    for (let from = candidate + 4; end < length && src[end] === src[from]; from++) end++;
    d = putCopies(dst, d, at - candidate, end - at);
    anchor = end;
    at = end;
  }
  return dst.subarray(0, putLiteral(src, anchor, length, dst, d));
}

function fourAt(src: Buffer, at: number): number {
  return src[at]! | (src[at + 1]! << 8) | (src[at + 2]! << 16) | (src[at + 3]! << 24);
}

function putLiteral(src: Buffer, from: number, to: number, dst: Buffer, at: number): number {
  const length = to - from;
  if (length === 0) return at;
  let d = at;
  const n = length - 1;
  if (n < 60) dst[d++] = n << 2;
  else if (n < 256) {
    dst[d++] = 60 << 2;
    dst[d++] = n;
  } else {
    dst[d++] = 61 << 2;
    dst[d++] = n;
    dst[d++] = n >> 8;
  }
  if (length > LOOP_BYTES_MAX) return d + src.copy(dst, d, from, to);
  for (let s = from; s < to; s++) dst[d++] = src[s]!;
  return d;
}

function putCopies(dst: Buffer, at: number, distance: number, length: number): number {
  let d = at;
  for (let rest = length; rest > 0; ) {
    const bytes = Math.min(rest, COPY_BYTES_MAX);
    dst[d++] = ((bytes - 1) << 2) | COPY_2;
    dst[d++] = distance;
    dst[d++] = distance >> 8;
    rest -= bytes;
  }
  return d;
}

export function malformed(fault: string): MalformedBytesError {
  return new MalformedBytesError(`The snappy data of a record batch ${fault}.`);
}
