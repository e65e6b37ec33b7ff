import { type DirectoryLock, type Disk, type Random, randomUuid } from "@ottla/base";
import { filesOf, lockIfFree } from "./task-folder.ts";

const PROCESS_ID_FILE = "ottla-process-id";

/** What an instance has on the disk: a folder for each task, and who it is. One instance at a time has it. */
export class StateDirectory {
  /** The same after a restart: its producer then takes over from the one before, and its tasks find their stores. */
  readonly processId: string;
  readonly #disk: Disk;
  readonly #path: string;
  readonly #lock: DirectoryLock;
  /** Since when nobody has had a task's folder, by the machine's clock. */
  readonly #unusedSinceMs = new Map<string, number>();

  private constructor(processId: string, disk: Disk, path: string, lock: DirectoryLock) {
    this.processId = processId;
    this.#disk = disk;
    this.#path = path;
    this.#lock = lock;
  }

  /** Throws `DISK_LOCKED` when another instance has it, and what else the disk says. */
  static open(disk: Disk, path: string, random: Random): StateDirectory {
    disk.makeDirectory(path);
    const lock = disk.lockDirectory(path);
    try {
      return new StateDirectory(knownId(disk, path) ?? newId(disk, path, random), disk, path, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Removes all that an application has there. Throws `DISK_LOCKED` when an instance has it. */
  static clean(disk: Disk, path: string): void {
    if (disk.stat(path) === undefined) return;
    const lock = disk.lockDirectory(path);
    try {
      disk.remove(path);
    } finally {
      lock.release();
    }
  }

  /** Empties the folders of tasks that nobody has had for so long; those that somebody has are left alone. Gives their names. */
  emptyUnused(nowMs: number, delayMs: number): string[] {
    const emptied: string[] = [];
    const names = this.#disk.list(this.#path).filter((name) => /^\d+_\d+$/.test(name));
    for (const name of names) {
      const folder = `${this.#path}/${name}`;
      const files = filesOf(this.#disk, folder);
      const lock = files.length === 0 ? undefined : lockIfFree(this.#disk, folder);
      if (lock === undefined) {
        this.#unusedSinceMs.delete(name);
        continue;
      }
      try {
        const sinceMs = this.#unusedSinceMs.get(name) ?? nowMs;
        this.#unusedSinceMs.set(name, sinceMs);
        if (nowMs - sinceMs < delayMs) continue;
        for (const file of files) this.#disk.remove(`${folder}/${file}`);
        this.#unusedSinceMs.delete(name);
        emptied.push(name);
      } finally {
        lock.release();
      }
    }
    return emptied;
  }

  close(): void {
    this.#lock.release();
  }
}

function knownId(disk: Disk, path: string): string | undefined {
  const file = `${path}/${PROCESS_ID_FILE}`;
  if (disk.stat(file) === undefined) return undefined;
  const id = disk.readFile(file).toString().trim();
  // Cut short by a crash, or somebody's own: it is a name in the cluster, and another one does as well.
  return /^[A-Za-z0-9_-]{22}$/.test(id) ? id : undefined;
}

function newId(disk: Disk, path: string, random: Random): string {
  const id = randomUuid(random);
  const file = disk.open(`${path}/${PROCESS_ID_FILE}`);
  try {
    file.truncate(0);
    file.append([Buffer.from(id)]);
  } finally {
    file.close();
  }
  return id;
}
