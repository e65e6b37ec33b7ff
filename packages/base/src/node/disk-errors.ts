import { DiskError, type DiskErrorCode } from "../seams/disk.ts";

const codes: Readonly<Record<string, DiskErrorCode>> = {
  ENOSPC: "DISK_FULL",
  EDQUOT: "DISK_FULL",
  EFBIG: "DISK_FULL",
  ENOENT: "DISK_NOT_FOUND",
  ENOTDIR: "DISK_NOT_FOUND",
  EEXIST: "DISK_EXISTS",
  ENOTEMPTY: "DISK_EXISTS",
  EACCES: "DISK_DENIED",
  EPERM: "DISK_DENIED",
  EROFS: "DISK_DENIED",
  ENAMETOOLONG: "DISK_NAME_TOO_LONG",
  EMFILE: "DISK_TOO_MANY_OPEN",
  ENFILE: "DISK_TOO_MANY_OPEN",
};

const remedies: Readonly<Record<DiskErrorCode, string>> = {
  DISK_IO: "the disk failed; look at the system's log",
  DISK_FULL: "no space is left; free some",
  DISK_NOT_FOUND: "there is nothing there",
  DISK_EXISTS: "there is something there already",
  DISK_DENIED: "this user may not; check owner, mode and whether the file system is read-only",
  DISK_NAME_TOO_LONG: "the name is longer than the file system allows; choose a shorter one",
  DISK_LOCKED: "another process uses it; stop that one first",
  DISK_TOO_MANY_OPEN: "too many files are open; raise the limit (ulimit -n)",
};

/** The seam's error for one of Node's. What is not known to be harmless is `DISK_IO`. */
export function diskError(does: string, path: string, cause: unknown): DiskError {
  const system = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const code = codes[system] ?? "DISK_IO";
  const remedy = system === "ENOTDIR" ? "a part of that path is a file and no directory; name another place" : remedies[code];
  return new DiskError(code, path, `Cannot ${does} ${path}: ${remedy}${system === "" ? "" : ` (${system})`}.`, { cause });
}

/** Runs `run`; a failure of the system becomes a {@link DiskError}. */
export function onDisk<T>(does: string, path: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw cause instanceof DiskError ? cause : diskError(does, path, cause);
  }
}
