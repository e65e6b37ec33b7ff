import { invariant } from "../errors.ts";
import type { DirectoryLock, Disk, DiskFile, FileStat } from "../seams/disk.ts";
import { ChunkedBytes } from "./chunked-bytes.ts";
import { DirectoryLocks } from "./directory-locks.ts";
import { Directory, DirectoryTree } from "./directory-tree.ts";
import { readOnlyError } from "./read-only-error.ts";

class MemoryFile {
  readonly bytes = new ChunkedBytes();
  modifiedMs: number;

  constructor(nowMs: number) {
    this.modifiedMs = nowMs;
  }
}

/** A disk that is gone with the process: for `--memory` and for tests that need no faults. Never runs full; syncs are free. */
export class MemoryDisk implements Disk {
  readonly #tree = new DirectoryTree<MemoryFile>();
  readonly #locks = new DirectoryLocks();
  readonly #nowMs: () => number;

  /** `nowMs`: wall time, for the files' modification times. */
  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  open(path: string): DiskFile {
    const file = this.#tree.fileOrNew(path, () => new MemoryFile(this.#nowMs()));
    return new MemoryDiskFile(path, file, this.#nowMs, false);
  }

  openRead(path: string): DiskFile {
    return new MemoryDiskFile(path, this.#tree.file(path), this.#nowMs, true);
  }

  readFile(path: string): Buffer {
    return this.#tree.file(path).bytes.toBuffer();
  }

  replaceFile(path: string, content: Uint8Array): void {
    const file = new MemoryFile(this.#nowMs());
    file.bytes.append(content);
    const temporary = `${path}.tmp`;
    this.#tree.remove(temporary);
    this.#tree.fileOrNew(temporary, () => file);
    this.#tree.rename(temporary, path);
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
  }

  syncDirectory(directory: string): void {
    this.#tree.directory(directory);
  }

  lockDirectory(directory: string): DirectoryLock {
    this.#tree.directory(directory);
    return this.#locks.take(directory);
  }
}

/** An open file. As on a real disk it stays usable when its name is renamed or removed. */
class MemoryDiskFile implements DiskFile {
  readonly path: string;
  readonly #file: MemoryFile;
  readonly #nowMs: () => number;
  readonly #isReadOnly: boolean;
  #isClosed = false;

  constructor(path: string, file: MemoryFile, nowMs: () => number, isReadOnly: boolean) {
    this.path = path;
    this.#file = file;
    this.#isReadOnly = isReadOnly;
    this.#nowMs = nowMs;
  }

  get sizeBytes(): number {
    return this.#file.bytes.length;
  }

  append(buffers: readonly Uint8Array[]): void {
    const bytes = this.#forWriting();
    for (const buffer of buffers) bytes.append(buffer);
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
