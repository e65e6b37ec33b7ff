import { baseOffset, lastOffset, sizeInBytes } from "@ottla/protocol/records";
import { LogError } from "../errors.ts";
import type { BufferLease, BufferPool } from "../shared/buffer-pool.ts";
import { looksLikeBatch } from "../segment/scan-batches.ts";
import type { LogSegment } from "../segment/log-segment.ts";
import type { Segment } from "../segment/segment.ts";

/** A contiguous piece of a segment: whole batches. */
export interface BatchRange {
  readonly records: Buffer;
  /** Memory behind `records`, in bytes. */
  readonly heldBytes: number;
  /** Gives the memory of `records` back. */
  readonly release: () => void;
  /** Where the bytes after it begin in the file. */
  readonly endPosition: number;
  readonly nextOffset: number;
}

/** As {@link BatchRange}, in memory of the caller. */
export type FoundRange = Omit<BatchRange, "release" | "heldBytes">;

export interface RangeRequest {
  readonly offset: number;
  readonly maxBytes: number;
  readonly maxOffset: number;
  readonly minOneBatch: boolean;
  /** Where to begin to look; the batch that holds `offset` begins here or later. */
  readonly fromPosition: number;
  /** How far behind `fromPosition` that batch may begin, as far as is known; 0 if it begins right there. */
  readonly slackBytes: number;
  /** Below it offsets may be missing between batches; else that is damage. */
  readonly gapsBelow: number;
}

/** Of a batch, up to its first record. */
export const HEADER_BYTES = 61;

/**
 * Reads whole batches from the one that holds `offset`; undefined when the segment ends before it. One read of the disk in the common case.
 * Errors: disk errors; `LOG_CORRUPT` when there is no batch where one must be.
 */
export async function readBatchRange(segment: Segment, buffers: BufferPool, request: RangeRequest): Promise<BatchRange | undefined> {
  const logBytes = segment.sizeBytes;
  const handle = segment.file.pin();
  let lease: BufferLease | undefined;
  try {
    let from = request.fromPosition;
    let wanted = Math.max(request.maxBytes, HEADER_BYTES) + request.slackBytes;
    while (from < logBytes) {
      lease = buffers.lease(Math.min(wanted, logBytes - from));
      const target = lease.buffer;
      const length = await handle.read(target, from);
      const start = skipTo(segment, target, length, from, request.offset);
      const range = start.isFound ? takeBatches(segment, target, start.at, length, from, request) : undefined;
      if (range !== undefined) {
        const { release, heldBytes } = lease;
        lease = undefined;
        return { ...range, heldBytes, release };
      }
      if (start.isFound && !request.minOneBatch && start.neededBytes > request.maxBytes) return emptyRange(from + start.at, request.offset);
      if (length < target.length) throw truncated(segment, from + length);
      if (!start.isFound && start.at === 0) throw damaged(segment, from);
      lease.release();
      lease = undefined;
      from += start.at;
      wanted = Math.max(start.neededBytes, Math.min(wanted, request.maxBytes));
    }
    return undefined;
  } finally {
    lease?.release();
    segment.file.unpin();
  }
}

/**
 * The whole batches that the request allows in bytes that were read before, which begin with the batch of `request.offset` at `position`. Undefined when the first one is
 * not whole, or the request does not allow it. Errors: `LOG_CORRUPT`.
 */
export function batchRangeIn(segment: LogSegment, bytes: Buffer, position: number, request: RangeRequest): FoundRange | undefined {
  return takeBatches(segment, bytes, 0, bytes.length, position, request);
}

/** Where the batch that holds `offset` begins in `buffer`, or where to read on to find it. */
function skipTo(
  segment: Segment,
  buffer: Buffer,
  length: number,
  position: number,
  offset: number,
): { at: number; isFound: boolean; neededBytes: number } {
  let at = 0;
  while (length - at >= HEADER_BYTES) {
    if (!looksLikeBatch(buffer, at, segment.baseOffset)) throw damaged(segment, position + at);
    const size = sizeInBytes(buffer, at);
    if (lastOffset(buffer, at) >= offset) return { at, isFound: true, neededBytes: size };
    at += size;
  }
  // Either the next header is cut, or a batch to be skipped reaches beyond what was read.
  return { at, isFound: false, neededBytes: HEADER_BYTES };
}

/** The whole batches from `start` that the request allows; undefined when the first one is cut off. */
function takeBatches(
  segment: LogSegment,
  buffer: Buffer,
  start: number,
  length: number,
  position: number,
  request: RangeRequest,
): FoundRange | undefined {
  let at = start;
  let nextOffset = request.offset;
  while (length - at >= HEADER_BYTES) {
    if (!looksLikeBatch(buffer, at, at === start ? segment.baseOffset : nextOffset)) {
      if (at === start) throw damaged(segment, position + at);
      break;
    }
    const isGap = at === start ? baseOffset(buffer, at) > request.offset : baseOffset(buffer, at) !== nextOffset;
    if (isGap && baseOffset(buffer, at) > request.gapsBelow) {
      if (at === start) throw damaged(segment, position + at);
      break;
    }
    const end = at + sizeInBytes(buffer, at);
    if (end > segment.sizeBytes - position) throw damaged(segment, position + at);
    if (baseOffset(buffer, at) >= request.maxOffset) return rangeOf(buffer, start, at, position, nextOffset);
    const isTooMuch = end - start > request.maxBytes && !(request.minOneBatch && at === start);
    if (end > length || isTooMuch) break;
    nextOffset = lastOffset(buffer, at) + 1;
    at = end;
  }
  return at === start ? undefined : rangeOf(buffer, start, at, position, nextOffset);
}

function rangeOf(buffer: Buffer, start: number, end: number, position: number, nextOffset: number): FoundRange {
  return { records: buffer.subarray(start, end), endPosition: position + end, nextOffset };
}

function emptyRange(position: number, offset: number): BatchRange {
  return { records: Buffer.alloc(0), heldBytes: 0, release: () => {}, endPosition: position, nextOffset: offset };
}

/** There is no batch where one must be. */
export function damaged(segment: LogSegment, position: number): LogError {
  return new LogError(
    "LOG_CORRUPT",
    segment.path,
    `${segment.path} is damaged at byte ${position}: there is no record batch; restore it from a copy.`,
  );
}

/** The file ends too soon. */
export function truncated(segment: Segment, position: number): LogError {
  return new LogError(
    "LOG_CORRUPT",
    segment.file.path,
    `${segment.file.path} ends at byte ${position} although ${segment.sizeBytes} bytes were written; restore it from a copy.`,
  );
}
