import { join } from "node:path";
import { type Disk, DiskError, type Logger } from "@ottla/base";

const MARK_FILE = ".syncs-intact";

/**
 * A mark in the data directory that says: no sync has failed here since everything that the files show was on the disk, or on its way there. Once a sync has failed the system may show
 * what is not on the disk and what no later sync takes there, so the mark is removed, which needs no space, and the next process writes again what it finds beyond the recovery points.
 * It need not be durable: after a power loss the files show what the disk holds, and there is nothing to be mistaken about.
 */
export class IntactSyncs {
  readonly #disk: Disk;
  readonly #logger: Logger;
  readonly #path: string;
  /** A sync has failed in this process. */
  #hasFailed = false;
  #isRemovalDue = false;

  constructor(disk: Disk, logger: Logger, directory: string) {
    this.#disk = disk;
    this.#logger = logger;
    this.#path = join(directory, MARK_FILE);
  }

  /** Whether the last process left the mark. Errors: disk errors. */
  wereIntact(): boolean {
    return this.#disk.stat(this.#path) !== undefined;
  }

  /** Everything that was found is on the disk, or was written again. Without room for the mark the next start writes more again, and nothing is lost. */
  begin(): void {
    if (this.#hasFailed || this.wereIntact()) return;
    try {
      this.#disk.open(this.#path).close();
    } catch (error) {
      this.#warn(error);
    }
  }

  /** A sync failed: before anybody is told. */
  failed(): void {
    this.#hasFailed = true;
    this.#isRemovalDue = true;
    this.retry();
  }

  /** Removes the mark where the disk has refused it before. */
  retry(): void {
    if (!this.#isRemovalDue) return;
    try {
      this.#disk.remove(this.#path);
      this.#isRemovalDue = false;
    } catch (error) {
      this.#warn(error);
    }
  }

  #warn(error: unknown): void {
    if (!(error instanceof DiskError)) throw error;
    this.#logger.warn("the mark that no sync has failed could not be changed; it will be tried again", { path: this.#path, error });
  }
}
