import { MalformedBytesError } from "@ottla/base";
import {
  BATCH_MAGIC,
  BATCH_OVERHEAD_BYTES,
  computeCrc,
  crc,
  decodeEndTransactionMarker,
  isControl,
  isTransactional,
  lastOffset,
  lastOffsetDelta,
  magic,
  partitionLeaderEpoch,
  producerId,
  RecordCursor,
  recordCount,
  sizeInBytes,
} from "@ottla/protocol/records";

/** A transaction that was given up: nothing its producer wrote from `firstOffset` to its abort marker counts. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

export interface ScanOptions {
  /** What was asked for; batches wholly before it are left out. */
  readonly fetchOffset: number;
  /** Undefined under read_uncommitted. */
  readonly aborted: readonly AbortedTransaction[] | null | undefined;
  readonly checkCrcs: boolean;
}

/** What the records of one partition's answer hold for the application. */
export interface VisibleBatches {
  /** Where each batch to be shown begins, in bytes. */
  readonly positions: readonly number[];
  /** One past the last offset covered, shown or not. */
  readonly nextOffset: number;
  /** Leader epoch of the last batch; −1: none. */
  readonly lastEpoch: number;
  readonly recordCountMax: number;
  /** Bytes that cannot be trusted, at `nextOffset`; what stands before them is sound. */
  readonly fault: string | undefined;
}

/**
 * Walks the headers of fetched batches and drops what the application must not see: control batches, and under read_committed the batches
 * of aborted transactions. One producer may have several aborted ranges in one answer; a range ends at its marker, or is open to the end
 * when the marker comes in a later answer. A cut-off last batch is legal, unless it is the only one.
 */
export function scanBatches(records: Buffer, options: ScanOptions): VisibleBatches {
  const filter = options.aborted === undefined ? undefined : new AbortedFilter(options.aborted ?? []);
  const positions: number[] = [];
  let nextOffset = options.fetchOffset;
  let lastEpoch = -1;
  let recordCountMax = 0;
  let fault: string | undefined;
  for (let at = 0; at + BATCH_OVERHEAD_BYTES <= records.length; ) {
    const size = sizeInBytes(records, at);
    if (size >= BATCH_OVERHEAD_BYTES && at + size > records.length) {
      if (at === 0) fault = `a batch of ${size} bytes of which the broker gave ${records.length}, though the first one always comes whole`;
      break;
    }
    fault = faultOf(records, at, size, options.checkCrcs);
    if (fault !== undefined) break;
    const last = lastOffset(records, at);
    // What was there before, in this answer or ahead of it, is told once.
    if (last >= nextOffset) {
      const isToBeShown = isShown(records, at, last, filter);
      if (typeof isToBeShown === "string") {
        fault = isToBeShown;
        break;
      }
      if (isToBeShown) {
        positions.push(at);
        recordCountMax += recordCount(records, at);
      }
      nextOffset = last + 1;
      lastEpoch = partitionLeaderEpoch(records, at);
    }
    at += size;
  }
  return { positions, nextOffset, lastEpoch, recordCountMax, fault };
}

function faultOf(records: Buffer, at: number, size: number, checkCrcs: boolean): string | undefined {
  if (size < BATCH_OVERHEAD_BYTES) return `a batch of ${size} bytes, less than its header takes`;
  if (magic(records, at) !== BATCH_MAGIC) return `a batch of format ${magic(records, at)}; only format ${BATCH_MAGIC} is known`;
  if (lastOffsetDelta(records, at) < 0 || recordCount(records, at) < 0) return "a batch with negative counts";
  if (!checkCrcs) return undefined;
  const stored = crc(records, at);
  const computed = computeCrc(records, at);
  return stored === computed ? undefined : `a damaged batch: its CRC is ${stored}, its bytes give ${computed}`;
}

/** A text: what is wrong with it. */
function isShown(records: Buffer, at: number, last: number, filter: AbortedFilter | undefined): boolean | string {
  if (isControl(records, at)) {
    try {
      filter?.passControl(records, at);
    } catch (error) {
      if (!(error instanceof MalformedBytesError)) throw error;
      return `a transaction's marker that cannot be decoded: ${error.message}`;
    }
    return false;
  }
  // Compaction may leave an empty batch to keep a producer's sequence.
  if (recordCount(records, at) === 0) return false;
  return filter === undefined || !filter.hides(records, at, last);
}

class AbortedFilter {
  readonly #waiting: readonly AbortedTransaction[];
  #next = 0;
  readonly #open = new Set<number>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#waiting = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  }

  hides(records: Buffer, at: number, last: number): boolean {
    if (!isTransactional(records, at)) return false;
    this.#advance(last);
    return this.#open.has(producerId(records, at));
  }

  /** An abort marker ends the open range of its producer. */
  passControl(records: Buffer, at: number): void {
    this.#advance(lastOffset(records, at));
    const cursor = new RecordCursor().open(records, at);
    if (!cursor.moveNext()) return;
    if (decodeEndTransactionMarker(cursor)?.outcome === "abort") this.#open.delete(producerId(records, at));
  }

  #advance(last: number): void {
    while (this.#next < this.#waiting.length && this.#waiting[this.#next]!.firstOffset <= last)
      this.#open.add(this.#waiting[this.#next++]!.producerId);
  }
}
