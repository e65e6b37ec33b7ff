import type { CleanJob, MappedKeys, RewrittenGroup, SegmentGroup } from "./clean-job.ts";
import { type CleaningDeps, LogCleaning } from "./log-cleaning.ts";

/** One cleaning under way. One step at a time. */
export interface RunningCleaning {
  /** Finds the last offset of each key. Errors: `CleaningStopped`, disk errors, `LOG_CORRUPT`. */
  map(): Promise<MappedKeys>;
  /** Writes a group's `.cleaned` file. Groups come in order. Errors: as of {@link RunningCleaning.map}; then no file is left. */
  rewrite(group: SegmentGroup, mapEndOffset: number): Promise<RewrittenGroup>;
  /** From now on so many bytes per second. */
  setIoRate(bytesPerSecond: number): void;
  /** The step under way, and each one after it, is rejected with `CleaningStopped`. */
  stop(): void;
  /** Frees what the cleaning holds. No step is under way. */
  end(): void;
}

/** Does the reading, hashing and writing of cleanings, on this thread or on others. */
export interface CleanerEngine {
  /** Resolves when the cleaning can begin. Errors: whatever keeps the engine from working at all. */
  begin(job: CleanJob): Promise<RunningCleaning>;
  /** Removes a file that nobody reads without holding the loop, nor any thread that requests need; undefined where that cannot be had now. Errors: whatever keeps it from going. */
  removeFile?(path: string): Promise<void> | undefined;
  /** Nothing has to be done for now: memory and threads may go. */
  rest(): void;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** Cleans on this thread, in slices. */
export class SameThreadEngine implements CleanerEngine {
  readonly #deps: Omit<CleaningDeps, "sharesLoop">;

  constructor(deps: Omit<CleaningDeps, "sharesLoop">) {
    this.#deps = deps;
  }

  begin(job: CleanJob): Promise<RunningCleaning> {
    const stop = new AbortController();
    const cleaning = new LogCleaning({ ...this.#deps, sharesLoop: true }, job, stop.signal);
    return Promise.resolve({
      map: () => cleaning.map(),
      rewrite: (group, mapEndOffset) => cleaning.rewrite(group, mapEndOffset),
      setIoRate: (bytesPerSecond) => cleaning.setIoRate(bytesPerSecond),
      stop: () => stop.abort(),
      end: () => {},
    });
  }

  rest(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}
