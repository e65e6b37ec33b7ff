import { DiskError, invariant } from "@ottla/base";
import { ReplacementFile, type ReplacementPlace, type WrittenReplacement } from "./replacement-file.ts";
import { writeHintFile } from "../shared/hint-file.ts";
import { Segment, type SegmentDeps } from "./segment.ts";
import { replacementPath, segmentPath } from "./segment-files.ts";
import { SegmentIndexes } from "./segment-indexes.ts";

const BUFFER_BYTES = 64 * 1024;

/**
 * Closed segments that lie side by side, written anew as one, as compaction does. Batches keep their offsets. When the new file (see {@link ReplacementFile}) is
 * whole on the disk it takes the place of the old ones in one move. A crash at any moment leaves either the old ones or the new one, never both: see `completeSwaps`.
 */
export class SegmentReplacement {
  readonly #deps: SegmentDeps;
  readonly #replaced: readonly Segment[];
  readonly #place: ReplacementPlace;
  readonly #indexIntervalBytes: number;
  #indexes: SegmentIndexes | undefined;

  /** `end` is where the segment behind them begins. */
  constructor(deps: SegmentDeps, replaced: readonly Segment[], end: number, indexIntervalBytes: number) {
    const [first] = replaced;
    invariant(first !== undefined, "nothing is to be replaced");
    this.#deps = deps;
    this.#replaced = replaced;
    this.#place = { directory: first.directory, base: first.baseOffset, end };
    this.#indexIntervalBytes = indexIntervalBytes;
  }

  get replaced(): readonly Segment[] {
    return this.#replaced;
  }

  get place(): ReplacementPlace {
    return this.#place;
  }

  /** One past the last offset that the replaced segments may hold. */
  get endOffset(): number {
    return this.#place.end;
  }

  /** A file to write it to. Errors: disk errors. */
  file(): ReplacementFile {
    return new ReplacementFile(this.#deps.disk, this.#place, { indexIntervalBytes: this.#indexIntervalBytes, bufferBytes: BUFFER_BYTES });
  }

  /** Makes the new file whole on the disk; from here on a restart takes it. Errors: disk errors; the old segments are then in place, also after a restart. */
  async seal(written: WrittenReplacement): Promise<void> {
    const { disk } = this.#deps;
    // Before the disk is waited for, so that the swap itself is short.
    this.#indexes = SegmentIndexes.decode(
      this.#place.base,
      Buffer.from(written.offsetIndex),
      Buffer.from(written.timeIndex),
      written.sizeBytes,
    );
    invariant(this.#indexes !== undefined, "a replacement's indexes do not fit it");
    if (written.hasTransactions) await this.#sync(".txnindex");
    await this.#sync(".log");
    if (written.hasTransactions) disk.rename(this.#path(".txnindex", ".cleaned"), this.#path(".txnindex", ".swap"));
    disk.rename(this.#path(".log", ".cleaned"), this.#path(".log", ".swap"));
    await disk.syncNames(this.#place.directory);
  }

  /** Takes the place of the old files, which are renamed; returns the new segment and the names to be removed. Nothing else runs meanwhile. Errors: disk errors; opening the log again completes it. */
  swap(written: WrittenReplacement, nowMs: number): { readonly segment: Segment; readonly retired: string[] } {
    const { disk } = this.#deps;
    const { directory, base } = this.#place;
    const [first, ...others] = this.#replaced;
    const retired = [...first!.giveWay(), ...others.flatMap((segment) => segment.retire())];
    if (written.hasTransactions) disk.rename(this.#path(".txnindex", ".swap"), segmentPath(directory, base, ".txnindex"));
    disk.rename(this.#path(".log", ".swap"), segmentPath(directory, base, ".log"));
    const { sizeBytes } = written;
    const segment = new Segment(this.#deps, directory, base, { sizeBytes, createdMs: nowMs, isActive: false });
    if (written.hasTransactions) segment.transactions.load();
    else segment.transactions.startEmpty();
    invariant(this.#indexes !== undefined, "a replacement is put in place that was not sealed");
    segment.useIndexes(this.#indexes);
    return { segment, retired };
  }

  /** Writes the index files of what is in place. Where that fails they are made again from the log when they are missed: a disk that is full must not fail what is done. */
  writeIndexes({ offsetIndex, timeIndex }: WrittenReplacement): void {
    const { directory, base } = this.#place;
    try {
      writeHintFile(this.#deps.disk, segmentPath(directory, base, ".index"), offsetIndex);
      writeHintFile(this.#deps.disk, segmentPath(directory, base, ".timeindex"), timeIndex);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
    }
  }

  /** Gives it up: the old segments stay as they are. Errors: disk errors; what is left is removed at the next start. */
  discard(): void {
    // The log first: a swap file of it is what a restart goes by.
    for (const kind of [".log", ".txnindex"] as const)
      for (const state of [".swap", ".cleaned"] as const) this.#deps.disk.remove(this.#path(kind, state));
  }

  async #sync(kind: ".log" | ".txnindex"): Promise<void> {
    const file = this.#deps.disk.open(this.#path(kind, ".cleaned"));
    try {
      await file.sync();
    } finally {
      file.close();
    }
  }

  #path(kind: ".log" | ".txnindex", state: ".cleaned" | ".swap"): string {
    const { directory, base, end } = this.#place;
    return replacementPath(directory, base, end, kind, state);
  }
}
