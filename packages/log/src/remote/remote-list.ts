import type { RemoteSegment } from "./remote-segments.ts";
import { remoteError } from "./remote-calls.ts";

/** The remote segments of one partition as they were last told, ascending by base offset. Immutable. */
export class RemoteList {
  readonly segments: readonly RemoteSegment[];

  /** Errors: `REMOTE_STORAGE` when what was told cannot be a list of segments. */
  constructor(name: string, told: readonly RemoteSegment[]) {
    for (const { id, baseOffset, endOffset, sizeBytes } of told) {
      const isSound = Number.isSafeInteger(baseOffset) && baseOffset >= 0 && Number.isSafeInteger(endOffset) && endOffset >= baseOffset;
      if (!isSound || !(sizeBytes > 0))
        throw remoteError(`the list of ${name}`, `segment ${id} with offsets ${baseOffset} to ${endOffset} and ${sizeBytes} bytes is none`);
    }
    this.segments = [...told].sort((a, b) => a.baseOffset - b.baseOffset);
  }

  /** The one that holds `offset`; the latest if several do. */
  holding(offset: number): RemoteSegment | undefined {
    return this.segments.findLast((segment) => segment.baseOffset <= offset && offset <= segment.endOffset);
  }

  /** Those that hold offsets from `fromOffset` to below `toOffset`. */
  between(fromOffset: number, toOffset: number): readonly RemoteSegment[] {
    return this.segments.filter((segment) => segment.endOffset >= fromOffset && segment.baseOffset < toOffset);
  }

  /** The end of what is held without a hole from `offset` on; `offset` itself when nothing is. */
  coveredTo(offset: number): number {
    let end = offset;
    for (const segment of this.segments) if (segment.baseOffset <= end && segment.endOffset >= end) end = segment.endOffset + 1;
    return end;
  }
}
