import type { SourcePlace } from "../data/connect-record.ts";
import type { SourceOffset } from "../storage/offset-store.ts";
import { placeKey } from "../storage/place-json.ts";

/** Records that were handed in one after another, with how far the source had come behind them. */
export interface Segment {
  /** Records that are not decided. */
  outstanding: number;
  records: number;
  readonly offsets: Map<string, SourceOffset>;
}

/** A segment takes so many records. */
const SEGMENT_RECORDS = 500;

/** Which offsets may be committed: those behind which every record, of whatever part of the source, is durable. Pure. */
export class AckedSegments {
  #segments: Segment[] = [];
  #outstanding = 0;
  #lastPartition: SourcePlace | undefined;
  #lastKey = "";

  /** Records that are not decided. */
  get outstanding(): number {
    return this.#outstanding;
  }

  /** Notes a record, or only a place, and gives the segment that hears of its fate by {@link decided}. */
  add(hasRecord: boolean, partition: SourcePlace, offset: SourcePlace): Segment {
    let segment = this.#segments.at(-1);
    if (segment === undefined || segment.records >= SEGMENT_RECORDS) {
      segment = { outstanding: 0, records: 0, offsets: new Map() };
      this.#segments.push(segment);
    }
    segment.records++;
    if (hasRecord) {
      segment.outstanding++;
      this.#outstanding++;
    }
    if (partition !== this.#lastPartition) {
      this.#lastPartition = partition;
      this.#lastKey = placeKey(partition);
    }
    segment.offsets.set(this.#lastKey, { partition, offset });
    return segment;
  }

  decided(segment: Segment, count: number): void {
    segment.outstanding -= count;
    this.#outstanding -= count;
  }

  /** The offsets behind all that is decided from the beginning on; what is given is given once. The last segment is closed by it. */
  take(): SourceOffset[] {
    const done = new Map<string, SourceOffset>();
    let taken = 0;
    for (const { outstanding, offsets } of this.#segments) {
      if (outstanding > 0) break;
      for (const [key, offset] of offsets) done.set(key, offset);
      taken++;
    }
    this.#segments.splice(0, taken);
    const open = this.#segments.at(-1);
    if (open !== undefined) open.records = SEGMENT_RECORDS;
    return [...done.values()];
  }
}
