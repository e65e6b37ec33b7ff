import { MalformedBytesError } from "@ottla/base";
import { BlockPacker } from "./block-packer.ts";
import { type Codec, FRAMES_MAX } from "./codec.ts";
import { decompressLz4Block } from "./lz4-block.ts";
import { putLz4Block } from "./lz4-block-packer.ts";
import { unpackLz4Block } from "./lz4-block-unpacker.ts";
import {
  blockSizeField,
  FRAME_BLOCK_BYTES,
  FRAME_HEADER,
  isFrameStart,
  type Lz4Block,
  type Lz4Frame,
  malformed,
  readBlock,
  readFrameHeader,
  skipUserFrames,
} from "./lz4-frame.ts";
import { joined, malformedBy, reasonOf, unpackedBy } from "./unpacked-by.ts";
import { xxHash32, XxHash32 } from "./xxhash32.ts";

const SIZE_FIELD_BYTES = 4;
const CHECKSUM_BYTES = 4;
/** More than any writer makes of a batch: bounds what damaged or hostile input can make us allocate. */
const BLOCKS_MAX = 65536;
const END_MARK = Buffer.alloc(4);
const WRONG_SIZE = "has another size than its frame header says";
const NO_CHECKSUM = "ends before its content checksum";
const WRONG_CHECKSUM = "has a wrong content checksum";
const NOTHING = Buffer.alloc(0);

/** Up to this size frames are packed, and contents unpacked at once, into one buffer again and again. */
const SCRATCH_BYTES_MAX = 2 ** 20;

/** Where frames are packed. */
let packing: Buffer = NOTHING;
/** Where contents are unpacked at once. */
let unpacking: Buffer = NOTHING;

/**
 * lz4 as Kafka uses it since batch format 2: a standard frame. Written as Java's producer does: independent blocks of
 * 64 KiB, no checksums. Read by {@link Codec.decompress} with any legal flags: linked blocks, checksums (verified), content size, several frames, the header check
 * of before Kafka 0.10. Java reads less: see `contentOfFirstFrame`. Source: the LZ4 frame format; KIP-57.
 */
export const lz4: Codec = {
  compress(input, room = 0) {
    const bytesMax = FRAME_HEADER.length + input.length + SIZE_FIELD_BYTES * Math.ceil(input.length / FRAME_BLOCK_BYTES) + END_MARK.length;
    const frame = packedScratch(bytesMax);
    let end = FRAME_HEADER.copy(frame);
    for (let at = 0; at < input.length; at += FRAME_BLOCK_BYTES)
      end = putSizedBlock(input.subarray(at, at + FRAME_BLOCK_BYTES), frame, end);
    end += END_MARK.copy(frame, end);
    const packed = Buffer.allocUnsafe(room + end);
    frame.copy(packed, room, 0, end);
    return packed;
  },

  decompress: (input, bytesMax) =>
    unpackedBy("lz4", () => {
      const contents: Buffer[] = [];
      let bytesLeft = bytesMax;
      let at = skipUserFrames(input, 0);
      do {
        if (contents.length === FRAMES_MAX) throw malformed(`has more than ${FRAMES_MAX} frames`);
        const frame = readFrameHeader(input, at);
        const blocks = readBlocks(input, frame);
        const content = frame.areBlocksIndependent
          ? unpackIndependent(input, frame, blocks, bytesLeft)
          : unpackLinked(input, frame, blocks, bytesLeft);
        checkContent(input, frame, blocks, content);
        contents.push(content);
        bytesLeft -= content.length;
        at = skipUserFrames(input, endOf(frame, blocks));
      } while (isFrameStart(input, at));
      return joined(contents).bytes;
    }),

  unpack(input, bytesMax) {
    let bytes = 0;
    let fault: string | undefined;
    let content = unpacking;
    try {
      for (const part of contentOfFirstFrame(input, bytesMax)) {
        if (bytes + part.length > bytesMax) return undefined;
        if (content.length < bytes + part.length) content = grown(content, bytes, bytes + part.length);
        bytes += part.copy(content, bytes);
      }
    } catch (error) {
      if (error === TOO_LARGE_A_BLOCK) return undefined;
      fault = reasonOf(error);
    }
    return { bytes: content.subarray(0, bytes), fault };
  },

  async *pieces(input) {
    try {
      // Somebody else may unpack before the next is asked for.
      for (const part of contentOfFirstFrame(input, Infinity)) yield Buffer.from(part);
    } catch (error) {
      throw error instanceof MalformedBytesError ? error : malformedBy("lz4", reasonOf(error));
    }
  },

  packer: () => new Lz4Packer(),
};

/** Thrown where a block does not fit into what is left of the bytes that were asked for: it may be sound. */
const TOO_LARGE_A_BLOCK = new Error("A block is too large.");

/** A larger buffer with the first `bytes` of `content`, kept for later contents unless it is too large. */
function grown(content: Buffer, bytes: number, needed: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(needed * 2);
  content.copy(larger, 0, 0, bytes);
  if (larger.length <= SCRATCH_BYTES_MAX) unpacking = larger;
  return larger;
}

/** Block by block, each valid until the next is asked for, what Java reads: one frame of independent blocks with the header check of today. What follows it is passed over. */
function* contentOfFirstFrame(input: Buffer, bytesMax: number): Generator<Buffer, void, undefined> {
  const frame = readFrameHeader(input, 0);
  if (!frame.areBlocksIndependent) throw malformed("has linked blocks, which Java cannot read");
  if (frame.hasLegacyCheck) throw malformed("has a damaged frame header");
  const checksum = frame.hasContentChecksum ? new XxHash32() : undefined;
  let bytes = 0;
  let at = frame.blocksAt;
  for (let block = readBlock(input, at, frame); block !== null; block = readBlock(input, at, frame)) {
    const content = unpackBlockWithin(input, block, frame.blockBytesMax, bytesMax - bytes);
    bytes += content.length;
    checksum?.update(content, 0, content.length);
    yield content;
    at = block.nextAt;
  }
  if (frame.contentBytes !== null && frame.contentBytes !== bytes) throw malformed(WRONG_SIZE);
  if (checksum === undefined) return;
  if (input.length - at < END_MARK.length + CHECKSUM_BYTES) throw malformed(NO_CHECKSUM);
  if (input.readUInt32LE(at + END_MARK.length) !== checksum.digest()) throw malformed(WRONG_CHECKSUM);
}

function unpackBlockWithin(input: Buffer, block: Lz4Block, blockBytesMax: number, bytesMax: number): Buffer {
  if (blockBytesMax <= bytesMax) return unpackBlock(input, block, blockBytesMax);
  try {
    return unpackBlock(input, block, bytesMax);
  } catch {
    throw TOO_LARGE_A_BLOCK;
  }
}

class Lz4Packer extends BlockPacker {
  constructor() {
    super(FRAME_HEADER, FRAME_BLOCK_BYTES, sizedBlock, END_MARK);
  }
}

function packedScratch(bytes: number): Buffer {
  if (bytes > SCRATCH_BYTES_MAX) return Buffer.allocUnsafeSlow(bytes);
  if (packing.length < bytes) packing = Buffer.allocUnsafeSlow(Math.min(SCRATCH_BYTES_MAX, bytes * 2));
  return packing;
}

function sizedBlock(block: Buffer): Buffer[] {
  const frame = packedScratch(SIZE_FIELD_BYTES + block.length);
  return [Buffer.from(frame.subarray(0, putSizedBlock(block, frame, 0)))];
}

/** Returns where it ended. */
function putSizedBlock(block: Buffer, frame: Buffer, at: number): number {
  const start = at + SIZE_FIELD_BYTES;
  const packedBytes = putLz4Block(block, frame, start);
  const isStored = packedBytes === 0;
  const bytes = isStored ? block.copy(frame, start) : packedBytes;
  frame.writeUInt32LE(blockSizeField(bytes, isStored), at);
  return start + bytes;
}

function readBlocks(src: Buffer, frame: Lz4Frame): Lz4Block[] {
  const blocks: Lz4Block[] = [];
  let at = frame.blocksAt;
  for (let block = readBlock(src, at, frame); block !== null; block = readBlock(src, at, frame)) {
    if (blocks.length === BLOCKS_MAX) throw malformed(`has more than ${BLOCKS_MAX} blocks`);
    blocks.push(block);
    at = block.nextAt;
  }
  return blocks;
}

function unpackIndependent(src: Buffer, frame: Lz4Frame, blocks: readonly Lz4Block[], bytesMax: number): Buffer {
  const parts: Buffer[] = [];
  let bytesLeft = bytesMax;
  for (const block of blocks) {
    const unpacked = unpackBlock(src, block, Math.min(bytesLeft, frame.blockBytesMax));
    const part = block.isStored ? unpacked : Buffer.from(unpacked);
    bytesLeft -= part.length;
    parts.push(part);
  }
  return joined(parts).bytes;
}

/** A block by itself, valid until the next is unpacked: as a view of the input if it is stored. */
function unpackBlock(src: Buffer, { start, end, isStored }: Lz4Block, bytesMax: number): Buffer {
  if (!isStored) return unpackLz4Block(src, start, end, bytesMax);
  if (end - start > bytesMax) throw malformed(`unpacks to more than the ${bytesMax} bytes allowed`);
  return src.subarray(start, end);
}

/** Blocks that refer back to the ones before them: all into one buffer, so that the window is at hand. */
function unpackLinked(src: Buffer, frame: Lz4Frame, blocks: readonly Lz4Block[], bytesMax: number): Buffer {
  const content = Buffer.allocUnsafe(Math.min(bytesMax, blocks.length * frame.blockBytesMax));
  let at = 0;
  for (const { start, end, isStored } of blocks) {
    const limit = Math.min(content.length, at + frame.blockBytesMax);
    if (!isStored) at = decompressLz4Block(src, start, end, content, at, limit);
    else if (end - start > limit - at) throw malformed(`unpacks to more than the ${bytesMax} bytes allowed`);
    else at += src.copy(content, at, start, end);
  }
  return content.subarray(0, at);
}

function checkContent(src: Buffer, frame: Lz4Frame, blocks: readonly Lz4Block[], content: Buffer): void {
  if (frame.contentBytes !== null && frame.contentBytes !== content.length) throw malformed(WRONG_SIZE);
  if (!frame.hasContentChecksum) return;
  const at = endOf(frame, blocks) - CHECKSUM_BYTES;
  if (at + CHECKSUM_BYTES > src.length) throw malformed(NO_CHECKSUM);
  if (src.readUInt32LE(at) !== xxHash32(content, 0, content.length)) throw malformed(WRONG_CHECKSUM);
}

function endOf(frame: Lz4Frame, blocks: readonly Lz4Block[]): number {
  return (blocks.at(-1)?.nextAt ?? frame.blocksAt) + END_MARK.length + (frame.hasContentChecksum ? CHECKSUM_BYTES : 0);
}
