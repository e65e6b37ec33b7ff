import { type Clock, type Disk, DiskError, type Logger, type Timer } from "@ottla/base";
import { DELETED_SUFFIX } from "../segment/segment-files.ts";
import type { DirectorySyncs } from "./directory-syncs.ts";
import type { FileRemovals } from "./file-removals.ts";

/** When a name that the disk did not change is tried again, in ms. */
const RETRY_MS = 60_000;

/** What files are taken away with. */
export interface FileRetirementsDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly directories: DirectorySyncs;
  readonly removals: FileRemovals;
}

/** What is part of no log any more. */
export interface RetiredSegment {
  /** Where its files are, or would be. */
  filePaths(): readonly string[];
  /** Whether somebody still reads it. */
  readonly isRead: boolean;
}

/** Files of one segment that are to be renamed. */
interface LeavingFiles {
  readonly segment: RetiredSegment;
  readonly deleteDelayMs: number;
}

/** What is to be renamed in one directory. */
class Queue {
  readonly waiting: LeavingFiles[] = [];
  /** Settles, and never rejects, when the names that are being changed are changed. */
  underWay: Promise<void> = Promise.resolve();
  retry: Timer | undefined;
  isRunning = false;
}

/**
 * Takes the files of segments away that are part of no log any more: they are renamed, and removed some time after. Where the disk can do that off the event loop, nobody waits for it; the files of a
 * directory are renamed in the order in which they were given, the oldest segment first, so that whatever is left when the process ends is a log without a hole. Such a rest is found by the next start below
 * the log's start, or let go by retention again.
 */
export class FileRetirements {
  readonly #deps: FileRetirementsDeps;
  readonly #queues = new Map<string, Queue>();
  #isStopped = false;

  constructor(deps: FileRetirementsDeps) {
    this.#deps = deps;
  }

  /**
   * Takes away the files of a segment in `directory`, those that are there. Errors: disk errors, where the disk changes names at once; else they are told to the log, and the files are tried again.
   */
  retire(directory: string, segment: RetiredSegment, deleteDelayMs: number): void {
    const { disk, removals, directories } = this.#deps;
    if (disk.renameInBackground === undefined) {
      for (const path of segment.filePaths()) {
        if (disk.stat(path) === undefined) continue;
        disk.rename(path, path + DELETED_SUFFIX);
        removals.later(path + DELETED_SUFFIX, deleteDelayMs, () => segment.isRead);
      }
      directories.changed(directory);
      return;
    }
    if (this.#isStopped) return;
    const queue = this.#queues.get(directory) ?? new Queue();
    this.#queues.set(directory, queue);
    queue.waiting.push({ segment, deleteDelayMs });
    if (!queue.isRunning && queue.retry === undefined) void this.#run(directory, queue);
  }

  /** The directory itself goes away, and with it what is left to do. Resolves when no name in it is being changed any more; undefined where that is so already. */
  forget(directory: string): Promise<void> | undefined {
    const queue = this.#queues.get(directory);
    if (queue === undefined) return undefined;
    this.#drop(directory, queue);
    return queue.isRunning ? queue.underWay : undefined;
  }

  /** Names are being changed. */
  get isBusy(): boolean {
    return this.#queues.size > 0;
  }

  /** Resolves when all that can be renamed is; what the disk refuses is left to the next start. */
  async settled(): Promise<void> {
    for (const [directory, queue] of this.#queues) {
      while (queue.isRunning) await queue.underWay;
      this.#drop(directory, queue);
    }
  }

  /** Nothing more is begun. */
  stop(): void {
    this.#isStopped = true;
    for (const [directory, queue] of this.#queues) this.#drop(directory, queue);
  }

  #drop(directory: string, queue: Queue): void {
    queue.waiting.length = 0;
    queue.retry?.cancel();
    queue.retry = undefined;
    if (!queue.isRunning) this.#queues.delete(directory);
  }

  async #run(directory: string, queue: Queue): Promise<void> {
    queue.isRunning = true;
    while (queue.waiting.length > 0 && queue.retry === undefined) {
      queue.underWay = this.#rename(directory, queue, queue.waiting[0]!);
      await queue.underWay;
    }
    queue.isRunning = false;
    if (queue.waiting.length === 0 && this.#queues.get(directory) === queue) this.#queues.delete(directory);
  }

  /** Those behind wait for one that fails: the files that are left must follow each other. */
  async #rename(directory: string, queue: Queue, files: LeavingFiles): Promise<void> {
    const { disk, removals, directories, logger, clock } = this.#deps;
    try {
      for (const path of files.segment.filePaths()) {
        if (await renameIfThere(disk, path)) removals.later(path + DELETED_SUFFIX, files.deleteDelayMs, () => files.segment.isRead);
      }
      if (queue.waiting[0] !== files) return;
      queue.waiting.shift();
      directories.changed(directory);
    } catch (error) {
      if (queue.waiting[0] !== files) return;
      logger.warn("files of old segments could not be renamed; it is tried again", { directory, error: String(error) });
      queue.retry = clock.schedule(RETRY_MS, () => {
        queue.retry = undefined;
        void this.#run(directory, queue);
      });
    }
  }
}

async function renameIfThere(disk: Disk, path: string): Promise<boolean> {
  try {
    await disk.renameInBackground!(path, path + DELETED_SUFFIX);
    return true;
  } catch (error) {
    if (error instanceof DiskError && error.code === "DISK_NOT_FOUND") return false;
    throw error;
  }
}
