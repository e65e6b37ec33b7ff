import { join } from "node:path";
import { decodeLeaderEpochs } from "../epochs/leader-epoch-file.ts";
import { type EpochStart, LeaderEpochs } from "../epochs/leader-epochs.ts";
import type { LoadedLog } from "../partition/loaded-log.ts";
import { readCompactionBound } from "../segment/compaction-bound.ts";
import { Segment } from "../segment/segment.ts";
import { LEADER_EPOCH_FILE, PARTITION_METADATA_FILE, type SegmentFiles, segmentPath, sortSegmentFiles } from "../segment/segment-files.ts";
import { SegmentList } from "../segment/segment-list.ts";
import { readHintFile } from "../shared/hint-file.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";
import { syncFile } from "../shared/sync-file.ts";
import { completeSwaps } from "./complete-swaps.ts";
import { findCleanEnd } from "./clean-end.ts";
import type { LoadRequest } from "./load-request.ts";
import { reportHoles, startBehindLoss } from "./lost-records.ts";
import { recallRecentBatches } from "./producer-recall.ts";
import { restoreProducers } from "./producer-restore.ts";
import { loadTransactionIndexes } from "./transaction-indexes.ts";
import { rebuildEpochs } from "./epoch-rebuild.ts";
import { type RecoveredEnd, recoverSegments } from "./segment-recovery.ts";

/** What recovery had to do. */
export interface RecoverySummary {
  /** Segments whose every byte was checked. */
  readonly checkedSegments: number;
  /** Bytes cut off behind the last whole, valid batch. */
  readonly cutBytes: number;
}

/**
 * Opens a partition's files. After a clean stop only the end of the log is looked at; otherwise every segment from the recovery point on is checked, and
 * what follows the last whole valid batch is cut off. Errors: disk errors; `LOG_CORRUPT` when a segment below the recovery point is damaged.
 */
export async function loadPartition(
  env: LogEnvironment,
  request: LoadRequest,
): Promise<{ log: LoadedLog; recovery: RecoverySummary | undefined }> {
  const names = completeSwaps(env.disk, request.directory);
  const files = sortSegmentFiles(names);
  removeLeftovers(env, request.directory, files);
  const compactedBelow = readCompactionBound(env.disk, request.directory, names);
  const segments = openSegments(env, request.directory, files);
  await loadTransactionIndexes(env, segments, files.transactionIndexes);
  const history = readEpochs(env, request.directory);
  const epochs = new LeaderEpochs(history ?? (await rebuildEpochs(segments)));
  const cleanEnd = request.wasCleanlyClosed ? await findCleanEnd(env, segments, epochs) : undefined;
  const recovered =
    cleanEnd === undefined ? await recoverSegments(env, segments, request, epochs, files.snapshots, compactedBelow) : undefined;
  const found = cleanEnd ?? recovered!;
  reportHoles(env, request, files, segments, history);
  const end = found.logEndOffset < request.recoveryPoint ? startBehindLoss(env, request, found) : found;
  const list = new SegmentList(end.segments);
  const { logEndOffset } = end;
  // What lies before the first local segment may be in the remote store.
  const lowest = request.config.tiering === undefined ? list.first.baseOffset : 0;
  const logStartOffset = Math.min(Math.max(request.logStartOffset, lowest), logEndOffset);
  const areEpochsChanged = epochs.truncateBefore(logStartOffset) || history === undefined;
  const sources = {
    directory: request.directory,
    snapshots: files.snapshots,
    segments: end.segments,
    producerIdExpirationMs: request.config.producerIdExpirationMs,
  };
  const producers = end.producers ?? (await restoreProducers(env, sources, logEndOffset));
  if (cleanEnd !== undefined) await recallRecentBatches(env, list.active, producers);
  const recoveryPoint = recovered === undefined ? logEndOffset : await recoveryPointAfter(env, request, recovered, logEndOffset);
  const areHintsWritten = end === cleanEnd && !areEpochsChanged && files.snapshots.at(-1) === logEndOffset;
  const log = {
    ...request,
    segments: list,
    producers,
    epochs,
    logStartOffset,
    logEndOffset,
    recoveryPoint,
    compactedBelow,
    areHintsWritten,
  };
  return { log, recovery: recovered && { checkedSegments: recovered.checkedSegments, cutBytes: recovered.cutBytes } };
}

/** With `flush.messages=1` what was found must be on the disk before anybody is told of it. */
async function recoveryPointAfter(
  env: LogEnvironment,
  request: LoadRequest,
  recovered: RecoveredEnd,
  logEndOffset: number,
): Promise<number> {
  if (request.config.flushMessages > 1) return Math.min(request.recoveryPoint, logEndOffset);
  for (const segment of recovered.segments.slice(-recovered.checkedSegments)) {
    if (segment.sizeBytes > 0) await segment.sync();
  }
  if (request.topicId !== undefined) await syncFile(env.disk, join(request.directory, PARTITION_METADATA_FILE));
  env.disk.syncDirectory(request.directory);
  env.disk.syncDirectory(request.parentDirectory);
  return logEndOffset;
}

function removeLeftovers(env: LogEnvironment, directory: string, files: SegmentFiles): void {
  const bases = new Set(files.logs);
  for (const name of files.leftovers) env.disk.remove(join(directory, name));
  for (const name of files.indexes) {
    if (!bases.has(Number.parseInt(name, 10))) env.disk.remove(join(directory, name));
  }
}

function openSegments(env: LogEnvironment, directory: string, files: SegmentFiles): Segment[] {
  const bases = files.logs.length === 0 ? [0] : files.logs;
  return bases.map((base, i) => {
    const stat = files.logs.length === 0 ? undefined : env.disk.stat(segmentPath(directory, base, ".log"));
    return new Segment(env, directory, base, {
      sizeBytes: stat?.sizeBytes ?? 0,
      createdMs: stat?.modifiedMs ?? env.clock.nowMs(),
      isActive: i === bases.length - 1,
    });
  });
}

/** Undefined when there is no file, or none that can be read as a history. */
function readEpochs(env: LogEnvironment, directory: string): EpochStart[] | undefined {
  const content = readHintFile(env.disk, join(directory, LEADER_EPOCH_FILE));
  return content === undefined ? undefined : decodeLeaderEpochs(content);
}
