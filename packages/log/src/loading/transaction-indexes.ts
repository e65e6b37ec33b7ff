import { type EndedTransaction, ProducerTable } from "../producers/producer-table.ts";
import type { AbortedEntry } from "../segment/aborted-entry.ts";
import { scanBatches } from "../segment/scan-batches.ts";
import type { Segment } from "../segment/segment.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";

/** Adds what the index of the marker's segment has to know of a transaction that ended. */
export function noteAborted(entries: AbortedEntry[], ended: EndedTransaction | undefined): void {
  if (ended?.outcome !== "abort") return;
  const { producerId, firstOffset, lastOffset, lastStableOffset } = ended;
  entries.push({ producerId, firstOffset, lastOffset, lastStableOffset });
}

/**
 * Reads the transaction indexes of all segments; `present` says which have a file. A damaged one is made again from the log, all of it, since a transaction may
 * have begun long before. Errors: disk errors.
 */
export async function loadTransactionIndexes(env: LogEnvironment, segments: readonly Segment[], present: readonly number[]): Promise<void> {
  const withFile = new Set(present);
  const damaged: Segment[] = [];
  for (const segment of segments) {
    if (!withFile.has(segment.baseOffset)) segment.transactions.startEmpty();
    else if (!segment.transactions.load()) damaged.push(segment);
  }
  if (damaged.length === 0) return;
  env.logger.warn("damaged transaction indexes are made again from the log", { files: damaged.map(({ file }) => file.path) });
  const producers = new ProducerTable();
  for (const segment of segments.slice(0, segments.indexOf(damaged.at(-1)!) + 1)) {
    const aborted = await abortedIn(segment, producers);
    if (damaged.includes(segment)) await segment.transactions.rebuilt(aborted, false);
  }
}

async function abortedIn(segment: Segment, producers: ProducerTable): Promise<AbortedEntry[]> {
  const aborted: AbortedEntry[] = [];
  if (segment.sizeBytes === 0) return aborted;
  const handle = segment.file.pin();
  try {
    const range = { from: 0, to: segment.sizeBytes, minOffset: segment.baseOffset, gapsBelow: Infinity, checkCrc: false };
    await scanBatches(handle, range, (buffer, at) => noteAborted(aborted, producers.apply(buffer, at)));
  } finally {
    segment.file.unpin();
    segment.file.closeHandle();
  }
  return aborted;
}
