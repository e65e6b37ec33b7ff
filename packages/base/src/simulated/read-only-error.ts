import { DiskError } from "../seams/disk.ts";

/** What a system says of a change through a handle that was opened for reading. */
export function readOnlyError(does: string, path: string): DiskError {
  return new DiskError("DISK_IO", path, `Cannot ${does} ${path}: it was opened for reading (EBADF).`);
}
