import type { Disk } from "@ottla/base";

/** Which directories have new, renamed or removed names that are not on the disk yet; many changes share one sync. */
export class DirectorySyncs {
  readonly #disk: Disk;
  readonly #changed = new Set<string>();
  /** The latest sync of each directory that is under way: it has all changes that are not in `#changed`. */
  readonly #running = new Map<string, Promise<void>>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  changed(directory: string): void {
    this.#changed.add(directory);
  }

  /** Resolves when all changes so far are on the disk. Rejects with the disk's error; the directory then counts as changed still. */
  sync(directory: string): Promise<void> {
    if (this.#changed.delete(directory)) this.#running.set(directory, this.#start(directory));
    return this.#running.get(directory) ?? Promise.resolve();
  }

  /** The directory is gone. */
  forget(directory: string): void {
    this.#changed.delete(directory);
  }

  #start(directory: string): Promise<void> {
    const run: Promise<void> = this.#disk.syncNames(directory).then(
      () => this.#ended(directory, run),
      (error: unknown) => {
        this.#changed.add(directory);
        this.#ended(directory, run);
        throw error;
      },
    );
    return run;
  }

  #ended(directory: string, run: Promise<void>): void {
    if (this.#running.get(directory) === run) this.#running.delete(directory);
  }
}
