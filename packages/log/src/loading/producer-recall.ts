import { baseOffset, baseSequence, lastOffset, lastSequence, maxTimestamp, producerEpoch, producerId } from "@ottla/protocol/records";
import type { ProducerBatch } from "../producers/producer-state.ts";
import type { ProducerTable } from "../producers/producer-table.ts";
import { scanBatches } from "../segment/scan-batches.ts";
import type { Segment } from "../segment/segment.ts";
import { SegmentIndexes } from "../segment/segment-indexes.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";

/** How much of the log's end is looked through: some producers' five requests in flight, of default size. */
const RECALLED_BYTES = 256 * 1024;

/**
 * Adds to producers that come from a snapshot, which holds the last batch of each, those before it that lie near the end of the log. So a client that lost the
 * answers to its last requests when the broker was stopped may repeat all of them; Kafka knows the last one only. Damage is left to others to find.
 */
export async function recallRecentBatches(env: LogEnvironment, segment: Segment, table: ProducerTable): Promise<void> {
  if (table.size === 0 || segment.sizeBytes === 0) return;
  const indexes = SegmentIndexes.read(env.disk, segment.directory, segment.baseOffset, segment.sizeBytes);
  const from = indexes?.positionUpTo(segment.sizeBytes - RECALLED_BYTES) ?? 0;
  const recent = new Map<number, ProducerBatch[]>();
  const handle = segment.file.pin();
  try {
    const range = {
      from,
      to: segment.sizeBytes,
      minOffset: segment.baseOffset,
      gapsBelow: Infinity,
      checkCrc: false,
      chunkBytes: RECALLED_BYTES,
    };
    await scanBatches(handle, range, (buffer, at) => {
      const id = producerId(buffer, at);
      if (baseSequence(buffer, at) < 0 || !table.has(id, producerEpoch(buffer, at))) return;
      const batch = {
        baseSequence: baseSequence(buffer, at),
        lastSequence: lastSequence(buffer, at),
        baseOffset: baseOffset(buffer, at),
        lastOffset: lastOffset(buffer, at),
        timestampMs: maxTimestamp(buffer, at),
      };
      const known = recent.get(id);
      if (known === undefined) recent.set(id, [batch]);
      else known.push(batch);
    });
  } finally {
    segment.file.unpin();
    segment.file.closeHandle();
  }
  for (const [id, batches] of recent) table.recall(id, batches);
}
