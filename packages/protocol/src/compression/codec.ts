/** A compression codec of record batches. Both directions work on a whole batch's records at once. */
export interface Codec {
  /** Packs `input` as Java's producer would, so that every client can read it. */
  compress(input: Buffer): Buffer;
  /**
   * Unpacks `input`. Never makes more than `bytesMax` bytes: an input that would, or that is damaged, is a
   * `MalformedBytesError`.
   */
  decompress(input: Buffer, bytesMax: number): Buffer;
}

/** Names as `compression.type` knows them; a codec's id in the attributes is its place in this list. */
export const CODEC_NAMES = ["none", "gzip", "snappy", "lz4", "zstd"] as const;

/** A codec by the name that `compression.type` gives it. */
export type CodecName = (typeof CODEC_NAMES)[number];

export const CODEC_ID_MAX = 4;
