import { join } from "node:path";
import { type Disk, DiskError, type Logger } from "@ottla/base";
import { KEPT_FREE_BYTES } from "../shared/space-guard.ts";

const RESERVE_FILE = ".reserve";
const RESERVE_BYTES = 256 * 1024;

/**
 * Somebody else may fill the disk to the last byte, and then not even a start can be written down. So a file of some size is kept, which is given up when a
 * start finds the disk full, and made anew when there is room again. Errors: none; without a reserve the start may fail on a full disk.
 */
export function keepReserve(disk: Disk, directory: string, logger: Logger): void {
  const path = join(directory, RESERVE_FILE);
  try {
    const usableBytes = disk.space?.(directory).usableBytes;
    if (usableBytes === undefined) return;
    const isThere = disk.stat(path)?.sizeBytes === RESERVE_BYTES;
    if (usableBytes < RESERVE_BYTES && isThere) {
      disk.remove(path);
      logger.warn(
        "the disk is full: the reserve is given up, so that topics can be deleted; records are refused until some space is free",
        {
          directory,
          usableBytes,
          reserveBytes: RESERVE_BYTES,
        },
      );
    } else if (usableBytes > KEPT_FREE_BYTES + RESERVE_BYTES && !isThere) writeReserve(disk, path);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    logger.warn("the reserve for a full disk could not be looked after", { directory, error });
  }
}

function writeReserve(disk: Disk, path: string): void {
  const content = Buffer.allocUnsafe(RESERVE_BYTES);
  // Bytes that a compressing file system cannot make small.
  for (let at = 0, state = 1; at < RESERVE_BYTES; at += 4)
    content.writeUInt32LE((state = (Math.imul(state, 1664525) + 1013904223) >>> 0), at);
  const file = disk.open(path);
  try {
    file.truncate(0);
    file.append([content]);
  } finally {
    file.close();
  }
}
