import type { Disk } from "@ottla/base";
import { lastOffset, maxTimestamp, sizeInBytes } from "@ottla/protocol/records";
import { readHintFile, writeHintFile } from "../shared/hint-file.ts";
import { OFFSET_ENTRY_BYTES, OffsetIndex } from "./offset-index.ts";
import { segmentPath } from "./segment-files.ts";
import { TIME_ENTRY_BYTES, TimeIndex } from "./time-index.ts";

/**
 * Both sparse indexes of one segment, and what must be known of its end to go on with them. Every batch of the segment is shown to
 * {@link SegmentIndexes.note} once, in order: when it is appended, or when the segment is scanned to rebuild them.
 */
export class SegmentIndexes {
  readonly baseOffset: number;
  readonly offsets: OffsetIndex;
  readonly times: TimeIndex;
  /** The largest timestamp in the segment, ms; −1 when there is none. */
  maxTimestampMs = -1;
  /** Last offset of the first batch with that timestamp; −1 when there is none. */
  maxTimestampOffset = -1;
  #bytesSinceEntry = 0;

  constructor(baseOffset: number, offsets: OffsetIndex = OffsetIndex.empty(), times: TimeIndex = TimeIndex.empty()) {
    this.baseOffset = baseOffset;
    this.offsets = offsets;
    this.times = times;
    this.maxTimestampMs = times.lastTimestampMs;
    this.maxTimestampOffset = times.count === 0 ? -1 : baseOffset + times.lastRelativeOffset;
  }

  /** Reads both files; undefined when one is missing or cannot belong to a log of `logBytes` bytes. */
  static read(disk: Disk, directory: string, base: number, logBytes: number): SegmentIndexes | undefined {
    const offsetBytes = readHintFile(disk, segmentPath(directory, base, ".index"));
    const timeBytes = readHintFile(disk, segmentPath(directory, base, ".timeindex"));
    if (offsetBytes === undefined || timeBytes === undefined) return undefined;
    return SegmentIndexes.decode(base, offsetBytes, timeBytes, logBytes);
  }

  /** Undefined when the contents cannot belong to a log of `logBytes` bytes. */
  static decode(base: number, offsetIndex: Buffer, timeIndex: Buffer, logBytes: number): SegmentIndexes | undefined {
    const offsets = OffsetIndex.decode(offsetIndex, logBytes);
    const times = TimeIndex.decode(timeIndex);
    return offsets === undefined || times === undefined ? undefined : new SegmentIndexes(base, offsets, times);
  }

  get sizeBytes(): number {
    return this.offsets.sizeBytes + this.times.sizeBytes;
  }

  /** Whether another entry would make a file larger than `maxBytes`. One time entry is kept for the closing of the segment. */
  isFull(maxBytes: number): boolean {
    return (this.offsets.count + 1) * OFFSET_ENTRY_BYTES > maxBytes || (this.times.count + 2) * TIME_ENTRY_BYTES > maxBytes;
  }

  /** Takes note of the batch at `at` in `buffer`, which stands at `position` in the `.log` file. */
  note(buffer: Buffer, at: number, position: number, intervalBytes: number): void {
    const last = lastOffset(buffer, at);
    const timestamp = maxTimestamp(buffer, at);
    if (timestamp > this.maxTimestampMs) {
      this.maxTimestampMs = timestamp;
      this.maxTimestampOffset = last;
    }
    if (this.#bytesSinceEntry > intervalBytes) {
      this.offsets.append(last - this.baseOffset, position);
      if (this.maxTimestampMs >= 0) this.times.maybeAppend(this.maxTimestampMs, this.maxTimestampOffset - this.baseOffset);
      this.#bytesSinceEntry = 0;
    }
    this.#bytesSinceEntry += sizeInBytes(buffer, at);
  }

  /** Writes both files, the time index with its last entry. Errors: disk errors. */
  write(disk: Disk, directory: string): void {
    const { offsetIndex, timeIndex } = this.encode();
    writeHintFile(disk, segmentPath(directory, this.baseOffset, ".index"), offsetIndex);
    writeHintFile(disk, segmentPath(directory, this.baseOffset, ".timeindex"), timeIndex);
  }

  /** The content of both files of a segment that gets no more batches. */
  encode(): { readonly offsetIndex: Buffer; readonly timeIndex: Buffer } {
    if (this.maxTimestampMs >= 0) this.times.maybeAppend(this.maxTimestampMs, this.maxTimestampOffset - this.baseOffset);
    return { offsetIndex: this.offsets.encode(), timeIndex: this.times.encode() };
  }

  /** Where to start looking for `offset` in the `.log` file. */
  positionBefore(offset: number): number {
    const entry = this.offsets.floor(offset - this.baseOffset);
    return entry < 0 ? 0 : this.offsets.positionAt(entry);
  }

  /** The last batch known to begin at or before `position`. */
  positionUpTo(position: number): number {
    const entry = this.offsets.floorPosition(position);
    return entry < 0 ? 0 : this.offsets.positionAt(entry);
  }

  /** The last batch known to begin at or before `position` before which all offsets are below `maxOffset`. */
  positionUpToBoth(position: number, maxOffset: number): number {
    const { offsets } = this;
    const entry = Math.min(offsets.floorPosition(position), offsets.floor(maxOffset - this.baseOffset));
    return entry < 0 ? 0 : offsets.positionAt(entry);
  }

  /** An offset in or before the first batch that may hold a record at or after `timestampMs`. */
  offsetBefore(timestampMs: number): number {
    return this.baseOffset + this.times.floorRelativeOffset(timestampMs);
  }
}
