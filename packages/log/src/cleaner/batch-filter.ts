import {
  deleteHorizon,
  emptyBatch,
  isControl,
  lastOffset,
  producerEpoch,
  producerId,
  RecordCursor,
  recordCount,
  RecordSelection,
} from "@ottla/protocol/records";
import type { CleanedTransactions } from "./cleaned-transactions.ts";
import type { LastOfProducer } from "./clean-job.ts";
import { BatchKeys, NO_KEY, TOMBSTONE } from "./batch-keys.ts";
import type { OffsetMap } from "./offset-map.ts";

/** What is left of a batch: all of it, nothing, or another batch in its place. */
export type LeftOfBatch = "whole" | "nothing" | Buffer;

/** What a cleaning goes by. */
export interface FilterRules {
  readonly map: OffsetMap;
  /** Records from here on are kept, whatever their keys. */
  readonly mapEndOffset: number;
  /** The batch that ends here stays, be it empty: where cleaning has come to must be seen. */
  readonly endOffset: number;
  readonly transactions: CleanedTransactions;
  readonly producers: ReadonlyMap<number, LastOfProducer>;
  readonly nowMs: number;
  readonly deleteRetentionMs: number;
}

/**
 * Decides what a cleaned log keeps of each batch: the last record of each key; tombstones and the markers of transactions that are gone until their delete horizon,
 * which the batch is given when it is first cleaned; of a known producer its last batch, be it empty. Offsets never change. Source: Apache Kafka 4.4.0's cleaner; KIP-534.
 */
export class BatchFilter {
  readonly #rules: FilterRules;
  readonly #cursor = new RecordCursor();
  readonly #selection = new RecordSelection();
  readonly #keys = new BatchKeys();
  #keptRecords = 0;

  constructor(rules: FilterRules) {
    this.#rules = rules;
  }

  get keptRecords(): number {
    return this.#keptRecords;
  }

  /**
   * What is left of the batch at `at`; batches are shown in order. `unpacked`: its records, where they have been unpacked already. Errors: `MalformedBytesError`.
   */
  filter(batch: Buffer, at: number, unpacked?: Buffer): LeftOfBatch {
    const { transactions, nowMs } = this.#rules;
    const horizon = deleteHorizon(batch, at);
    if (isControl(batch, at)) {
      const isObsolete = transactions.isObsoleteMarker(batch, at);
      const isDue = isObsolete && horizon !== null && horizon <= nowMs;
      if (isDue || recordCount(batch, at) === 0) return this.#withoutRecords(batch, at);
      this.#keptRecords++;
      return isObsolete && horizon === null ? this.#withHorizon(batch, at) : "whole";
    }
    if (transactions.isAborted(batch, at)) return this.#withoutRecords(batch, at);
    return this.#filterRecords(batch, at, horizon, unpacked);
  }

  #filterRecords(batch: Buffer, at: number, horizon: number | null, unpacked: Buffer | undefined): LeftOfBatch {
    const { map, mapEndOffset, nowMs, deleteRetentionMs } = this.#rules;
    const cursor = this.#cursor;
    const selection = this.#selection;
    if (unpacked === undefined) cursor.open(batch, at);
    else cursor.openRecords(batch, at, unpacked, 0, unpacked.length);
    selection.clear();
    const keys = this.#keys;
    keys.clear();
    while (cursor.moveNext()) {
      selection.add(cursor);
      keys.add(map, cursor);
    }
    const last = keys.lastOffsets(map);
    const keepsTombstones = horizon === null || nowMs < horizon;
    let hasTombstone = false;
    let kept = 0;
    for (let i = 0; i < keys.count; i++) {
      const offset = keys.offsets[i]!;
      const kind = keys.kinds[i]!;
      if (offset < mapEndOffset && (kind === NO_KEY || (kind === TOMBSTONE && !keepsTombstones) || offset < last[i]!)) continue;
      selection.keep(i, kept++);
      hasTombstone ||= kind === TOMBSTONE;
    }
    selection.truncate(kept);
    if (selection.count === 0) return this.#withoutRecords(batch, at);
    this.#keptRecords += selection.count;
    const isNewHorizon = hasTombstone && horizon === null;
    if (!isNewHorizon && selection.count === recordCount(batch, at)) return "whole";
    return selection.toBatch(batch, at, cursor.bytes, isNewHorizon ? nowMs + deleteRetentionMs : horizon);
  }

  /** A marker that is to go later. */
  #withHorizon(batch: Buffer, at: number): Buffer {
    this.#selection.clear();
    this.#cursor.open(batch, at);
    while (this.#cursor.moveNext()) this.#selection.add(this.#cursor);
    const { nowMs, deleteRetentionMs } = this.#rules;
    return this.#selection.toBatch(batch, at, this.#cursor.bytes, nowMs + deleteRetentionMs);
  }

  #withoutRecords(batch: Buffer, at: number): LeftOfBatch {
    const staysEmpty = lastOffset(batch, at) + 1 === this.#rules.endOffset || this.#isLastOfProducer(batch, at);
    if (!staysEmpty) return "nothing";
    return recordCount(batch, at) === 0 ? "whole" : emptyBatch(batch, at);
  }

  /** Whether this batch alone tells the sequence or the epoch that the producer has come to. */
  #isLastOfProducer(batch: Buffer, at: number): boolean {
    const last = this.#rules.producers.get(producerId(batch, at));
    if (last === undefined) return false;
    return last.lastOffset >= 0
      ? lastOffset(batch, at) === last.lastOffset
      : isControl(batch, at) && producerEpoch(batch, at) === last.epoch;
  }
}
