import type { StoredBytes } from "../key-value/key-value-bytes.ts";
import type { RecordPosition } from "../record-position.ts";

/** A change that a cache gives on: of several of one entry the last. */
interface CachedChange<Entry> {
  /** Which of the store's. */
  readonly entry: Entry;
  readonly newValue: StoredBytes | undefined;
  /** Only where the listener wants old values. */
  readonly oldValue: StoredBytes | undefined;
  /** Of the record that made it. */
  readonly position: RecordPosition;
}

/** Is told of changes when they go to the store below. */
export interface CacheListener<Entry> {
  readonly wantsOldValues: boolean;
  onChange(change: CachedChange<Entry>): void;
}
