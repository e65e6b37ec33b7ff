/** So much waits for the disk in all tasks of a worker together, however many it has. */
const BYTES_MAX = 256 * 1024 * 1024;

/** What waits for the disk in several states together: when that is too much, those that hold most of it are to commit. */
export class PendingBudget {
  readonly #bytesMax: number;
  #bytes = 0;
  #stateCount = 0;

  constructor(bytesMax = BYTES_MAX) {
    this.#bytesMax = bytesMax;
  }

  opened(): void {
    this.#stateCount++;
  }

  /** Nothing waits in it any more. */
  closed(): void {
    this.#stateCount--;
  }

  change(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Whether a state that has so many bytes waiting is to commit: too much waits, and it has no less of it than an equal share. */
  isOver(bytes: number): boolean {
    return this.#bytes > this.#bytesMax && bytes * this.#stateCount >= this.#bytes;
  }
}
