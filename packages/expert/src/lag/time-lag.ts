import type { EndSample } from "./partition-history.ts";

/**
 * How old the oldest record is that the group has not read, in ms: the time of the newest end minus the time at which the partition ended at the committed offset, found between
 * (or beyond) the ends that were seen. Undefined when fewer than two ends tell a rate. 0 when nothing waits. Source: kafka-lag-exporter.
 */
export function timeLagMs(ends: readonly EndSample[], committedOffset: number): number | undefined {
  const newest = ends.at(-1);
  if (!newest) return undefined;
  if (committedOffset >= newest.offset) return 0;
  const [from, to] = segmentOf(ends, committedOffset);
  if (!from || !to) return undefined;
  const msPerRecord = (to.timeMs - from.timeMs) / (to.offset - from.offset);
  return newest.timeMs - (from.timeMs + (committedOffset - from.offset) * msPerRecord);
}

/** The two ends between which the offset lies; for one before the first, the first and the last that differ from each other. */
function segmentOf(ends: readonly EndSample[], offset: number): readonly (EndSample | undefined)[] {
  const oldest = ends[0]!;
  if (offset < oldest.offset) {
    const newest = ends.at(-1)!;
    return newest.offset > oldest.offset ? [oldest, newest] : [];
  }
  // The last end that is not behind the offset: of a run of equal ends, the one after which records came again.
  const i = ends.findLastIndex((end) => end.offset <= offset);
  return [ends[i], ends[i + 1]];
}
