/** Who sets a record's timestamp: the producer, or the log when it appends. */
export type MessageTimestampType = "CreateTime" | "LogAppendTime";

/**
 * The topic configurations that one partition's log follows. One object may be shared by all partitions of a topic.
 * Times in ms, sizes in bytes. `Infinity` stands for Kafka's "never" (`Long.MAX_VALUE`), −1 for "no limit" where Kafka writes −1.
 */
export interface LogConfig {
  /** `segment.bytes`: a segment is closed before it would grow beyond this. */
  readonly segmentBytes: number;
  /** `segment.ms`: a segment is closed when its first record is this old. */
  readonly segmentMs: number;
  /** `segment.jitter.ms`: at most this much is taken off `segmentMs`, a fixed random part per segment, so that not all roll at once. */
  readonly segmentJitterMs: number;
  /** `segment.index.bytes`: a segment is closed when one of its indexes would grow beyond this. */
  readonly segmentIndexBytes: number;
  /** `index.interval.bytes`: about one index entry per so many bytes of log. */
  readonly indexIntervalBytes: number;
  /** `retention.ms`; −1: no limit. */
  readonly retentionMs: number;
  /** `retention.bytes`; −1: no limit. */
  readonly retentionBytes: number;
  /** `cleanup.policy` contains `delete`. */
  readonly deletes: boolean;
  /** `cleanup.policy` contains `compact`. */
  readonly compacts: boolean;
  /** `min.cleanable.dirty.ratio`: the share of bytes not compacted yet above which a log is compacted. */
  readonly minCleanableDirtyRatio: number;
  /** `min.compaction.lag.ms`: a record is safe from compaction for so long. */
  readonly minCompactionLagMs: number;
  /** `max.compaction.lag.ms`: a record waits at most so long, whatever the ratio is. */
  readonly maxCompactionLagMs: number;
  /** `delete.retention.ms`: tombstones, and markers of transactions that are gone, stay so long once they were compacted. */
  readonly deleteRetentionMs: number;
  /** `file.delete.delay.ms`: how long a removed segment's files stay, renamed. */
  readonly fileDeleteDelayMs: number;
  /** `flush.messages`: with 1 an append is durable before it is acknowledged; with more, every so many records. */
  readonly flushMessages: number;
  /** `flush.ms`: unflushed records are flushed when the oldest is this old. */
  readonly flushMs: number;
  /** `message.timestamp.type`. */
  readonly messageTimestampType: MessageTimestampType;
  /** `producer.id.expiration.ms` (a broker configuration): a producer silent for so long is forgotten. */
  readonly producerIdExpirationMs: number;
  /** `transaction.partition.verification.enable` (a broker configuration): the first batch of a transaction needs a guard. */
  readonly verifiesTransactions: boolean;
  /** `remote.storage.enable`; absent: all of the log is local. */
  readonly tiering?: TieringConfig | undefined;
}

/** What the local disk keeps of a log that is copied to remote storage; −1: no limit, −2: as `retention.*` says. Source: KIP-405. */
export interface TieringConfig {
  /** `local.retention.ms`. */
  readonly localRetentionMs: number;
  /** `local.retention.bytes`. */
  readonly localRetentionBytes: number;
}

/** Kafka's defaults. */
export const defaultLogConfig: LogConfig = {
  segmentBytes: 1024 * 1024 * 1024,
  segmentMs: 7 * 24 * 60 * 60 * 1000,
  segmentJitterMs: 0,
  segmentIndexBytes: 10 * 1024 * 1024,
  indexIntervalBytes: 4096,
  retentionMs: 7 * 24 * 60 * 60 * 1000,
  retentionBytes: -1,
  deletes: true,
  compacts: false,
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: Infinity,
  deleteRetentionMs: 24 * 60 * 60 * 1000,
  fileDeleteDelayMs: 60_000,
  flushMessages: Infinity,
  flushMs: Infinity,
  messageTimestampType: "CreateTime",
  producerIdExpirationMs: 24 * 60 * 60 * 1000,
  verifiesTransactions: true,
};
