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

/** A value of the library's own that its operator fills anew for every record, too. */
export abstract class LentValue {
  /** For whoever keeps it. */
  abstract kept(): LentValue;
}

/** The value of a record that is kept for later. */
export function keptValue(value: unknown): unknown {
  if (value instanceof Change) return new Change(value.newValue, value.oldValue, value.isLatest);
  return value instanceof LentValue ? value.kept() : value;
}
