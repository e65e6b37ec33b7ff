import { batchViews, baseOffset, isControl, lastOffset, readRecords, recordCount } from "@ottla/protocol/records";

/** A record as a reader of a compacted log sees it. */
export interface SeenRecord {
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly timestamp: number;
}

/** All records of data batches, in order. */
export function recordsIn(content: Buffer): SeenRecord[] {
  const seen: SeenRecord[] = [];
  for (const batch of batchViews(content)) {
    if (isControl(batch, 0)) continue;
    for (const { offset, key, value, timestamp } of readRecords(batch))
      seen.push({ offset, key: key && String(key), value: value && String(value), timestamp });
  }
  return seen;
}

/** `base-last:count` per batch, control batches marked. */
export function batchesIn(content: Buffer): string[] {
  return Array.from(batchViews(content), (batch) => {
    const mark = isControl(batch, 0) ? "c" : "";
    return `${mark}${baseOffset(batch, 0)}-${lastOffset(batch, 0)}:${recordCount(batch, 0)}`;
  });
}

/** The last record of each key below `belowOffset`, and all from there on, in order of offset: what a compacted log must show, tombstones aside. */
export function lastPerKey(records: readonly SeenRecord[], belowOffset: number): SeenRecord[] {
  const last = new Map<string, number>();
  for (const { key, offset } of records) if (key !== null && offset < belowOffset) last.set(key, offset);
  return records.filter(({ key, offset }) => offset >= belowOffset || (key !== null && last.get(key) === offset));
}
