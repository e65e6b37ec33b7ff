/** The four codecs of the record batch format, and none. */
export const codecs = ["none", "gzip", "snappy", "lz4", "zstd"] as const;

/** A name of {@link codecs}. */
export type Codec = (typeof codecs)[number];
