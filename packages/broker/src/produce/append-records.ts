import { MalformedBytesError } from "@ottla/base";
import { ErrorCode, type Records } from "@ottla/protocol";
import {
  type BatchFault,
  baseTimestamp,
  checkEachRecord,
  checkProducedRecords,
  codecIdOf,
  compressionOf,
  maxTimestamp,
  recompressBatch,
  sizeInBytes,
} from "@ottla/protocol/records";
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

/**
 * Checks one partition's records as a leader must and appends them: all or nothing (traps C1, C3, C5, C6, C7).
 * The batch is patched in place and stored as it came, unless the topic wants another compression.
 */
export function appendRecords(
  partition: Partition,
  records: Records,
  requestVersion: number,
  limits: TopicLimits,
  leaderEpoch: number,
  nowMs: number,
): AppendResult {
  if (!Buffer.isBuffer(records))
    return refused(ErrorCode.INVALID_RECORD, "The request has no record batch for this partition; send exactly one.");
  const fault = checkProducedRecords(records, requestVersion);
  if (fault) return refusedBatch(fault);
  const batch = records.subarray(0, sizeInBytes(records, 0));
  if (batch.length > limits.maxMessageBytes) {
    return refused(
      ErrorCode.MESSAGE_TOO_LARGE,
      `The batch has ${batch.length} bytes; max.message.bytes of topic "${partition.topic}" allows ${limits.maxMessageBytes}.`,
    );
  }
  const recordFault = checkRecords(batch, limits, nowMs);
  return recordFault ? refusedBatch(recordFault) : append(partition, batch, limits, leaderEpoch);
}

/** The checks of single records, which only some topics or batches need, because they open the batch. */
function checkRecords(batch: Buffer, limits: TopicLimits, nowMs: number): BatchFault | null {
  const earliestTimestamp = limits.usesLogAppendTime ? -Infinity : nowMs - limits.timestampBeforeMaxMs;
  const latestTimestamp = limits.usesLogAppendTime ? Infinity : nowMs + limits.timestampAfterMaxMs;
  // The newest time stands in the header, the oldest only in the records: they are read where a limit is set on it.
  const isSuspect =
    maxTimestamp(batch, 0) > latestTimestamp || baseTimestamp(batch, 0) > latestTimestamp || earliestTimestamp !== -Infinity;
  if (!limits.isCompacted && !isSuspect) return null;
  return checkEachRecord(batch, { requiresKey: limits.isCompacted, earliestTimestamp, latestTimestamp });
}

function append(partition: Partition, records: Buffer, limits: TopicLimits, leaderEpoch: number): AppendResult {
  const batch = inTopicCodec(records, limits);
  if (batch === undefined)
    return refused(ErrorCode.INVALID_RECORD, "The batch cannot be unpacked: its bytes are not what its codec writes.");
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

/** The batch as the topic stores it (trap C7); undefined when its packed bytes are none. */
function inTopicCodec(batch: Buffer, { codec }: TopicLimits): Buffer | undefined {
  if (codec === undefined || compressionOf(batch, 0) === codecIdOf(codec)) return batch;
  try {
    return recompressBatch(batch, 0, codec);
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  }
}

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

function refusedBatch(fault: BatchFault): AppendResult {
  return { ...refused(fault.errorCode, fault.message), recordErrors: fault.records ?? NO_RECORD_ERRORS };
}
