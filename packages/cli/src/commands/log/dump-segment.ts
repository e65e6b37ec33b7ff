import { type DiskFile, MalformedBytesError } from "@ottla/base";
import { announcedBatchSize, checkBatchBytes, LOG_OVERHEAD_BYTES, RecordCursor } from "@ottla/protocol/records";
import { batchLine } from "./batch-line.ts";
import type { BatchLine, DumpSink } from "./dump-lines.ts";

/** No broker takes a batch of more; a larger length is damage. */
const BATCH_BYTES_MAX = 1024 * 1024 * 1024;

/** What the checks of the indexes need of each sound batch, as columns: a segment may hold millions. */
export class SegmentMap {
  readonly positions: number[] = [];
  readonly lastOffsets: number[] = [];
  /** The largest timestamp of this batch and all before it. */
  readonly maxTimestamps: number[] = [];
  records = 0;

  add({ position, lastOffset, maxTimestamp, count }: BatchLine): void {
    this.maxTimestamps.push(Math.max(maxTimestamp, this.maxTimestamps.at(-1) ?? -1));
    this.positions.push(position);
    this.lastOffsets.push(lastOffset);
    this.records += count;
  }
}

/**
 * Reads a `.log` file batch by batch. A batch that is damaged inside is reported and passed over; after a length that cannot be nothing
 * more can be found. `firstOffset` is the least offset that may come.
 */
export async function dumpSegment(
  file: DiskFile,
  firstOffset: number,
  options: { readonly withRecords: boolean },
  sink: DumpSink,
): Promise<SegmentMap> {
  const map = new SegmentMap();
  const head = Buffer.alloc(LOG_OVERHEAD_BYTES);
  const damage = (position: number, fault: string) => sink({ type: "damage", path: file.path, position, fault });
  let nextOffset = firstOffset;
  let position = 0;
  while (position < file.sizeBytes) {
    const length = await file.read(head, position);
    const size = announcedBatchSize(head, 0, length);
    const left = file.sizeBytes - position;
    if (size < 0 || size > BATCH_BYTES_MAX) {
      await damage(position, `the length of a batch is impossible; the last ${left} bytes cannot be read`);
      break;
    }
    if (size === 0 || size > left) {
      await damage(position, `the file ends inside a batch; its last ${left} bytes belong to none`);
      break;
    }
    const batch = Buffer.allocUnsafe(size);
    await file.read(batch, position);
    const fault = checkBatchBytes(batch);
    if (fault) await damage(position, fault.message);
    else {
      const line = batchLine(batch, position);
      if (line.baseOffset < nextOffset)
        await damage(position, `a batch starts at offset ${line.baseOffset} where ${nextOffset} or more was due`);
      map.add(line);
      await sink(line);
      if (options.withRecords) await dumpRecords(batch, sink, (message) => damage(position, message));
      nextOffset = Math.max(nextOffset, line.lastOffset + 1);
    }
    position += size;
  }
  return map;
}

async function dumpRecords(batch: Buffer, sink: DumpSink, damage: (message: string) => Promise<void> | undefined): Promise<void> {
  try {
    const cursor = new RecordCursor().open(batch);
    while (cursor.moveNext()) {
      const { offset, timestamp } = cursor;
      await sink({ type: "record", offset, timestamp, key: cursor.key(), value: cursor.value(), headers: cursor.headers() });
    }
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    await damage(error.message);
  }
}
