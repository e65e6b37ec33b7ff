import { join } from "node:path";
import type { LogConfig } from "./log-config.ts";
import { LogError } from "../errors.ts";
import { PARTITION_METADATA_FILE } from "../segment/segment-files.ts";
import type { Segment } from "../segment/segment.ts";
import type { SegmentList } from "../segment/segment-list.ts";
import type { Flushable } from "../shared/flush-queue.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";
import { syncFile } from "../shared/sync-file.ts";

/** What the flusher sees of its log. */
export interface FlushedLog {
  readonly name: string;
  readonly config: Pick<LogConfig, "flushMessages">;
  readonly directory: string;
  readonly parentDirectory: string;
  readonly segments: SegmentList;
  readonly logEndOffset: number;
  /** Everything below `offset` is on the disk. */
  onFlushed(offset: number): void;
  /** A sync failed: what was written since the last good one must not be taken as written. */
  onFlushFailed(error: unknown): void;
}

interface Waiter {
  readonly offset: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** Knows how much of one log is on the disk, and waits for more of it. */
export class LogFlusher implements Flushable {
  readonly #log: FlushedLog;
  readonly #env: LogEnvironment;
  #flushedOffset: number;
  /** Segments that begin below are to be synced. */
  #goal: number;
  #waiters: Waiter[] = [];
  #isTopicIdSynced = false;
  #isTopicIdWanted = false;
  #failure: unknown;
  #isStopped = false;

  constructor(log: FlushedLog, env: LogEnvironment, flushedOffset: number) {
    this.#log = log;
    this.#env = env;
    this.#flushedOffset = flushedOffset;
    this.#goal = flushedOffset;
    // Who knows which names reached the disk before this start: the first sync makes sure of all.
    env.directories.changed(log.directory);
    env.directories.changed(log.parentDirectory);
  }

  /** Everything below is on the disk. */
  get flushedOffset(): number {
    return this.#flushedOffset;
  }

  /** A file was created or renamed in the log's directory. */
  noteDirectoryChange(): void {
    this.#env.directories.changed(this.#log.directory);
  }

  /** Resolves when everything up to and including `offset` is on the disk; rejects with the disk's error. */
  wait(offset: number): Promise<void> {
    if (this.#isOver) return Promise.reject(this.#refusal());
    return new Promise((resolve, reject) => {
      this.#waiters.push({ offset, resolve, reject });
      this.request(offset + 1);
    });
  }

  /** Starts to sync everything below `offset`, without waiting. */
  request(offset: number): void {
    if (this.#isOver || offset <= this.#flushedOffset) return;
    this.#goal = Math.max(this.#goal, offset);
    this.#env.flushes.request(this);
  }

  async flushOnce(): Promise<void> {
    if (this.#isOver) return;
    const { segments, name, config } = this.#log;
    const { syncsUnderWay } = this.#env;
    // Whose every record is synced is written again after every kill.
    const slot = config.flushMessages > 1 ? syncsUnderWay.began(name) : -1;
    try {
      if (this.#goal <= this.#flushedOffset) {
        if (this.#isTopicIdWanted) await allOrFirstFailure(this.#syncNames());
        return;
      }
      // Syncing the last segment covers all that is in it by now.
      const reached = this.#goal > segments.active.baseOffset ? this.#log.logEndOffset : this.#goal;
      const due = this.#unsyncedBelow(reached);
      await allOrFirstFailure([this.#syncInOrder(due), ...this.#syncNames()]);
      this.#flushedOffset = Math.max(this.#flushedOffset, reached);
    } catch (error) {
      this.fail(error);
      return;
    } finally {
      syncsUnderWay.ended(slot);
    }
    this.#log.onFlushed(this.#flushedOffset);
    this.#settle();
    if (this.#goal > this.#flushedOffset) this.#env.flushes.request(this);
  }

  /**
   * The segments that hold what is not on the disk yet, and the one before them where an append that failed was cut off at its end: a next segment behind such a tail would be
   * taken for one behind a hole.
   */
  #unsyncedBelow(reached: number): Segment[] {
    const { segments } = this.#log;
    const all = segments.all();
    const first = Math.max(0, segments.floorIndex(this.#flushedOffset));
    const from = first > 0 && all[first - 1]!.hasUnsyncedCut ? first - 1 : first;
    return all.slice(from).filter((segment) => segment.baseOffset < reached);
  }

  /**
   * Starts to sync whose the records are, and under which names they lie, without waiting and at most once: records of a partition that does not say whose it is
   * are taken for nobody's after a power loss.
   */
  requestTopicId(): void {
    if (this.#isOver || this.#isTopicIdSynced || this.#isTopicIdWanted) return;
    this.#isTopicIdWanted = true;
    this.#env.flushes.request(this);
  }

  /** The topic id and the names of directory and files. */
  #syncNames(): Promise<void>[] {
    const { directories } = this.#env;
    return [this.#syncTopicId(), directories.sync(this.#log.directory), directories.sync(this.#log.parentDirectory)];
  }

  /** The offsets below were removed from the log: there is nothing left to flush there. */
  skipTo(offset: number): void {
    if (offset > this.#flushedOffset) this.#flushedOffset = offset;
  }

  /** Refuses everybody who waits or will wait. */
  fail(error: unknown): void {
    if (this.#isOver) return;
    this.#failure = error;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(error);
    this.#log.onFlushFailed(error);
  }

  /** The log is closed or deleted. */
  stop(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    this.#isStopped = true;
    for (const waiter of waiters) waiter.reject(this.#refusal());
  }

  get #isOver(): boolean {
    return this.#isStopped || this.#failure !== undefined;
  }

  /** An error is dear to make, and of ten thousand logs that are closed hardly one has anybody who waits. */
  #refusal(): unknown {
    this.#failure ??= new LogError("LOG_CLOSED", this.#log.directory, `${this.#log.directory} was closed before its records were flushed.`);
    return this.#failure;
  }

  async #syncInOrder(segments: readonly Segment[]): Promise<void> {
    const { clock, flushTimes } = this.#env;
    for (const segment of segments) {
      if (segment.isRetired || segment.sizeBytes === 0) continue;
      const startMs = clock.monotonicMs();
      await segment.sync();
      const nowMs = clock.monotonicMs();
      flushTimes.record(nowMs - startMs, nowMs);
    }
  }

  /** Once, before the first record is called durable: without its topic id a partition would be taken for another topic's. */
  async #syncTopicId(): Promise<void> {
    if (this.#isTopicIdSynced) return;
    await syncFile(this.#env.disk, join(this.#log.directory, PARTITION_METADATA_FILE));
    this.#isTopicIdSynced = true;
  }

  #settle(): void {
    if (this.#waiters.length === 0) return;
    const waiting = this.#waiters.filter((waiter) => waiter.offset >= this.#flushedOffset);
    const done = this.#waiters.filter((waiter) => waiter.offset < this.#flushedOffset);
    this.#waiters = waiting;
    for (const waiter of done) waiter.resolve();
  }
}

/** Waits for all, so that nothing is under way when the failure of one is told. */
async function allOrFirstFailure(steps: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(steps)) if (outcome.status === "rejected") throw outcome.reason;
}
