import { type Clock, type Disk, MalformedBytesError, TimeSlice } from "@ottla/base";
import {
  baseOffset,
  BATCH_OVERHEAD_BYTES,
  compressionOf,
  computeCrc,
  crc,
  isControl,
  lastOffset,
  RecordCursor,
  sizeInBytes,
  unpackRecordsInPieces,
} from "@ottla/protocol/records";
import { LogError } from "../errors.ts";
import type { AbortedEntry } from "../segment/aborted-entry.ts";
import { ReplacementFile } from "../segment/replacement-file.ts";
import { SpaceGuard } from "../shared/space-guard.ts";
import { BatchFilter } from "./batch-filter.ts";
import { BatchWalk } from "./batch-walk.ts";
import { CleanedTransactions } from "./cleaned-transactions.ts";
import type { CleanJob, MappedKeys, RewrittenGroup, SegmentGroup, SourceSegment } from "./clean-job.ts";
import { IoPace } from "./io-pace.ts";
import { BatchKeys } from "./batch-keys.ts";
import { OffsetMap, SLOT_BYTES } from "./offset-map.ts";
import { unpackAborted, unpackProducers } from "./packed-rows.ts";

/** A packed batch below this size is unpacked in one go also where the loop has others to serve. */
const UNPACKED_AT_ONCE_BYTES = 4096;

/** A cleaning was told to end. Nothing was changed by the part of it that was under way. */
export class CleaningStopped extends Error {}

/** What a cleaning stands on. */
export interface CleaningDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  /** Whether others wait for this loop, so that nothing may hold it. */
  readonly sharesLoop: boolean;
  /** Called between batches; may hold the thread for a moment. */
  readonly breathe?: () => void;
}

/**
 * Cleans one log: first {@link LogCleaning.map}, which finds the last offset of each key, then {@link LogCleaning.rewrite} for each group of segments, in order. It reads
 * closed segments and writes `.cleaned` files, nothing else; putting these in place is for whoever owns the log. Memory: the job's bounds, and a batch that is larger.
 */
export class LogCleaning {
  readonly #deps: CleaningDeps;
  readonly #job: CleanJob;
  readonly #signal: AbortSignal;
  readonly #aborted: readonly AbortedEntry[];
  readonly #map: OffsetMap;
  readonly #walk: BatchWalk;
  readonly #pace: IoPace;
  readonly #space: SpaceGuard;
  readonly #slice: TimeSlice;
  readonly #cursor = new RecordCursor();
  #filter: BatchFilter | undefined;
  #transactions: CleanedTransactions | undefined;

  constructor(deps: CleaningDeps, job: CleanJob, signal: AbortSignal) {
    const { bounds, firstDirtyOffset, endOffset } = job;
    this.#deps = deps;
    this.#job = job;
    this.#signal = signal;
    this.#aborted = unpackAborted(job.aborted);
    // No more keys than offsets: a small log needs no large map.
    const slotsMax = Math.ceil((endOffset - firstDirtyOffset) / bounds.mapLoadFactor) + 2;
    this.#map = new OffsetMap(Math.max(2, Math.min(slotsMax, Math.floor(bounds.mapBytes / SLOT_BYTES))), job.secret);
    this.#walk = new BatchWalk(bounds.bufferBytes);
    this.#pace = new IoPace(deps.clock, bounds.ioBytesPerSecond);
    this.#space = new SpaceGuard(deps.disk, job.directory);
    this.#slice = new TimeSlice(deps.clock);
  }

  setIoRate(bytesPerSecond: number): void {
    this.#pace.bytesPerSecond = bytesPerSecond;
  }

  /** Errors: {@link CleaningStopped}, disk errors, `LOG_CORRUPT`. */
  async map(): Promise<MappedKeys> {
    const { firstDirtyOffset, dirty, bounds } = this.#job;
    const map = this.#map;
    const keysMax = Math.min(map.slots - 1, Math.max(1, Math.floor(map.slots * bounds.mapLoadFactor)));
    const transactions = new CleanedTransactions(this.#aborted.filter((entry) => entry.lastOffset >= firstDirtyOffset));
    const cursor = this.#cursor;
    const keys = new BatchKeys();
    let endOffset = firstDirtyOffset;
    let isFull = false;
    let readBytes = 0;
    /** Puts the keys of one batch; where they do not all find room, the batch before is the last one that is known of. */
    const takeRecords = (batch: Buffer, at: number, unpacked?: Buffer): void => {
      if (unpacked === undefined) cursor.open(batch, at);
      else cursor.openRecords(batch, at, unpacked, 0, unpacked.length);
      keys.clear();
      while (cursor.moveNext()) if (cursor.keyLength >= 0 && cursor.offset >= firstDirtyOffset) keys.add(map, cursor);
      const from = Math.max(firstDirtyOffset, baseOffset(batch, at));
      isFull = !map.admits(from, lastOffset(batch, at)) || !keys.putInto(map, keysMax);
      if (!isFull) endOffset = lastOffset(batch, at) + 1;
    };
    const take = (batch: Buffer, at: number): void | Promise<void> => {
      if (isFull || lastOffset(batch, at) < firstDirtyOffset) return;
      this.#check(batch, at);
      const isMarker = isControl(batch, at);
      if (isMarker) transactions.isObsoleteMarker(batch, at);
      // What is aborted supersedes nothing.
      const isRead = !isMarker && !transactions.isAborted(batch, at);
      const unpacked = isRead ? this.#unpackSlowly(batch, at) : undefined;
      if (unpacked !== undefined) return unpacked.then((records) => takeRecords(batch, at, records));
      if (isRead) takeRecords(batch, at);
      else endOffset = lastOffset(batch, at) + 1;
      return this.#restIfDue();
    };
    for (const segment of dirty) {
      readBytes += await this.#read(segment, take, () => isFull);
      if (isFull) break;
      endOffset = segment.endOffset;
    }
    return { endOffset, keys: map.size, readBytes };
  }

  /** Writes a group's `.cleaned` file, unsynced. Errors: {@link CleaningStopped}, disk errors, `LOG_CORRUPT`; then no file is left. */
  async rewrite(group: SegmentGroup, mapEndOffset: number): Promise<RewrittenGroup> {
    const { directory, indexIntervalBytes, bounds } = this.#job;
    const filter = (this.#filter ??= this.#newFilter(group, mapEndOffset));
    const { firstDirtyOffset } = this.#job;
    const isChecked = (last: number): boolean => last >= firstDirtyOffset && last < mapEndOffset;
    const place = { directory, base: group.segments[0]!.baseOffset, end: group.segments.at(-1)!.endOffset };
    const admit = (byteLength: number): void => this.#space.admit(byteLength);
    const target = new ReplacementFile(this.#deps.disk, place, { indexIntervalBytes, bufferBytes: bounds.bufferBytes, admit });
    const keptBefore = filter.keptRecords;
    let readBytes = 0;
    try {
      const put = (batch: Buffer, at: number, unpacked?: Buffer): void | Promise<void> => {
        const left = filter.filter(batch, at, unpacked);
        if (left === "nothing") return this.#restIfDue();
        // A batch that is written anew gets a new checksum: what was damaged must not look sound afterwards. The map has checked what it knows of.
        if (left !== "whole" && !isChecked(lastOffset(batch, at))) this.#check(batch, at);
        const written = left === "whole" ? target.append(batch, at) : target.append(left);
        return this.#afterIo(written);
      };
      const take = (batch: Buffer, at: number): void | Promise<void> => {
        const unpacked = isControl(batch, at) ? undefined : this.#unpackSlowly(batch, at);
        return unpacked === undefined ? put(batch, at) : unpacked.then((records) => put(batch, at, records));
      };
      for (const segment of group.segments) readBytes += await this.#read(segment, take);
      const written = target.finish(this.#transactions!.takeRetained());
      this.#stopIfTold();
      return { ...written, readBytes, keptRecords: filter.keptRecords - keptBefore };
    } catch (error) {
      discardQuietly(target);
      throw error;
    }
  }

  #newFilter({ segments }: SegmentGroup, mapEndOffset: number): BatchFilter {
    const { endOffset, nowMs, deleteRetentionMs } = this.#job;
    const producers = unpackProducers(this.#job.producers);
    const first = segments[0]!.baseOffset;
    const transactions = new CleanedTransactions(this.#aborted.filter((entry) => entry.lastOffset >= first));
    this.#transactions = transactions;
    return new BatchFilter({ map: this.#map, mapEndOffset, endOffset, transactions, producers, nowMs, deleteRetentionMs });
  }

  async #read(
    segment: SourceSegment,
    take: (batch: Buffer, at: number) => void | Promise<void>,
    isEnough: () => boolean = () => false,
  ): Promise<number> {
    this.#stopIfTold();
    if (segment.sizeBytes === 0) return 0;
    const file = this.#deps.disk.openRead(segment.path);
    try {
      return await this.#walk.segment(file, segment, take, (byteLength) => this.#afterIo(byteLength), isEnough);
    } catch (error) {
      if (!(error instanceof MalformedBytesError)) throw error;
      throw new LogError("LOG_CORRUPT", segment.path, `${segment.path} holds a batch that cannot be read: ${error.message}`);
    } finally {
      file.close();
    }
  }

  /** Errors: `MalformedBytesError`. */
  #check(batch: Buffer, at: number): void {
    if (crc(batch, at) !== computeCrc(batch, at))
      throw new MalformedBytesError(`The checksum of the batch at offset ${baseOffset(batch, at)} does not fit its bytes.`);
  }

  /** Undefined where the batch may be unpacked in one go. */
  #unpackSlowly(batch: Buffer, at: number): Promise<Buffer> | undefined {
    const isLarge = sizeInBytes(batch, at) > UNPACKED_AT_ONCE_BYTES + BATCH_OVERHEAD_BYTES;
    if (!this.#deps.sharesLoop || !isLarge || compressionOf(batch, at) === 0) return undefined;
    return unpackRecordsInPieces(batch, at, () => this.#restIfDue());
  }

  #afterIo(byteLength: number): void | Promise<void> {
    if (byteLength === 0) return this.#restIfDue();
    this.#stopIfTold();
    const paced = this.#pace.take(byteLength, this.#signal);
    return paced === undefined ? this.#restIfDue() : paced.then(() => this.#stopIfTold());
  }

  #restIfDue(): void | Promise<void> {
    this.#deps.breathe?.();
    if (this.#slice.isOver) return this.#slice.rest().then(() => this.#stopIfTold());
  }

  #stopIfTold(): void {
    if (this.#signal.aborted) throw new CleaningStopped("The cleaning was told to end.");
  }
}

/** What cannot be removed now is removed at the next start; the error that led here is the one to tell. */
function discardQuietly(target: ReplacementFile): void {
  try {
    target.discard();
  } catch {
    // See above.
  }
}
