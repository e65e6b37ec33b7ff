import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DiskError, type DirectoryLock } from "../seams/disk.ts";
import { onDisk } from "./disk-errors.ts";

/** As in Kafka's data directories. */
const LOCK_NAME = ".lock";
const ATTEMPTS_MAX = 10;

/**
 * Who holds a directory: a process id, and the moment that process started, since ids are used again after a crash or a reboot.
 * `startTicks` is Linux's (boot id and clock ticks since boot); elsewhere it is empty and the id alone decides.
 */
interface Holder {
  readonly pid: number;
  readonly startTicks: string;
}

let candidateCount = 0;

/**
 * Locks a directory by the file `.lock`, which names its holder. The file of a process that is gone (kill -9, power loss) is taken over.
 * Not seen: a holder in another PID namespace or on another machine that shares the directory.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const path = join(directory, LOCK_NAME);
  const own = JSON.stringify(thisProcess() satisfies Holder);
  const candidate = `${path}.${process.pid}.${candidateCount++}`;
  return onDisk("lock", directory, () => {
    writeFileSync(candidate, own);
    try {
      takeLock(directory, path, candidate);
    } finally {
      unlinkSync(candidate);
    }
    return { release: () => release(path, own) };
  });
}

/** A link appears with its whole content or not at all, and never replaces another. */
function takeLock(directory: string, path: string, candidate: string): void {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (linkIfAbsent(candidate, path)) return;
    const content = readIfPresent(path);
    if (content === undefined) continue;
    const holder = parseHolder(content);
    if (holder !== undefined && isAlive(holder)) throw lockedError(directory, holder.pid);
    setAside(path, `${candidate}.stale`, content);
  }
  throw new DiskError("DISK_LOCKED", directory, `Cannot lock ${directory}: other processes keep taking the lock; start one at a time.`);
}

/** Two starters may judge the same file stale; the slower one must give back the lock that the faster one has taken meanwhile. */
function setAside(path: string, aside: string, judged: string): void {
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return;
    throw error;
  }
  if (readIfPresent(aside) !== judged) linkIfAbsent(aside, path);
  unlinkSync(aside);
}

function release(path: string, own: string): void {
  onDisk("unlock", path, () => {
    if (readIfPresent(path) === own) unlinkSync(path);
  });
}

function lockedError(directory: string, pid: number): DiskError {
  const remedy = pid === process.pid ? "this process; close it there first" : `process ${pid}; stop it, or use another directory`;
  return new DiskError("DISK_LOCKED", directory, `${directory} is in use by ${remedy}.`);
}

function thisProcess(): Holder {
  return { pid: process.pid, startTicks: startTicks(process.pid) ?? "" };
}

function isAlive(holder: Holder): boolean {
  const started = startTicks(holder.pid);
  if (started !== undefined) return holder.startTicks === "" || holder.startTicks === started;
  if (process.platform === "linux") return false;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return isSystemError(error, "EPERM");
  }
}

/** When a process started, or undefined when there is no such process or no way to know. A zombie holds nothing any more. */
function startTicks(pid: number): string | undefined {
  if (process.platform !== "linux") return undefined;
  const stat = readIfPresent(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name in parentheses may itself hold spaces and parentheses; state is the first field after it, the start time the 20th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z" || fields[0] === "X") return undefined;
  return `${readIfPresent("/proc/sys/kernel/random/boot_id")?.trim() ?? ""}/${fields[19] ?? ""}`;
}

function parseHolder(content: string): Holder | undefined {
  try {
    const { pid, startTicks } = JSON.parse(content);
    return Number.isSafeInteger(pid) && pid > 0 && typeof startTicks === "string" ? { pid, startTicks } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function linkIfAbsent(existing: string, path: string): boolean {
  try {
    linkSync(existing, path);
    return true;
  } catch (error) {
    if (isSystemError(error, "EEXIST")) return false;
    throw error;
  }
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isSystemError(error, "ENOENT") || isSystemError(error, "ESRCH")) return undefined;
    throw error;
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
