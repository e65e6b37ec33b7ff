import type { EpochStart } from "../epochs/leader-epochs.ts";
import { Segment } from "../segment/segment.ts";
import { type SegmentFiles, segmentPath } from "../segment/segment-files.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";
import { closeSegment } from "./close-segment.ts";
import type { LoadRequest, LogEnd } from "./load-request.ts";

const INDEXED = [".log", ".index", ".timeindex", ".txnindex"] as const;

/**
 * Ends a log behind records that were on the disk and are there no more, so that their offsets are never given to others: what is left stays readable, what
 * is lost is answered as damage when it is asked for, and the log goes on behind it. The loss is told as an error event. Doing it again changes nothing.
 * Errors: disk errors.
 */
export function startBehindLoss(env: LogEnvironment, request: LoadRequest, end: LogEnd): LogEnd {
  const { recoveryPoint, directory, topic, partition } = request;
  env.logger.error("records that were on the disk are gone; the partition goes on behind them, and their offsets are not used again", {
    topic,
    partition,
    firstLostOffset: end.logEndOffset,
    lastLostOffset: recoveryPoint - 1,
    directory,
    remedy: "restore the directory from a copy; or delete the records before the offset behind the lost ones",
  });
  const kept: Segment[] = [];
  for (const segment of end.segments) {
    if (segment.sizeBytes > 0) {
      closeSegment(env, segment);
      kept.push(segment);
    } else for (const kind of INDEXED) env.disk.remove(segmentPath(directory, segment.baseOffset, kind));
  }
  const next = new Segment(env, directory, recoveryPoint, { sizeBytes: 0, createdMs: env.clock.nowMs(), isActive: true });
  next.create();
  return { segments: [...kept, next], logEndOffset: recoveryPoint, producers: undefined };
}

/**
 * Tells of segments that are missing in front of others, as far as what lies beside them shows it: an index whose log is gone, and after a clean stop an epoch
 * history that begins before the first segment. Reading there is answered as damage, or as before the log's start.
 */
export function reportHoles(
  env: LogEnvironment,
  request: LoadRequest,
  files: SegmentFiles,
  segments: readonly Segment[],
  history: readonly EpochStart[] | undefined,
): void {
  const { topic, partition, directory } = request;
  const first = segments[0]!.baseOffset;
  const known = new Set(files.logs);
  const orphans = new Set(files.indexes.map((name) => Number.parseInt(name, 10)).filter((base) => base > first && !known.has(base)));
  const gone: { from: number; to: number }[] = [...orphans].map((from) => ({ from, to: files.logs.find((base) => base > from) ?? from }));
  const start = request.config.tiering === undefined ? history?.[0]?.startOffset : undefined;
  if (request.wasCleanlyClosed && files.logs.length > 0 && start !== undefined && start < first) gone.push({ from: start, to: first });
  for (const { from, to } of gone) {
    if (to > from)
      env.logger.error("a segment is missing: its records are gone", {
        topic,
        partition,
        firstLostOffset: from,
        lastLostOffset: to - 1,
        directory,
      });
  }
}
