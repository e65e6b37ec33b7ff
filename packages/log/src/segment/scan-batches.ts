import type { DiskFile } from "@ottla/base";
import {
  announcedBatchSize,
  BATCH_MAGIC,
  BATCH_OVERHEAD_BYTES,
  baseOffset,
  computeCrc,
  crc,
  lastOffsetDelta,
  magic,
  recordCount,
} from "@ottla/protocol/records";

const CHUNK_BYTES = 1024 * 1024;

/** What a range of a `.log` file has to be. */
export interface ScanRange {
  /** Position of a batch's first byte. */
  readonly from: number;
  /** One past the last byte that belongs to the log. */
  readonly to: number;
  /** No batch may start below this offset. */
  readonly minOffset: number;
  /** Below it offsets may be missing between batches, as after compaction. */
  readonly gapsBelow: number;
  /** Whether every byte is read and its checksum compared, or the headers only are looked at. */
  readonly checkCrc: boolean;
  /** How much is read at once, in bytes. Default: 1 MiB. */
  readonly chunkBytes?: number;
}

/** Where a scan came to: behind the last good batch. */
export interface ScanEnd {
  readonly position: number;
  /** One past the last good batch's last offset; `minOffset` when there was none. */
  readonly nextOffset: number;
  /** Why the scan stopped before `to`. */
  readonly damage: string | undefined;
  /** There are no more bytes: the damage is that something is missing, not that something is wrong. */
  readonly isCutShort: boolean;
}

/** `position` is the batch's place in the file, `at` its place in `buffer`. Returning false ends the scan before this batch. */
export type BatchVisitor = (buffer: Buffer, at: number, position: number) => boolean | void;

/** Visits whole, plausible batches in order, in chunks, off the event loop between them. */
export async function scanBatches(file: DiskFile, range: ScanRange, visit: BatchVisitor): Promise<ScanEnd> {
  let position = range.from;
  let nextOffset = range.minOffset;
  let chunkBytes = range.chunkBytes ?? CHUNK_BYTES;
  while (position < range.to) {
    const wanted = Math.min(chunkBytes, range.to - position);
    const target = Buffer.allocUnsafe(wanted);
    const length = await file.read(target, position);
    let at = 0;
    for (;;) {
      const size = announcedBatchSize(target, at, length);
      if (size === 0 || (size > 0 && at + size > length)) {
        const restBytes = range.to - position - at;
        if (restBytes === 0) break;
        if (restBytes < (size || BATCH_OVERHEAD_BYTES) || length < wanted)
          return { position: position + at, nextOffset, damage: "the file ends inside a batch", isCutShort: true };
        if (at === 0) chunkBytes = Math.max(size, chunkBytes * 2);
        break;
      }
      const damage = size < 0 ? "its length is impossible" : implausible(target, at, nextOffset, range);
      if (damage !== undefined) return { position: position + at, nextOffset, damage, isCutShort: false };
      if (visit(target, at, position + at) === false) return { position: position + at, nextOffset, damage: undefined, isCutShort: false };
      nextOffset = baseOffset(target, at) + lastOffsetDelta(target, at) + 1;
      at += size;
    }
    position += at;
  }
  return { position, nextOffset, damage: undefined, isCutShort: false };
}

/** What is wrong with a batch that is wholly there. */
function implausible(buffer: Buffer, at: number, nextOffset: number, range: ScanRange): string | undefined {
  if (magic(buffer, at) !== BATCH_MAGIC) return `its format is ${magic(buffer, at)}, not ${BATCH_MAGIC}`;
  const offset = baseOffset(buffer, at);
  if (offset < nextOffset || !Number.isSafeInteger(offset)) return `it starts at offset ${offset} where ${nextOffset} was due`;
  if (offset > nextOffset && offset > range.gapsBelow) return `offsets ${nextOffset} to ${offset - 1} are missing before it`;
  if (lastOffsetDelta(buffer, at) < 0 || recordCount(buffer, at) < 0) return "its number of records is negative";
  if (range.checkCrc && crc(buffer, at) !== computeCrc(buffer, at)) return "its checksum does not fit its bytes";
  return undefined;
}

/** Whether what stands at `at` may be the header of a batch that holds or follows `minOffset`. For reads, which check no sums. */
export function looksLikeBatch(buffer: Buffer, at: number, minOffset: number): boolean {
  return (
    magic(buffer, at) === BATCH_MAGIC &&
    baseOffset(buffer, at) >= minOffset &&
    lastOffsetDelta(buffer, at) >= 0 &&
    announcedBatchSize(buffer, at, at + BATCH_OVERHEAD_BYTES) > 0
  );
}
