import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DirectoryLock, DiskError } from "../seams/disk.ts";
import { onDisk } from "./disk-errors.ts";

const LOCK_FILE = ".lock";

/**
 * Takes the directory for this process. The lock file names the holder by process id and start time, so that a lock left by a killed process, or one whose
 * id was given to another program since, is taken over.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const path = join(directory, LOCK_FILE);
  const mine = `${process.pid} ${startTimeOf(process.pid)}`;
  const temporary = `${path}.${process.pid}`;
  onDisk("lock", path, () => writeFileSync(temporary, mine));
  try {
    for (;;) {
      if (tryLink(temporary, path)) break;
      const holder = onDisk("read", path, () => readHolder(path));
      if (holder && isAlive(holder)) {
        throw new DiskError("DISK_LOCKED", path, `The data directory ${directory} is in use by process ${holder.pid}; stop that one or choose another directory.`);
      }
      onDisk("remove", path, () => rmSync(path, { force: true }));
    }
  } finally {
    rmSync(temporary, { force: true });
  }
  return { release: () => rmSync(path, { force: true }) };
}

interface Holder {
  readonly pid: number;
  readonly startTime: string;
}

/** A hard link is made atomically, with its content, and never over an existing file. */
function tryLink(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    return onDisk("lock", path, () => {
      throw error;
    });
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const [pid, startTime] = readFileSync(path, "utf8").split(" ");
    return { pid: Number(pid), startTime: startTime ?? "" };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isAlive({ pid, startTime }: Holder): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const now = startTimeOf(pid);
  return now === "" || startTime === "" || now === startTime;
}

/** When the process started, in the kernel's ticks; empty where /proc does not tell. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name, in parentheses, may hold anything; the start time is the 20th field after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
