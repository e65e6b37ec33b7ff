import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type DirectoryLock, DiskError } from "../seams/disk.ts";
import { onDisk } from "./disk-errors.ts";

/** As in Kafka's data directories. Always empty: the system's lock on it is what counts. */
const LOCK_NAME = ".lock";
/** Names who holds the lock, for people and messages alone. */
const HOLDER_NAME = ".lock.holder";

/** SQLite's results, of which the lowest byte is the kind. */
const SQLITE_BUSY = 5;
const SQLITE_CANTOPEN = 14;

/** Every lock of this process: a database that nobody refers to would be closed by the garbage collector, and its lock be lost. */
const heldLocks = new Set<DatabaseSync>();

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/**
 * Locks a directory by the file system's own lock on the file `.lock`. The system frees it when the process ends, however it ends. It holds between all
 * processes that reach the same file through one kernel (so between containers that share a volume), and a copy of the directory is not locked.
 *
 * Node has no call for such locks but one: SQLite, which is part of it, holds a record lock (fcntl; LockFileEx on Windows) on its file as long as an exclusive
 * transaction is open. The file stays empty, since nothing is ever written in that transaction.
 * `.lock` must not be opened by anything else in this process: closing any descriptor of it would free the lock (POSIX).
 */
export function lockDirectory(directory: string): DirectoryLock {
  return onDisk("lock", directory, () => {
    // Fails with what is wrong when there is no such directory, or a file in its place.
    statSync(`${directory}/.`);
    const held = takeLock(directory);
    heldLocks.add(held);
    const holderPath = join(directory, HOLDER_NAME);
    noteHolder(holderPath);
    let isHeld = true;
    return {
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        try {
          onDisk("unlock", directory, () => rmSync(holderPath, { force: true }));
        } finally {
          heldLocks.delete(held);
          held.close();
        }
      },
    };
  });
}

function takeLock(directory: string): DatabaseSync {
  const path = join(directory, LOCK_NAME);
  // Loaded only where a directory is locked, since it costs some ms.
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  emptyForeignContent(path);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    // Without a journal on the disk, so that a full one can be locked as well.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database?.close();
    throw lockError(directory, error);
  }
}

/** Earlier versions wrote the holder's process id into the file, which is no database. While a lock is held the file is empty. */
function emptyForeignContent(path: string): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0) truncateSync(path);
}

function lockError(directory: string, cause: unknown): unknown {
  const result = cause instanceof Error && "errcode" in cause && typeof cause.errcode === "number" ? cause.errcode & 0xff : undefined;
  if (result === undefined) return cause;
  if (result === SQLITE_BUSY)
    return new DiskError("DISK_LOCKED", directory, `${directory} is in use by ${nameHolder(directory)}.`, { cause });
  if (result === SQLITE_CANTOPEN) {
    const sentence = `Cannot lock ${directory}: the file ${LOCK_NAME} in it cannot be opened for writing; check owner, mode and whether the file system is read-only.`;
    return new DiskError("DISK_DENIED", directory, sentence, { cause });
  }
  const sentence = `Cannot lock ${directory}: its file system does not give locks (${String(cause)}); use a directory on a local disk.`;
  return new DiskError("DISK_IO", directory, sentence, { cause });
}

function nameHolder(directory: string): string {
  const holder = readHolder(join(directory, HOLDER_NAME));
  if (holder === undefined) return "another process; stop it, or use another directory";
  if (holder.host !== hostname()) return `process ${holder.pid} on ${holder.host}; stop it, or use another directory`;
  return holder.pid === process.pid ? "this process; close it there first" : `process ${holder.pid}; stop it, or use another directory`;
}

/** A disk that is full, or a file of another owner, must not keep the lock from being taken. */
function noteHolder(path: string): void {
  try {
    writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder));
  } catch {
    return;
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const { pid, host } = JSON.parse(readFileSync(path, "utf8"));
    return Number.isSafeInteger(pid) && typeof host === "string" ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}
