import type { Codec } from "./codec.ts";
import { nativeSnappy } from "./native-codecs.ts";
import { compressSnappyBlock, decompressSnappyBlock, malformed, readSnappyLength } from "./snappy-block.ts";
import { unpackedBy } from "./unpacked-by.ts";

/** Below this many packed bytes the call into native code costs more than it saves (see tools/bench/records.ts). */
const NATIVE_UNPACK_FROM_BYTES = 768;
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
/** Borrowing its memory from native code would burden the collector; a copy is cheaper. */
const COPY_OUT = { copyOutputData: true } as const;

/**
 * snappy as Kafka uses it: Java's "xerial" stream, that is a header of 16 bytes and chunks of 32 KiB, each its packed
 * length (int32) and raw snappy. Read also without that framing, as one raw block, which some clients send.
 * Source: the format of xerial's SnappyOutputStream; the snappy format description.
 */
export const snappy: Codec = {
  compress(input) {
    const parts: Buffer[] = [STREAM_HEADER];
    for (let at = 0; at < input.length; at += CHUNK_BYTES) {
      const packed = packChunk(input.subarray(at, at + CHUNK_BYTES));
      const length = Buffer.allocUnsafe(CHUNK_LENGTH_BYTES);
      length.writeInt32BE(packed.length);
      parts.push(length, packed);
    }
    return Buffer.concat(parts);
  },

  decompress: (input, bytesMax) =>
    unpackedBy("snappy", () => (isStream(input, 0) ? unpackStream(input, bytesMax) : unpackChunk(input, 0, input.length, bytesMax))),
};

function isStream(input: Buffer, at: number): boolean {
  return input.length - at >= STREAM_HEADER_BYTES && STREAM_HEADER.compare(input, at, at + MAGIC_BYTES, 0, MAGIC_BYTES) === 0;
}

function unpackStream(input: Buffer, bytesMax: number): Buffer {
  const parts: Buffer[] = [];
  let bytesLeft = bytesMax;
  for (let at = STREAM_HEADER_BYTES; at < input.length; ) {
    if (isStream(input, at)) {
      at += STREAM_HEADER_BYTES; // streams may follow each other
      continue;
    }
    if (parts.length === CHUNKS_MAX) throw malformed(`has more than ${CHUNKS_MAX} chunks`);
    if (input.length - at < CHUNK_LENGTH_BYTES) throw malformed("ends inside a chunk's length");
    const start = at + CHUNK_LENGTH_BYTES;
    const length = input.readInt32BE(at);
    if (length < 0 || length > input.length - start) throw malformed("has a chunk that does not fit");
    const part = unpackChunk(input, start, start + length, bytesLeft);
    bytesLeft -= part.length;
    parts.push(part);
    at = start + length;
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function packChunk(chunk: Buffer): Buffer {
  const native = nativeSnappy();
  return native === null ? compressSnappyBlock(chunk) : native.compressSync(chunk, COPY_OUT);
}

function unpackChunk(input: Buffer, start: number, end: number, bytesMax: number): Buffer {
  const { bytes, elementsAt } = readSnappyLength(input, start, end);
  if (bytes > bytesMax) throw malformed(`unpacks to more than the ${bytesMax} bytes allowed`);
  if (bytes > (end - elementsAt) * GROWTH_MAX) throw malformed("claims more bytes than it can hold");
  const native = end - start < NATIVE_UNPACK_FROM_BYTES ? null : nativeSnappy();
  if (native !== null) return native.uncompressSync(input.subarray(start, end), COPY_OUT);
  const chunk = Buffer.allocUnsafe(bytes);
  decompressSnappyBlock(input, elementsAt, end, chunk);
  return chunk;
}
