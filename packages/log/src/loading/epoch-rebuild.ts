import { BATCH_OVERHEAD_BYTES, baseOffset, partitionLeaderEpoch } from "@ottla/protocol/records";
import { type EpochStart, LeaderEpochs } from "../epochs/leader-epochs.ts";
import { scanBatches } from "../segment/scan-batches.ts";
import type { Segment } from "../segment/segment.ts";

/** The leader-epoch history as the batches tell it, up to the first one that cannot be read. Errors: disk errors. */
export async function rebuildEpochs(segments: readonly Segment[]): Promise<readonly EpochStart[]> {
  const epochs = new LeaderEpochs();
  for (const segment of segments) {
    if (segment.sizeBytes === 0) continue;
    const handle = segment.file.pin();
    try {
      const range = { from: 0, to: segment.sizeBytes, minOffset: segment.baseOffset, gapsBelow: Infinity, checkCrc: false };
      const end = await scanBatches(
        handle,
        range,
        (buffer, at) => void epochs.assign(partitionLeaderEpoch(buffer, at), baseOffset(buffer, at)),
      );
      if (end.damage !== undefined) break;
    } finally {
      segment.file.unpin();
      segment.file.closeHandle();
    }
  }
  return epochs.starts;
}

/** The epoch of a segment's first batch; −1 when it has none. Errors: disk errors. */
export async function firstEpoch(segment: Segment): Promise<number> {
  if (segment.sizeBytes === 0) return -1;
  const handle = segment.file.pin();
  try {
    const header = Buffer.alloc(BATCH_OVERHEAD_BYTES);
    return (await handle.read(header, 0)) === header.length ? partitionLeaderEpoch(header, 0) : -1;
  } finally {
    segment.file.unpin();
    segment.file.closeHandle();
  }
}
