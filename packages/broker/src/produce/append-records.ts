import type { VerificationGuard } from "@ottla/log";
import { ErrorCode } from "@ottla/protocol";
import { type BatchFault, type MarkRule, type ProducedRecords, type ProducedRecordsRules, setMaxTimestamp } from "@ottla/protocol/records";
import type { Partition } from "../partitions/partition.ts";
import type { TopicLimits } from "../config/topic-limits.ts";

/** What became of one partition's records. Offsets and times are −1 where there are none. */
export interface AppendResult {
  readonly errorCode: number;
  readonly message: string | null;
  readonly baseOffset: number;
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
  /** Records at fault, by their index in the batch. */
  readonly recordErrors: readonly { readonly batchIndex: number; readonly message: string }[];
  /** Resolves when the records are as durable as was promised; undefined when they are already. */
  readonly durable: Promise<void> | undefined;
}

const NO_RECORD_ERRORS: AppendResult["recordErrors"] = [];

/** Refusals with which Apache Kafka does not tell where the log starts. */
const WITHOUT_LOG_START: ReadonlySet<number> = new Set([
  ErrorCode.CORRUPT_MESSAGE,
  ErrorCode.MESSAGE_TOO_LARGE,
  ErrorCode.RECORD_LIST_TOO_LARGE,
  ErrorCode.KAFKA_STORAGE_ERROR,
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
]);

/** What the topic asks of records that come at this moment. */
export function recordsRules(limits: TopicLimits, nowMs: number, marks?: MarkRule): ProducedRecordsRules {
  return {
    requiresKey: limits.isCompacted,
    timestampType: limits.usesLogAppendTime ? "logAppendTime" : "createTime",
    earliestTimestamp: nowMs - limits.timestampBeforeMaxMs,
    latestTimestamp: nowMs + limits.timestampAfterMaxMs,
    maxUnpackedRecordBytes: limits.maxUnpackedRecordBytes,
    codec: limits.codec,
    maxMessageBytes: limits.maxMessageBytes,
    marks,
  };
}

/** Appends records that were read, or says why not: all or nothing. The batch is patched in place. */
export function appendRead(
  partition: Partition,
  read: ProducedRecords,
  limits: TopicLimits,
  leaderEpoch: number,
  guard: VerificationGuard | undefined,
): AppendResult {
  if (read.kind === "refused") return refusedBy(partition, read.fault);
  if (!limits.usesLogAppendTime) setMaxTimestamp(read.batch, 0, "createTime", read.maxTimestamp);
  const outcome = partition.append(read.batch, { origin: "client", leaderEpoch, guard });
  if (outcome.kind === "rejected") return refusedBy(partition, outcome);
  return {
    errorCode: ErrorCode.NONE,
    message: null,
    baseOffset: outcome.baseOffset,
    logAppendTimeMs: outcome.logAppendTimeMs,
    logStartOffset: partition.log.logStartOffset,
    recordErrors: NO_RECORD_ERRORS,
    durable: partition.log.durable(outcome.lastOffset),
  };
}

/** A refusal before the partition's log was looked at. */
export function refused(errorCode: number, message: string | null): AppendResult {
  return {
    errorCode,
    message,
    baseOffset: -1,
    logAppendTimeMs: -1,
    logStartOffset: -1,
    recordErrors: NO_RECORD_ERRORS,
    durable: undefined,
  };
}

export function refusedBy(partition: Partition, { errorCode, message, records }: BatchFault): AppendResult {
  partition.traffic.refused();
  const logStartOffset = WITHOUT_LOG_START.has(errorCode) ? -1 : partition.log.logStartOffset;
  return { ...refused(errorCode, message), logStartOffset, recordErrors: records ?? NO_RECORD_ERRORS };
}
