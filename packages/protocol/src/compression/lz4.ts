import type { Codec } from "./codec.ts";
import { compressLz4Block, decompressLz4Block } from "./lz4-block.ts";
import {
  blockSizeField,
  FRAME_BLOCK_BYTES,
  FRAME_HEADER,
  type Lz4Block,
  type Lz4Frame,
  malformed,
  readBlock,
  readFrameHeader,
  skipUserFrames,
} from "./lz4-frame.ts";
import { nativeLz4 } from "./native-codecs.ts";
import { unpackedBy } from "./unpacked-by.ts";
import { xxHash32 } from "./xxhash32.ts";

/** Below this many packed bytes the call into native code costs more than it saves (see tools/bench/records.ts). */
const NATIVE_UNPACK_FROM_BYTES = 768;
const SIZE_PREFIX_BYTES = 4;
const SIZE_FIELD_BYTES = 4;
const CHECKSUM_BYTES = 4;
/** More than any writer makes of a batch: bounds what damaged or hostile input can make us allocate. */
const BLOCKS_MAX = 65536;
const FRAMES_MAX = 1024;
const END_MARK = Buffer.alloc(4);
const NOTHING = Buffer.alloc(0);

/** Where blocks are unpacked of which only the largest size is known. */
let scratch: Buffer = NOTHING;

/**
 * lz4 as Kafka uses it since batch format 2: a standard frame. Written as Java's producer does: independent blocks of
 * 64 KiB, no checksums. Read with any legal flags: linked blocks, checksums (verified), content size, several frames.
 * Source: the LZ4 frame format; KIP-57.
 */
export const lz4: Codec = {
  compress(input) {
    const parts: Buffer[] = [FRAME_HEADER];
    for (let at = 0; at < input.length; at += FRAME_BLOCK_BYTES) {
      const block = input.subarray(at, at + FRAME_BLOCK_BYTES);
      const packed = packBlock(block);
      const isStored = packed.length >= block.length;
      const size = Buffer.allocUnsafe(SIZE_FIELD_BYTES);
      size.writeUInt32LE(blockSizeField(isStored ? block.length : packed.length, isStored));
      parts.push(size, isStored ? block : packed);
    }
    parts.push(END_MARK);
    return Buffer.concat(parts);
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
      } while (at < input.length);
      return joined(contents);
    }),
};

function packBlock(block: Buffer): Buffer {
  const native = nativeLz4();
  return native === null ? compressLz4Block(block) : native.compressSync(block).subarray(SIZE_PREFIX_BYTES);
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
    const part = unpackBlock(src, block, Math.min(bytesLeft, frame.blockBytesMax));
    bytesLeft -= part.length;
    parts.push(part);
  }
  return joined(parts);
}

/** A block by itself, as a view of the input if it is stored. */
function unpackBlock(src: Buffer, block: Lz4Block, bytesMax: number): Buffer {
  const packedBytes = block.end - block.start;
  if (block.isStored) {
    if (packedBytes > bytesMax) throw malformed(`unpacks to more than the ${bytesMax} bytes allowed`);
    return src.subarray(block.start, block.end);
  }
  const native = packedBytes < NATIVE_UNPACK_FROM_BYTES ? null : nativeLz4();
  if (native === null) {
    if (scratch.length < bytesMax) scratch = Buffer.allocUnsafeSlow(bytesMax);
    return Buffer.from(scratch.subarray(0, decompressLz4Block(src, block.start, block.end, scratch, 0, bytesMax)));
  }
  const prefixed = Buffer.allocUnsafe(SIZE_PREFIX_BYTES + packedBytes);
  prefixed.writeUInt32LE(bytesMax);
  src.copy(prefixed, SIZE_PREFIX_BYTES, block.start, block.end);
  return native.uncompressSync(prefixed);
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
  if (frame.contentBytes !== null && frame.contentBytes !== content.length) throw malformed("has another size than its frame header says");
  if (!frame.hasContentChecksum) return;
  const at = endOf(frame, blocks) - CHECKSUM_BYTES;
  if (at + CHECKSUM_BYTES > src.length) throw malformed("ends before its content checksum");
  if (src.readUInt32LE(at) !== xxHash32(content, 0, content.length)) throw malformed("has a wrong content checksum");
}

function endOf(frame: Lz4Frame, blocks: readonly Lz4Block[]): number {
  return (blocks.at(-1)?.nextAt ?? frame.blocksAt) + END_MARK.length + (frame.hasContentChecksum ? CHECKSUM_BYTES : 0);
}

function joined(parts: readonly Buffer[]): Buffer {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}
