import { dirname } from "node:path";
import type { Clock } from "../seams/clock.ts";
import type { DirectoryLock, Disk, DiskFile, DiskSpace, FileStat } from "../seams/disk.ts";
import type { Random } from "../seams/random.ts";
import { DirectoryLocks } from "./directory-locks.ts";
import { Directory, DirectoryTree, treeError } from "./directory-tree.ts";
import { type DiskFault, DiskFaults, type DiskOperation } from "./disk-faults.ts";
import { type DiskMachine, SimulatedDiskFile } from "./simulated-disk-file.ts";
import { SimulatedFile } from "./simulated-file.ts";

export type { DiskFault, DiskOperation } from "./disk-faults.ts";

/** How a simulated disk behaves. */
export interface SimulatedDiskOptions {
  /** Default: wall time stands still at 0 and a sync takes one turn of the promise queue. */
  readonly clock?: Clock;
  /** How long a sync takes, in ms of `clock`. Default 0. */
  readonly syncMs?: number;
  /** How many bytes all files together may have. Default: no end. */
  readonly capacityBytes?: number;
  /** Whether {@link Disk.space} is there. Default: not, so that a full disk is met by who writes. */
  readonly tellsSpace?: boolean;
}

/** `process`: the program was killed, the page cache lives. `power`: what was not synced may be lost, in pieces, as `random` has it. */
export type CrashOptions = { readonly mode: "process" } | { readonly mode: "power"; readonly random: Random };

interface NameChange {
  readonly directory: Directory<SimulatedFile>;
  readonly before: ReadonlyMap<string, SimulatedFile | Directory<SimulatedFile> | undefined>;
}

/**
 * A disk that fails on demand and forgets what nobody synced.
 * Content is durable by {@link DiskFile.sync}, names by {@link Disk.syncDirectory} alone: syncing a new file does not make its name durable.
 */
export class SimulatedDisk implements Disk {
  /** How long a sync takes, in ms. */
  syncMs: number;
  /** How many bytes all files together may have. */
  capacityBytes: number;
  /** See {@link SimulatedDiskOptions.tellsSpace}. */
  readonly space?: (directory: string) => DiskSpace;
  readonly #clock: Clock | undefined;
  readonly #faults = new DiskFaults();
  readonly #locks = new DirectoryLocks();
  #unsyncedNames: NameChange[] = [];
  readonly #tree = new DirectoryTree<SimulatedFile>((directory, before) => this.#unsyncedNames.push({ directory, before }));
  #crashes = 0;

  constructor(options: SimulatedDiskOptions = {}) {
    this.#clock = options.clock;
    this.syncMs = options.syncMs ?? 0;
    this.capacityBytes = options.capacityBytes ?? Infinity;
    if (options.tellsSpace)
      this.space = () => ({ totalBytes: this.capacityBytes, usableBytes: Math.max(0, this.capacityBytes - this.#usedBytes()) });
    // The working directory was there before the program.
    this.#unsyncedNames = [];
  }

  /** Makes operations fail. Returns a function that takes the fault back. */
  fail(fault: DiskFault): () => void {
    return this.#faults.arm(fault);
  }

  /** How often an operation was called, failures included. */
  count(operation: DiskOperation): number {
    return this.#faults.count(operation);
  }

  /**
   * Ends the life of everything open: files fail from now on, locks are free, syncs under way never answer. The disk is then as the next
   * start finds it. Of the unsynced names in each directory, the first few (as `random` has it) are kept.
   */
  crash(options: CrashOptions): void {
    this.#crashes++;
    this.#locks.releaseAll();
    if (options.mode === "process") return;
    this.#loseNames(options.random);
    for (const file of new Set(this.#files())) file.losePower(options.random);
  }

  open(path: string): DiskFile {
    this.#faults.check("open", path);
    const file = this.#tree.fileOrNew(path, () => new SimulatedFile(this.#nowMs()));
    return new SimulatedDiskFile(path, file, this.#machine(path), false);
  }

  openRead(path: string): DiskFile {
    this.#faults.check("open", path);
    return new SimulatedDiskFile(path, this.#tree.file(path), this.#machine(path), true);
  }

  readFile(path: string): Buffer {
    this.#faults.check("read", path);
    return this.#tree.file(path).toBuffer();
  }

  replaceFile(path: string, content: Uint8Array): void {
    const temporary = `${path}.tmp`;
    const file = new SimulatedFile(this.#nowMs());
    this.#faults.check("replaceFile", path, (byteLength) => {
      this.#tree.fileOrNew(temporary, () => file).write(content.subarray(0, byteLength), 0);
    });
    this.#machine(path).checkSpace(content.byteLength, () => {});
    this.#tree.remove(temporary);
    this.#tree.fileOrNew(temporary, () => file).write(content, 0);
    file.completeSync(file.startSync());
    this.#tree.rename(temporary, path);
    this.syncDirectory(dirname(path));
  }

  replace(path: string, content: Uint8Array): Promise<void> {
    return this.#inSyncTime(path, () => this.replaceFile(path, content));
  }

  list(directory: string): string[] {
    this.#faults.check("list", directory);
    return this.#tree.list(directory);
  }

  stat(path: string): FileStat | undefined {
    const found = this.#tree.find(path);
    if (found === undefined) return undefined;
    if (found instanceof Directory) return { sizeBytes: 0, modifiedMs: 0, isDirectory: true };
    return { sizeBytes: found.size, modifiedMs: found.modifiedMs, isDirectory: false };
  }

  makeDirectory(path: string): void {
    this.#faults.check("makeDirectory", path);
    this.#tree.makeDirectory(path);
  }

  rename(from: string, to: string): void {
    this.#faults.check("rename", from);
    this.#tree.rename(from, to);
  }

  remove(path: string): void {
    this.#faults.check("remove", path);
    this.#tree.remove(path);
  }

  syncDirectory(path: string): void {
    this.#faults.check("syncDirectory", path);
    const synced = this.#tree.directory(path);
    this.#unsyncedNames = this.#unsyncedNames.filter(({ directory }) => directory !== synced);
  }

  syncNames(path: string): Promise<void> {
    return this.#inSyncTime(path, () => this.syncDirectory(path));
  }

  /** All of it is in memory. */
  cacheBytes(): number {
    return Infinity;
  }

  lockDirectory(directory: string): DirectoryLock {
    this.#faults.check("lock", directory);
    this.#tree.directory(directory);
    return this.#locks.take(directory);
  }

  /** Does it when a sync would be done; never after a crash. */
  #inSyncTime(path: string, run: () => void): Promise<void> {
    const machine = this.#machine(path);
    return new Promise((resolve, reject) => {
      machine.afterSyncTime(() => {
        if (!machine.isAlive()) return;
        try {
          run();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** What an open file needs of the disk; dead after the next crash. */
  #machine(path: string): DiskMachine {
    const life = this.#crashes;
    return {
      nowMs: () => this.#nowMs(),
      isAlive: () => this.#crashes === life,
      check: (operation, partial) => {
        if (this.#crashes !== life) throw treeError("DISK_IO", operation, path, "the simulated machine has crashed since it was opened");
        this.#faults.check(operation, path, partial);
      },
      checkSpace: (moreBytes, partial) => this.#checkSpace(path, moreBytes, partial),
      afterSyncTime: (run) => {
        if (this.#clock === undefined) queueMicrotask(run);
        else this.#clock.schedule(this.syncMs, run);
      },
    };
  }

  #checkSpace(path: string, moreBytes: number, partial: (byteLength: number) => void): void {
    if (this.capacityBytes === Infinity || moreBytes <= 0) return;
    const free = Math.max(0, this.capacityBytes - this.#usedBytes());
    if (moreBytes <= free) return;
    partial(free);
    throw treeError("DISK_FULL", "write to", path, "no space is left; free some (ENOSPC)");
  }

  #usedBytes(): number {
    let used = 0;
    for (const file of this.#files()) used += file.size;
    return used;
  }

  #loseNames(random: Random): void {
    const kept = new Map<Directory<SimulatedFile>, number>();
    for (const { directory } of this.#unsyncedNames) kept.set(directory, (kept.get(directory) ?? 0) + 1);
    for (const [directory, count] of kept) kept.set(directory, count - random.nextInt(count + 1));
    const survivors = this.#unsyncedNames.map(({ directory }) => {
      const left = kept.get(directory)! - 1;
      kept.set(directory, left);
      return left >= 0;
    });
    for (let at = survivors.length - 1; at >= 0; at--) {
      if (!survivors[at]) restoreNames(this.#unsyncedNames[at]!);
    }
    this.#unsyncedNames = [];
  }

  *#files(directory: Directory<SimulatedFile> = this.#tree.root): Generator<SimulatedFile> {
    for (const entry of directory.entries.values()) {
      if (entry instanceof Directory) yield* this.#files(entry);
      else yield entry;
    }
  }

  #nowMs(): number {
    return this.#clock?.nowMs() ?? 0;
  }
}

function restoreNames({ directory, before }: NameChange): void {
  for (const [name, entry] of before) {
    if (entry === undefined) directory.entries.delete(name);
    else directory.entries.set(name, entry);
  }
}
