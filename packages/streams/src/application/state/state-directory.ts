import { type DirectoryLock, type Disk, type Random, randomUuid } from "@ottla/base";

const PROCESS_ID_FILE = "ottla-process-id";

/** What an instance has on the disk: a folder for each task, and who it is. One instance at a time has it. */
export class StateDirectory {
  /** The same after a restart: its producer then takes over from the one before, and its tasks find their stores. */
  readonly processId: string;
  readonly #lock: DirectoryLock;

  private constructor(processId: string, lock: DirectoryLock) {
    this.processId = processId;
    this.#lock = lock;
  }

  /** Throws `DISK_LOCKED` when another instance has it, and what else the disk says. */
  static open(disk: Disk, path: string, random: Random): StateDirectory {
    disk.makeDirectory(path);
    const lock = disk.lockDirectory(path);
    try {
      return new StateDirectory(knownId(disk, path) ?? newId(disk, path, random), lock);
    } catch (error) {
      lock.release();
      throw error;
    }
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
