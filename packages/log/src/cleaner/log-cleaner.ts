import { type Clock, type Disk, DiskError, type Logger, OttlaError, type Random, TimeSlice, type Timer } from "@ottla/base";
import type { PartitionLog } from "../partition/partition-log.ts";
import { segmentPath } from "../segment/segment-files.ts";
import type { SegmentReplacement } from "../segment/segment-replacement.ts";
import { type CleanableRange, cleanableRange, isDue } from "./cleanable-range.ts";
import type { CleanBounds, CleanJob, SegmentGroup, SourceSegment } from "./clean-job.ts";
import type { CleanerCheckpoint } from "./cleaner-checkpoint.ts";
import type { CleanerEngine, RunningCleaning } from "./cleaner-engine.ts";
import { CleaningStopped } from "./log-cleaning.ts";
import { packAborted } from "./packed-rows.ts";
import { groupSegments, type MeasuredSegment } from "./segment-groups.ts";
import { weighLog } from "./weigh-log.ts";

/** How often it is looked whether a cleaning that runs is still wanted, in ms. */
const WATCH_EVERY_MS = 100;

/** How the cleaner works; Kafka's names. */
export interface CleanerSettings {
  /** `log.cleaner.threads`: logs that are cleaned side by side. */
  readonly threads: number;
  /** `log.cleaner.dedupe.buffer.size`: memory for the maps of keys of all threads, in bytes. */
  readonly dedupeBufferBytes: number;
  /** `log.cleaner.io.buffer.load.factor`: how full a map may become, up to 1. */
  readonly mapLoadFactor: number;
  /** `log.cleaner.io.buffer.size`: memory for reading and writing of all threads, in bytes. */
  readonly ioBufferBytes: number;
  /** `log.cleaner.io.max.bytes.per.second`: what all threads may read and write together. */
  readonly ioBytesPerSecond: number;
  /** `log.cleaner.backoff.ms`: how long the cleaner rests when no log is due. */
  readonly backoffMs: number;
}

/** Kafka's defaults. */
export const defaultCleanerSettings: CleanerSettings = {
  threads: 1,
  dedupeBufferBytes: 134217728,
  mapLoadFactor: 0.9,
  ioBufferBytes: 524288,
  ioBytesPerSecond: Infinity,
  backoffMs: 15_000,
};

/** How the cleaner does, for those who watch it. */
export interface CleanerStatus {
  /** The largest dirty share, 0 to 1, that the last look at the logs has found; 0 before. */
  readonly maxDirtyRatio: number;
  /** Since the last look at the logs, or since the cleaner is there. */
  readonly sinceLastRunMs: number;
  /** Logs that could not be cleaned and are left alone until the next start. */
  readonly uncleanableCount: number;
  /** How long the last cleaning took; 0 before. */
  readonly lastCleaningMs: number;
}

/** What the cleaner works on and with. */
export interface LogCleanerDeps {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly random: Random;
  readonly logger: Logger;
  readonly engine: CleanerEngine;
  /** By `topic-partition`. */
  readonly logs: ReadonlyMap<string, PartitionLog>;
  readonly checkpoint: CleanerCheckpoint;
}

/**
 * Compacts, in the background, the logs whose policy says so: always the one with the largest share of bytes not cleaned yet, one per thread. A log that cannot be cleaned is left
 * alone from then on, with an error event; the others go on. Nothing of a log changes before its new segments are whole on the disk. Source: Apache Kafka's log cleaner.
 */
export class LogCleaner {
  readonly #deps: LogCleanerDeps;
  #settings: CleanerSettings;
  /** By name; the cleaning is absent while it begins. */
  readonly #running = new Map<string, RunningCleaning | undefined>();
  readonly #uncleanable = new Set<PartitionLog>();
  /** When a log whose disk was full may be tried again, monotonic ms. */
  readonly #waiting = new WeakMap<PartitionLog, number>();
  readonly #resting = new Map<Timer, () => void>();
  #workers = 0;
  #work: Promise<void>[] = [];
  #maxDirtyRatio = 0;
  #lastRunMs: number;
  #lastCleaningMs = 0;
  #isStarted = false;
  #isStopped = false;

  constructor(deps: LogCleanerDeps, settings: CleanerSettings) {
    this.#deps = deps;
    this.#settings = settings;
    this.#lastRunMs = deps.clock.monotonicMs();
  }

  /** Begins to clean, after a first rest. */
  start(): void {
    this.#isStarted = true;
    while (this.#workers < this.#settings.threads && !this.#isStopped) {
      this.#workers++;
      this.#work.push(this.#cleanOnAndOn());
    }
  }

  /** What runs goes on with the memory it has; its rate changes at once. */
  configure(settings: CleanerSettings): void {
    this.#settings = settings;
    for (const running of this.#running.values()) running?.setIoRate(this.#bounds().ioBytesPerSecond);
    if (!this.#isStarted) return;
    this.#wake();
    this.start();
  }

  /** Ends what is under way; the logs stay as they are. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake();
    for (const running of this.#running.values()) running?.stop();
    await Promise.all(this.#work);
    await this.#deps.engine.close();
    await this.#deps.checkpoint.settled();
  }

  /** The logs that are cleaned at this moment, by name. */
  get underWay(): string[] {
    return Array.from(this.#running).flatMap(([name, running]) => (running === undefined ? [] : [name]));
  }

  get status(): CleanerStatus {
    this.#forgetGone();
    return {
      maxDirtyRatio: this.#maxDirtyRatio,
      sinceLastRunMs: this.#deps.clock.monotonicMs() - this.#lastRunMs,
      uncleanableCount: this.#uncleanable.size,
      lastCleaningMs: this.#lastCleaningMs,
    };
  }

  /** Cleans the one log that is due most, now. False where none is. Never rejects. */
  async cleanFilthiest(): Promise<boolean> {
    const found = await this.#findFilthiest();
    if (found === undefined || this.#isStopped) return false;
    const { log, range } = found;
    if (this.#running.has(log.name)) return true;
    this.#running.set(log.name, undefined);
    try {
      await this.#clean(log, range);
    } catch (error) {
      this.#noteFailure(log, error);
    } finally {
      this.#running.delete(log.name);
    }
    return true;
  }

  async #cleanOnAndOn(): Promise<void> {
    await this.#rest(this.#settings.backoffMs);
    while (!this.#isStopped && this.#workers <= this.#settings.threads) {
      if (await this.#cleanFilthiestSafely()) continue;
      if (this.#running.size === 0) this.#deps.engine.rest();
      await this.#rest(this.#settings.backoffMs);
    }
    this.#workers--;
  }

  /** Nothing may end the loop. */
  async #cleanFilthiestSafely(): Promise<boolean> {
    try {
      return await this.cleanFilthiest();
    } catch (error) {
      this.#deps.logger.error("the choice of a log to compact failed; it is tried again", { error });
      return false;
    }
  }

  async #findFilthiest(): Promise<{ log: PartitionLog; range: CleanableRange } | undefined> {
    const { clock, logs, checkpoint } = this.#deps;
    const slice = new TimeSlice(clock);
    this.#forgetGone();
    this.#lastRunMs = clock.monotonicMs();
    let maxDirtyRatio = 0;
    let found: { log: PartitionLog; range: CleanableRange } | undefined;
    for (const log of logs.values()) {
      if (slice.isOver) await slice.rest();
      if (this.#isStopped) return undefined;
      if (!this.#mayClean(log)) continue;
      const cleanedBelow = checkpoint.of(log);
      try {
        const weighed = await weighLog(log, cleanedBelow ?? log.logStartOffset);
        const range = cleanableRange(weighed, cleanedBelow, log.config, clock.nowMs());
        maxDirtyRatio = Math.max(maxDirtyRatio, range.dirtyRatio);
        if (isDue(range, log.config) && range.dirtyRatio > (found?.range.dirtyRatio ?? -1)) found = { log, range };
      } catch (error) {
        this.#noteFailure(log, error);
      }
    }
    this.#maxDirtyRatio = maxDirtyRatio;
    return found !== undefined && this.#mayClean(found.log) ? found : undefined;
  }

  /** A log that was deleted is nobody's worry any more. */
  #forgetGone(): void {
    for (const log of this.#uncleanable) if (this.#deps.logs.get(log.name) !== log) this.#uncleanable.delete(log);
  }

  #mayClean(log: PartitionLog): boolean {
    if (!this.#isWanted(log) || this.#running.has(log.name) || this.#uncleanable.has(log)) return false;
    return (this.#waiting.get(log) ?? -Infinity) <= this.#deps.clock.monotonicMs();
  }

  /** Whether the log is there, takes records, and is to be compacted. */
  #isWanted(log: PartitionLog): boolean {
    return !this.#isStopped && log.config.compacts && log.refusal === undefined && this.#deps.logs.get(log.name) === log;
  }

  async #clean(log: PartitionLog, range: CleanableRange): Promise<void> {
    const { clock, logger, engine, checkpoint } = this.#deps;
    const startedMs = clock.monotonicMs();
    const bytesBefore = log.sizeBytes;
    // What takes the place of older records must not be lost after those are gone.
    if (log.recoveryPoint < range.endOffset) await log.flush();
    const firstBase = log.segments.first.baseOffset;
    const running = await engine.begin(this.#jobFor(log, range));
    this.#running.set(log.name, running);
    const stopWatching = this.#watch(log, running);
    try {
      const mapped = await running.map();
      if (mapped.endOffset <= range.firstDirtyOffset) throw tooManyKeys(log, mapped.keys);
      await log.allowCompactionBelow(range.endOffset);
      await this.#rewriteAll(log, running, mapped.endOffset);
      await checkpoint.set(log, mapped.endOffset);
      this.#lastCleaningMs = clock.monotonicMs() - startedMs;
      logger.info("a log was compacted", {
        topic: log.topic,
        partition: log.partition,
        cleanedBelow: mapped.endOffset,
        keys: mapped.keys,
        bytesBefore,
        bytesAfter: log.sizeBytes,
        tookMs: Math.round(this.#lastCleaningMs),
      });
    } catch (error) {
      // Retention has taken what was to be read.
      if (log.segments.first.baseOffset !== firstBase) throw new CleaningStopped(`${log.name} was trimmed while it was compacted.`);
      throw error;
    } finally {
      stopWatching();
      running.end();
    }
  }

  /** Each group is put in place, which waits for the disk, while the one behind it is written. */
  async #rewriteAll(log: PartitionLog, running: RunningCleaning, endOffset: number): Promise<void> {
    let placed: Promise<unknown> = Promise.resolve();
    try {
      for (const group of await this.#groupsOf(log, endOffset)) {
        if (!this.#isWanted(log)) throw new CleaningStopped(`${log.name} is not to be compacted any more.`);
        const replacement = log.beginReplacement(group.segments[0]!.baseOffset, group.segments.length);
        // Retention has taken some of them.
        if (replacement === undefined) continue;
        const written = await running.rewrite(group, endOffset).catch((error: unknown) => {
          discardQuietly(replacement);
          throw error;
        });
        try {
          await placed;
        } catch (error) {
          replacement.discard();
          throw error;
        }
        placed = log.commitReplacement(replacement, written);
        // What is written behind a group that could not be put in place is for nothing.
        placed.catch(() => running.stop());
      }
    } finally {
      // Why a group could not be put in place is what has to be told.
      await placed;
    }
  }

  #jobFor(log: PartitionLog, range: CleanableRange): CleanJob {
    const { clock, random } = this.#deps;
    const { firstDirtyOffset, endOffset } = range;
    const word = (): number => random.nextInt(2 ** 32) | 0;
    const segments = sources(log, endOffset);
    return {
      directory: log.directory,
      dirty: segments.filter((segment) => segment.endOffset > firstDirtyOffset),
      firstDirtyOffset,
      endOffset,
      // Also those whose markers lie behind what is cleaned.
      aborted: packAborted(
        log.segments.all().flatMap(({ transactions }) => transactions.entries.filter(({ firstOffset }) => firstOffset < endOffset)),
      ),
      producers: log.lastOfProducers(),
      nowMs: clock.nowMs(),
      deleteRetentionMs: log.config.deleteRetentionMs,
      indexIntervalBytes: log.config.indexIntervalBytes,
      secret: [word(), word(), word(), word()],
      bounds: this.#bounds(),
    };
  }

  #bounds(): CleanBounds {
    const { threads, dedupeBufferBytes, mapLoadFactor, ioBufferBytes, ioBytesPerSecond } = this.#settings;
    const share = Math.max(1, threads);
    return {
      mapBytes: Math.floor(dedupeBufferBytes / share),
      mapLoadFactor,
      // Half to read, half to write.
      bufferBytes: Math.floor(ioBufferBytes / share / 2),
      ioBytesPerSecond: ioBytesPerSecond / share,
    };
  }

  async #groupsOf(log: PartitionLog, endOffset: number): Promise<SegmentGroup[]> {
    const { disk, clock } = this.#deps;
    const slice = new TimeSlice(clock);
    const sizeOf = (base: number, kind: ".index" | ".timeindex"): number =>
      disk.stat(segmentPath(log.directory, base, kind))?.sizeBytes ?? 0;
    const segments: MeasuredSegment[] = [];
    for (const segment of sources(log, endOffset)) {
      if (slice.isOver) await slice.rest();
      const { baseOffset } = segment;
      segments.push({ ...segment, offsetIndexBytes: sizeOf(baseOffset, ".index"), timeIndexBytes: sizeOf(baseOffset, ".timeindex") });
    }
    return groupSegments(segments, { segmentBytes: log.config.segmentBytes, indexBytes: log.config.segmentIndexBytes });
  }

  /** Stops a cleaning that nobody wants any more. */
  #watch(log: PartitionLog, running: RunningCleaning): () => void {
    let timer: Timer | undefined;
    const look = (): void => {
      if (!this.#isWanted(log)) return running.stop();
      timer = this.#deps.clock.schedule(WATCH_EVERY_MS, look);
    };
    look();
    return () => timer?.cancel();
  }

  #noteFailure(log: PartitionLog, error: unknown): void {
    const { clock, logger } = this.#deps;
    const { topic, partition } = log;
    // Whatever failed, it failed because the log was taken away.
    if (error instanceof CleaningStopped || !this.#isWanted(log)) return;
    if (error instanceof DiskError && (error.code === "DISK_FULL" || error.code === "DISK_TOO_MANY_OPEN")) {
      this.#waiting.set(log, clock.monotonicMs() + Math.max(this.#settings.backoffMs, WATCH_EVERY_MS));
      logger.warn("a log could not be compacted and stays as it is; it is tried again", { topic, partition, error });
      return;
    }
    this.#uncleanable.add(log);
    logger.error("a log could not be compacted and stays as it is; it is left alone until the next start", { topic, partition, error });
  }

  #rest(delayMs: number): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#deps.clock.schedule(delayMs, () => {
        this.#resting.delete(timer);
        resolve();
      });
      this.#resting.set(timer, resolve);
    });
  }

  #wake(): void {
    for (const [timer, resolve] of this.#resting) {
      timer.cancel();
      resolve();
    }
    this.#resting.clear();
  }
}

/** The closed segments that begin below `endOffset`. */
function sources(log: PartitionLog, endOffset: number): SourceSegment[] {
  const all = log.segments.all();
  return all.slice(0, -1).flatMap(({ path, baseOffset, sizeBytes }, i) => {
    return baseOffset < endOffset ? [{ path, baseOffset, sizeBytes, endOffset: all[i + 1]!.baseOffset }] : [];
  });
}

/** Who writes removes what it gave up by itself, unless it has ended. The error that led here is the one to tell. */
function discardQuietly(replacement: SegmentReplacement): void {
  try {
    replacement.discard();
  } catch {
    // The next start removes it.
  }
}

function tooManyKeys(log: PartitionLog, keys: number): OttlaError {
  return new OttlaError(
    "LOG_UNCLEANABLE",
    `The map of ${keys} keys is too small for even one batch of ${log.name}; raise log.cleaner.dedupe.buffer.size, or lower log.cleaner.threads.`,
  );
}
