import { type Clock, type Disk, type Logger, type Timer, TimeSlice } from "@ottla/base";

interface DueRemoval {
  readonly path: string;
  /** Absent where that is not known. */
  readonly isRead: (() => boolean) | undefined;
}

/**
 * Removes files and directories some time after they were renamed away, off the event loop or else file by file, and gives the loop back in between: many may be due at one moment.
 * What is left when the process ends is removed at the next start.
 */
export class FileRemovals {
  /** Removes a file that nobody reads in a thread of its own, or undefined where there is none. Owner: the store. */
  aside: ((path: string) => Promise<void> | undefined) | undefined;
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #timers = new Set<Timer>();
  readonly #due: DueRemoval[] = [];
  #isRunning = false;
  #isStopped = false;

  constructor(deps: { readonly disk: Disk; readonly clock: Clock; readonly logger: Logger }) {
    this.#disk = deps.disk;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
  }

  /** Removes a file, or a directory with all in it. `isRead`: whether a file is still read; where it is not, and will not be, it can be taken away bit by bit. */
  later(path: string, delayMs: number, isRead?: () => boolean): void {
    if (this.#isStopped) return;
    const timer = this.#clock.schedule(delayMs, () => {
      this.#timers.delete(timer);
      this.#due.push({ path, isRead });
      if (!this.#isRunning) void this.#removeDue();
    });
    this.#timers.add(timer);
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#due.length = 0;
  }

  async #removeDue(): Promise<void> {
    this.#isRunning = true;
    const slice = new TimeSlice(this.#clock);
    for (let due = this.#due.shift(); due !== undefined; due = this.#due.shift()) {
      for (const step of this.#stepsOf(due.path)) {
        await this.#remove(step, due.isRead?.() === false);
        if (slice.isOver) await slice.rest();
        if (this.#isStopped) break;
      }
    }
    this.#isRunning = false;
  }

  /** The files of a directory, then itself; all in one where it does not hold the loop. */
  #stepsOf(path: string): string[] {
    if (this.#disk.removeInBackground !== undefined) return [path];
    try {
      return [...(this.#disk.stat(path)?.isDirectory ? this.#disk.list(path).map((name) => `${path}/${name}`) : []), path];
    } catch (error) {
      this.#warn(path, error);
      return [];
    }
  }

  async #remove(path: string, inSteps: boolean): Promise<void> {
    try {
      const aside = inSteps ? this.aside?.(path) : undefined;
      if (aside !== undefined && (await this.#isDone(aside))) return;
      if (this.#disk.removeInBackground === undefined) this.#disk.remove(path);
      else await this.#disk.removeInBackground(path, { inSteps });
    } catch (error) {
      this.#warn(path, error);
    }
  }

  /** What went wrong there is told by who tries next; nobody does once this is stopped. */
  async #isDone(removed: Promise<void>): Promise<boolean> {
    try {
      await removed;
      return true;
    } catch {
      return this.#isStopped;
    }
  }

  #warn(path: string, error: unknown): void {
    this.#logger.warn("a deleted file could not be removed; the next start does it", { path, error });
  }
}
