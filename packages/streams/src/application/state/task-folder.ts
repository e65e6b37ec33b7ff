import { type DirectoryLock, type Disk, OttlaError } from "@ottla/base";

const LOCK_FILES: ReadonlySet<string> = new Set([".lock", ".lock.holder"]);

/** What a task's folder holds beside who has it. */
export function filesOf(disk: Disk, folder: string): string[] {
  return disk.list(folder).filter((file) => !LOCK_FILES.has(file));
}

/** Undefined: somebody has it. */
export function lockIfFree(disk: Disk, folder: string): DirectoryLock | undefined {
  try {
    return disk.lockDirectory(folder);
  } catch (error) {
    if (error instanceof OttlaError && error.code === "DISK_LOCKED") return undefined;
    throw error;
  }
}

/** Removes what is in a task's folder, unless somebody has it. The lock's file stays: two that lock one folder must never have two files. Gives whether the folder is empty now. */
export function emptyIfFree(disk: Disk, folder: string): boolean {
  if (disk.stat(folder) === undefined) return true;
  const lock = lockIfFree(disk, folder);
  if (lock === undefined) return false;
  try {
    for (const file of filesOf(disk, folder)) disk.remove(`${folder}/${file}`);
    return true;
  } finally {
    lock.release();
  }
}
