/** The topics that batches are sent to, by what their configuration asks of a batch. */
export const targetTopics = {
  plain: {},
  compacted: { "cleanup.policy": "compact" },
  "append-time": { "message.timestamp.type": "LogAppendTime" },
  "append-time-compacted": { "message.timestamp.type": "LogAppendTime", "cleanup.policy": "compact" },
  "last-hour": { "message.timestamp.before.max.ms": "3600000", "message.timestamp.after.max.ms": "60000" },
  gzip: { "compression.type": "gzip" },
  snappy: { "compression.type": "snappy" },
  lz4: { "compression.type": "lz4" },
  zstd: { "compression.type": "zstd" },
  uncompressed: { "compression.type": "uncompressed" },
  "small-batches": { "max.message.bytes": "1000" },
} as const satisfies Record<string, Record<string, string>>;

export type TargetTopic = keyof typeof targetTopics;
