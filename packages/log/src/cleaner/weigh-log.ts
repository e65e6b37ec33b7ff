import type { PartitionLog } from "../partition/partition-log.ts";
import type { WeighedLog, WeighedSegment } from "./cleanable-range.ts";

/**
 * What the choice of a log goes by. The times of segments are looked up on the disk where a configuration asks for them, only those from `firstDirtyOffset` on. Errors: disk
 * errors; `LOG_CORRUPT`.
 */
export async function weighLog(log: PartitionLog, firstDirtyOffset: number): Promise<WeighedLog> {
  const { config } = log;
  const asksFirst = config.maxCompactionLagMs !== Infinity;
  const asksLatest = config.minCompactionLagMs > 0;
  const all = [...log.segments.all()];
  const firstDirty = Math.max(0, log.segments.floorIndex(firstDirtyOffset));
  const segments: WeighedSegment[] = [];
  for (const [i, segment] of all.entries()) {
    const isAsked = i >= firstDirty && i < all.length - 1 && segment.sizeBytes > 0;
    segments.push({
      baseOffset: segment.baseOffset,
      sizeBytes: segment.sizeBytes,
      firstTimestampMs: isAsked && asksFirst ? segment.firstTimestampMs : -1,
      latestMs: isAsked && asksLatest && !segment.isRetired ? await segment.learnLatestMs(config.indexIntervalBytes) : -1,
    });
  }
  const { logStartOffset, logEndOffset, lastStableOffset } = log;
  return { segments, logStartOffset, logEndOffset, lastStableOffset };
}
