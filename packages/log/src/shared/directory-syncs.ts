import type { Disk } from "@ottla/base";

/** Which directories have new, renamed or removed names that are not on the disk yet; many changes share one sync. */
export class DirectorySyncs {
  readonly #disk: Disk;
  readonly #changed = new Set<string>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  changed(directory: string): void {
    this.#changed.add(directory);
  }

  /** Makes all changes so far durable. Errors: disk errors; the directory then counts as changed still. */
  sync(directory: string): void {
    if (!this.#changed.has(directory)) return;
    this.#disk.syncDirectory(directory);
    this.#changed.delete(directory);
  }

  /** The directory is gone. */
  forget(directory: string): void {
    this.#changed.delete(directory);
  }
}
