import type { Disk } from "@ottla/base";
import { maxTimestamp } from "@ottla/protocol/records";
import type { CachedFile, FileCache } from "../shared/file-cache.ts";
import type { IndexCache } from "../shared/index-cache.ts";
import type { RecentWrites, WrittenSpan } from "../shared/recent-writes.ts";
import type { LogSegment } from "./log-segment.ts";
import { DELETED_SUFFIX, LOST_SUFFIX, type SegmentFileKind, segmentPath } from "./segment-files.ts";
import { loadSegmentIndexes } from "./load-indexes.ts";
import { SegmentIndexes } from "./segment-indexes.ts";
import { TransactionIndex } from "./transaction-index.ts";

/** What segments need of their surroundings. */
export interface SegmentDeps {
  readonly disk: Disk;
  readonly files: FileCache;
  readonly indexes: IndexCache;
  readonly recent: RecentWrites;
}

const LOG_AND_INDEXES: readonly SegmentFileKind[] = [".log", ".index", ".timeindex", ".txnindex"];
const FILE_KINDS: readonly SegmentFileKind[] = [...LOG_AND_INDEXES, ".snapshot"];
/** Relative offsets in the indexes are int32. */
const MAX_RELATIVE_OFFSET = 0x7fffffff;

/** A `.log` file and its indexes. The last segment of a log is written to; all others are closed and never change but by compaction. */
export class Segment implements LogSegment {
  readonly baseOffset: number;
  readonly #directory: string;
  readonly #deps: SegmentDeps;
  readonly #file: CachedFile;
  readonly transactions: TransactionIndex;
  /** What of the file was written lately. */
  readonly recent: WrittenSpan;
  /** When the segment came to be, ms; for `segment.ms` where records carry no time. */
  readonly createdMs: number;
  /** Bytes that belong to the log: the file may be longer by a half-written tail until the next append. */
  sizeBytes: number;
  /** Timestamp of the first batch, ms; undefined until the first append since opening. */
  #firstTimestampMs: number | undefined;
  #indexes: SegmentIndexes | undefined;
  #loading: Promise<SegmentIndexes> | undefined;
  #latestMs: number | undefined;
  #isTailTorn = false;
  /** Appended to since it was opened: the indexes in memory are the only whole ones. */
  #isWritten = false;
  #hasUnsyncedCut = false;
  isRetired = false;

  constructor(
    deps: SegmentDeps,
    directory: string,
    baseOffset: number,
    options: { sizeBytes: number; createdMs: number; isActive: boolean },
  ) {
    this.#deps = deps;
    this.#directory = directory;
    this.baseOffset = baseOffset;
    this.sizeBytes = options.sizeBytes;
    this.createdMs = options.createdMs;
    this.recent = deps.recent.file();
    this.transactions = new TransactionIndex(deps, directory, baseOffset);
    this.#file = deps.files.file(segmentPath(directory, baseOffset, ".log"), options.isActive ? "write" : "read");
  }

  get file(): CachedFile {
    return this.#file;
  }

  get path(): string {
    return this.#file.path;
  }

  get directory(): string {
    return this.#directory;
  }

  /** The indexes when they are in memory. */
  get loadedIndexes(): SegmentIndexes | undefined {
    return this.#indexes;
  }

  /** Whether `offset` can be written as a relative offset of this segment. */
  canHold(offset: number): boolean {
    return offset - this.baseOffset <= MAX_RELATIVE_OFFSET;
  }

  /** Creates the file, empty. Errors: disk errors. */
  create(): void {
    this.#file.handle();
  }

  /** Writes a batch at the end. On an error nothing was appended. Errors: disk errors. */
  append(batch: Buffer, indexes: SegmentIndexes, indexIntervalBytes: number): void {
    const handle = this.#file.handle();
    this.dropTornTail();
    this.#isTailTorn = true;
    handle.append([batch]);
    this.#isTailTorn = false;
    indexes.note(batch, 0, this.sizeBytes, indexIntervalBytes);
    this.recent.wrote(this.sizeBytes, batch.length);
    this.sizeBytes += batch.length;
    this.#firstTimestampMs ??= maxTimestamp(batch, 0);
  }

  /** Cuts off what an append left that failed. Errors: disk errors. */
  dropTornTail(): void {
    const handle = this.#file.handle();
    if (!this.#isTailTorn && handle.sizeBytes === this.sizeBytes) return;
    handle.truncate(this.sizeBytes);
    this.#isTailTorn = false;
    this.#hasUnsyncedCut = true;
  }

  /** Before a clean stop: what an append left that failed is gone from the disk, since the next start would take it for appended. Errors: disk errors. */
  async endWhole(): Promise<void> {
    if (!this.#isTailTorn) return;
    this.dropTornTail();
    await this.sync();
  }

  /** It was cut since it was last synced: after a power loss what was cut off may be back. */
  get hasUnsyncedCut(): boolean {
    return this.#hasUnsyncedCut;
  }

  /** How long the segment has been open, ms: by its records' times, or by the clock where they have none. */
  ageMs(nowMs: number, timestampMs: number): number {
    const first = this.firstTimestampMs;
    return first >= 0 ? timestampMs - first : nowMs - this.createdMs;
  }

  /** The largest time of the first batch, ms; −1 where it has none. Errors: disk errors. */
  get firstTimestampMs(): number {
    if (this.#firstTimestampMs === undefined && this.sizeBytes > 0) {
      const header = Buffer.allocUnsafe(61);
      this.#firstTimestampMs = this.#file.handle().readSync(header, 0) === header.length ? maxTimestamp(header, 0) : -1;
    }
    return this.#firstTimestampMs ?? -1;
  }

  /** The indexes of the segment that is written to, to be kept in memory as long as it is. Errors: disk errors. */
  writableIndexes(): SegmentIndexes {
    if (this.#isWritten) return this.#indexes!;
    // They were checked when the log was opened; should they be lost since then, sparser ones do as well.
    const read = this.sizeBytes === 0 ? undefined : SegmentIndexes.read(this.#deps.disk, this.#directory, this.baseOffset, this.sizeBytes);
    this.#indexes ??= read ?? new SegmentIndexes(this.baseOffset);
    this.#deps.indexes.forget(this);
    this.#isWritten = true;
    this.#latestMs = undefined;
    return this.#indexes;
  }

  /** The indexes, from memory or from disk; rebuilt from the log when the files are missing or wrong. Errors: disk errors. */
  indexes(intervalBytes: number): SegmentIndexes | Promise<SegmentIndexes> {
    if (this.#indexes !== undefined) {
      if (!this.#isWritten) this.#deps.indexes.used(this, this.#indexes);
      return this.#indexes;
    }
    if (this.sizeBytes === 0) return new SegmentIndexes(this.baseOffset);
    this.#loading ??= loadSegmentIndexes(this.#deps.disk, this, intervalBytes).then(
      (indexes) => {
        this.#loading = undefined;
        return this.#indexes ?? this.useIndexes(indexes);
      },
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    );
    return this.#loading;
  }

  /** Time of the latest record, or of the last write where records carry none; undefined while it is not known. */
  get latestMs(): number | undefined {
    return this.#isWritten ? this.#latestOf(this.#indexes!) : this.#latestMs;
  }

  /** Finds out {@link Segment.latestMs}. Errors: disk errors; `LOG_CORRUPT`. */
  async learnLatestMs(intervalBytes: number): Promise<number> {
    const known = this.latestMs;
    if (known !== undefined) return known;
    return (this.#latestMs = this.#latestOf(await this.indexes(intervalBytes)));
  }

  #latestOf(indexes: SegmentIndexes): number {
    return indexes.maxTimestampMs >= 0 ? indexes.maxTimestampMs : (this.#deps.disk.stat(this.#file.path)?.modifiedMs ?? this.createdMs);
  }

  /** Takes indexes that were loaded or rebuilt; they may be dropped again when memory runs short. */
  useIndexes(indexes: SegmentIndexes): SegmentIndexes {
    this.#indexes = indexes;
    this.#deps.indexes.used(this, indexes);
    return indexes;
  }

  /** For {@link IndexCache}, and for indexes found wrong. */
  dropIndexes(): void {
    this.#indexes = undefined;
  }

  /** Writes the indexes if there were appends since they were read. Errors: disk errors; the segment stays as it was. */
  writeIndexes(): void {
    if (this.#isWritten) this.#indexes!.write(this.#deps.disk, this.#directory);
  }

  /** No more appends: the indexes, which have been written, may leave memory. */
  seal(): void {
    if (!this.#isWritten) return;
    this.#isWritten = false;
    this.#latestMs = this.#latestOf(this.#indexes!);
    this.#deps.indexes.used(this, this.#indexes!);
  }

  /** Takes indexes made from the log. They are kept in memory until they are written, at roll or close. */
  rebuilt(indexes: SegmentIndexes): void {
    this.#deps.indexes.forget(this);
    this.#indexes = indexes;
    this.#isWritten = true;
    this.#latestMs = undefined;
  }

  /** Cuts the log at `sizeBytes`. Errors: disk errors. */
  truncate(sizeBytes: number): void {
    this.#file.becomeWritable();
    this.#file.handle().truncate(sizeBytes);
    this.#file.closeHandle();
    this.sizeBytes = sizeBytes;
  }

  /** Waits until the `.log` file, and the `.txnindex` if there is one, are on the disk. Errors: disk errors. */
  async sync(): Promise<void> {
    const handle = this.#file.pin();
    this.#hasUnsyncedCut = false;
    try {
      await handle.sync();
    } finally {
      this.#file.unpin();
    }
    if (!this.isRetired) await this.transactions.sync();
  }

  /** Renames the files of a segment that follows a hole, for a human to look at. Errors: disk errors. */
  setAside(): void {
    this.#rename(LOST_SUFFIX);
  }

  /** Renames all files so that no one finds them again; reads under way go on. Returns the new names, for removal. Errors: disk errors. */
  retire(): string[] {
    return this.#rename(DELETED_SUFFIX);
  }

  /** Where its files are, or would be. */
  filePaths(): string[] {
    return FILE_KINDS.map((kind) => segmentPath(this.#directory, this.baseOffset, kind));
  }

  /** Whether somebody reads it at this moment. */
  get isRead(): boolean {
    return this.#file.isPinned;
  }

  /** It is part of no log any more; reads under way go on. Its files are the caller's. */
  letGo(): void {
    this.isRetired = true;
    this.release();
  }

  /** As {@link Segment.retire}, for one that another takes the place of: the producers' snapshot at its beginning stays. */
  giveWay(): string[] {
    return this.#rename(DELETED_SUFFIX, LOG_AND_INDEXES);
  }

  #rename(suffix: string, kinds: readonly SegmentFileKind[] = FILE_KINDS): string[] {
    const renamed: string[] = [];
    for (const kind of kinds) {
      const path = segmentPath(this.#directory, this.baseOffset, kind);
      if (this.#deps.disk.stat(path) === undefined) continue;
      this.#deps.disk.rename(path, path + suffix);
      renamed.push(path + suffix);
      if (suffix === DELETED_SUFFIX) this.isRetired = true;
    }
    if (suffix === DELETED_SUFFIX) this.isRetired = true;
    this.release();
    return renamed;
  }

  /** Lets go of file and memory; reads under way go on. */
  release(): void {
    this.#file.release();
    this.recent.forget();
    this.transactions.release();
    this.#deps.indexes.forget(this);
    this.#isWritten = false;
    this.#indexes = undefined;
  }
}
