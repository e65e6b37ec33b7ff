import { OttlaError } from "../errors.ts";

/** What can go wrong on a disk, as codes of {@link DiskError}. */
export const DISK_ERROR_CODES = [
  "DISK_IO",
  "DISK_FULL",
  "DISK_NOT_FOUND",
  "DISK_EXISTS",
  "DISK_DENIED",
  "DISK_NAME_TOO_LONG",
  "DISK_LOCKED",
  "DISK_TOO_MANY_OPEN",
] as const;

/** What went wrong on the disk. `FULL` may heal when space is freed; after `IO` nothing on that file can be trusted. */
export type DiskErrorCode = (typeof DISK_ERROR_CODES)[number];

/** A failed disk operation. Codes: see {@link DiskErrorCode}. */
export class DiskError extends OttlaError {
  override readonly name = "DiskError";
  override readonly code: DiskErrorCode;
  readonly path: string;

  constructor(code: DiskErrorCode, path: string, message: string, options?: { readonly cause?: unknown }) {
    super(code, message, options);
    this.code = code;
    this.path = path;
  }
}

/** What is known of a file or directory without opening it. */
export interface FileStat {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly isDirectory: boolean;
}

/** How much a file system holds, in bytes. */
export interface DiskSpace {
  readonly totalBytes: number;
  /** What this process may still write. */
  readonly usableBytes: number;
}

/**
 * One open file. Writes go to the page cache and return at once; only {@link DiskFile.sync} makes them survive a power loss.
 * All failures are {@link DiskError}.
 */
export interface DiskFile {
  readonly path: string;
  /** The size as of the last write or truncate through this handle, in bytes. */
  readonly sizeBytes: number;
  /**
   * Writes all buffers at the end of the file, in order. On an error part of the bytes may be there:
   * `sizeBytes` is unchanged then, and the caller must truncate to it before writing on.
   */
  append(buffers: readonly Uint8Array[]): void;
  /** Overwrites in place or extends. */
  write(buffer: Uint8Array, position: number): void;
  /** Reads into `target` from `position`; returns how many bytes there were (short only at the end of the file). */
  readSync(target: Uint8Array, position: number): number;
  /** As {@link DiskFile.readSync}, off the event loop. */
  read(target: Uint8Array, position: number): Promise<number>;
  truncate(sizeBytes: number): void;
  /** Waits until data and size are on the disk (fdatasync). After a rejection the same bytes must not be taken as written, even if a later sync succeeds. */
  sync(): Promise<void>;
  /** As {@link DiskFile.sync}, blocking. For start and stop only. */
  syncNow(): void;
  close(): void;
}

/** A lock on a directory, held until released or the process ends. */
export interface DirectoryLock {
  release(): void;
}

/** The file system as Ottla needs it. Paths are absolute or relative to the process. All failures are {@link DiskError}. */
export interface Disk {
  /** Opens for reading and writing, creating an empty file where there is none. */
  open(path: string): DiskFile;
  /** Opens an existing file for reading. */
  openRead(path: string): DiskFile;
  /** The whole file. */
  readFile(path: string): Buffer;
  /** Replaces a file as a whole and durably: writes a temporary one beside it, syncs it, renames it, syncs the directory. */
  replaceFile(path: string, content: Uint8Array): void;
  /** As {@link Disk.replaceFile}, off the event loop. One caller at a time per path. */
  replace(path: string, content: Uint8Array): Promise<void>;
  /** Names in a directory, sorted; not the dot entries. */
  list(directory: string): string[];
  stat(path: string): FileStat | undefined;
  makeDirectory(path: string): void;
  rename(from: string, to: string): void;
  /** Removes a file, or a directory with all in it; nothing there is no error. */
  remove(path: string): void;
  /**
   * As {@link Disk.remove}, off the event loop: a large file takes the system long to free, a third of a second of a processor for each GB. `inSteps`: it is cut shorter bit by bit, with pauses, so that
   * others get the processor in between; only for a file that nobody reads any more. Absent where it takes no time.
   */
  removeInBackground?(path: string, options?: { readonly inSteps: boolean }): Promise<void>;
  /** As {@link Disk.rename}, off the event loop: on a busy disk a name waits long for what is written before it. Absent where it takes no time. */
  renameInBackground?(from: string, to: string): Promise<void>;
  /** Makes a directory with one file in it, off the event loop. Fails with `DISK_EXISTS` where there is something; after another failure there may be a part of it. Absent where it takes no time. */
  makeDirectoryInBackground?(path: string, fileName: string, content: Uint8Array): Promise<void>;
  /** Makes creations, renames and removals in a directory durable, blocking. For start and stop only. */
  syncDirectory(directory: string): void;
  /** As {@link Disk.syncDirectory}, off the event loop: all changes made before the call. */
  syncNames(directory: string): Promise<void>;
  /** The file system that holds a directory; absent where that is not known. */
  space?(directory: string): DiskSpace;
  /** About how many bytes of what was written last the system still has in memory at this moment, so that to read them does not wait. Absent where that is not known. */
  cacheBytes?(): number;
  /** How often this process has read what was not in memory: it grows when a read waits for the device. Absent where that is not known. */
  deviceReads?(): number;
  /** Fails with `DISK_LOCKED` when another live process holds it. */
  lockDirectory(directory: string): DirectoryLock;
}
