import { type Codec, FRAMES_AT_ONCE_MAX, FRAMES_MAX, PIECE_BYTES, type Unpacked, withRoom } from "./codec.ts";
import { nodeZlib } from "./native-codecs.ts";
import { isTooLarge, joined, malformedBy, reasonOf, wholeContent } from "./unpacked-by.ts";
import { piecesFrom, promised, ZlibPacker } from "./zlib-stream.ts";

const TOO_MANY_FRAMES = `it has more than ${FRAMES_MAX} frames`;

/** What zlib's functions give with `info`. */
interface Unzipped {
  readonly buffer: Buffer;
  /** `bytesWritten`: how much of the input it took. */
  readonly engine: { readonly bytesWritten: number };
}

/**
 * zstd at its default level 3, by Node itself, which reads one frame at a time. Frames may follow each other, of content or to be skipped. A frame that is cut is
 * passed over unless it is the first, as Java's reader does. Source: RFC 8878, KIP-110.
 */
export const zstd: Codec = {
  compress: (input, room = 0) => withRoom(nodeZlib().zstdCompressSync(input), room),
  compressAside: (input) => promised((done) => nodeZlib().zstdCompress(input, done)),
  decompress: (input, bytesMax) => wholeContent("zstd", (bytes, max) => unpack(bytes, max, FRAMES_MAX), input, bytesMax),
  unpack: (input, bytesMax) => unpack(input, bytesMax, FRAMES_AT_ONCE_MAX),
  packer: () => new ZlibPacker(nodeZlib().createZstdCompress()),

  async *pieces(input) {
    for (let at = 0, frames = 1; at < input.length; frames++) {
      if (frames > FRAMES_MAX) throw malformedBy("zstd", TOO_MANY_FRAMES);
      const engine = nodeZlib().createZstdDecompress({ chunkSize: PIECE_BYTES });
      try {
        yield* piecesFrom(engine, input.subarray(at));
      } catch (error) {
        if (isCut(error) && frames > 1) return;
        throw malformedBy("zstd", reasonOf(error));
      }
      at += engine.bytesWritten;
    }
  },
};

function unpack(input: Buffer, bytesMax: number, framesMax: number): Unpacked | undefined {
  const zlib = nodeZlib();
  const parts: Buffer[] = [];
  let bytesLeft = bytesMax;
  for (let at = 0; at < input.length; ) {
    if (parts.length === framesMax) return framesMax < FRAMES_MAX ? undefined : joined(parts, TOO_MANY_FRAMES);
    const rest = at === 0 ? input : input.subarray(at);
    const options = { info: true, maxOutputLength: Math.max(1, bytesLeft) };
    let unzipped: Unzipped;
    let fault: string | undefined;
    try {
      try {
        unzipped = zlib.zstdDecompressSync(rest, options) as unknown as Unzipped;
      } catch (error) {
        if (!isCut(error)) throw error;
        if (at === 0) fault = "it is cut";
        unzipped = zlib.zstdDecompressSync(rest, { ...options, finishFlush: zlib.constants.ZSTD_e_continue }) as unknown as Unzipped;
      }
    } catch (error) {
      return isTooLarge(error) ? undefined : joined(parts, reasonOf(error));
    }
    if (unzipped.buffer.length > bytesLeft) return undefined;
    bytesLeft -= unzipped.buffer.length;
    parts.push(unzipped.buffer);
    if (fault !== undefined) return joined(parts, fault);
    at += unzipped.engine.bytesWritten;
  }
  return joined(parts);
}

function isCut(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === "Z_BUF_ERROR";
}
