/** What the produce path needs of a topic's configuration, typed and ready. */
export interface TopicLimits {
  readonly maxMessageBytes: number;
  readonly isCompacted: boolean;
  readonly usesLogAppendTime: boolean;
  /** `Infinity` where there is no limit. */
  readonly timestampBeforeMaxMs: number;
  readonly timestampAfterMaxMs: number;
  readonly minInsyncReplicas: number;
  /** The id of the codec to store batches in (0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd); undefined keeps what the producer chose. */
  readonly compressionId: number | undefined;
}
