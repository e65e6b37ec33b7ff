import { crc32c } from "@ottla/protocol/records";
import type { Segment } from "../segment/segment.ts";
import type { SegmentIndexes } from "../segment/segment-indexes.ts";
import type { LogConfig } from "./log-config.ts";

/** Whether a new segment has to begin before this batch is appended to `active`. */
export function mustRoll(
  active: Segment,
  indexes: SegmentIndexes,
  batchBytes: number,
  lastOffset: number,
  timestampMs: number,
  config: LogConfig,
  nowMs: number,
): boolean {
  if (active.sizeBytes === 0) return !active.canHold(lastOffset);
  return (
    active.sizeBytes + batchBytes > config.segmentBytes ||
    !active.canHold(lastOffset) ||
    indexes.isFull(config.segmentIndexBytes) ||
    active.ageMs(nowMs, timestampMs) > segmentMs(config) - jitterMs(active, config)
  );
}

/** A record that must be compacted after some time must have left the last segment by then. */
function segmentMs(config: LogConfig): number {
  return config.compacts ? Math.min(config.segmentMs, config.maxCompactionLagMs) : config.segmentMs;
}

/** A fixed part of `segment.jitter.ms` per segment, spread evenly over partitions. */
function jitterMs(segment: Segment, config: LogConfig): number {
  if (config.segmentJitterMs === 0) return 0;
  return crc32c(Buffer.from(segment.file.path)) % Math.min(config.segmentJitterMs, segmentMs(config));
}
