import { type Disk, DiskError, type DiskFile } from "@ottla/base";
import { maxTimestamp, sizeInBytes } from "@ottla/protocol/records";
import { LogError } from "../errors.ts";
import type { CachedFile } from "../shared/file-cache.ts";
import { scanBatches } from "./scan-batches.ts";
import { SegmentIndexes } from "./segment-indexes.ts";

/** What is needed of a segment to find its indexes. */
export interface IndexedSegment {
  readonly baseOffset: number;
  readonly directory: string;
  readonly sizeBytes: number;
  readonly file: CachedFile;
}

/**
 * Reads a segment's indexes and compares them with the end of its log; when they are missing, wrong or older than the log they are rebuilt from it and
 * written again. Errors: disk errors; `LOG_CORRUPT` when the log itself is damaged.
 */
export async function loadSegmentIndexes(disk: Disk, segment: IndexedSegment, intervalBytes: number): Promise<SegmentIndexes> {
  const logBytes = segment.sizeBytes;
  const handle = segment.file.pin();
  try {
    const read = SegmentIndexes.read(disk, segment.directory, segment.baseOffset, logBytes);
    if (read !== undefined && (await fitsLogEnd(handle, read, logBytes, intervalBytes))) return read;
    const rebuilt = await rebuild(handle, segment, logBytes, intervalBytes);
    writeIfPossible(disk, segment, rebuilt);
    return rebuilt;
  } finally {
    segment.file.unpin();
  }
}

/** A read must not fail because something that helps the next one cannot be written: a full disk, most likely. */
function writeIfPossible(disk: Disk, segment: IndexedSegment, rebuilt: SegmentIndexes): void {
  try {
    rebuilt.write(disk, segment.directory);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
  }
}

/** Whether the last entries lead to a batch and leave nothing behind it that should have an entry of its own. */
async function fitsLogEnd(handle: DiskFile, indexes: SegmentIndexes, logBytes: number, intervalBytes: number): Promise<boolean> {
  const entry = indexes.offsets.count - 1;
  const from = entry < 0 ? 0 : indexes.offsets.positionAt(entry);
  let unindexedBytes = 0;
  let lastBatchBytes = 0;
  let latestMs = -1;
  const end = await scanBatches(
    handle,
    { from, to: logBytes, minOffset: indexes.baseOffset, gapsBelow: Infinity, checkCrc: false },
    (buffer, at, position) => {
      lastBatchBytes = sizeInBytes(buffer, at);
      if (position > from || entry < 0) unindexedBytes += lastBatchBytes;
      latestMs = Math.max(latestMs, maxTimestamp(buffer, at));
      return unindexedBytes - lastBatchBytes <= intervalBytes * 2;
    },
  );
  return end.position === logBytes && latestMs <= indexes.maxTimestampMs;
}

async function rebuild(handle: DiskFile, segment: IndexedSegment, logBytes: number, intervalBytes: number): Promise<SegmentIndexes> {
  const indexes = new SegmentIndexes(segment.baseOffset);
  const range = { from: 0, to: logBytes, minOffset: segment.baseOffset, gapsBelow: Infinity, checkCrc: false };
  const end = await scanBatches(handle, range, (buffer, at, position) => indexes.note(buffer, at, position, intervalBytes));
  if (end.damage !== undefined) {
    throw new LogError(
      "LOG_CORRUPT",
      segment.file.path,
      `${segment.file.path} is damaged at byte ${end.position} (${end.damage}); restore it from a copy.`,
    );
  }
  return indexes;
}
