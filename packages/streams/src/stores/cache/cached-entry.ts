import type { Keyed } from "../bytes/byte-table.ts";
import type { RecordPosition } from "../record-position.ts";
import type { UsedPlace } from "./ranged-uses.ts";

/** What a cache holds of a key; null: deleted, and not yet in the store below. */
export interface CachedEntry extends Keyed {
  value: Uint8Array | null;
  timestamp: number;
  /** Where the record came from that wrote it; undefined when it is only a copy of what the store below has. */
  position: RecordPosition | undefined;
  /** It waits to be given up as it is: what is written meanwhile is another entry. */
  isLeaving: boolean;
  sizeBytes: number;
  /** Neighbours by when they were used, unless there is a `place`. */
  newer: CachedEntry | undefined;
  older: CachedEntry | undefined;
  /** Where reads of ranges use entries. */
  place: UsedPlace<CachedEntry> | undefined;
}

/** Compares keys of a cache by where walks of ranges come to them. */
export type PlaceOrder = (a: Uint8Array, b: Uint8Array) => number;
