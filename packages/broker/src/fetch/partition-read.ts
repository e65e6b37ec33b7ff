import type { AbortedTransaction, ReadOutcome } from "@ottla/log";
import { ErrorCode, type Records } from "@ottla/protocol";
import type { MemoryAccount } from "../net/client-memory.ts";
import { type Lookup, locate } from "../partitions/locate.ts";
import type { Partition } from "../partitions/partition.ts";
import type { FetchedPartition } from "./fetched-partition.ts";
import { takeUpTo } from "./take-up-to.ts";

/** Whose read it is, and what it may give. */
export interface ReadScope {
  readonly lookup: Lookup;
  /** What is read is counted here until it is released. */
  readonly memory: MemoryAccount;
  /** Of all partitions together, in bytes. */
  readonly maxBytes: number;
  /** Up to the last stable offset only. */
  readonly readCommitted: boolean;
}

/** What one partition gives to an answer. Offsets are −1 with every error, as Kafka has them. */
export interface PartitionRead {
  readonly target: FetchedPartition;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  /** The client's log leaves ours after this epoch's end (KIP-595). */
  readonly diverging: { readonly epoch: number; readonly endOffset: number } | undefined;
  readonly aborted: readonly AbortedTransaction[] | null;
  readonly records: Records;
  readonly sizeBytes: number;
  /** There is more to read than what came: for lack of room in the answer, or of memory. */
  readonly isCut: boolean;
  /** The memory allowed less than the client did. */
  readonly isShort: boolean;
  /** Gives the memory of `records` back. */
  readonly release: (() => void) | undefined;
}

const UNKNOWN = -1;
const NO_RECORDS = Buffer.alloc(0);

/**
 * Reads one partition, watching it from before the read on. `takenBytes` are in the answer already: while there are none, one batch comes above every limit
 * (KIP-74). Returns at once when what is asked for is in memory.
 */
export function readPartition(scope: ReadScope, target: FetchedPartition, takenBytes: number): PartitionRead | Promise<PartitionRead> {
  const found = locate(scope.lookup, target.topic, target.topicId, target.index, target.currentLeaderEpoch);
  if (found.kind === "error") {
    target.unwatch();
    return failed(target, found.errorCode);
  }
  const { partition, metadata } = found;
  const { log } = partition;
  target.watch(partition);
  const diverging = divergence(partition, metadata.leaderEpoch, target);
  if (diverging === "unknown") return failed(target, ErrorCode.OFFSET_OUT_OF_RANGE);
  if (diverging) return { ...describe(scope, target, partition), diverging };
  const { fetchOffset } = target;
  if (fetchOffset < log.logStartOffset || fetchOffset > log.logEndOffset) return failed(target, ErrorCode.OFFSET_OUT_OF_RANGE);
  const end = scope.readCommitted ? log.lastStableOffset : log.highWatermark;
  if (fetchOffset >= end) return describe(scope, target, partition);
  const roomBytes = Math.min(target.maxBytes, scope.maxBytes - takenBytes);
  const mustGiveOne = takenBytes === 0;
  if (roomBytes <= 0 && !mustGiveOne) return { ...describe(scope, target, partition), isCut: true };
  const reservedBytes = takeUpTo(scope.memory, Math.max(0, roomBytes));
  const isShort = reservedBytes < roomBytes;
  if (isShort && reservedBytes === 0 && !mustGiveOne) return { ...describe(scope, target, partition), isCut: true, isShort };
  const outcome = log.read(fetchOffset, reservedBytes, { minOneBatch: mustGiveOne, maxOffset: end });
  if (!(outcome instanceof Promise)) return shape(scope, target, partition, { outcome, reservedBytes, isShort, end });
  return outcome.then((settled) => shape(scope, target, partition, { outcome: settled, reservedBytes, isShort, end }));
}

function shape(
  scope: ReadScope,
  target: FetchedPartition,
  partition: Partition,
  read: { readonly outcome: ReadOutcome; readonly reservedBytes: number; readonly isShort: boolean; readonly end: number },
): PartitionRead {
  const { outcome, reservedBytes } = read;
  const { memory, readCommitted } = scope;
  if (outcome.kind !== "records") {
    memory.release(reservedBytes);
    return failed(target, outcome.errorCode);
  }
  const { sizeBytes, nextOffset } = outcome;
  if (sizeBytes > reservedBytes) memory.hold(sizeBytes - reservedBytes);
  else memory.release(reservedBytes - sizeBytes);
  return {
    ...describe(scope, target, partition),
    aborted: readCommitted ? (sizeBytes > 0 ? partition.log.abortedTransactions(target.fetchOffset, nextOffset) : []) : null,
    records: outcome.records,
    sizeBytes,
    isCut: nextOffset < read.end,
    isShort: read.isShort && nextOffset < read.end,
    release: () => {
      memory.release(sizeBytes);
      outcome.release?.();
    },
  };
}

function describe({ readCommitted }: ReadScope, target: FetchedPartition, { log }: Partition): PartitionRead {
  return {
    target,
    errorCode: ErrorCode.NONE,
    highWatermark: log.highWatermark,
    lastStableOffset: log.lastStableOffset,
    logStartOffset: log.logStartOffset,
    diverging: undefined,
    aborted: readCommitted ? [] : null,
    records: NO_RECORDS,
    sizeBytes: 0,
    isCut: false,
    isShort: false,
    release: undefined,
  };
}

function failed(target: FetchedPartition, errorCode: number): PartitionRead {
  return {
    target,
    errorCode,
    highWatermark: UNKNOWN,
    lastStableOffset: UNKNOWN,
    logStartOffset: UNKNOWN,
    diverging: undefined,
    aborted: null,
    records: NO_RECORDS,
    sizeBytes: 0,
    isCut: false,
    isShort: false,
    release: undefined,
  };
}

/** The client read something, under an epoch it names, that a crash took from our log; "unknown" where that epoch lies beyond the leader's. */
function divergence(
  { log }: Partition,
  leadersEpoch: number,
  target: FetchedPartition,
): { epoch: number; endOffset: number } | "unknown" | undefined {
  if (target.lastFetchedEpoch < 0) return undefined;
  const { leaderEpoch, endOffset } = log.endOffsetForEpoch(target.lastFetchedEpoch, leadersEpoch);
  if (endOffset < 0) return "unknown";
  return leaderEpoch < target.lastFetchedEpoch || endOffset < target.fetchOffset ? { epoch: leaderEpoch, endOffset } : undefined;
}
