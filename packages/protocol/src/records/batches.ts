import { BATCH_OVERHEAD_BYTES, LOG_OVERHEAD_BYTES, sizeInBytes } from "./batch-header.ts";

/**
 * Walks the whole batches of a contiguous buffer, without an object per batch:
 *
 * ```ts
 * for (let at = firstBatch(b); at >= 0; at = nextBatch(b, at)) lastOffset(b, at);
 * ```
 *
 * A last batch that is cut (legal in a fetch answer) ends the walk cleanly; so does a length that no batch can have.
 * Ask {@link wholeBatchesEnd} how far the walk would come.
 */
export function firstBatch(buffer: Buffer, start = 0, end: number = buffer.length): number {
  return isWholeBatch(buffer, start, end) ? start : -1;
}

/** Where the batch after the one at `at` starts, or −1 if no whole one follows. */
export function nextBatch(buffer: Buffer, at: number, end: number = buffer.length): number {
  return firstBatch(buffer, at + sizeInBytes(buffer, at), end);
}

/** Whether a whole batch lies at `at`: header and as many bytes as its length field says. */
export function isWholeBatch(buffer: Buffer, at: number, end: number = buffer.length): boolean {
  if (end - at < BATCH_OVERHEAD_BYTES) return false;
  const size = sizeInBytes(buffer, at);
  return size >= BATCH_OVERHEAD_BYTES && size <= end - at;
}

/** One past the last whole batch, as a position in the buffer; `start` if there is none. */
export function wholeBatchesEnd(buffer: Buffer, start = 0, end: number = buffer.length): number {
  let at = start;
  while (isWholeBatch(buffer, at, end)) at += sizeInBytes(buffer, at);
  return at;
}

/** How many whole batches there are. */
export function countBatches(buffer: Buffer, start = 0, end: number = buffer.length): number {
  let count = 0;
  for (let at = firstBatch(buffer, start, end); at >= 0; at = nextBatch(buffer, at, end)) count++;
  return count;
}

/** The whole batches as views, for code where comfort counts more than garbage. */
export function* batchViews(buffer: Buffer, start = 0, end: number = buffer.length): Generator<Buffer, void, undefined> {
  for (let at = firstBatch(buffer, start, end); at >= 0; at = nextBatch(buffer, at, end)) {
    yield buffer.subarray(at, at + sizeInBytes(buffer, at));
  }
}

/**
 * How many bytes the batch at `at` will have, from its first 12 bytes alone; 0 if fewer are there, −1 if the length
 * field is impossible. For readers that read a log piece by piece.
 */
export function announcedBatchSize(buffer: Buffer, at: number, end: number = buffer.length): number {
  if (end - at < LOG_OVERHEAD_BYTES) return 0;
  const size = sizeInBytes(buffer, at);
  return size < BATCH_OVERHEAD_BYTES ? -1 : size;
}
