export { type CleanerEngine, SameThreadEngine } from "./cleaner/cleaner-engine.ts";
export { ThreadedEngine } from "./cleaner/threaded-engine.ts";
export { type CleanerSettings, type CleanerStatus, defaultCleanerSettings } from "./cleaner/log-cleaner.ts";
export { LogError, type LogErrorCode } from "./errors.ts";
export { defaultLogConfig, type LogConfig, type MessageTimestampType, type TieringConfig } from "./partition/log-config.ts";
export type {
  AbortedTransaction,
  ActiveProducer,
  AppendOptions,
  AppendOrigin,
  AppendOutcome,
  DeleteRecordsOutcome,
  EpochEndOffset,
  LogRefusal,
  ReadOptions,
  ReadOutcome,
  TimestampedOffset,
  UnreadRecords,
  VerificationOutcome,
} from "./partition/log-outcomes.ts";
export type { ListenedLog, LogListener } from "./partition/log-listener.ts";
export type { VerificationGuard } from "./producers/verifications.ts";
export { PartitionLog } from "./partition/partition-log.ts";
export type { RemotePartition, RemoteSegment, RemoteSegments } from "./remote/remote-segments.ts";
export { defaultLogLimits, type LogLimits } from "./shared/log-environment.ts";
export { LogStore } from "./store/log-store.ts";
export type { LoadOptions, LoadOutcome, LogStoreDeps, LogStoreOptions, PartitionFate } from "./store/log-store-options.ts";
export type { MetaProperties } from "./store/meta-properties.ts";
export { defaultUpkeepSchedule, type UpkeepSchedule } from "./store/store-upkeep.ts";
