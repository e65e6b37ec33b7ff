import type { DirectoryLock, Disk, DiskFile, DiskSpace, FileStat } from "../seams/disk.ts";
import { treeError } from "./directory-tree.ts";
import { type DiskFault, DiskFaults, type DiskOperation } from "./disk-faults.ts";

/** Operations that need space. */
const TAKES_SPACE: ReadonlySet<DiskOperation> = new Set(["append", "write", "replaceFile", "makeDirectory"]);

/** Any disk, with operations that fail on demand, and that runs full on demand. Files that were open before fail, too. */
export class FaultyDisk implements Disk {
  /** No space is left, but for what is spared. What is there can be read and removed. */
  isFull = false;
  /** See {@link Disk.space}; there where the disk below knows it. */
  readonly space?: (directory: string) => DiskSpace;
  /** See {@link Disk.cacheBytes}; there where the disk below knows it. */
  readonly cacheBytes?: () => number;
  #below: Disk;
  readonly #spares: (path: string) => boolean;
  readonly #faults = new DiskFaults();
  readonly #takeBack = new Set<() => void>();

  /** `spares`: paths that lie, as it were, on a disk of their own, which does not run full. */
  constructor(below: Disk, spares: (path: string) => boolean = () => false) {
    this.#below = below;
    this.#spares = spares;
    if (below.cacheBytes) this.cacheBytes = () => this.#below.cacheBytes?.() ?? 0;
    if (below.space) this.space = (directory) => this.#space(directory);
  }

  /** Makes operations fail. Returns a function that takes the fault back. */
  fail(fault: DiskFault): () => void {
    const disarm = this.#faults.arm(fault);
    const takeBack = (): void => {
      this.#takeBack.delete(takeBack);
      disarm();
    };
    this.#takeBack.add(takeBack);
    return takeBack;
  }

  /** Nothing fails any more, and there is space. */
  mend(): void {
    this.isFull = false;
    for (const takeBack of [...this.#takeBack]) takeBack();
  }

  /** Stands on another disk from now on; files that are open stay where they are. */
  standOn(below: Disk): void {
    this.#below = below;
  }

  /** Throws where the operation is to fail. */
  check(operation: DiskOperation, path: string, partial?: (byteLength: number) => void): void {
    if (this.isFull && TAKES_SPACE.has(operation) && !this.#spares(path))
      throw treeError("DISK_FULL", "write to", path, "no space is left; free some (ENOSPC)");
    this.#faults.check(operation, path, partial);
  }

  #space(directory: string): DiskSpace {
    const space = this.#below.space?.(directory) ?? { totalBytes: 0, usableBytes: 0 };
    return this.isFull ? { ...space, usableBytes: 0 } : space;
  }

  open(path: string): DiskFile {
    this.check("open", path);
    return new FaultyFile(this, this.#below.open(path));
  }

  openRead(path: string): DiskFile {
    this.check("open", path);
    return new FaultyFile(this, this.#below.openRead(path));
  }

  readFile(path: string): Buffer {
    this.check("read", path);
    return this.#below.readFile(path);
  }

  replaceFile(path: string, content: Uint8Array): void {
    this.check("replaceFile", path);
    this.#below.replaceFile(path, content);
  }

  async replace(path: string, content: Uint8Array): Promise<void> {
    this.check("replaceFile", path);
    await this.#below.replace(path, content);
  }

  list(directory: string): string[] {
    this.check("list", directory);
    return this.#below.list(directory);
  }

  stat(path: string): FileStat | undefined {
    return this.#below.stat(path);
  }

  makeDirectory(path: string): void {
    this.check("makeDirectory", path);
    this.#below.makeDirectory(path);
  }

  rename(from: string, to: string): void {
    this.check("rename", from);
    this.#below.rename(from, to);
  }

  remove(path: string): void {
    this.check("remove", path);
    this.#below.remove(path);
  }

  syncDirectory(directory: string): void {
    this.check("syncDirectory", directory);
    this.#below.syncDirectory(directory);
  }

  async syncNames(directory: string): Promise<void> {
    this.check("syncDirectory", directory);
    await this.#below.syncNames(directory);
  }

  lockDirectory(directory: string): DirectoryLock {
    this.check("lock", directory);
    return this.#below.lockDirectory(directory);
  }
}

class FaultyFile implements DiskFile {
  readonly #disk: FaultyDisk;
  readonly #below: DiskFile;
  /** After a write that failed half-way: the size that its caller cuts it back to. */
  #sizeBefore: number | undefined;

  constructor(disk: FaultyDisk, below: DiskFile) {
    this.#disk = disk;
    this.#below = below;
  }

  get path(): string {
    return this.#below.path;
  }

  get sizeBytes(): number {
    return this.#sizeBefore ?? this.#below.sizeBytes;
  }

  append(buffers: readonly Uint8Array[]): void {
    this.#disk.check("append", this.path, (byteLength) => {
      this.#sizeBefore = this.sizeBytes;
      if (byteLength > 0) this.#below.append([Buffer.concat(buffers).subarray(0, byteLength)]);
    });
    this.#below.append(buffers);
  }

  write(buffer: Uint8Array, position: number): void {
    this.#disk.check("write", this.path, (byteLength) => {
      if (byteLength > 0) this.#below.write(buffer.subarray(0, byteLength), position);
    });
    this.#below.write(buffer, position);
  }

  readSync(target: Uint8Array, position: number): number {
    this.#disk.check("read", this.path);
    return this.#below.readSync(target, position);
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    this.#disk.check("read", this.path);
    return this.#below.read(target, position);
  }

  truncate(sizeBytes: number): void {
    this.#disk.check("truncate", this.path);
    this.#below.truncate(sizeBytes);
    this.#sizeBefore = undefined;
  }

  async sync(): Promise<void> {
    this.#disk.check("sync", this.path);
    await this.#below.sync();
  }

  syncNow(): void {
    this.#disk.check("sync", this.path);
    this.#below.syncNow();
  }

  close(): void {
    this.#below.close();
  }
}
