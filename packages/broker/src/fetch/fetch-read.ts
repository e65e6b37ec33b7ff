import { type Clock, TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { FetchedPartition } from "./fetched-partition.ts";
import type { FetchedPartitions } from "./fetched-partitions.ts";
import { type PartitionRead, type ReadScope, readPartition } from "./partition-read.ts";

/** All reads of one attempt at an answer. Holds memory until it is released. */
export class FetchRead {
  readonly reads: PartitionRead[] = [];
  sizeBytes = 0;
  /** Something beside data is worth an answer at once. */
  isUrgent = false;
  /** More is there than the memory allowed to read now, so there is no sense in waiting for more. */
  isShort = false;
  /** What comes next of some partition found no room: nothing more is read, so that what others have at hand is still there for the next answer. */
  isFilled = false;

  add(read: PartitionRead): void {
    this.reads.push(read);
    this.sizeBytes += read.sizeBytes;
    if (read.isCutByAnswer && this.sizeBytes > 0) this.isFilled = true;
    if (read.errorCode !== ErrorCode.NONE || read.diverging !== undefined) this.isUrgent = true;
    if (read.isShort) this.isShort = true;
  }

  /** Gives all memory back; the records are not looked at any more. `isTaken`: because the client has them. */
  release(isTaken: boolean): void {
    for (const { release } of this.reads) release?.(isTaken);
  }
}

/** How an answer comes about: of all partitions of a first Fetch, or of those that may have news in a session. */
export interface ReadOrder {
  readonly partitions: FetchedPartitions;
  readonly isFull: boolean;
}

/**
 * Reads partitions in turn, until the answer is full unless it has to name all of them. They are no longer marked as moved afterwards: see {@link putBack}.
 * Returns at once when all of it is in memory.
 */
export function readInTurn(clock: Clock, scope: ReadScope, { partitions, isFull }: ReadOrder): FetchRead | Promise<FetchRead> {
  const read = new FetchRead();
  const slice = new TimeSlice(clock);
  if (!isFull)
    return readOn(scope, () => (read.isFilled || read.sizeBytes >= scope.maxBytes ? undefined : partitions.nextMoved()), read, slice);
  const all = partitions.inTurn();
  partitions.clearMoved();
  let at = 0;
  return readOn(scope, () => all[at++], read, slice);
}

function readOn(
  scope: ReadScope,
  next: () => FetchedPartition | undefined,
  read: FetchRead,
  slice: TimeSlice,
): FetchRead | Promise<FetchRead> {
  for (let target = next(); target !== undefined; target = next()) {
    const one = readPartition(scope, target, read.isFilled ? scope.maxBytes : read.sizeBytes);
    if (one instanceof Promise) {
      return one.then((settled) => {
        read.add(settled);
        return readOn(scope, next, read, slice);
      });
    }
    read.add(one);
    if (slice.isOver) return slice.rest().then(() => readOn(scope, next, read, slice));
  }
  return read;
}

/** Marks those partitions of a read as moved again that would be read with the same result, or that have not been told of. */
export function putBack(partitions: FetchedPartitions, read: FetchRead): void {
  for (const one of read.reads) if (!isQuiet(one)) partitions.keepMoved(one.target);
}

/** An answer of a session names only partitions with something new. */
export function isNews({ target, sizeBytes, errorCode, diverging, highWatermark, logStartOffset }: PartitionRead): boolean {
  if (sizeBytes > 0 || errorCode !== ErrorCode.NONE || diverging !== undefined) return true;
  return highWatermark !== target.sentHighWatermark || logStartOffset !== target.sentLogStartOffset;
}

/** Nothing to tell, and nothing to be found by reading once more before something happens to the partition. */
function isQuiet(read: PartitionRead): boolean {
  return !read.isCut && !isNews(read);
}
