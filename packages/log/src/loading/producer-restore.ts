import { baseOffset } from "@ottla/protocol/records";
import { LogError } from "../errors.ts";
import { decodeProducerSnapshot } from "../producers/producer-snapshot.ts";
import { ProducerTable } from "../producers/producer-table.ts";
import type { AbortedEntry } from "../segment/aborted-entry.ts";
import { scanBatches } from "../segment/scan-batches.ts";
import type { Segment } from "../segment/segment.ts";
import { segmentPath } from "../segment/segment-files.ts";
import { readHintFile } from "../shared/hint-file.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";
import { noteAborted } from "./transaction-indexes.ts";

/** Where to take producer state from. */
export interface ProducerSources {
  readonly directory: string;
  /** Offsets of the snapshot files, ascending. */
  readonly snapshots: readonly number[];
  readonly segments: readonly Segment[];
  readonly producerIdExpirationMs: number;
}

/**
 * The producers as they were just before `endOffset`: from the latest sound snapshot up to there, and the batches after it. Snapshots that are of no more use
 * are removed. An aborted transaction that ends behind the snapshot is added to the index of its segment where it is not there: a stop may have kept a marker whose write
 * the disk had refused. Errors: disk errors; `LOG_CORRUPT` when a batch that is needed cannot be read.
 */
export async function restoreProducers(env: LogEnvironment, sources: ProducerSources, endOffset: number): Promise<ProducerTable> {
  const table = new ProducerTable();
  const from = restoreSnapshot(env, sources, endOffset, table);
  for (const [i, segment] of sources.segments.entries()) {
    const end = sources.segments[i + 1]?.baseOffset ?? Infinity;
    if (segment.sizeBytes === 0 || end <= from || segment.baseOffset >= endOffset) continue;
    await addMissing(env, segment, await replay(segment, from, endOffset, table));
  }
  table.expire(env.clock.nowMs(), sources.producerIdExpirationMs);
  return table;
}

/** Fills `table` from a snapshot; returns the offset from which batches are missing in it. */
function restoreSnapshot(env: LogEnvironment, sources: ProducerSources, endOffset: number, table: ProducerTable): number {
  const bases = new Set(sources.segments.map((segment) => segment.baseOffset));
  let restoredAt = -1;
  for (const offset of sources.snapshots.toReversed()) {
    const path = segmentPath(sources.directory, offset, ".snapshot");
    if (restoredAt < 0 && offset <= endOffset) {
      const content = readHintFile(env.disk, path);
      const producers = content === undefined ? undefined : decodeProducerSnapshot(content);
      if (producers !== undefined) {
        table.restore(producers, env.clock.nowMs(), sources.producerIdExpirationMs);
        restoredAt = offset;
        continue;
      }
      env.logger.warn("a damaged producer snapshot is replaced from the log", { path });
    } else if (offset <= endOffset && bases.has(offset)) continue;
    env.disk.remove(path);
  }
  return restoredAt < 0 ? sources.segments[0]!.baseOffset : restoredAt;
}

/** The aborted transactions whose markers were gone through. */
async function replay(segment: Segment, from: number, endOffset: number, table: ProducerTable): Promise<AbortedEntry[]> {
  const aborted: AbortedEntry[] = [];
  const handle = segment.file.pin();
  try {
    const range = { from: 0, to: segment.sizeBytes, minOffset: segment.baseOffset, gapsBelow: Infinity, checkCrc: false };
    const end = await scanBatches(handle, range, (buffer, at) => {
      const offset = baseOffset(buffer, at);
      if (offset >= endOffset) return false;
      if (offset >= from) noteAborted(aborted, table.apply(buffer, at));
      return true;
    });
    if (end.damage === undefined) return aborted;
    throw new LogError(
      "LOG_CORRUPT",
      segment.file.path,
      `${segment.file.path} is damaged at byte ${end.position} (${end.damage}); restore it from a copy.`,
    );
  } finally {
    segment.file.unpin();
    segment.file.closeHandle();
  }
}

async function addMissing(env: LogEnvironment, { transactions, file }: Segment, aborted: readonly AbortedEntry[]): Promise<void> {
  if (aborted.length === 0) return;
  const known = new Set(transactions.entries.map(({ lastOffset }) => lastOffset));
  const missing = aborted.filter(({ lastOffset }) => !known.has(lastOffset));
  if (missing.length === 0) return;
  env.logger.warn("aborted transactions are added to an index that lacks them", {
    file: file.path,
    markers: missing.map(({ lastOffset }) => lastOffset),
  });
  await transactions.rebuilt(
    [...transactions.entries, ...missing].sort((a, b) => a.lastOffset - b.lastOffset),
    false,
  );
}
