import { DiskError, type DiskErrorCode } from "../seams/disk.ts";

const CODES: Readonly<Record<string, DiskErrorCode>> = {
  ENOSPC: "DISK_FULL",
  EDQUOT: "DISK_FULL",
  ENOENT: "DISK_NOT_FOUND",
  ENOTDIR: "DISK_NOT_FOUND",
  EEXIST: "DISK_EXISTS",
  EACCES: "DISK_DENIED",
  EPERM: "DISK_DENIED",
  EROFS: "DISK_DENIED",
  EMFILE: "DISK_TOO_MANY_OPEN",
  ENFILE: "DISK_TOO_MANY_OPEN",
};

const REMEDIES: Readonly<Record<DiskErrorCode, string>> = {
  DISK_IO: "the disk failed; check it before going on",
  DISK_FULL: "no space is left; free some and it goes on",
  DISK_NOT_FOUND: "it does not exist",
  DISK_EXISTS: "it exists already",
  DISK_DENIED: "permission is denied; check the owner and the mode",
  DISK_LOCKED: "another process uses it",
  DISK_TOO_MANY_OPEN: "too many files are open; raise the limit (ulimit -n)",
};

/** Runs one disk operation; what it throws becomes a {@link DiskError}. */
export function onDisk<Result>(operation: string, path: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw diskError(operation, path, error);
  }
}

export function diskError(operation: string, path: string, cause: unknown): DiskError {
  if (cause instanceof DiskError) return cause;
  const systemCode = (cause as NodeJS.ErrnoException | undefined)?.code ?? "unknown error";
  const code = CODES[systemCode] ?? "DISK_IO";
  return new DiskError(code, path, `Cannot ${operation} ${path}: ${REMEDIES[code]} (${systemCode}).`, { cause });
}
