import type { Writable } from "node:stream";

/** So much may wait for a reader that is slow; beyond it, lines are dropped and counted. */
export const LOG_WAITING_BYTES_MAX = 1024 * 1024;

const followed = new WeakSet<Writable>();

/**
 * Where lines of a log go. Whoever writes is never stopped, slowed or ended by whoever reads: behind a reader that takes nothing at most
 * {@link LOG_WAITING_BYTES_MAX} wait, what goes beyond is dropped and counted, and a stream that breaks (its reader went away) swallows the rest.
 */
export class LogPipe {
  readonly #out: Writable;
  readonly #noteOf: (droppedCount: number) => string;
  #droppedCount = 0;

  /** @param noteOf the line that stands where so many are missing */
  constructor(out: Writable, noteOf: (droppedCount: number) => string) {
    this.#out = out;
    this.#noteOf = noteOf;
    if (followed.has(out)) return;
    followed.add(out);
    // Unheard, it would end the process.
    out.on("error", () => {});
  }

  write(line: string): void {
    const out = this.#out;
    if (out.destroyed || !out.writable) return;
    if (out.writableLength + line.length <= LOG_WAITING_BYTES_MAX) out.write(line);
    else if (this.#droppedCount++ === 0) out.once("drain", () => this.#noteGap());
  }

  #noteGap(): void {
    const droppedCount = this.#droppedCount;
    this.#droppedCount = 0;
    this.write(this.#noteOf(droppedCount));
  }
}
