import type { Clock, Disk, Logger, Timer } from "@ottla/base";

/** Removes files and directories some time after they were renamed away. What is left when the process ends is removed at the next start. */
export class FileRemovals {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #timers = new Set<Timer>();
  #isStopped = false;

  constructor(deps: { readonly disk: Disk; readonly clock: Clock; readonly logger: Logger }) {
    this.#disk = deps.disk;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
  }

  /** Removes a file, or a directory with its files one by one, so that no request waits long. */
  later(path: string, delayMs: number): void {
    if (this.#isStopped) return;
    const timer = this.#clock.schedule(delayMs, () => {
      this.#timers.delete(timer);
      this.#removeStep(path);
    });
    this.#timers.add(timer);
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #removeStep(path: string): void {
    try {
      const name = this.#disk.stat(path)?.isDirectory ? this.#disk.list(path)[0] : undefined;
      this.#disk.remove(name === undefined ? path : `${path}/${name}`);
      if (name !== undefined) this.later(path, 0);
    } catch (error) {
      this.#logger.warn("a deleted file could not be removed; the next start does it", { path, error });
    }
  }
}
