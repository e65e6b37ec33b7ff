import { baseOffset, lastOffset, partitionLeaderEpoch, sizeInBytes } from "@ottla/protocol/records";
import type { LeaderEpochs } from "../epochs/leader-epochs.ts";
import { LogError } from "../errors.ts";
import type { ProducerTable } from "../producers/producer-table.ts";
import { type ScanEnd, scanBatches } from "../segment/scan-batches.ts";
import type { Segment } from "../segment/segment.ts";
import { SegmentIndexes } from "../segment/segment-indexes.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";
import type { LoadRequest, LogEnd } from "./load-request.ts";
import type { AbortedEntry } from "../segment/aborted-entry.ts";
import { noteAborted } from "./transaction-indexes.ts";
import { closeSegment } from "./close-segment.ts";
import { firstEpoch, rebuildEpochs } from "./epoch-rebuild.ts";
import { restoreProducers } from "./producer-restore.ts";

export interface RecoveredEnd extends LogEnd {
  readonly checkedSegments: number;
  readonly cutBytes: number;
}

/**
 * Checks every byte from the recovery point's segment on, rebuilding indexes, producers and epochs on the way, and cuts the log behind its last whole valid
 * batch. What it finds beyond the recovery point is written again where a sync may have failed to take it to the disk; see {@link mustWriteAgain}. Segments behind a cut are set aside under the suffix `.lost`, with an error event. Errors: disk errors; `LOG_CORRUPT` when there is something wrong
 * below the recovery point, where everything was on the disk: then nothing is changed. Bytes that are missing at the very end are no error here. Offsets that are missing from `gapsBelow` on, which is
 * where compaction has never been, are records that were lost, whatever the policy.
 */
export async function recoverSegments(
  env: LogEnvironment,
  segments: readonly Segment[],
  request: LoadRequest,
  epochs: LeaderEpochs,
  snapshots: readonly number[],
  gapsBelow: number,
): Promise<RecoveredEnd> {
  const first = Math.max(
    0,
    segments.findLastIndex((segment) => segment.baseOffset <= request.recoveryPoint),
  );
  const start = segments[first]!.baseOffset;
  epochs.truncateAfter(start);
  // An epoch the history does not know may have begun in an earlier segment: then the file is an old one.
  if (first > 0 && (await firstEpoch(segments[first]!)) > epochs.latestEpoch) epochs.replace(await rebuildEpochs(segments.slice(0, first)));
  const sources = { directory: request.directory, snapshots, segments, producerIdExpirationMs: request.config.producerIdExpirationMs };
  const producers = await restoreProducers(env, sources, start);
  let logEndOffset = start;
  for (let i = first; i < segments.length; i++) {
    const segment = segments[i]!;
    const isLast = i === segments.length - 1;
    const end = await checkSegment(env, segment, request, gapsBelow, epochs, producers);
    const next = segments[i + 1]?.baseOffset;
    const gap =
      end.damage === undefined && next !== undefined && next !== end.nextOffset && next > gapsBelow
        ? `the next segment begins at ${next}, not ${end.nextOffset}`
        : undefined;
    const damage = end.damage ?? gap;
    if (!isLast && damage === undefined) {
      closeSegment(env, segment);
    }
    logEndOffset = end.nextOffset;
    if (damage !== undefined) {
      if (end.nextOffset < request.recoveryPoint && !(isLast && end.isCutShort)) {
        throw new LogError(
          "LOG_CORRUPT",
          segment.file.path,
          `${segment.file.path} is damaged at byte ${end.position} (${damage}); restore it from a copy.`,
        );
      }
      const cutBytes = segment.sizeBytes - end.position;
      await cut(env, segment, end, damage, segments.slice(i + 1));
      return { segments: segments.slice(0, i + 1), logEndOffset, producers, checkedSegments: i + 1 - first, cutBytes };
    }
  }
  return { segments, logEndOffset, producers, checkedSegments: segments.length - first, cutBytes: 0 };
}

/**
 * Whether what lies beyond the recovery point is written where it stands already: a sync that failed may have left it in memory alone, as if it were on the disk, and
 * whoever syncs it next is told that all is well. With `flush.messages=1` it is little, and a process that was killed may not have heard of the failure.
 */
export function mustWriteAgain({ hasUnsyncablePages, config }: Pick<LoadRequest, "hasUnsyncablePages" | "config">): boolean {
  return hasUnsyncablePages || config.flushMessages <= 1;
}

async function checkSegment(
  env: LogEnvironment,
  segment: Segment,
  request: LoadRequest,
  gapsBelow: number,
  epochs: LeaderEpochs,
  producers: ProducerTable,
): Promise<ScanEnd> {
  const isWrittenAgain = mustWriteAgain(request);
  if (isWrittenAgain) segment.file.becomeWritable();
  const handle = segment.file.pin();
  try {
    const indexes = new SegmentIndexes(segment.baseOffset);
    const range = { from: 0, to: segment.sizeBytes, minOffset: segment.baseOffset, gapsBelow, checkCrc: true };
    let latestEpoch = -1;
    const aborted: AbortedEntry[] = [];
    const end = await scanBatches(handle, range, (buffer, at, position) => {
      if (isWrittenAgain && lastOffset(buffer, at) >= request.recoveryPoint)
        handle.write(buffer.subarray(at, at + sizeInBytes(buffer, at)), position);
      indexes.note(buffer, at, position, request.config.indexIntervalBytes);
      noteAborted(aborted, producers.apply(buffer, at));
      const epoch = partitionLeaderEpoch(buffer, at);
      if (epoch > latestEpoch) epochs.assign((latestEpoch = epoch), baseOffset(buffer, at));
    });
    segment.rebuilt(indexes);
    await segment.transactions.rebuilt(aborted, isWrittenAgain);
    return end;
  } finally {
    segment.file.unpin();
    segment.file.closeHandle();
  }
}

/**
 * Ends the log at `end`, which lies in `segment`. It is on the disk when this resolves: all that is left may lie below the recovery point, where nothing is synced again, and what was cut off
 * would be back behind it after a power loss. Errors: disk errors.
 */
async function cut(env: LogEnvironment, segment: Segment, end: ScanEnd, damage: string, later: readonly Segment[]): Promise<void> {
  const cutBytes = segment.sizeBytes - end.position;
  // They follow a hole: nothing behind it may be served, but nothing of it is thrown away either. First, so that a crash now leaves the hole to be found again.
  for (const lost of later) lost.setAside();
  segment.truncate(end.position);
  await segment.sync();
  if (later.length === 0) {
    env.logger.warn("an unfinished or damaged end of a log was cut off", {
      file: segment.file.path,
      damage,
      cutBytes,
      logEndOffset: end.nextOffset,
    });
    return;
  }
  env.logger.error("a log was cut in an unflushed segment; later ones were set aside", {
    file: segment.file.path,
    damage,
    cutBytes,
    logEndOffset: end.nextOffset,
    segmentsSetAside: later.length,
  });
}
