import { type Codec, FRAMES_AT_ONCE_MAX, FRAMES_MAX, PIECE_BYTES, type Unpacked, withRoom } from "./codec.ts";
import { GZIP_MEMBER_BYTES_MIN, GZIP_TRAILER_BYTES, gzipContentAt, gzipTrailerFault } from "./gzip-member.ts";
import { nodeZlib } from "./native-codecs.ts";
import { isTooLarge, joined, malformedBy, reasonOf, wholeContent } from "./unpacked-by.ts";
import { piecesFrom, promised, ZlibPacker } from "./zlib-stream.ts";

const NO_HEADER = "it does not start as gzip does";

/** Of the trailer, at its end. */
const LENGTH_BYTES = 4;
const ROOM_BYTES_MIN = 16_384;
const ROOM_BYTES_MAX = 1_048_576;
/** Content that packs better than this is not believed before it is seen. */
const USUAL_RATIO_MAX = 64;

/** What zlib's functions give with `info`. */
interface Inflated {
  readonly buffer: Buffer;
  /** `bytesWritten`: how much of the input it took. */
  readonly engine: { readonly bytesWritten: number };
}

/**
 * gzip at zlib's default level, by Node itself. Members may follow each other; what follows the last and does not start as a member does is passed over, as Java's
 * reader and gzip itself do. Source: RFC 1952.
 */
export const gzip: Codec = {
  compress: (input, room = 0) => withRoom(nodeZlib().gzipSync(input), room),
  compressAside: (input) => promised((done) => nodeZlib().gzip(input, done)),
  decompress: (input, bytesMax) => wholeContent("gzip", (bytes, max) => unpack(bytes, max, FRAMES_MAX), input, bytesMax),
  unpack: (input, bytesMax) => unpack(input, bytesMax, FRAMES_AT_ONCE_MAX),
  packer: () => new ZlibPacker(nodeZlib().createGzip()),

  async *pieces(input) {
    const zlib = nodeZlib();
    let at = gzipContentAt(input, 0);
    for (let members = 1; ; members++) {
      if (at < 0) throw malformedBy("gzip", NO_HEADER);
      if (members > FRAMES_MAX) throw malformedBy("gzip", `it has more than ${FRAMES_MAX} members`);
      // Without this a member that is cut would be an error before its content is out.
      const engine = zlib.createInflateRaw({ chunkSize: PIECE_BYTES, finishFlush: zlib.constants.Z_SYNC_FLUSH });
      let checksum = 0;
      let bytes = 0;
      try {
        for await (const piece of piecesFrom(engine, input.subarray(at))) {
          checksum = zlib.crc32(piece, checksum);
          bytes += piece.length;
          yield piece;
        }
      } catch (error) {
        throw malformedBy("gzip", reasonOf(error));
      }
      const trailerAt = at + engine.bytesWritten;
      const fault = gzipTrailerFault(input, trailerAt, checksum, bytes);
      if (fault !== undefined) throw malformedBy("gzip", fault);
      at = nextMemberAt(input, trailerAt);
      if (at < 0) return;
    }
  },
};

function unpack(input: Buffer, bytesMax: number, membersMax: number): Unpacked | undefined {
  const zlib = nodeZlib();
  const parts: Buffer[] = [];
  let bytesLeft = bytesMax;
  let at = gzipContentAt(input, 0);
  if (at < 0) return joined(parts, NO_HEADER);
  while (at >= 0) {
    if (parts.length === membersMax) return membersMax < FRAMES_MAX ? undefined : joined(parts, `it has more than ${FRAMES_MAX} members`);
    let inflated: Inflated;
    try {
      const chunkSize = roomFor(input, bytesLeft);
      const options = { info: true, finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: Math.max(1, bytesLeft), chunkSize };
      inflated = zlib.inflateRawSync(input.subarray(at), options) as unknown as Inflated;
    } catch (error) {
      return isTooLarge(error) ? undefined : joined(parts, reasonOf(error));
    }
    const { buffer, engine } = inflated;
    if (buffer.length > bytesLeft) return undefined;
    bytesLeft -= buffer.length;
    parts.push(buffer);
    const trailerAt = at + engine.bytesWritten;
    const fault = gzipTrailerFault(input, trailerAt, zlib.crc32(buffer), buffer.length);
    if (fault !== undefined) return joined(parts, fault);
    at = nextMemberAt(input, trailerAt);
  }
  return joined(parts);
}

/** Room for the content at once, as its trailer tells where one member is all: else zlib collects pieces of 16 KiB, and a copy is made of them. Only a hint. */
function roomFor(input: Buffer, bytesMax: number): number {
  const told = input.length < LENGTH_BYTES ? 0 : input.readUInt32LE(input.length - LENGTH_BYTES);
  return Math.max(ROOM_BYTES_MIN, Math.min(told + 1, bytesMax, input.length * USUAL_RATIO_MAX, ROOM_BYTES_MAX));
}

function nextMemberAt(input: Buffer, trailerAt: number): number {
  const at = trailerAt + GZIP_TRAILER_BYTES;
  return input.length - at > GZIP_MEMBER_BYTES_MIN ? gzipContentAt(input, at) : -1;
}
