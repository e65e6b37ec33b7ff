import { ErrorCode, type Records } from "@ottla/protocol";
import { CompressionType, baseTimestamp, compressionOf, keysFault, maxTimestamp, recompress, timestampRange, validateBatch } from "@ottla/protocol/records";
import type { Partition } from "../partitions/partition.ts";
import type { TopicLimits } from "./topic-limits.ts";

const ZSTD_FROM_VERSION = 7;

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

/**
 * Checks one partition's records as a leader must and appends them: all or nothing (traps C1, C3, C5, C6, C7).
 * The batch is patched in place and stored as it came, unless the topic wants another compression.
 */
export function appendRecords(partition: Partition, records: Records, requestVersion: number, limits: TopicLimits, leaderEpoch: number, nowMs: number): AppendResult {
  if (!Buffer.isBuffer(records) || records.length === 0) return refused(ErrorCode.INVALID_RECORD, "The request has no record batch for this partition; send exactly one.");
  const fault = validateBatch(records);
  if (fault) return refused(fault.errorCode, fault.message);
  if (compressionOf(records, 0) === CompressionType.ZSTD && requestVersion < ZSTD_FROM_VERSION) {
    return refused(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, "zstd needs Produce version 7 or newer; use a newer client or another codec.");
  }
  if (records.length > limits.maxMessageBytes) {
    return refused(ErrorCode.MESSAGE_TOO_LARGE, `The batch has ${records.length} bytes; max.message.bytes of topic "${partition.topic}" allows ${limits.maxMessageBytes}.`);
  }
  if (records.length > limits.segmentBytes) {
    return refused(ErrorCode.RECORD_LIST_TOO_LARGE, `The batch has ${records.length} bytes; segment.bytes of topic "${partition.topic}" is ${limits.segmentBytes}.`);
  }
  return checkRecords(partition, records, limits, nowMs) ?? append(partition, records, limits, leaderEpoch);
}

/** The checks that only some topics or batches need, because they open the batch. */
function checkRecords(partition: Partition, batch: Buffer, limits: TopicLimits, nowMs: number): AppendResult | undefined {
  if (limits.isCompacted) {
    const keyless = keysFault(batch);
    if (keyless.length > 0) {
      const message = `Topic "${partition.topic}" is compacted: every record needs a key.`;
      return { ...refused(ErrorCode.INVALID_RECORD, message), recordErrors: keyless.map((batchIndex) => ({ batchIndex, message })) };
    }
  }
  if (limits.usesLogAppendTime) return undefined;
  const newest = maxTimestamp(batch, 0);
  const isTooNew = newest - nowMs > limits.timestampAfterMaxMs;
  // The first record's time stands in the header; the oldest one is looked for only where a limit is set.
  const oldest = Number.isFinite(limits.timestampBeforeMaxMs) ? timestampRange(batch).min : baseTimestamp(batch, 0);
  const isTooOld = oldest >= 0 && nowMs - oldest > limits.timestampBeforeMaxMs;
  if (!isTooNew && !isTooOld) return undefined;
  const limit = isTooNew ? "message.timestamp.after.max.ms" : "message.timestamp.before.max.ms";
  return refused(ErrorCode.INVALID_TIMESTAMP, `A timestamp (${isTooNew ? newest : oldest}) is further from the broker's time (${nowMs}) than ${limit} of topic "${partition.topic}" allows.`);
}

function append(partition: Partition, records: Buffer, limits: TopicLimits, leaderEpoch: number): AppendResult {
  const batch = limits.compression === undefined || compressionOf(records, 0) === limits.compression ? records : recompress(records, limits.compression);
  const outcome = partition.append(batch, { origin: "client", leaderEpoch });
  if (outcome.kind === "rejected") return refused(outcome.errorCode, outcome.message);
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

export function refused(errorCode: number, message: string | null): AppendResult {
  return { errorCode, message, baseOffset: -1, logAppendTimeMs: -1, logStartOffset: -1, recordErrors: NO_RECORD_ERRORS, durable: undefined };
}
