import type { Segment } from "../segment/segment.ts";
import type { SegmentIndexes } from "../segment/segment-indexes.ts";
import type { SegmentList } from "../segment/segment-list.ts";
import type { BufferPool } from "../shared/buffer-pool.ts";
import type { ReadOutcome } from "./log-outcomes.ts";
import { refusalOf } from "./refusal.ts";
import { readBatchRange } from "./segment-reader.ts";

/** Where sequential readers go on: so many of them per partition need no index. */
const REMEMBERED_POSITIONS = 4;

interface KnownPosition {
  readonly offset: number;
  readonly segment: Segment;
  readonly position: number;
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
  async read(offset: number, maxBytes: number, maxOffset: number, minOneBatch: boolean, intervalBytes: number): Promise<ReadOutcome> {
    try {
      for (let at = Math.max(0, this.#segments.floorIndex(offset)); ; ) {
        const segment = this.#segments.at(at);
        if (segment === undefined || segment.baseOffset >= maxOffset) return { kind: "records", records: [], sizeBytes: 0, nextOffset: offset };
        const start = await this.#startFor(segment, offset, intervalBytes);
        const range = await readBatchRange(segment, this.#buffers, { offset, maxBytes, maxOffset, minOneBatch, ...start });
        if (range !== undefined) {
          this.#remember({ offset: range.nextOffset, segment, position: range.endPosition });
          const sizeBytes = range.records.length;
          return { kind: "records", records: sizeBytes === 0 ? [] : [range.records], sizeBytes, nextOffset: range.nextOffset, release: range.release };
        }
        // Compaction may have taken the end of the segment: the next record is in a later one. Older ones may have been removed meanwhile.
        at = this.#segments.floorIndex(segment.baseOffset) + 1;
      }
    } catch (error) {
      return refusalOf(error);
    }
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
