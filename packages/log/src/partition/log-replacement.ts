import { invariant, TimeSlice } from "@ottla/base";
import type { WrittenReplacement } from "../segment/replacement-file.ts";
import type { Segment } from "../segment/segment.ts";
import { SegmentReplacement } from "../segment/segment-replacement.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";
import type { LogFlusher } from "./log-flusher.ts";
import type { LogState } from "./log-state.ts";

/** So long a swap may hold the loop before it gives way to requests, in ms. */
const SWAP_SLICE_MS = 0.1;

/** Begins to write `count` closed segments anew, from the one that begins at `baseOffset` on; undefined when they are not there, or not all below the last stable offset. Errors: disk errors. */
export function beginReplacement(env: LogEnvironment, log: LogState, baseOffset: number, count: number): SegmentReplacement | undefined {
  const { segments, config } = log;
  const at = segments.floorIndex(baseOffset);
  const behind = segments.at(at + count);
  const isThere = at >= 0 && count > 0 && segments.at(at)?.baseOffset === baseOffset && behind !== undefined;
  if (!isThere || behind.baseOffset > log.lastStableOffset || log.refusal !== undefined) return undefined;
  invariant(behind.baseOffset <= log.compactedBelow, "segments are written anew where a restart would take what is missing for lost");
  return new SegmentReplacement(env, segments.all().slice(at, at + count), behind.baseOffset, config.indexIntervalBytes);
}

/** Puts what was written in the place of the old segments; false, and nothing is changed, when retention has removed some of them meanwhile. Errors: disk errors; once the swap has begun the log has failed then. */
export async function commitReplacement(
  env: LogEnvironment,
  log: LogState,
  flusher: LogFlusher,
  replacement: SegmentReplacement,
  written: WrittenReplacement,
): Promise<boolean> {
  const [first] = replacement.replaced;
  const isInPlace = (): boolean => log.refusal === undefined && replacement.replaced.every((segment) => !segment.isRetired);
  if (!isInPlace()) return (replacement.discard(), false);
  try {
    await replacement.seal(written);
  } catch (error) {
    abandonSeal(replacement, flusher);
    throw error;
  }
  if (!isInPlace()) return (replacement.discard(), false);
  let inPlace: Segment;
  const slice = new TimeSlice(env.clock, SWAP_SLICE_MS);
  try {
    const { segment, retired } = replacement.swap(written, env.clock.nowMs());
    log.segments.replace(first!, replacement.replaced.length, segment);
    // Who reads from memory gets what the disk has.
    log.tail?.dropBelow(replacement.endOffset);
    flusher.noteDirectoryChange();
    const isRead = (): boolean => replacement.replaced.some((segment) => segment.isRead);
    for (const path of retired) env.removals.later(path, log.config.fileDeleteDelayMs, isRead);
    inPlace = segment;
  } catch (error) {
    // Before the first name has changed all is as it was.
    if (isInPlace()) abandonSeal(replacement, flusher);
    else flusher.fail(error);
    throw error;
  }
  // A request that came during the swap goes before what is left to do. The first rest may end in the same turn, before the loop looks for requests.
  if (slice.isOver) await slice.rest().then(() => slice.rest());
  if (log.refusal === undefined && !inPlace.isRetired) replacement.writeIndexes(written);
  return true;
}

/** What was half-way renamed must not take the place of segments at the next start that are other ones by then. */
function abandonSeal(replacement: SegmentReplacement, flusher: LogFlusher): void {
  try {
    replacement.discard();
  } catch (error) {
    flusher.fail(error);
  }
}
