import { lastOffset, partitionLeaderEpoch } from "@ottla/protocol/records";
import type { LeaderEpochs } from "../epochs/leader-epochs.ts";
import { scanBatches } from "../segment/scan-batches.ts";
import type { Segment } from "../segment/segment.ts";
import { SegmentIndexes } from "../segment/segment-indexes.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";
import type { LogEnd } from "./load-request.ts";

const CHUNK_BYTES = 64 * 1024;

/**
 * Finds the end of a log that was closed properly: from the last index entry on, a few batches are looked at. Undefined when something does not fit, so that
 * the log must be recovered. Errors: disk errors.
 */
export async function findCleanEnd(env: LogEnvironment, segments: readonly Segment[], epochs: LeaderEpochs): Promise<LogEnd | undefined> {
  const active = segments[segments.length - 1]!;
  if (active.sizeBytes === 0) {
    const isEpochKnown = segments.length === 1 || epochs.latestEpoch >= 0;
    return isEpochKnown ? { segments, logEndOffset: active.baseOffset, producers: undefined } : undefined;
  }
  const indexes = SegmentIndexes.read(env.disk, active.directory, active.baseOffset, active.sizeBytes);
  if (indexes === undefined) return undefined;
  const entry = indexes.offsets.count - 1;
  const from = entry < 0 ? 0 : indexes.offsets.positionAt(entry);
  let firstLastOffset = -1;
  let latestEpoch = -1;
  const handle = active.file.pin();
  try {
    const range = {
      from,
      to: active.sizeBytes,
      minOffset: active.baseOffset,
      gapsBelow: Infinity,
      checkCrc: true,
      chunkBytes: CHUNK_BYTES,
    };
    const end = await scanBatches(handle, range, (buffer, at, position) => {
      if (position === from) firstLastOffset = lastOffset(buffer, at);
      latestEpoch = partitionLeaderEpoch(buffer, at);
    });
    const isIndexed = entry < 0 || firstLastOffset === active.baseOffset + indexes.offsets.relativeOffsetAt(entry);
    if (end.damage !== undefined || !isIndexed || latestEpoch > epochs.latestEpoch) return undefined;
    return { segments, logEndOffset: end.nextOffset, producers: undefined };
  } finally {
    active.file.unpin();
    active.file.closeHandle();
  }
}
