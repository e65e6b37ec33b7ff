import {
  firstRecordSince,
  lastOffset,
  partitionLeaderEpoch,
  recordWithMaxTimestamp,
  type TimestampAndOffset,
} from "@ottla/protocol/records";
import { LogError } from "../errors.ts";
import { type BatchVisitor, scanBatches } from "../segment/scan-batches.ts";
import type { Segment } from "../segment/segment.ts";
import type { SegmentList } from "../segment/segment-list.ts";
import type { TimestampedOffset } from "./log-outcomes.ts";

const CHUNK_BYTES = 64 * 1024;

/**
 * The first record, in offset order, at or after `timestampMs` and not below `minOffset` (E1): indexes lead near it, then the batch is opened.
 * Errors: disk errors; `LOG_CORRUPT`, `MALFORMED_BYTES` when a batch cannot be read.
 */
export async function findTimestamp(
  segments: SegmentList,
  timestampMs: number,
  minOffset: number,
  intervalBytes: number,
): Promise<TimestampedOffset | undefined> {
  const first = Math.max(0, segments.floorIndex(minOffset));
  for (const segment of segments.all().slice(first)) {
    if (segment.isRetired || segment.sizeBytes === 0) continue;
    if ((await segment.learnLatestMs(intervalBytes)) < timestampMs) continue;
    const indexes = await segment.indexes(intervalBytes);
    let found: TimestampedOffset | undefined;
    await scanFrom(segment, indexes.positionBefore(Math.max(indexes.offsetBefore(timestampMs), minOffset)), (buffer, at) => {
      found = withEpoch(buffer, at, firstRecordSince(buffer, at, timestampMs, minOffset));
      return found === undefined;
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first record with the largest timestamp of all (ListOffsets −3, KIP-734). Errors: as {@link findTimestamp}. */
export async function findMaxTimestamp(segments: SegmentList, intervalBytes: number): Promise<TimestampedOffset | undefined> {
  let latest: Segment | undefined;
  let latestMs = -1;
  for (const segment of [...segments.all()]) {
    if (segment.isRetired || segment.sizeBytes === 0) continue;
    const indexes = await segment.indexes(intervalBytes);
    if (indexes.maxTimestampMs <= latestMs) continue;
    latest = segment;
    latestMs = indexes.maxTimestampMs;
  }
  if (latest === undefined) return undefined;
  const indexes = await latest.indexes(intervalBytes);
  let found: TimestampedOffset | undefined;
  await scanFrom(latest, indexes.positionBefore(indexes.maxTimestampOffset), (buffer, at) => {
    if (lastOffset(buffer, at) < indexes.maxTimestampOffset) return true;
    found = withEpoch(buffer, at, recordWithMaxTimestamp(buffer, at));
    return false;
  });
  return found;
}

async function scanFrom(segment: Segment, position: number, visit: BatchVisitor): Promise<void> {
  const handle = segment.file.pin();
  try {
    const range = {
      from: position,
      to: segment.sizeBytes,
      minOffset: segment.baseOffset,
      allowGaps: true,
      checkCrc: false,
      chunkBytes: CHUNK_BYTES,
    };
    const end = await scanBatches(handle, range, visit);
    if (end.damage === undefined) return;
    throw new LogError(
      "LOG_CORRUPT",
      segment.file.path,
      `${segment.file.path} is damaged at byte ${end.position} (${end.damage}); restore it from a copy.`,
    );
  } finally {
    segment.file.unpin();
  }
}

function withEpoch(buffer: Buffer, at: number, record: TimestampAndOffset | null): TimestampedOffset | undefined {
  if (record === null) return undefined;
  return { offset: record.offset, timestampMs: record.timestamp, leaderEpoch: partitionLeaderEpoch(buffer, at) };
}
