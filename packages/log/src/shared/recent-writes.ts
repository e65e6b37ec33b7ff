import type { Clock, Disk } from "@ottla/base";

/** What is written is noted in steps of so much, per file. */
const STEP_BYTES = 1024 * 1024;
/** How much is written until the disk is asked anew how much it keeps. */
const ASK_EVERY_BYTES = 16 * 1024 * 1024;
/** A read of what the system has in memory takes far less, unless the processor is taken away meanwhile. */
const SLOW_READ_MS = 4;
/** That it is taken away for so long is not likely. */
const TOO_SLOW_READ_MS = 25;
/** For so long nothing is taken to be in memory after a slow read. */
const PAUSE_MS = 1000;

/**
 * What this process wrote so lately that the system still has it in memory: to read it needs no disk. It is a guess, from how much has been written since and how much memory there is; when
 * such a read waits for the device all guessing pauses for a second.
 */
export class RecentWrites {
  readonly #disk: Disk;
  readonly #clock: Clock;
  #writtenBytes = 0;
  #keptBytes = 0;
  #askedAtBytes = -Infinity;
  #pausedUntilMs = -Infinity;
  #deviceReads = 0;

  constructor(deps: { readonly disk: Disk; readonly clock: Clock }) {
    this.#disk = deps.disk;
    this.#clock = deps.clock;
  }

  /** False while a slow read shows that the guess does not hold. */
  get isTrusted(): boolean {
    return this.#clock.monotonicMs() >= this.#pausedUntilMs;
  }

  /** For a file that is written from now on. */
  file(): WrittenSpan {
    return new WrittenSpan(this);
  }

  /** Runs a blocking read, and learns from how long it takes. */
  reading<T>(read: () => T): T {
    const startedMs = this.#clock.monotonicMs();
    try {
      return read();
    } finally {
      const endedMs = this.#clock.monotonicMs();
      const tookMs = endedMs - startedMs;
      if (tookMs > SLOW_READ_MS && (this.#hasReadDevice() || tookMs > TOO_SLOW_READ_MS)) this.#pausedUntilMs = endedMs + PAUSE_MS;
    }
  }

  /** Whether the process has waited for the device since this was last asked. */
  #hasReadDevice(): boolean {
    const before = this.#deviceReads;
    const reads = this.#disk.deviceReads?.();
    if (reads === undefined) return true;
    this.#deviceReads = reads;
    return reads > before;
  }

  /** For {@link WrittenSpan}: counts what was written; returns how much it was before. */
  add(byteLength: number): number {
    const before = this.#writtenBytes;
    this.#writtenBytes += byteLength;
    return before;
  }

  /** For {@link WrittenSpan}: whether what was written when `writtenBytes` were is still kept. */
  keeps(writtenBytes: number): boolean {
    if (this.#writtenBytes - this.#askedAtBytes >= ASK_EVERY_BYTES) {
      this.#askedAtBytes = this.#writtenBytes;
      this.#keptBytes = this.#disk.cacheBytes?.() ?? 0;
    }
    return this.#writtenBytes - writtenBytes < this.#keptBytes;
  }
}

/** The end of one file, as far as it was written lately. */
export class WrittenSpan {
  readonly #writes: RecentWrites;
  /** Where in the file each step begins, ascending, and how much the process had written when it came there. */
  #steps: { readonly position: number; readonly writtenBytes: number }[] = [];
  #end = -1;

  constructor(writes: RecentWrites) {
    this.#writes = writes;
  }

  /** `byteLength` bytes were written at `position`, the end of the file. */
  wrote(position: number, byteLength: number): void {
    const writtenBytes = this.#writes.add(byteLength);
    if (position !== this.#end) this.#steps = [];
    const last = this.#steps.at(-1);
    if (last === undefined || position - last.position >= STEP_BYTES) this.#steps.push({ position, writtenBytes });
    this.#end = position + byteLength;
  }

  /** Whether the file is likely to be in memory from `position` to its end. */
  has(position: number): boolean {
    const steps = this.#steps;
    let gone = 0;
    while (gone < steps.length && !this.#writes.keeps(steps[gone]!.writtenBytes)) gone++;
    if (gone > 0) steps.splice(0, gone);
    return steps.length > 0 && steps[0]!.position <= position && this.#writes.isTrusted;
  }

  /** Nothing of it is taken to be in memory any more. */
  forget(): void {
    this.#steps = [];
    this.#end = -1;
  }
}
