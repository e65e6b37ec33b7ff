import { resolve } from "node:path";
import { type DirectoryLock, DiskError } from "../seams/disk.ts";

/** The locks of a disk held in memory: all holders are in this process. */
export class DirectoryLocks {
  readonly #held = new Set<string>();

  take(directory: string): DirectoryLock {
    const path = resolve(directory);
    if (this.#held.has(path))
      throw new DiskError("DISK_LOCKED", directory, `${directory} is in use by this process; close it there first.`);
    this.#held.add(path);
    let isHeld = true;
    return {
      release: () => {
        if (isHeld) this.#held.delete(path);
        isHeld = false;
      },
    };
  }

  releaseAll(): void {
    this.#held.clear();
  }
}
