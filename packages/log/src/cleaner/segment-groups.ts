import type { SegmentGroup, SourceSegment } from "./clean-job.ts";

/** Offsets in a segment's indexes are int32, counted from its first one. */
const RELATIVE_OFFSET_MAX = 0x7fffffff;

/** The files of so many are renamed in one go when their replacement takes their place. What is left of more than that is merged by the next cleaning. */
export const SEGMENTS_PER_GROUP_MAX = 200;

/** A segment with what its size is judged by. */
export interface MeasuredSegment extends SourceSegment {
  /** Sizes of the index files, in bytes. */
  readonly offsetIndexBytes: number;
  readonly timeIndexBytes: number;
}

/**
 * Puts neighbours together that fit into one segment, so that segments do not become ever smaller: by the bytes of the log and of each index, and by the offsets that one
 * segment can hold; a bounded number at once. An empty one goes with any. `segments` ascend.
 */
export function groupSegments(
  segments: readonly MeasuredSegment[],
  limits: { readonly segmentBytes: number; readonly indexBytes: number },
): SegmentGroup[] {
  const groups: MeasuredSegment[][] = [];
  let logBytes = 0;
  let offsetIndexBytes = 0;
  let timeIndexBytes = 0;
  for (const segment of segments) {
    const group = groups.at(-1);
    const fits =
      group !== undefined &&
      group.length < SEGMENTS_PER_GROUP_MAX &&
      logBytes + segment.sizeBytes <= limits.segmentBytes &&
      offsetIndexBytes + segment.offsetIndexBytes <= limits.indexBytes &&
      timeIndexBytes + segment.timeIndexBytes <= limits.indexBytes &&
      (segment.sizeBytes === 0 || segment.endOffset - 1 - group[0]!.baseOffset <= RELATIVE_OFFSET_MAX);
    if (fits) group.push(segment);
    else {
      groups.push([segment]);
      logBytes = 0;
      offsetIndexBytes = 0;
      timeIndexBytes = 0;
    }
    logBytes += segment.sizeBytes;
    offsetIndexBytes += segment.offsetIndexBytes;
    timeIndexBytes += segment.timeIndexBytes;
  }
  return groups.map((members) => ({ segments: members }));
}
