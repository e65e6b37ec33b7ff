import { type Disk, DiskError } from "@ottla/base";

/** What records may not use, in bytes: metadata and checkpoints are written there, so that topics can be deleted and settings changed on a full disk. */
export const KEPT_FREE_BYTES: number = 4 * 1024 * 1024;
/** How much is let through between two looks at the file system, in bytes, at most. */
const ALLOWANCE_MAX_BYTES = 64 * 1024 * 1024;

/** Keeps records from filling the disk to the last byte. The file system is asked now and then only: the more is free, the more rarely. */
export class SpaceGuard {
  readonly #disk: Disk;
  readonly #directory: string;
  #allowanceBytes = 0;

  constructor(disk: Disk, directory: string) {
    this.#disk = disk;
    this.#directory = directory;
  }

  /** Throws `DISK_FULL` when the batch would take what is kept free. */
  admit(batchBytes: number): void {
    if (batchBytes <= this.#allowanceBytes) {
      this.#allowanceBytes -= batchBytes;
      return;
    }
    const space = this.#disk.space?.(this.#directory);
    const freeBytes = space === undefined ? Infinity : space.usableBytes - KEPT_FREE_BYTES;
    if (batchBytes > freeBytes) {
      const sentence = `The file system of ${this.#directory} has ${space!.usableBytes} bytes left, of which ${KEPT_FREE_BYTES} are kept for metadata; free some, or delete topics.`;
      throw new DiskError("DISK_FULL", this.#directory, sentence);
    }
    this.#allowanceBytes = space === undefined ? Infinity : Math.max(0, Math.min(freeBytes / 2, ALLOWANCE_MAX_BYTES) - batchBytes);
  }
}
