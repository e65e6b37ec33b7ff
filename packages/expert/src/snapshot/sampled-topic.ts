/** What some of a topic's newest records look like. Nothing of what stands in them is kept. */
export interface SampledTopic {
  readonly topic: string;
  readonly partition: number;
  readonly records: number;
  /** How their batches are compressed, without repeats: `none`, `gzip`, `snappy`, `lz4`, `zstd`. */
  readonly codecs: readonly string[];
  readonly withoutKey: number;
  /** Records whose key reads as a time of about now, in text or as a number of 8 bytes. */
  readonly timeKeys: number;
  /** Records whose key is a number, each greater than the one before. */
  readonly countingKeys: number;
  /** Records whose value is text in JSON's shape. */
  readonly jsonLike: number;
  /** The largest of a hundred values but one, in bytes. */
  readonly valueBytesP99: number;
}
