import { announcedBatchSize, baseOffset } from "@ottla/protocol/records";
import { LogError } from "../errors.ts";
import { looksLikeBatch } from "../segment/scan-batches.ts";
import type { Segment } from "../segment/segment.ts";
import type { SegmentList } from "../segment/segment-list.ts";
import type { BufferPool } from "../shared/buffer-pool.ts";
import type { AheadPiece, ReadAhead, ReaderAhead } from "../shared/read-ahead.ts";
import type { RecentWrites } from "../shared/recent-writes.ts";
import type { ReadOutcome, UnreadRecords } from "./log-outcomes.ts";
import type { LogState } from "./log-state.ts";
import { refusalOf } from "./refusal.ts";
import { type BatchRange, batchRangeIn, type FoundRange, HEADER_BYTES, readBatchRange } from "./segment-reader.ts";
import { StoredRange } from "./stored-range.ts";

/** Where sequential readers go on: so many of them per partition need no index. */
const REMEMBERED_POSITIONS = 16;

/** How often a read whose segment is replaced under it looks again. */
const LOOKS_MAX = 8;

interface KnownPosition {
  readonly offset: number;
  readonly segment: Segment;
  readonly position: number;
}

/** Where to look for a batch, and whether the reader goes on where it was. */
interface RangeStart {
  readonly fromPosition: number;
  readonly slackBytes: number;
  readonly isSequential: boolean;
}

export interface ReadLimits {
  readonly maxBytes: number;
  readonly maxOffset: number;
  readonly minOneBatch: boolean;
}

export interface ReadRules {
  readonly indexIntervalBytes: number;
  /** Below it offsets may be missing between batches, as after compaction; else that is damage. */
  readonly gapsBelow: number;
}

/** Reads what lies before the first local segment: removed, or moved to remote storage. */
export type RemovedRead = (offset: number, wanted: ReadLimits) => ReadOutcome | Promise<ReadOutcome>;

/** What a reader uses that all logs share. */
export interface ReaderDeps {
  readonly buffers: BufferPool;
  readonly ahead: ReadAhead;
  readonly recent: RecentWrites;
}

/** Reads what is no longer in the tail cache, off the event loop, and ahead of those who read on where they were. */
export class LogReader {
  readonly #segments: SegmentList;
  readonly #buffers: BufferPool;
  readonly #ahead: ReaderAhead;
  readonly #recent: RecentWrites;
  readonly #onFault: (error: unknown) => void;
  readonly #readRemoved: RemovedRead;
  #known: KnownPosition[] = [];

  /** `onFault` is told of the disk's errors and of damage; `readRemoved` answers for offsets that are before the first segment. */
  constructor(segments: SegmentList, deps: ReaderDeps, onFault: (error: unknown) => void, readRemoved: RemovedRead) {
    this.#segments = segments;
    this.#buffers = deps.buffers;
    this.#ahead = deps.ahead.partition();
    this.#recent = deps.recent;
    this.#onFault = onFault;
    this.#readRemoved = readRemoved;
  }

  /** `offset` lies in the log. At once where it was read ahead. Never rejects but for bugs. */
  read(offset: number, wanted: ReadLimits, log: ReadRules): ReadOutcome | Promise<ReadOutcome> {
    const piece = this.#ahead.take(offset);
    if (piece === undefined) return this.#readFile(offset, wanted, log);
    this.#knownAt(offset, piece.segment);
    if (piece.bytes !== undefined) return this.#readPiece(piece, wanted, log);
    return piece.done.then(() => this.#readPiece(piece, wanted, log));
  }

  /**
   * Where what follows `offset` stands in its segment, if that need not be searched, is likely to be in the system's memory, and ends where a batch is known to begin.
   */
  unread(
    offset: number,
    wanted: Omit<ReadLimits, "minOneBatch">,
    log: Pick<LogState, "gapsBelow" | "logEndOffset">,
  ): UnreadRecords | undefined {
    const at = this.#segments.floorIndex(offset);
    const segment = this.#segments.at(at);
    if (segment === undefined) return undefined;
    const known = this.#known.find((one) => one.offset === offset && one.segment === segment);
    const position = known?.position ?? (offset === segment.baseOffset ? 0 : undefined);
    if (position === undefined || !segment.recent.has(position)) return undefined;
    try {
      const end = this.#endOf(segment, position, wanted, this.#segments.at(at + 1)?.baseOffset ?? log.logEndOffset);
      if (end === undefined) return undefined;
      const place = { segment, position, byteLength: end.position - position, offset, gapsBelow: log.gapsBelow };
      const records = new StoredRange(place, this.#recent, this.#onFault);
      this.#remember({ segment, ...end });
      return { records, nextOffset: end.offset, release: () => records.release(), readOn: () => known && this.#forget(known) };
    } catch {
      // Who reads the file tells what is wrong with it.
      return undefined;
    }
  }

  /** Drops what was read ahead. */
  close(): void {
    this.#ahead.clear();
  }

  /** Where a read from `position` on may end, and the offset that comes then; undefined if that is not known. Errors: disk errors. */
  #endOf(
    segment: Segment,
    position: number,
    { maxBytes, maxOffset }: Omit<ReadLimits, "minOneBatch">,
    segmentEndOffset: number,
  ): Pick<KnownPosition, "position" | "offset"> | undefined {
    const { sizeBytes } = segment;
    if (segmentEndOffset <= maxOffset && sizeBytes <= position + maxBytes)
      return sizeBytes > position ? { position: sizeBytes, offset: segmentEndOffset } : undefined;
    const end = segment.loadedIndexes?.positionUpToBoth(position + maxBytes, maxOffset) ?? 0;
    if (end <= position || end >= sizeBytes) return undefined;
    const header = Buffer.allocUnsafe(HEADER_BYTES);
    const length = this.#recent.reading(() => segment.file.handle().readSync(header, end));
    if (length < HEADER_BYTES || !looksLikeBatch(header, 0, segment.baseOffset)) return undefined;
    return { position: end, offset: baseOffset(header, 0) };
  }

  #readPiece(piece: AheadPiece, wanted: ReadLimits, log: ReadRules): ReadOutcome | Promise<ReadOutcome> {
    const { segment, position, offset } = piece;
    let range: FoundRange | undefined;
    let isTooLarge = false;
    try {
      const request = { offset, ...wanted, fromPosition: position, slackBytes: 0, gapsBelow: log.gapsBelow };
      if (!segment.isRetired) {
        range = batchRangeIn(segment, piece.bytes!, position, request);
        isTooLarge = range === undefined && !wanted.minOneBatch && announcedBatchSize(piece.bytes!, 0) > wanted.maxBytes;
      }
    } catch {
      // Damage is told by who reads the file.
    }
    if (range !== undefined) return this.#given(segment, { ...range, heldBytes: piece.heldBytes, release: piece.release }, wanted, true);
    if (isTooLarge) {
      // It stays for whoever has room for it.
      this.#remember({ offset, segment, position });
      this.#ahead.giveBack(piece);
      return { kind: "records", records: [], sizeBytes: 0, heldBytes: 0, nextOffset: offset };
    }
    piece.release();
    return this.#readFile(offset, wanted, log);
  }

  async #readFile(offset: number, wanted: ReadLimits, log: ReadRules, attempt = 0): Promise<ReadOutcome> {
    const { maxOffset } = wanted;
    let segment: Segment | undefined;
    try {
      for (let at = this.#segments.floorIndex(offset); ; ) {
        if (at < 0) return this.#readRemoved(offset, wanted);
        segment = this.#segments.at(at);
        if (segment === undefined || segment.baseOffset >= maxOffset)
          return { kind: "records", records: [], sizeBytes: 0, heldBytes: 0, nextOffset: offset };
        const { isSequential, ...start } = await this.#startFor(segment, offset, log.indexIntervalBytes);
        const range = await readBatchRange(segment, this.#buffers, { offset, ...wanted, ...start, gapsBelow: log.gapsBelow });
        if (range !== undefined) return this.#given(segment, range, wanted, isSequential);
        this.#checkGap(segment, offset, log);
        // Compaction may have taken the end of the segment: the next record is in a later one. Older ones may have been removed meanwhile.
        // One that was replaced meanwhile may have been merged with those behind it.
        at = segment.isRetired ? this.#segments.floorIndex(offset) : this.#segments.floorIndex(segment.baseOffset) + 1;
      }
    } catch (error) {
      if (segment?.isRetired) {
        // Replaced or removed while it was read: the records are elsewhere now, if anywhere.
        if (attempt < LOOKS_MAX) return this.#readFile(offset, wanted, log, attempt + 1);
      }
      const outcome = refusalOf(error);
      this.#onFault(error);
      return outcome;
    }
  }

  #given(segment: Segment, range: BatchRange, wanted: ReadLimits, isSequential: boolean): ReadOutcome {
    const { records, endPosition: position, nextOffset: offset } = range;
    this.#remember({ offset, segment, position });
    const sizeBytes = records.length;
    // The memory that was just given back serves for the next ones.
    const readOn = isSequential && sizeBytes > 0 ? () => this.#readOn(segment, position, offset, wanted.maxBytes) : undefined;
    const { heldBytes, release } = range;
    return { kind: "records", records: sizeBytes === 0 ? [] : [records], sizeBytes, heldBytes, nextOffset: offset, release, readOn };
  }

  #readOn(segment: Segment, position: number, offset: number, maxBytes: number): void {
    if (segment.isRetired) return;
    const leftBytes = segment.sizeBytes - position;
    if (leftBytes > 0) {
      this.#ahead.start({ segment, position, offset, byteLength: Math.min(maxBytes, leftBytes) });
      return;
    }
    const next = this.#segments.at(this.#segments.floorIndex(segment.baseOffset) + 1);
    if (next?.baseOffset === offset)
      this.#ahead.start({ segment: next, position: 0, offset, byteLength: Math.min(maxBytes, next.sizeBytes) });
  }

  /** A closed segment has ended before `offset`, which must be in it unless compaction took it away. */
  #checkGap(segment: Segment, offset: number, log: ReadRules): void {
    const next = this.#segments.at(this.#segments.floorIndex(segment.baseOffset) + 1);
    if (segment.isRetired || next === undefined || next.baseOffset <= Math.max(offset, log.gapsBelow)) return;
    throw new LogError(
      "LOG_CORRUPT",
      segment.file.path,
      `${segment.file.path} ends before offset ${offset}, although the next segment begins at ${next.baseOffset}; restore it from a copy, or delete the records before ${next.baseOffset}.`,
    );
  }

  async #startFor(segment: Segment, offset: number, intervalBytes: number): Promise<RangeStart> {
    const known = this.#knownAt(offset, segment);
    if (known !== undefined) return { fromPosition: known.position, slackBytes: 0, isSequential: true };
    // Who begins at the beginning mostly reads on.
    if (offset <= segment.baseOffset) return { fromPosition: 0, slackBytes: 0, isSequential: true };
    const found = segment.indexes(intervalBytes);
    const indexes = found instanceof Promise ? await found : found;
    return { fromPosition: indexes.positionBefore(offset), slackBytes: intervalBytes, isSequential: false };
  }

  /** The position of `offset`, if somebody stopped there; who goes on there stands elsewhere from now on. */
  #knownAt(offset: number, segment: Segment): KnownPosition | undefined {
    const at = this.#known.findIndex((known) => known.offset === offset && known.segment === segment);
    return at < 0 ? undefined : this.#known.splice(at, 1)[0];
  }

  #forget(known: KnownPosition): void {
    const at = this.#known.indexOf(known);
    if (at >= 0) this.#known.splice(at, 1);
  }

  #remember(known: KnownPosition): void {
    if (this.#known.length === REMEMBERED_POSITIONS) this.#known.shift();
    this.#known.push(known);
  }
}
