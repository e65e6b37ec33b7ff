import type { LogConfig } from "./log-config.ts";

/** What retention looks at in one segment. */
export interface RetainedSegment {
  readonly baseOffset: number;
  readonly sizeBytes: number;
  /** The largest timestamp of its records, ms. */
  readonly latestMs: number;
}

/** What retention looks at in the whole log. */
export interface RetainedLog {
  readonly sizeBytes: number;
  readonly logStartOffset: number;
  readonly highWatermark: number;
  readonly logEndOffset: number;
}

/** Why segments go. */
type RetentionReason = "time" | "size" | "log start";

export interface RetentionDecision {
  /** How many of the oldest segments go; may be all of them. */
  readonly count: number;
  readonly reason: RetentionReason | undefined;
}

/**
 * Decides which of the oldest segments go. `segments` yields them oldest first and is read only as far as needed. All segments may be named: the log then
 * begins a new one. Nothing at or above `highWatermark` goes.
 */
export function decideRetention(
  log: RetainedLog,
  segments: Iterable<RetainedSegment>,
  config: LogConfig,
  nowMs: number,
): RetentionDecision {
  let count = 0;
  let reason: RetentionReason | undefined;
  let sizeBytes = log.sizeBytes;
  let previous: RetainedSegment | undefined;
  for (const segment of segments) {
    if (previous !== undefined) {
      const why = reasonToRemove(previous, segment.baseOffset, sizeBytes, log, config, nowMs);
      if (why === undefined) return { count, reason };
      count++;
      reason ??= why;
      sizeBytes -= previous.sizeBytes;
    }
    previous = segment;
  }
  if (previous === undefined || previous.sizeBytes === 0) return { count, reason };
  const why = reasonToRemove(previous, log.logEndOffset, sizeBytes, log, config, nowMs);
  return why === undefined ? { count, reason } : { count: count + 1, reason: reason ?? why };
}

function reasonToRemove(
  segment: RetainedSegment,
  nextOffset: number,
  sizeBytes: number,
  log: RetainedLog,
  config: LogConfig,
  nowMs: number,
): RetentionReason | undefined {
  if (nextOffset > log.highWatermark) return undefined;
  if (nextOffset <= log.logStartOffset) return "log start";
  if (!config.deletes) return undefined;
  if (config.retentionMs >= 0 && nowMs - segment.latestMs > config.retentionMs) return "time";
  if (config.retentionBytes >= 0 && sizeBytes - segment.sizeBytes >= config.retentionBytes) return "size";
  return undefined;
}
