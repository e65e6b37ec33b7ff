/**
 * A compression codec of record batches. The content is read in one of two ways: by {@link Codec.decompress} whatever is legal in the codec's format, as a consumer
 * wants; by the others just what Apache Kafka's broker reads, as one wants who decides what to store.
 */
export interface Codec {
  /** Packs `input` as Java's producer would, so that every client can read it. The result, which nobody else uses, starts with `room` bytes (default 0) of any content. */
  compress(input: Buffer, room?: number): Buffer;
  /** As {@link Codec.compress} without room, in another thread; the same bytes. Where the library can. `input` must not change meanwhile. */
  compressAside?(input: Buffer): Promise<Buffer>;
  /**
   * Unpacks `input`. Never makes more than `bytesMax` bytes: an input that would, or that is damaged, is a
   * `MalformedBytesError`.
   */
  decompress(input: Buffer, bytesMax: number): Buffer;
  /** Unpacks at once, valid until the next call of any of these methods; undefined if that takes more than `bytesMax` bytes or many steps, so that {@link Codec.pieces} should be asked. */
  unpack(input: Buffer, bytesMax: number): Unpacked | undefined;
  /**
   * The content piece by piece, few at a time in memory, unpacked in other threads where the library can. Whoever stops early frees all. Pieces are valid until the
   * next one is asked for. Throws `MalformedBytesError` where the data ends to be readable.
   */
  pieces(input: Buffer): AsyncGenerator<Buffer, void, undefined>;
  /** Packs content that comes in pieces. */
  packer(): Packer;
}

/** `packed` behind `room` bytes. */
export function withRoom(packed: Buffer, room: number): Buffer {
  if (room === 0) return packed;
  const whole = Buffer.allocUnsafe(room + packed.length);
  whole.set(packed, room);
  return whole;
}

/** What could be unpacked. */
export interface Unpacked {
  readonly bytes: Buffer;
  /** Why there is no more, as the end of a sentence; undefined where that was all. */
  readonly fault: string | undefined;
}

/** One content on its way into a codec. */
export interface Packer {
  /** Packed bytes so far, about. */
  readonly packedBytes: number;
  /** Takes the next piece. Resolves when the next may come; `piece` may change then. */
  add(piece: Buffer): Promise<void> | void;
  /** Ends the content; resolves with all that was packed. */
  finish(): Promise<Buffer>;
  /** Frees all without finishing. */
  abandon(): void;
}

/** Names as `compression.type` knows them; a codec's id in the attributes is its place in this list. */
export const CODEC_NAMES = ["none", "gzip", "snappy", "lz4", "zstd"] as const;

/** A codec by the name that `compression.type` gives it. */
export type CodecName = (typeof CODEC_NAMES)[number];

export const CODEC_ID_MAX = 4;

/** About the size of a piece. */
export const PIECE_BYTES = 65536;
/** More members or frames in one batch than any writer makes; each costs a decompressor. */
export const FRAMES_MAX = 1024;
/** More than this are not unpacked at once. */
export const FRAMES_AT_ONCE_MAX = 32;
