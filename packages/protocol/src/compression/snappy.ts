import { MalformedBytesError } from "@ottla/base";
import { BlockPacker } from "./block-packer.ts";
import type { Codec, Unpacked } from "./codec.ts";
import { nativeSnappy } from "./native-codecs.ts";
import { compressSnappyBlock, decompressSnappyBlock, malformed, readSnappyLength } from "./snappy-block.ts";
import { joined, malformedBy, reasonOf, wholeContent } from "./unpacked-by.ts";

/** Below this many packed bytes the call into native code costs more than it saves (see tools/bench/records.ts). */
const NATIVE_UNPACK_FROM_BYTES = 768;
/** From here on a block is unpacked in another thread. */
const ELSEWHERE_FROM_BYTES = 1048576;
/** Bytes of a chunk before packing, as Java's producer cuts them. */
const CHUNK_BYTES = 32768;
/** A copy of three bytes stands for 64: no data can claim more. */
const GROWTH_MAX = 22;
/** More than any writer makes of a batch: bounds what damaged or hostile input can make us allocate. */
const CHUNKS_MAX = 65536;
const CHUNK_LENGTH_BYTES = 4;
const MAGIC_BYTES = 8;
const STREAM_HEADER_BYTES = 16;
/** Magic, version 1, readable since version 1. */
const STREAM_HEADER = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
const STREAM_MAGIC = STREAM_HEADER.subarray(0, MAGIC_BYTES);
/** Borrowing its memory from native code would burden the collector; a copy is cheaper. */
const COPY_OUT = { copyOutputData: true } as const;

/**
 * snappy as Kafka uses it: Java's "xerial" stream, that is a header of 16 bytes and chunks of 32 KiB, each its packed
 * length (int32) and raw snappy. Read also without that framing, as one raw block, which some clients send.
 * Source: the format of xerial's SnappyOutputStream; the snappy format description.
 */
export const snappy: Codec = {
  compress(input, room) {
    const packer = new SnappyPacker();
    packer.add(input);
    return packer.joined(room);
  },

  decompress: (input, bytesMax) => wholeContent("snappy", unpack, input, bytesMax),
  unpack,

  async *pieces(input) {
    for (const chunk of chunksOf(input)) yield await unpackChunkElsewhere(input, chunk);
  },

  packer: () => new SnappyPacker(),
};

class SnappyPacker extends BlockPacker {
  constructor() {
    super(STREAM_HEADER, CHUNK_BYTES, packSizedChunk, Buffer.alloc(0));
  }
}

function packSizedChunk(chunk: Buffer): Buffer[] {
  const packed = packChunk(chunk);
  const length = Buffer.allocUnsafe(CHUNK_LENGTH_BYTES);
  length.writeInt32BE(packed.length);
  return [length, packed];
}

function unpack(input: Buffer, bytesMax: number): Unpacked | undefined {
  const parts: Buffer[] = [];
  let bytesLeft = bytesMax;
  try {
    for (const chunk of chunksOf(input)) {
      if (chunk.bytes > bytesLeft) return undefined;
      bytesLeft -= chunk.bytes;
      parts.push(unpackChunk(input, chunk));
    }
  } catch (error) {
    return joined(parts, reasonOf(error));
  }
  return joined(parts);
}

/** One raw block of a stream. */
interface Chunk {
  readonly start: number;
  readonly end: number;
  /** Of its content, as it says. */
  readonly bytes: number;
  /** Where what follows the length begins. */
  readonly elementsAt: number;
}

function isStream(input: Buffer, at: number): boolean {
  // Not `compare` with ranges: Deno holds them against the wrong one of the two buffers.
  return input.length - at >= STREAM_HEADER_BYTES && input.subarray(at, at + MAGIC_BYTES).equals(STREAM_MAGIC);
}

/** The chunks of all streams, or the one raw block. Less than a chunk's length behind the last is passed over, as Java does. */
function* chunksOf(input: Buffer): Generator<Chunk, void, undefined> {
  if (!isStream(input, 0)) {
    yield readChunk(input, 0, input.length);
    return;
  }
  let chunks = 0;
  for (let at = STREAM_HEADER_BYTES; input.length - at >= CHUNK_LENGTH_BYTES; ) {
    if (isStream(input, at)) {
      at += STREAM_HEADER_BYTES; // streams may follow each other
      continue;
    }
    if (chunks++ === CHUNKS_MAX) throw malformed(`has more than ${CHUNKS_MAX} chunks`);
    const start = at + CHUNK_LENGTH_BYTES;
    const length = input.readInt32BE(at);
    if (length < 0 || length > input.length - start) throw malformed("has a chunk that does not fit");
    at = start + length;
    yield readChunk(input, start, at);
  }
}

function readChunk(input: Buffer, start: number, end: number): Chunk {
  const { bytes, elementsAt } = readSnappyLength(input, start, end);
  if (bytes > (end - elementsAt) * GROWTH_MAX) throw malformed("claims more bytes than it can hold");
  return { start, end, bytes, elementsAt };
}

function packChunk(chunk: Buffer): Buffer {
  const native = nativeSnappy();
  return native === null ? compressSnappyBlock(chunk) : native.compressSync(chunk, COPY_OUT);
}

function unpackChunk(input: Buffer, { start, end, bytes, elementsAt }: Chunk): Buffer {
  const native = end - start < NATIVE_UNPACK_FROM_BYTES ? null : nativeSnappy();
  if (native !== null) return native.uncompressSync(input.subarray(start, end), COPY_OUT);
  const chunk = Buffer.allocUnsafe(bytes);
  decompressSnappyBlock(input, elementsAt, end, chunk);
  return chunk;
}

/** A raw block may be as large as a request; that is no work for the loop. */
async function unpackChunkElsewhere(input: Buffer, chunk: Chunk): Promise<Buffer> {
  const native = chunk.bytes < ELSEWHERE_FROM_BYTES ? null : nativeSnappy();
  try {
    return native === null ? unpackChunk(input, chunk) : await native.uncompress(input.subarray(chunk.start, chunk.end), COPY_OUT);
  } catch (error) {
    throw error instanceof MalformedBytesError ? error : malformedBy("snappy", reasonOf(error));
  }
}
