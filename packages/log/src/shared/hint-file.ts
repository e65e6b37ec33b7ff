import { type Disk, DiskError } from "@ottla/base";

const TEMPORARY_SUFFIX = ".tmp";

/**
 * Writes a file that may be lost: whole under its name or not at all after a killed process, but without waiting for the disk. For indexes,
 * snapshots and epoch histories, which are checked when read and rebuilt from the log. Errors: disk errors.
 */
export function writeHintFile(disk: Disk, path: string, content: Uint8Array): void {
  const temporary = path + TEMPORARY_SUFFIX;
  const file = disk.open(temporary);
  try {
    if (file.sizeBytes > 0) file.truncate(0);
    if (content.length > 0) file.append([content]);
  } finally {
    file.close();
  }
  disk.rename(temporary, path);
}

/** The content; undefined when there is no such file. Other disk errors are thrown. */
export function readHintFile(disk: Disk, path: string): Buffer | undefined {
  try {
    return disk.readFile(path);
  } catch (error) {
    if (error instanceof DiskError && error.code === "DISK_NOT_FOUND") return undefined;
    throw error;
  }
}
