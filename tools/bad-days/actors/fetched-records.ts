import type { Isolation, SeenRecord } from "@ottla/conformance/history/history";
import type { PartitionData } from "@ottla/protocol/apis/fetch";
import {
  batchViews,
  decodeEndTransactionMarker,
  isControl,
  isTransactional,
  lastOffset,
  partitionLeaderEpoch,
  producerId,
  RecordCursor,
} from "@ottla/protocol/records";
import { valueName } from "./produced-batch.ts";

/** What a consumer makes of the bytes that it was sent. */
export interface FetchedRecords {
  readonly records: SeenRecord[];
  /** Where the next fetch begins. */
  readonly next: number;
}

/** Drops what lies before the offset that was asked for, control records, and in `read_committed` the records of aborted transactions. */
export function fetchedRecords({ records: bytes, abortedTransactions }: PartitionData, from: number, isolation: Isolation): FetchedRecords {
  const records: SeenRecord[] = [];
  let next = from;
  if (!Buffer.isBuffer(bytes)) return { records, next };
  const pending = isolation === "read_committed" ? [...(abortedTransactions ?? [])].sort((a, b) => a.firstOffset - b.firstOffset) : [];
  const aborted = new Set<number>();
  const cursor = new RecordCursor();
  for (const batch of batchViews(bytes)) {
    const end = lastOffset(batch, 0);
    while (pending.length > 0 && pending[0]!.firstOffset <= end) aborted.add(pending.shift()!.producerId);
    next = Math.max(next, end + 1);
    cursor.open(batch);
    if (isControl(batch, 0)) {
      if (cursor.moveNext() && decodeEndTransactionMarker(cursor)?.outcome === "abort") aborted.delete(producerId(batch, 0));
      continue;
    }
    if (isTransactional(batch, 0) && aborted.has(producerId(batch, 0))) continue;
    const leaderEpoch = partitionLeaderEpoch(batch, 0);
    while (cursor.moveNext()) {
      if (cursor.offset < from) continue;
      const value = valueName(cursor.bytes.toString("utf8", cursor.valueStart, cursor.valueStart + Math.max(0, cursor.valueLength)));
      const key = cursor.keyLength < 0 ? undefined : cursor.bytes.toString("utf8", cursor.keyStart, cursor.keyStart + cursor.keyLength);
      records.push({ offset: cursor.offset, value, leaderEpoch, ...(key !== undefined && { key }) });
    }
  }
  return { records, next };
}
