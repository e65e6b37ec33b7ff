import { MalformedBytesError, type TimeSlice } from "@ottla/base";
import { giveUnpackingSlot, takeUnpackingSlot } from "../compression/unpacking-slots.ts";
import { baseOffset, lastOffset, maxTimestamp, recordCount } from "./batch-header.ts";
import { recordPieces } from "./decompress-records.ts";
import { RecordCrawler, type RecordSink } from "./record-crawler.ts";

/** A record found by time. */
export interface TimestampAndOffset {
  readonly timestamp: number;
  readonly offset: number;
}

/** Whether {@link firstRecordSince} would find anything, as far as the header tells. */
export function mayHoldRecordSince(batch: Buffer, at: number, targetMs: number, fromOffset: number): boolean {
  return maxTimestamp(batch, at) >= targetMs && lastOffset(batch, at) >= fromOffset;
}

/**
 * The first record of the batch at `at` whose timestamp is `targetMs` or later and whose offset is `fromOffset` or later, or null. The batch is opened only if its header
 * says that there may be one, and then read piece by piece to that record, the loop given back in between; `batch` must not change meanwhile.
 * Throws `MalformedBytesError` if the batch cannot be read so far.
 */
export async function firstRecordSince(
  batch: Buffer,
  at: number,
  targetMs: number,
  fromOffset: number,
  slice: TimeSlice,
): Promise<TimestampAndOffset | null> {
  if (!mayHoldRecordSince(batch, at, targetMs, fromOffset)) return null;
  const search = new Search(baseOffset(batch, at), targetMs, fromOffset);
  await crawl(batch, at, search, slice);
  return search.found;
}

/**
 * The first record of the batch at `at` that has the batch's largest timestamp (ListOffsets −3). Null for a batch that compaction emptied, and where no record has a
 * timestamp. Otherwise as {@link firstRecordSince}.
 */
export async function recordWithMaxTimestamp(batch: Buffer, at: number, slice: TimeSlice): Promise<TimestampAndOffset | null> {
  const largest = maxTimestamp(batch, at);
  if (recordCount(batch, at) === 0 || largest < 0) return null;
  // Under log append time all records have the same: the first offset that is still there is known only from the records.
  const search = new Search(baseOffset(batch, at), largest, 0);
  await crawl(batch, at, search, slice);
  return search.found ?? search.latest;
}

class Search implements RecordSink {
  readonly #baseOffset: number;
  readonly #targetMs: number;
  readonly #fromOffset: number;
  found: TimestampAndOffset | null = null;
  /** The first with the largest time so far. */
  latest: TimestampAndOffset | null = null;

  constructor(baseOffset: number, targetMs: number, fromOffset: number) {
    this.#baseOffset = baseOffset;
    this.#targetMs = targetMs;
    this.#fromOffset = fromOffset;
  }

  get isDone(): boolean {
    return this.found !== null;
  }

  take(offsetDelta: number, timestamp: number): void {
    const offset = this.#baseOffset + offsetDelta;
    if (this.latest === null || timestamp > this.latest.timestamp) this.latest = { timestamp, offset };
    if (timestamp >= this.#targetMs && offset >= this.#fromOffset) this.found = { timestamp, offset };
  }
}

async function crawl(batch: Buffer, at: number, search: Search, slice: TimeSlice): Promise<void> {
  const crawler = new RecordCrawler(batch, at, search);
  await takeUnpackingSlot();
  try {
    for await (const piece of recordPieces(batch, at)) {
      crawler.push(piece, 0, piece.length);
      if (crawler.isDone) break;
      if (slice.isOver) await slice.rest();
    }
    crawler.finish();
  } finally {
    giveUnpackingSlot();
  }
  if (crawler.fault !== undefined) throw new MalformedBytesError(crawler.fault.message);
}
