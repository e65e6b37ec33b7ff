import { ErrorCode } from "@ottla/protocol";
import { LogError } from "../errors.ts";
import type { Segment } from "../segment/segment.ts";
import type { SegmentIndexes } from "../segment/segment-indexes.ts";
import type { SegmentList } from "../segment/segment-list.ts";
import type { BufferPool } from "../shared/buffer-pool.ts";
import type { ReadOutcome } from "./log-outcomes.ts";
import { refusal, refusalOf } from "./refusal.ts";
import { readBatchRange } from "./segment-reader.ts";

/** Where sequential readers go on: so many of them per partition need no index. */
const REMEMBERED_POSITIONS = 4;

interface KnownPosition {
  readonly offset: number;
  readonly segment: Segment;
  readonly position: number;
}

export interface ReadLimits {
  readonly maxBytes: number;
  readonly maxOffset: number;
  readonly minOneBatch: boolean;
}

export interface ReadRules {
  readonly indexIntervalBytes: number;
  /** Whether offsets may be missing between batches, as after compaction; else that is damage. */
  readonly allowGaps: boolean;
}

/** Reads what is no longer in the tail cache, off the event loop. */
export class LogReader {
  readonly #segments: SegmentList;
  readonly #buffers: BufferPool;
  #known: KnownPosition[] = [];

  constructor(segments: SegmentList, buffers: BufferPool) {
    this.#segments = segments;
    this.#buffers = buffers;
  }

  /** `offset` lies in the log. Never rejects but for bugs. */
  async read(offset: number, wanted: ReadLimits, log: ReadRules): Promise<ReadOutcome> {
    const { maxOffset } = wanted;
    let segment: Segment | undefined;
    try {
      for (let at = Math.max(0, this.#segments.floorIndex(offset)); ; ) {
        segment = this.#segments.at(at);
        if (segment === undefined || segment.baseOffset >= maxOffset)
          return { kind: "records", records: [], sizeBytes: 0, nextOffset: offset };
        const start = await this.#startFor(segment, offset, log.indexIntervalBytes);
        const range = await readBatchRange(segment, this.#buffers, { offset, ...wanted, ...start, allowGaps: log.allowGaps });
        if (range !== undefined) {
          this.#remember({ offset: range.nextOffset, segment, position: range.endPosition });
          const sizeBytes = range.records.length;
          return {
            kind: "records",
            records: sizeBytes === 0 ? [] : [range.records],
            sizeBytes,
            nextOffset: range.nextOffset,
            release: range.release,
          };
        }
        this.#checkGap(segment, offset, log);
        // Compaction may have taken the end of the segment: the next record is in a later one. Older ones may have been removed meanwhile.
        at = this.#segments.floorIndex(segment.baseOffset) + 1;
      }
    } catch (error) {
      // Removed while it was read: then what was asked for lies before the log's start by now.
      if (segment?.isRetired) return refusal(ErrorCode.OFFSET_OUT_OF_RANGE, `Offset ${offset} was removed while it was read.`);
      return refusalOf(error);
    }
  }

  /** A closed segment has ended before `offset`, which must be in it unless compaction took it away. */
  #checkGap(segment: Segment, offset: number, log: ReadRules): void {
    const next = this.#segments.at(this.#segments.floorIndex(segment.baseOffset) + 1);
    if (log.allowGaps || segment.isRetired || next === undefined || next.baseOffset <= offset) return;
    throw new LogError(
      "LOG_CORRUPT",
      segment.file.path,
      `${segment.file.path} ends before offset ${offset}, although the next segment begins at ${next.baseOffset}; restore it from a copy.`,
    );
  }

  async #startFor(segment: Segment, offset: number, intervalBytes: number): Promise<{ fromPosition: number; slackBytes: number }> {
    for (const known of this.#known) {
      if (known.offset === offset && known.segment === segment) return { fromPosition: known.position, slackBytes: 0 };
    }
    if (offset <= segment.baseOffset) return { fromPosition: 0, slackBytes: 0 };
    const indexes = segment.indexes(intervalBytes);
    return startIn(indexes instanceof Promise ? await indexes : indexes, offset, intervalBytes);
  }

  #remember(known: KnownPosition): void {
    if (this.#known.length === REMEMBERED_POSITIONS) this.#known.shift();
    this.#known.push(known);
  }
}

function startIn(indexes: SegmentIndexes, offset: number, intervalBytes: number): { fromPosition: number; slackBytes: number } {
  return { fromPosition: indexes.positionBefore(offset), slackBytes: intervalBytes };
}
