import type { TimeSlice } from "@ottla/base";
import {
  firstRecordSince,
  lastOffset,
  mayHoldRecordSince,
  partitionLeaderEpoch,
  recordWithMaxTimestamp,
  sizeInBytes,
  type TimestampAndOffset,
} from "@ottla/protocol/records";
import { LogError } from "../errors.ts";
import { type BatchVisitor, scanBatches } from "../segment/scan-batches.ts";
import type { Segment } from "../segment/segment.ts";
import type { SegmentList } from "../segment/segment-list.ts";
import type { TimestampedOffset } from "./log-outcomes.ts";

const CHUNK_BYTES = 64 * 1024;

/**
 * The first record, in offset order, at or after `timestampMs` and not below `minOffset`: indexes lead near it, then the batch is opened.
 * Errors: disk errors; `LOG_CORRUPT`, `MALFORMED_BYTES` when a batch cannot be read.
 */
export async function findTimestamp(
  segments: SegmentList,
  timestampMs: number,
  minOffset: number,
  intervalBytes: number,
  slice: TimeSlice,
): Promise<TimestampedOffset | undefined> {
  const first = Math.max(0, segments.floorIndex(minOffset));
  for (const segment of segments.all().slice(first)) {
    if (segment.isRetired || segment.sizeBytes === 0) continue;
    if ((await segment.learnLatestMs(intervalBytes)) < timestampMs) continue;
    const indexes = await segment.indexes(intervalBytes);
    const found = await findInSegment(
      segment,
      indexes.positionBefore(Math.max(indexes.offsetBefore(timestampMs), minOffset)),
      timestampMs,
      minOffset,
      slice,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A batch that may hold what is looked for. `scanBatches` does not use its buffers again. */
interface Candidate {
  readonly buffer: Buffer;
  readonly at: number;
  readonly position: number;
}

/** Batches are opened between scans: that may take long, and must give the loop back meanwhile. */
async function findInSegment(
  segment: Segment,
  from: number,
  timestampMs: number,
  minOffset: number,
  slice: TimeSlice,
): Promise<TimestampedOffset | undefined> {
  for (let position = from; ; ) {
    const candidate = await scanFor(segment, position, (buffer, at) => mayHoldRecordSince(buffer, at, timestampMs, minOffset));
    if (candidate === undefined) return undefined;
    const { buffer, at } = candidate;
    const record = await firstRecordSince(buffer, at, timestampMs, minOffset, slice);
    if (record !== null) return withEpoch(candidate, record);
    position = candidate.position + sizeInBytes(buffer, at);
  }
}

/** The first record with the largest timestamp of all (ListOffsets −3, KIP-734). Errors: as {@link findTimestamp}. */
export async function findMaxTimestamp(
  segments: SegmentList,
  intervalBytes: number,
  slice: TimeSlice,
): Promise<TimestampedOffset | undefined> {
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
  const position = indexes.positionBefore(indexes.maxTimestampOffset);
  const candidate = await scanFor(latest, position, (buffer, at) => lastOffset(buffer, at) >= indexes.maxTimestampOffset);
  if (candidate === undefined) return undefined;
  const record = await recordWithMaxTimestamp(candidate.buffer, candidate.at, slice);
  return record === null ? undefined : withEpoch(candidate, record);
}

/** The first batch from `position` on that fits. */
async function scanFor(segment: Segment, position: number, fits: (buffer: Buffer, at: number) => boolean): Promise<Candidate | undefined> {
  let found: Candidate | undefined;
  await scanFrom(segment, position, (buffer, at, batchPosition) => {
    if (fits(buffer, at)) found = { buffer, at, position: batchPosition };
    return found === undefined;
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
      gapsBelow: Infinity,
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

function withEpoch({ buffer, at }: Candidate, { offset, timestamp }: TimestampAndOffset): TimestampedOffset {
  return { offset, timestampMs: timestamp, leaderEpoch: partitionLeaderEpoch(buffer, at) };
}
