import type { AbortedEntry } from "../segment/aborted-entry.ts";
import type { LastOfProducer } from "./clean-job.ts";

const PRODUCER_NUMBERS = 3;
const ABORTED_NUMBERS = 4;

/** What a partition knows of a producer. */
interface KnownProducer {
  readonly producerId: number;
  readonly epoch: number;
  /** The last ones of this epoch, oldest first. */
  readonly batches: readonly { readonly lastOffset: number }[];
}

/**
 * What a cleaning must know of hundreds of thousands of producers and transactions goes to its thread as numbers, row by row: an object for each would hold the loop while it is copied, 0.4 µs
 * a piece.
 */
export function packProducers(count: number, producers: Iterable<KnownProducer>): Float64Array {
  const packed = new Float64Array(count * PRODUCER_NUMBERS);
  let at = 0;
  for (const { producerId, epoch, batches } of producers) {
    packed[at++] = producerId;
    packed[at++] = epoch;
    packed[at++] = batches.length === 0 ? -1 : batches[batches.length - 1]!.lastOffset;
  }
  return packed;
}

export function unpackProducers(packed: Float64Array): Map<number, LastOfProducer> {
  const producers = new Map<number, LastOfProducer>();
  for (let at = 0; at < packed.length; at += PRODUCER_NUMBERS) {
    const producerId = packed[at]!;
    producers.set(producerId, { producerId, epoch: packed[at + 1]!, lastOffset: packed[at + 2]! });
  }
  return producers;
}

export function packAborted(entries: readonly AbortedEntry[]): Float64Array {
  const packed = new Float64Array(entries.length * ABORTED_NUMBERS);
  let at = 0;
  for (const { producerId, firstOffset, lastOffset, lastStableOffset } of entries) {
    packed[at++] = producerId;
    packed[at++] = firstOffset;
    packed[at++] = lastOffset;
    packed[at++] = lastStableOffset;
  }
  return packed;
}

export function unpackAborted(packed: Float64Array): AbortedEntry[] {
  const entries: AbortedEntry[] = [];
  for (let at = 0; at < packed.length; at += ABORTED_NUMBERS) {
    const [producerId = 0, firstOffset = 0, lastOffset = 0, lastStableOffset = 0] = packed.subarray(at, at + ABORTED_NUMBERS);
    entries.push({ producerId, firstOffset, lastOffset, lastStableOffset });
  }
  return entries;
}
