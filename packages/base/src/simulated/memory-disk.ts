import { invariant } from "../errors.ts";
import type { DirectoryLock, Disk, DiskFile, FileStat } from "../seams/disk.ts";
import { ChunkedBytes } from "./chunked-bytes.ts";
import { DirectoryLocks } from "./directory-locks.ts";
import { Directory, DirectoryTree, treeError } from "./directory-tree.ts";
import { readOnlyError } from "./read-only-error.ts";

class MemoryFile {
  readonly bytes: ChunkedBytes;
  modifiedMs: number;

  constructor(nowMs: number, onGrow: (moreBytes: number) => void) {
    this.modifiedMs = nowMs;
    this.bytes = new ChunkedBytes(onGrow);
  }
}

/** How a {@link MemoryDisk} is to be. */
export interface MemoryDiskOptions {
  /** Wall time, for the files' modification times. */
  readonly nowMs?: () => number;
  /** The most memory that all files take; beyond it writing fails with `DISK_FULL`, as on a full disk. No limit unless given. */
  readonly capacityBytes?: number;
}

/** A disk that is gone with the process: for `--memory` and for tests that need no faults. Syncs are free. */
export class MemoryDisk implements Disk {
  readonly #tree = new DirectoryTree<MemoryFile>();
  readonly #locks = new DirectoryLocks();
  readonly #nowMs: () => number;
  readonly #capacityBytes: number;
  /** Memory of all files, or more: what was freed since the last count is still in it. */
  #usedBytesMax = 0;
  #hasFreed = false;

  constructor({ nowMs = Date.now, capacityBytes = Infinity }: MemoryDiskOptions = {}) {
    this.#nowMs = nowMs;
    this.#capacityBytes = capacityBytes;
  }

  open(path: string): DiskFile {
    const file = this.#tree.fileOrNew(path, () => this.#newFile(path));
    return new MemoryDiskFile(path, file, this.#nowMs, false, () => this.#freed());
  }

  openRead(path: string): DiskFile {
    return new MemoryDiskFile(path, this.#tree.file(path), this.#nowMs, true, () => this.#freed());
  }

  readFile(path: string): Buffer {
    return this.#tree.file(path).bytes.toBuffer();
  }

  replaceFile(path: string, content: Uint8Array): void {
    const file = this.#newFile(path);
    file.bytes.append(content);
    this.#freed();
    const temporary = `${path}.tmp`;
    this.#tree.remove(temporary);
    this.#tree.fileOrNew(temporary, () => file);
    this.#tree.rename(temporary, path);
  }

  async replace(path: string, content: Uint8Array): Promise<void> {
    this.replaceFile(path, content);
  }

  list(directory: string): string[] {
    return this.#tree.list(directory);
  }

  stat(path: string): FileStat | undefined {
    const found = this.#tree.find(path);
    if (found === undefined) return undefined;
    if (found instanceof Directory) return { sizeBytes: 0, modifiedMs: 0, isDirectory: true };
    return { sizeBytes: found.bytes.length, modifiedMs: found.modifiedMs, isDirectory: false };
  }

  makeDirectory(path: string): void {
    this.#tree.makeDirectory(path);
  }

  rename(from: string, to: string): void {
    this.#tree.rename(from, to);
  }

  remove(path: string): void {
    this.#tree.remove(path);
    this.#freed();
  }

  syncDirectory(directory: string): void {
    this.#tree.directory(directory);
  }

  async syncNames(directory: string): Promise<void> {
    this.#tree.directory(directory);
  }

  /** All of it is in memory. */
  cacheBytes(): number {
    return Infinity;
  }

  lockDirectory(directory: string): DirectoryLock {
    this.#tree.directory(directory);
    return this.#locks.take(directory);
  }

  /** Another disk with the same files, none of them open or locked: what a start after a kill would find. */
  copy(): MemoryDisk {
    const copy = new MemoryDisk({ nowMs: this.#nowMs, capacityBytes: this.#capacityBytes });
    copy.#tree.root.entries.clear();
    copy.#fill("/", copy.#tree.root, this.#tree.root);
    return copy;
  }

  #fill(path: string, into: Directory<MemoryFile>, from: Directory<MemoryFile>): void {
    for (const [name, entry] of from.entries) {
      if (entry instanceof Directory) {
        const inside = new Directory<MemoryFile>();
        into.entries.set(name, inside);
        this.#fill(`${path}${name}/`, inside, entry);
        continue;
      }
      const file = this.#newFile(`${path}${name}`);
      file.bytes.append(entry.bytes.toBuffer());
      file.modifiedMs = entry.modifiedMs;
      into.entries.set(name, file);
    }
  }

  #newFile(path: string): MemoryFile {
    return new MemoryFile(this.#nowMs(), (moreBytes) => this.#use(path, moreBytes));
  }

  #freed(): void {
    this.#hasFreed = true;
  }

  #use(path: string, moreBytes: number): void {
    if (this.#usedBytesMax + moreBytes > this.#capacityBytes && this.#hasFreed) {
      this.#hasFreed = false;
      this.#usedBytesMax = bytesOf(this.#tree.root);
    }
    if (this.#usedBytesMax + moreBytes > this.#capacityBytes)
      throw treeError("DISK_FULL", "write to", path, `the files in memory may take ${this.#capacityBytes} bytes; delete some (ENOSPC)`);
    this.#usedBytesMax += moreBytes;
  }
}

function bytesOf(directory: Directory<MemoryFile>): number {
  let bytes = 0;
  for (const entry of directory.entries.values()) bytes += entry instanceof Directory ? bytesOf(entry) : entry.bytes.capacity;
  return bytes;
}

/** An open file. As on a real disk it stays usable when its name is renamed or removed. */
class MemoryDiskFile implements DiskFile {
  readonly path: string;
  readonly #file: MemoryFile;
  readonly #nowMs: () => number;
  readonly #isReadOnly: boolean;
  readonly #onFreed: () => void;
  #isClosed = false;

  constructor(path: string, file: MemoryFile, nowMs: () => number, isReadOnly: boolean, onFreed: () => void) {
    this.path = path;
    this.#file = file;
    this.#isReadOnly = isReadOnly;
    this.#nowMs = nowMs;
    this.#onFreed = onFreed;
  }

  get sizeBytes(): number {
    return this.#file.bytes.length;
  }

  append(buffers: readonly Uint8Array[]): void {
    const bytes = this.#forWriting();
    const sizeBytes = bytes.length;
    try {
      for (const buffer of buffers) bytes.append(buffer);
    } catch (error) {
      // The size stays as it was; the caller truncates to it, which frees what is behind.
      const takenBytes = bytes.capacity;
      bytes.truncate(sizeBytes);
      if (bytes.capacity < takenBytes) this.#onFreed();
      throw error;
    }
  }

  write(buffer: Uint8Array, position: number): void {
    this.#forWriting().write(buffer, position);
  }

  readSync(target: Uint8Array, position: number): number {
    this.#checkOpen();
    return this.#file.bytes.read(target, position);
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    return this.readSync(target, position);
  }

  truncate(sizeBytes: number): void {
    this.#forWriting().truncate(sizeBytes);
    this.#onFreed();
  }

  async sync(): Promise<void> {
    this.#checkOpen();
  }

  syncNow(): void {
    this.#checkOpen();
  }

  close(): void {
    this.#isClosed = true;
  }

  #forWriting(): ChunkedBytes {
    this.#checkOpen();
    if (this.#isReadOnly) throw readOnlyError("write", this.path);
    this.#file.modifiedMs = this.#nowMs();
    return this.#file.bytes;
  }

  #checkOpen(): void {
    invariant(!this.#isClosed, `${this.path} was used after it was closed.`);
  }
}
