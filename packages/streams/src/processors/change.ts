/**
 * What an update does to a key of a table. Operators own one object each and fill it anew for every record, so it is valid during the call only: whoever keeps a change copies it.
 * `oldValue` is null unless something downstream asked for old values.
 */
export class Change<V = unknown> {
  newValue: V | null;
  oldValue: V | null;
  /** False when a versioned table took a record that is not the newest of its key. */
  isLatest: boolean;

  constructor(newValue: V | null, oldValue: V | null, isLatest = true) {
    this.newValue = newValue;
    this.oldValue = oldValue;
    this.isLatest = isLatest;
  }
}

/** The value of a record that is kept for later. */
export function keptValue(value: unknown): unknown {
  return value instanceof Change ? new Change(value.newValue, value.oldValue, value.isLatest) : value;
}
