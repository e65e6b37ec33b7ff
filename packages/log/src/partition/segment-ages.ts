import type { SegmentList } from "../segment/segment-list.ts";
import type { LogConfig } from "./log-config.ts";
import type { RetainedSegment } from "./retention-rules.ts";

/** Finds out how old segments are, oldest first, as far as retention by time has to know. Errors: disk errors; `LOG_CORRUPT`. */
export async function learnSegmentAges(segments: SegmentList, config: LogConfig, nowMs: number): Promise<void> {
  if (!config.deletes || config.retentionMs < 0) return;
  for (const segment of [...segments.all()]) {
    if (segment.isRetired || segment.sizeBytes === 0) continue;
    if (nowMs - (await segment.learnLatestMs(config.indexIntervalBytes)) <= config.retentionMs) return;
  }
}

/**
 * The segments as retention sees them. One whose age is not known yet counts as young: it stays until the next round. One that compaction has emptied counts as old, as there
 * is nothing in it to keep, and what lies behind it must not wait for it.
 */
export function* retainedSegments(segments: SegmentList): Generator<RetainedSegment> {
  for (const { baseOffset, sizeBytes, latestMs } of segments.all())
    yield { baseOffset, sizeBytes, latestMs: sizeBytes === 0 ? -Infinity : (latestMs ?? Infinity) };
}
