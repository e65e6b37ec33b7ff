import { MalformedBytesError } from "@ottla/base";
import { xxHash32 } from "./xxhash32.ts";

const FRAME_MAGIC = 0x184d2204;
/** Sixteen magic numbers mark frames of user data, which every reader skips. */
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;
const VERSION_MASK = 0xc0;
const VERSION_1 = 0x40;
const INDEPENDENT_BIT = 0x20;
const BLOCK_CHECKSUM_BIT = 0x10;
const CONTENT_SIZE_BIT = 0x08;
const CONTENT_CHECKSUM_BIT = 0x04;
const FLAG_RESERVED_BIT = 0x02;
const DICTIONARY_BIT = 0x01;
const BLOCK_SIZE_RESERVED = 0x8f;
const STORED_BIT = 0x80000000;

/** Uncompressed bytes of a block as Java's producer writes them. */
export const FRAME_BLOCK_BYTES = 65536;
/** Version 1, independent blocks, no checksums, blocks of 64 KiB, and the header's own check byte: what Java writes. */
export const FRAME_HEADER: Buffer = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]);

/** What the header of an LZ4 frame says. Source: the LZ4 frame format description, version 1.6. */
export interface Lz4Frame {
  readonly areBlocksIndependent: boolean;
  readonly hasBlockChecksums: boolean;
  readonly hasContentChecksum: boolean;
  /** The header's own check is over the magic number too, as clients of before Kafka 0.10 wrote it. */
  readonly hasLegacyCheck: boolean;
  /** Uncompressed bytes of the whole frame, where the header tells. */
  readonly contentBytes: number | null;
  readonly blockBytesMax: number;
  /** Where the first block starts. */
  readonly blocksAt: number;
}

/** Reads the header of the frame at `at`. */
export function readFrameHeader(src: Buffer, at: number): Lz4Frame {
  if (src.length - at < FRAME_HEADER.length) throw malformed("ends inside a frame header");
  if (src.readUInt32LE(at) !== FRAME_MAGIC) throw malformed("does not start with an LZ4 frame");
  const flags = src[at + 4]!;
  const blockSize = src[at + 5]!;
  if ((flags & VERSION_MASK) !== VERSION_1 || (flags & FLAG_RESERVED_BIT) !== 0) throw malformed("has a frame of an unknown version");
  if ((flags & DICTIONARY_BIT) !== 0) throw malformed("needs a dictionary");
  if ((blockSize & BLOCK_SIZE_RESERVED) !== 0 || blockSize < 0x40) throw malformed("has an unknown block size");
  let end = at + 6;
  let contentBytes: number | null = null;
  if ((flags & CONTENT_SIZE_BIT) !== 0) {
    if (src.length - end < 9) throw malformed("ends inside a frame header");
    contentBytes = src.readUInt32LE(end) + src.readUInt32LE(end + 4) * 2 ** 32;
    end += 8;
  }
  const hasLegacyCheck = src[end] !== checkByte(src, at + 4, end);
  if (hasLegacyCheck && src[end] !== checkByte(src, at, end)) throw malformed("has a damaged frame header");
  return {
    areBlocksIndependent: (flags & INDEPENDENT_BIT) !== 0,
    hasBlockChecksums: (flags & BLOCK_CHECKSUM_BIT) !== 0,
    hasContentChecksum: (flags & CONTENT_CHECKSUM_BIT) !== 0,
    hasLegacyCheck,
    contentBytes,
    blockBytesMax: 2 ** (8 + 2 * (blockSize >>> 4)),
    blocksAt: end + 1,
  };
}

function checkByte(src: Buffer, start: number, end: number): number {
  return (xxHash32(src, start, end) >>> 8) & 0xff;
}

/** Whether a frame of content or of user data starts at `at`. */
export function isFrameStart(src: Buffer, at: number): boolean {
  if (src.length - at < 4) return false;
  const magic = src.readUInt32LE(at);
  return magic === FRAME_MAGIC || (magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC;
}

/** Where the first frame at or behind `at` starts that is not a skippable one; the input's end if there is none. */
export function skipUserFrames(src: Buffer, at: number): number {
  let next = at;
  while (src.length - next >= 8 && (src.readUInt32LE(next) & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) {
    next += 8 + src.readUInt32LE(next + 4);
    if (next > src.length) throw malformed("ends inside a frame of user data");
  }
  return next;
}

/** One block of a frame: where its bytes lie, and whether they are stored as they are. */
export interface Lz4Block {
  readonly start: number;
  readonly end: number;
  readonly isStored: boolean;
  /** Where the next block starts, behind the checksum if there is one. */
  readonly nextAt: number;
}

/** Reads the block at `at`, checksum verified; null at the frame's end mark. */
export function readBlock(src: Buffer, at: number, frame: Lz4Frame): Lz4Block | null {
  if (src.length - at < 4) throw malformed("ends without an end mark");
  const size = src.readUInt32LE(at);
  if (size === 0) return null;
  const isStored = size >= STORED_BIT;
  const start = at + 4;
  const end = start + (isStored ? size - STORED_BIT : size);
  const nextAt = frame.hasBlockChecksums ? end + 4 : end;
  if (nextAt > src.length) throw malformed("ends inside a block");
  if (end - start > frame.blockBytesMax) throw malformed("has a block larger than its frame allows");
  if (frame.hasBlockChecksums && src.readUInt32LE(end) !== xxHash32(src, start, end)) throw malformed("has a block with a wrong checksum");
  return { start, end, isStored, nextAt };
}

/** The size field of a block that is written. */
export function blockSizeField(bytes: number, isStored: boolean): number {
  return isStored ? bytes + STORED_BIT : bytes;
}

export function malformed(fault: string): MalformedBytesError {
  return new MalformedBytesError(`The lz4 data of a record batch ${fault}.`);
}
