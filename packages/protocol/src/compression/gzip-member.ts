import { nodeZlib } from "./native-codecs.ts";

const HEADER_BYTES = 10;
const MAGIC_1 = 0x1f;
const MAGIC_2 = 0x8b;
const DEFLATE = 8;
const HEADER_CRC_FLAG = 0x02;
const EXTRA_FLAG = 0x04;
const NAME_FLAG = 0x08;
const COMMENT_FLAG = 0x10;

/** Checksum and length of the content, behind each member. */
export const GZIP_TRAILER_BYTES = 8;
/** Java looks for another member only where at least the smallest one would fit. */
export const GZIP_MEMBER_BYTES_MIN = 18;

/**
 * Where the packed content of the member at `at` begins; −1 if no member's header is there. Flags without a meaning are ignored, as Java ignores them.
 * Source: RFC 1952.
 */
export function gzipContentAt(input: Buffer, at: number): number {
  if (input.length - at < HEADER_BYTES || input[at] !== MAGIC_1 || input[at + 1] !== MAGIC_2 || input[at + 2] !== DEFLATE) return -1;
  const flags = input[at + 3]!;
  let end = at + HEADER_BYTES;
  if ((flags & EXTRA_FLAG) !== 0) {
    if (input.length - end < 2) return -1;
    end += 2 + input.readUInt16LE(end);
  }
  if ((flags & NAME_FLAG) !== 0) end = behindZero(input, end);
  if ((flags & COMMENT_FLAG) !== 0) end = behindZero(input, end);
  if ((flags & HEADER_CRC_FLAG) !== 0) {
    if (input.length - end < 2 || input.readUInt16LE(end) !== (nodeZlib().crc32(input.subarray(at, end)) & 0xffff)) return -1;
    end += 2;
  }
  return end > input.length ? -1 : end;
}

function behindZero(input: Buffer, at: number): number {
  const zero = at < input.length ? input.indexOf(0, at) : -1;
  return zero < 0 ? Infinity : zero + 1;
}

/** What the trailer at `at` finds wrong with a content of this checksum and length; undefined: nothing. */
export function gzipTrailerFault(input: Buffer, at: number, checksum: number, bytes: number): string | undefined {
  if (input.length - at < GZIP_TRAILER_BYTES) return "it is cut";
  if (input.readUInt32LE(at) !== checksum) return "its content has another checksum than it says";
  return input.readUInt32LE(at + 4) === bytes % 2 ** 32 ? undefined : "its content has another length than it says";
}
