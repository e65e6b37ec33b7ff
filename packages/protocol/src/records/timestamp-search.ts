import { lastOffset, maxTimestamp, recordCount } from "./batch-header.ts";
import { RecordCursor } from "./record-cursor.ts";

/** A record found by time. */
export interface TimestampAndOffset {
  readonly timestamp: number;
  readonly offset: number;
}

/**
 * The first record of the batch at `at` whose timestamp is `targetMs` or later and whose offset is `fromOffset` or
 * later, or null (E1). Opens the batch only if its largest timestamp says that there is one.
 * Throws `MalformedBytesError` if the batch cannot be opened.
 */
export function firstRecordSince(batch: Buffer, at: number, targetMs: number, fromOffset = 0): TimestampAndOffset | null {
  if (maxTimestamp(batch, at) < targetMs || lastOffset(batch, at) < fromOffset) return null;
  const cursor = new RecordCursor().open(batch, at);
  while (cursor.moveNext()) {
    if (cursor.timestamp >= targetMs && cursor.offset >= fromOffset) return { timestamp: cursor.timestamp, offset: cursor.offset };
  }
  return null;
}

/**
 * The first record of the batch at `at` that has the batch's largest timestamp (ListOffsets −3, E1). Null for a batch
 * that compaction emptied, and where no record has a timestamp.
 * Throws `MalformedBytesError` if the batch cannot be opened.
 */
export function recordWithMaxTimestamp(batch: Buffer, at: number): TimestampAndOffset | null {
  const largest = maxTimestamp(batch, at);
  if (recordCount(batch, at) === 0 || largest < 0) return null;
  // Under log append time all records have the same: the first offset that is still there is known only from the records.
  const cursor = new RecordCursor().open(batch, at);
  let found: TimestampAndOffset | null = null;
  while (cursor.moveNext()) {
    if (found === null || cursor.timestamp > found.timestamp) found = { timestamp: cursor.timestamp, offset: cursor.offset };
    if (found.timestamp === largest) break;
  }
  return found;
}
