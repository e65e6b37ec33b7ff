import type { LogConfig } from "../partition/log-config.ts";

/** What is looked at in one segment. */
export interface WeighedSegment {
  readonly baseOffset: number;
  readonly sizeBytes: number;
  /** Time of its first batch, ms; looked at only where `max.compaction.lag.ms` is set. */
  readonly firstTimestampMs: number;
  /** The largest time of its records, ms; looked at only where `min.compaction.lag.ms` is set. */
  readonly latestMs: number;
}

/** What is looked at in a log. `segments` ascend; the last one is written to. */
export interface WeighedLog {
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly lastStableOffset: number;
  readonly segments: readonly WeighedSegment[];
}

/** The part of a log that can be cleaned. */
export interface CleanableRange {
  readonly firstDirtyOffset: number;
  /** Where the first segment begins that may not be cleaned. */
  readonly endOffset: number;
  readonly dirtyBytes: number;
  /** The share of bytes that were not cleaned yet, among those that may be. */
  readonly dirtyRatio: number;
  /** A record has waited longer than `max.compaction.lag.ms`. */
  readonly isOverdue: boolean;
  /** What was known of earlier cleanings cannot be: the log was cut, or trimmed beyond it. */
  readonly isReset: boolean;
}

/**
 * What of a log can be cleaned: never the segment that is written to, nothing at or above the last stable offset, nothing younger than `min.compaction.lag.ms`. `cleanedBelow` is where
 * the last cleaning came to; undefined where there was none. Source: Apache Kafka 4.4.0's choice of the filthiest log.
 */
export function cleanableRange(log: WeighedLog, cleanedBelow: number | undefined, config: LogConfig, nowMs: number): CleanableRange {
  const { segments, logStartOffset, logEndOffset, lastStableOffset } = log;
  const known = cleanedBelow ?? logStartOffset;
  const isReset = known < logStartOffset || known > logEndOffset;
  const firstDirtyOffset = isReset ? logStartOffset : known;
  const active = segments.length - 1;
  const firstDirty = Math.max(0, holderOf(segments, firstDirtyOffset));
  let end = Math.min(active, Math.max(0, holderOf(segments, lastStableOffset)));
  if (config.minCompactionLagMs > 0) {
    for (let i = firstDirty; i < end; i++) if (segments[i]!.latestMs > nowMs - config.minCompactionLagMs) end = i;
  }
  // The last stable offset may lie in a segment that was cleaned before.
  end = Math.max(end, Math.min(active, firstDirty));
  let cleanBytes = 0;
  let dirtyBytes = 0;
  for (const [i, segment] of segments.entries()) {
    if (segment.baseOffset < firstDirtyOffset && i < active) cleanBytes += segment.sizeBytes;
    if (i >= firstDirty && i < end) dirtyBytes += segment.sizeBytes;
  }
  return {
    firstDirtyOffset,
    endOffset: segments[end]!.baseOffset,
    dirtyBytes,
    dirtyRatio: cleanBytes + dirtyBytes === 0 ? 0 : dirtyBytes / (cleanBytes + dirtyBytes),
    isOverdue: isOverdue(segments.slice(firstDirty, active), config, nowMs),
    isReset,
  };
}

/** Whether a log with such a range is due. */
export function isDue(range: CleanableRange, config: LogConfig): boolean {
  return range.dirtyBytes > 0 && (range.isOverdue || range.dirtyRatio > config.minCleanableDirtyRatio);
}

function isOverdue(segments: readonly WeighedSegment[], config: LogConfig, nowMs: number): boolean {
  if (config.maxCompactionLagMs === Infinity) return false;
  return segments.some(({ firstTimestampMs }) => firstTimestampMs > 0 && firstTimestampMs < nowMs - config.maxCompactionLagMs);
}

/** The last segment that begins at or before `offset`; −1 if none does. */
function holderOf(segments: readonly WeighedSegment[], offset: number): number {
  return segments.findLastIndex((segment) => segment.baseOffset <= offset);
}
