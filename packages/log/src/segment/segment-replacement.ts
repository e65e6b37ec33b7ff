import { invariant } from "@ottla/base";
import { baseOffset, lastOffset } from "@ottla/protocol/records";
import type { CachedFile } from "../shared/file-cache.ts";
import { writeHintFile } from "../shared/hint-file.ts";
import { encodeAborted } from "./aborted-entry.ts";
import { Segment, type SegmentDeps } from "./segment.ts";
import { replacementPath, segmentPath } from "./segment-files.ts";
import { SegmentIndexes } from "./segment-indexes.ts";

/**
 * Closed segments that lie side by side, written anew as one, as compaction does. Batches are appended in order and keep their offsets; then the new file takes the
 * place of the old ones in one move. A crash at any moment leaves either the old ones or the new one, never both: see `completeSwaps`.
 */
export class SegmentReplacement {
  readonly #deps: SegmentDeps;
  readonly #directory: string;
  readonly #replaced: readonly Segment[];
  /** One past the last offset that the replaced segments may hold. */
  readonly #endOffset: number;
  readonly #indexIntervalBytes: number;
  readonly #file: CachedFile;
  readonly #indexes: SegmentIndexes;
  #nextOffset: number;
  #sizeBytes = 0;

  /** `endOffset` is where the segment behind them begins. Errors: disk errors. */
  constructor(deps: SegmentDeps, replaced: readonly Segment[], endOffset: number, indexIntervalBytes: number) {
    const [first] = replaced;
    invariant(first !== undefined, "nothing is to be replaced");
    this.#deps = deps;
    this.#directory = first.directory;
    this.#replaced = replaced;
    this.#endOffset = endOffset;
    this.#indexIntervalBytes = indexIntervalBytes;
    this.#indexes = new SegmentIndexes(first.baseOffset);
    this.#nextOffset = first.baseOffset;
    this.#file = deps.files.file(this.#path(".log", ".cleaned"), "write");
    this.#file.handle().truncate(0);
  }

  get replaced(): readonly Segment[] {
    return this.#replaced;
  }

  /** Adds a whole batch, whose offsets lie behind those before it. Errors: disk errors; then only {@link SegmentReplacement.discard} is left. */
  append(batch: Buffer): void {
    const isInPlace = baseOffset(batch, 0) >= this.#nextOffset && lastOffset(batch, 0) < this.#endOffset;
    invariant(isInPlace, "a batch of a replacement lies outside the segments that it replaces");
    this.#file.handle().append([batch]);
    this.#indexes.note(batch, 0, this.#sizeBytes, this.#indexIntervalBytes);
    this.#sizeBytes += batch.length;
    this.#nextOffset = lastOffset(batch, 0) + 1;
  }

  /** Makes the new file whole on the disk; from here on a restart takes it. Errors: disk errors; the old segments are then in place, also after a restart. */
  async seal(): Promise<void> {
    const { disk } = this.#deps;
    const aborted = this.#replaced.flatMap(({ transactions }) => transactions.entries);
    if (aborted.length > 0) {
      writeHintFile(disk, this.#path(".txnindex", ".cleaned"), encodeAborted(aborted));
      const file = disk.open(this.#path(".txnindex", ".cleaned"));
      try {
        await file.sync();
      } finally {
        file.close();
      }
    }
    const handle = this.#file.pin();
    try {
      await handle.sync();
    } finally {
      this.#file.unpin();
    }
    this.#file.release();
    if (aborted.length > 0) disk.rename(this.#path(".txnindex", ".cleaned"), this.#path(".txnindex", ".swap"));
    disk.rename(this.#path(".log", ".cleaned"), this.#path(".log", ".swap"));
    await disk.syncNames(this.#directory);
  }

  /** Takes the place of the old files, which are renamed; returns the new segment and the names to be removed. Nothing else runs meanwhile. Errors: disk errors; opening the log again completes it. */
  swap(nowMs: number): { readonly segment: Segment; readonly retired: string[] } {
    const { disk } = this.#deps;
    const [first, ...others] = this.#replaced;
    const base = first!.baseOffset;
    const retired = [...first!.giveWay(), ...others.flatMap((segment) => segment.retire())];
    if (disk.stat(this.#path(".txnindex", ".swap")) !== undefined)
      disk.rename(this.#path(".txnindex", ".swap"), segmentPath(this.#directory, base, ".txnindex"));
    disk.rename(this.#path(".log", ".swap"), segmentPath(this.#directory, base, ".log"));
    const segment = new Segment(this.#deps, this.#directory, base, { sizeBytes: this.#sizeBytes, createdMs: nowMs, isActive: false });
    segment.transactions.load();
    this.#indexes.write(disk, this.#directory);
    segment.useIndexes(this.#indexes);
    return { segment, retired };
  }

  /** Gives it up: the old segments stay as they are. Errors: disk errors; what is left is removed at the next start. */
  discard(): void {
    this.#file.release();
    // The log first: a swap file of it is what a restart goes by.
    for (const kind of [".log", ".txnindex"] as const)
      for (const state of [".swap", ".cleaned"] as const) this.#deps.disk.remove(this.#path(kind, state));
  }

  #path(kind: ".log" | ".txnindex", state: ".cleaned" | ".swap"): string {
    return replacementPath(this.#directory, this.#replaced[0]!.baseOffset, this.#endOffset, kind, state);
  }
}
