import type { Disk } from "@ottla/base";
import type { CachedFile, FileCache } from "../shared/file-cache.ts";
import { readHintFile } from "../shared/hint-file.ts";
import { type AbortedEntry, decodeAborted, encodeAborted } from "./aborted-entry.ts";
import { segmentPath } from "./segment-files.ts";

/**
 * The aborted transactions whose markers lie in one segment, in order of their markers. Most segments have none, and then no file. Unlike the other indexes it
 * is no hint: it is written with each marker and synced with the log, since a missing entry would show aborted records. Source: Kafka's `.txnindex`.
 */
export class TransactionIndex {
  readonly #disk: Disk;
  readonly #files: FileCache;
  readonly #path: string;
  readonly #baseOffset: number;
  #file: CachedFile | undefined;
  #entries: AbortedEntry[] | undefined;
  #isUnsynced = false;

  constructor(deps: { readonly disk: Disk; readonly files: FileCache }, directory: string, baseOffset: number) {
    this.#disk = deps.disk;
    this.#files = deps.files;
    this.#path = segmentPath(directory, baseOffset, ".txnindex");
    this.#baseOffset = baseOffset;
  }

  /** Nothing is looked up on the disk: the segment is new, or has no such file. */
  startEmpty(): void {
    this.#entries = [];
  }

  /** Reads the file; false when it is damaged. Errors: disk errors. */
  load(): boolean {
    const content = readHintFile(this.#disk, this.#path);
    this.#entries = content === undefined ? [] : decodeAborted(content, this.#baseOffset);
    return this.#entries !== undefined;
  }

  get entries(): readonly AbortedEntry[] {
    return this.#entries ?? [];
  }

  /** Errors: disk errors; the file then may end with half an entry. */
  append(entry: AbortedEntry): void {
    this.#isUnsynced = true;
    (this.#file ??= this.#files.file(this.#path, "write")).handle().append([encodeAborted([entry])]);
    (this.#entries ??= []).push(entry);
  }

  /**
   * Takes entries made from the log in place of what there is. Where the file is written anew it is on the disk when this resolves, whole under its name. What is
   * right already is left alone, since below the recovery point nothing is synced again; above it, the next sync makes sure of it. `mustWrite`: what the file shows
   * may not be on the disk, and no sync would take it there. Errors: disk errors.
   */
  async rebuilt(entries: readonly AbortedEntry[], mustWrite: boolean): Promise<void> {
    if (mustWrite ? entries.length === 0 && this.entries.length === 0 : this.#entries !== undefined && isSame(this.#entries, entries)) {
      this.#isUnsynced = entries.length > 0;
      return;
    }
    this.release();
    this.#entries = [...entries];
    await this.#disk.replace(this.#path, encodeAborted(entries));
    this.#isUnsynced = false;
  }

  /** Waits until the file is on the disk. Errors: disk errors. */
  async sync(): Promise<void> {
    if (!this.#isUnsynced) return;
    this.#isUnsynced = false;
    // Its segment may be removed meanwhile, and the file let go of.
    const file = (this.#file ??= this.#files.file(this.#path, "write"));
    const handle = file.pin();
    try {
      await handle.sync();
    } catch (error) {
      this.#isUnsynced = true;
      throw error;
    } finally {
      file.unpin();
    }
  }

  /** Lets go of the file. */
  release(): void {
    this.#file?.release();
    this.#file = undefined;
  }
}

function isSame(some: readonly AbortedEntry[], others: readonly AbortedEntry[]): boolean {
  return some.length === others.length && encodeAborted(some).equals(encodeAborted(others));
}

/**
 * The aborted transactions that overlap the offsets from `fromOffset` to below `toOffset`, oldest first. Entries lie in the segment of their marker, so later
 * segments are asked until one entry shows that nothing further can overlap.
 */
export function abortedBetween(indexes: Iterable<readonly AbortedEntry[]>, fromOffset: number, toOffset: number): AbortedEntry[] {
  const found: AbortedEntry[] = [];
  for (const entries of indexes) {
    for (let i = firstEndingAt(entries, fromOffset); i < entries.length; i++) {
      const entry = entries[i]!;
      if (entry.firstOffset < toOffset) found.push(entry);
      if (entry.lastStableOffset >= toOffset) return found.sort(byFirstOffset);
    }
  }
  return found.sort(byFirstOffset);
}

/** Entries lie in order of their markers: the index of the first whose marker is at `offset` or behind it. */
function firstEndingAt(entries: readonly AbortedEntry[], offset: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle]!.lastOffset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function byFirstOffset(a: AbortedEntry, b: AbortedEntry): number {
  return a.firstOffset - b.firstOffset;
}
