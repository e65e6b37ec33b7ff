import { MalformedBytesError } from "@ottla/base";
import { baseOffset, lastOffset, partitionLeaderEpoch, RecordCursor } from "@ottla/protocol/records";
import type { AcquiredRecords } from "@ottla/protocol/apis/share-fetch";
import type { ConsumerRecord } from "../consumer/record-types.ts";
import { scanBatches } from "../consumer/visible-batches.ts";

/** What a fetch acquired of one partition. Each acquired offset is in exactly one of the three. */
export interface Acquired {
  /** Ascending. */
  readonly records: readonly { readonly record: ConsumerRecord; readonly deliveryCount: number }[];
  /** Offsets without a record: markers, aborted records, what compaction took. First and last. */
  readonly gaps: readonly (readonly [number, number])[];
  /** Offsets whose bytes cannot be read. */
  readonly unreadable: readonly (readonly [number, number])[];
  /** What is wrong with those. */
  readonly fault: string | undefined;
}

interface Range {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly deliveryCount: number;
}

/**
 * Matches the batches of an answer with the offsets that were acquired: a batch may hold records that are somebody else's, and an acquired range may hold offsets that no record has. Costs
 * what the batches hold, however long the ranges are.
 */
export function readAcquired(
  topic: string,
  partition: number,
  bytes: Buffer,
  acquired: readonly AcquiredRecords[],
  checkCrcs: boolean,
): Acquired {
  const ranges = sound(acquired);
  const sorter = new Sorter(ranges);
  const first = ranges[0];
  if (first === undefined) return sorter.end(undefined);
  const { positions, nextOffset, fault } = scanBatches(bytes, { fetchOffset: first.firstOffset, aborted: undefined, checkCrcs });
  let unreadable: string | undefined;
  for (const at of positions) {
    const epoch = partitionLeaderEpoch(bytes, at);
    const leaderEpoch = epoch < 0 ? undefined : epoch;
    try {
      const cursor = new RecordCursor();
      cursor.open(bytes, at);
      while (cursor.moveNext()) {
        const deliveryCount = sorter.claim(cursor.offset);
        if (deliveryCount === undefined) continue;
        const { offset, timestamp } = cursor;
        sorter.add(
          { topic, partition, offset, timestamp, key: cursor.key(), value: cursor.value(), headers: cursor.headers(), leaderEpoch },
          deliveryCount,
        );
      }
    } catch (error) {
      if (!(error instanceof MalformedBytesError)) throw error;
      unreadable ??= `a batch at offset ${baseOffset(bytes, at)} that cannot be decoded: ${error.message}`;
      sorter.markUnreadable(lastOffset(bytes, at));
    }
  }
  // What stands behind the last whole batch is not known to be nothing.
  sorter.markUnreadable(Number.MAX_SAFE_INTEGER, nextOffset);
  return sorter.end(fault ?? unreadable);
}

/** Ascending and apart; what a broker may not say is left out. */
function sound(acquired: readonly AcquiredRecords[]): Range[] {
  const ranges: Range[] = [];
  let end = -1;
  for (const range of acquired.toSorted((a, b) => a.firstOffset - b.firstOffset)) {
    if (range.firstOffset <= end || range.lastOffset < range.firstOffset) continue;
    ranges.push(range);
    end = range.lastOffset;
  }
  return ranges;
}

/** Goes through ranges and records side by side. */
class Sorter {
  readonly #ranges: readonly Range[];
  readonly #records: { record: ConsumerRecord; deliveryCount: number }[] = [];
  readonly #gaps: [number, number][] = [];
  readonly #unreadable: [number, number][] = [];
  #at = 0;
  /** The first acquired offset that nothing is known of. */
  #next: number;

  constructor(ranges: readonly Range[]) {
    this.#ranges = ranges;
    this.#next = ranges[0]?.firstOffset ?? 0;
  }

  /** The delivery count when the offset is acquired. Offsets come ascending; what is passed over has no record. */
  claim(offset: number): number | undefined {
    this.#passTo(offset, this.#gaps);
    const range = this.#ranges[this.#at];
    if (range === undefined || offset !== this.#next) return undefined;
    this.#advanceTo(offset + 1);
    return range.deliveryCount;
  }

  add(record: ConsumerRecord, deliveryCount: number): void {
    this.#records.push({ record, deliveryCount });
  }

  /** All acquired offsets that nothing is known of, up to and with the last; those before `from` have no record. */
  markUnreadable(last: number, from = 0): void {
    this.#passTo(from, this.#gaps);
    this.#passTo(last + 1, this.#unreadable);
  }

  end(fault: string | undefined): Acquired {
    return { records: this.#records, gaps: this.#gaps, unreadable: this.#unreadable, fault };
  }

  /** Acquired offsets before this one go to `list`. */
  #passTo(offset: number, list: [number, number][]): void {
    for (let range = this.#ranges[this.#at]; range !== undefined && this.#next < offset; range = this.#ranges[this.#at]) {
      const last = Math.min(range.lastOffset, offset - 1);
      list.push([this.#next, last]);
      this.#advanceTo(last + 1);
    }
  }

  #advanceTo(offset: number): void {
    this.#next = offset;
    const range = this.#ranges[this.#at];
    if (range === undefined || offset <= range.lastOffset) return;
    const following = this.#ranges[++this.#at];
    if (following !== undefined) this.#next = following.firstOffset;
  }
}
