import { ErrorCode, type Records } from "@ottla/protocol";
import type { AbortedTransaction } from "@ottla/log";
import type { RequestContext } from "../handler.ts";
import { locate } from "../partitions/locate.ts";
import type { Partition } from "../partitions/partition.ts";
import type { SessionPartition } from "./fetch-sessions.ts";

/** Limits of one answer. */
export interface FetchLimits {
  readonly maxBytes: number;
  readonly readCommitted: boolean;
}

/** What one partition gives to an answer. Offsets are −1 with every error, as Kafka has them. */
export interface PartitionRead {
  readonly target: SessionPartition;
  /** Absent when there is no such partition here. */
  readonly partition: Partition | undefined;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  /** The client's log leaves ours after this epoch's end (KIP-595). */
  readonly diverging: { readonly epoch: number; readonly endOffset: number } | undefined;
  readonly aborted: readonly AbortedTransaction[] | null;
  readonly records: Records;
  readonly sizeBytes: number;
}

const UNKNOWN = -1;
const NO_RECORDS = Buffer.alloc(0);

/** All reads of one attempt at an answer. */
export class FetchRead {
  readonly reads: PartitionRead[] = [];
  sizeBytes = 0;
  /** Something beside data is worth an answer at once. */
  isUrgent = false;

  add(read: PartitionRead): void {
    this.reads.push(read);
    this.sizeBytes += read.sizeBytes;
    if (read.errorCode !== ErrorCode.NONE || read.diverging) this.isUrgent = true;
  }
}

/**
 * Reads the targets in order until the answer is full. At least one batch comes back if there is any, above every limit (KIP-74, trap D2).
 * Returns at once when all of it is in memory.
 */
export function readTargets(
  context: RequestContext,
  targets: readonly SessionPartition[],
  limits: FetchLimits,
): FetchRead | Promise<FetchRead> {
  return readFrom(context, targets, limits, new FetchRead(), 0);
}

function readFrom(
  context: RequestContext,
  targets: readonly SessionPartition[],
  limits: FetchLimits,
  read: FetchRead,
  first: number,
): FetchRead | Promise<FetchRead> {
  for (let i = first; i < targets.length; i++) {
    const one = readOne(context, targets[i]!, limits, read.sizeBytes);
    if (one instanceof Promise) {
      return one.then((settled) => {
        read.add(settled);
        return readFrom(context, targets, limits, read, i + 1);
      });
    }
    read.add(one);
  }
  return read;
}

function readOne(
  context: RequestContext,
  target: SessionPartition,
  limits: FetchLimits,
  takenBytes: number,
): PartitionRead | Promise<PartitionRead> {
  const found = locate(context, target.topic, target.topicId, target.index, target.currentLeaderEpoch);
  if (found.kind === "error") return failed(target, undefined, found.errorCode);
  const { partition } = found;
  const { log } = partition;
  const diverging = divergence(partition, target);
  if (diverging) return { ...describe(target, partition, limits), diverging };
  const { fetchOffset } = target;
  if (fetchOffset < log.logStartOffset || fetchOffset > log.logEndOffset) return failed(target, partition, ErrorCode.OFFSET_OUT_OF_RANGE);
  const end = limits.readCommitted ? log.lastStableOffset : log.highWatermark;
  const roomBytes = Math.min(target.maxBytes, limits.maxBytes - takenBytes);
  const mustGiveOne = takenBytes === 0;
  if (fetchOffset >= end || (roomBytes <= 0 && !mustGiveOne)) return describe(target, partition, limits);
  const { fetchMemory } = context.broker;
  const reserved = fetchMemory.reserve(roomBytes);
  const outcome = log.read(fetchOffset, reserved, { minOneBatch: mustGiveOne, maxOffset: end });
  if (!(outcome instanceof Promise)) {
    hold(context, reserved, outcome);
    return shape(context, target, partition, limits, outcome);
  }
  return outcome.then((settled) => {
    hold(context, reserved, settled);
    return shape(context, target, partition, limits, settled);
  });
}

/** What was read counts until the client has taken it. */
function hold(context: RequestContext, reserved: number, outcome: Awaited<ReturnType<Partition["log"]["read"]>>): void {
  const { fetchMemory } = context.broker;
  const readBytes = outcome.kind === "records" ? outcome.sizeBytes : 0;
  fetchMemory.settle(reserved, readBytes);
  if (readBytes > 0) context.afterAnswer(() => fetchMemory.free(readBytes));
}

function shape(
  context: RequestContext,
  target: SessionPartition,
  partition: Partition,
  limits: FetchLimits,
  outcome: Awaited<ReturnType<Partition["log"]["read"]>>,
): PartitionRead {
  if (outcome.kind !== "records") return failed(target, partition, outcome.errorCode);
  if (outcome.release) context.afterAnswer(outcome.release);
  const aborted =
    limits.readCommitted && outcome.sizeBytes > 0 ? partition.log.abortedTransactions(target.fetchOffset, outcome.nextOffset) : null;
  return {
    ...describe(target, partition, limits),
    records: outcome.records,
    sizeBytes: outcome.sizeBytes,
    ...(aborted ? { aborted } : {}),
  };
}

function describe(target: SessionPartition, partition: Partition, limits: FetchLimits): PartitionRead {
  const { log } = partition;
  return {
    target,
    partition,
    errorCode: ErrorCode.NONE,
    highWatermark: log.highWatermark,
    lastStableOffset: log.lastStableOffset,
    logStartOffset: log.logStartOffset,
    diverging: undefined,
    aborted: limits.readCommitted ? [] : null,
    records: NO_RECORDS,
    sizeBytes: 0,
  };
}

function failed(target: SessionPartition, partition: Partition | undefined, errorCode: number): PartitionRead {
  return {
    target,
    partition,
    errorCode,
    highWatermark: UNKNOWN,
    lastStableOffset: UNKNOWN,
    logStartOffset: UNKNOWN,
    diverging: undefined,
    aborted: null,
    records: NO_RECORDS,
    sizeBytes: 0,
  };
}

/** Trap D5: the client read something, under an epoch it names, that a crash took from our log. */
function divergence(partition: Partition, target: SessionPartition): { epoch: number; endOffset: number } | undefined {
  if (target.lastFetchedEpoch < 0) return undefined;
  const { leaderEpoch, endOffset } = partition.log.endOffsetForEpoch(target.lastFetchedEpoch);
  return leaderEpoch < target.lastFetchedEpoch || endOffset < target.fetchOffset ? { epoch: leaderEpoch, endOffset } : undefined;
}
