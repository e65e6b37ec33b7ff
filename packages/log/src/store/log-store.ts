import { dirname, join } from "node:path";
import { type Clock, type DirectoryLock, type Disk, type Logger, type Random, randomUuid, TimeSlice } from "@ottla/base";
import { LeaderEpochs } from "../epochs/leader-epochs.ts";
import { LogError } from "../errors.ts";
import { loadPartition } from "../loading/load-partition.ts";
import type { LogConfig } from "../partition/log-config.ts";
import { PartitionLog } from "../partition/partition-log.ts";
import { ProducerTable } from "../producers/producer-table.ts";
import type { RemoteSegments } from "../remote/remote-segments.ts";
import { Segment } from "../segment/segment.ts";
import { PARTITION_METADATA_FILE } from "../segment/segment-files.ts";
import { SegmentList } from "../segment/segment-list.ts";
import { readHintFile } from "../shared/hint-file.ts";
import { createLogEnvironment, defaultLogLimits, type LogEnvironment, type LogLimits } from "../shared/log-environment.ts";
import { Checkpoints } from "./checkpoints.ts";
import { type MetaProperties, openMeta } from "./open-meta.ts";
import {
  decodePartitionMetadata,
  deletedDirectoryName,
  encodePartitionMetadata,
  isDeletedDirectory,
  parsePartitionDirectory,
  strayDirectoryName,
  partitionDirectoryName,
} from "./partition-directory.ts";
import { keepReserve } from "./space-reserve.ts";
import { StoreUpkeep, type UpkeepSchedule, defaultUpkeepSchedule } from "./store-upkeep.ts";

/** Partitions that are closed side by side: each waits for the disk most of the time. */
const PARALLEL_CLOSES = 32;
/** How often a close that takes long tells how far it has come, in ms. */
const PROGRESS_EVERY_MS = 2000;

/** What a store needs of its surroundings. */
export interface LogStoreDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** How a data directory is opened. */
export interface LogStoreOptions {
  /** Written into a new directory; an existing one must have it (default: 1, and whatever an existing one has). */
  readonly nodeId?: number;
  /** As `nodeId`; default: a random one for a new directory. */
  readonly clusterId?: string;
  readonly limits?: Partial<LogLimits>;
  /** Where segments of topics with remote storage are, beside this directory. */
  readonly remote?: RemoteSegments;
  readonly schedule?: Partial<UpkeepSchedule>;
  /** Partitions that are loaded side by side (`num.recovery.threads.per.data.dir`). Default: 8. */
  readonly parallelLoads?: number;
}

/** Which partitions of a data directory are opened, and with what configuration. */
export interface LoadOptions {
  configOf(topic: string): LogConfig;
  /** Default: every partition is opened. `topicId` is undefined where the directory does not tell it. */
  fateOf?(topic: string, partition: number, topicId: string | undefined): PartitionFate;
  /** Once it is aborted no further partition is opened: what was opened so far is returned, and the store is good for {@link LogStore.abandon} only. */
  readonly signal?: AbortSignal;
  /** Called after each partition. */
  onProgress?(opened: number, total: number): void;
}

/**
 * What is to be done with a partition's directory. `set-aside`: nobody knows it; it is renamed to `….-stray` with an error event, as it may be all that is left of
 * somebody's records, and removed only if it holds none.
 */
export type PartitionFate = "open" | "remove" | "set-aside";

/** What became of one partition's directory. */
export type LoadOutcome =
  | { readonly kind: "opened"; readonly log: PartitionLog; readonly wasRecovered: boolean }
  /** A disk error or damage: the directory is left as it is. */
  | { readonly kind: "failed"; readonly error: Error };

/**
 * A data directory: one lock, one identity, a directory per partition. Loads and recovers all partitions, creates and deletes single ones, does retention,
 * timed flushes and checkpoints in the background, and leaves a mark when it was closed properly, so that the next start is quick.
 * Files: `meta.properties`, `.lock`, `.reserve`, `.kafka_cleanshutdown`, `recovery-point-offset-checkpoint`, `log-start-offset-checkpoint`.
 */
export class LogStore {
  readonly directory: string;
  readonly meta: MetaProperties;
  /** Whether the last process that used the directory closed it properly. */
  readonly wasCleanlyClosed: boolean;
  readonly #deps: LogStoreDeps;
  readonly #env: LogEnvironment;
  readonly #lock: DirectoryLock;
  readonly #parallelLoads: number;
  readonly #logs = new Map<string, PartitionLog>();
  /** Deleted partitions whose directory the disk did not let go. */
  readonly #undeleted = new Set<string>();
  readonly #checkpoints: Checkpoints;
  readonly #schedule: UpkeepSchedule;
  readonly #upkeep: StoreUpkeep;
  #isLoaded = false;
  #isClosed = false;
  #hasFailed = false;

  private constructor(
    deps: LogStoreDeps,
    directory: string,
    opened: { lock: DirectoryLock; meta: MetaProperties; wasCleanlyClosed: boolean },
    options: LogStoreOptions,
  ) {
    this.directory = directory;
    this.meta = opened.meta;
    this.wasCleanlyClosed = opened.wasCleanlyClosed;
    this.#lock = opened.lock;
    this.#parallelLoads = options.parallelLoads ?? 8;
    this.#env = createLogEnvironment(deps, { ...defaultLogLimits, ...options.limits }, directory, options.remote);
    this.#deps = { ...deps, disk: this.#env.disk };
    this.#checkpoints = new Checkpoints(this.#deps, directory, this.#logs);
    this.#schedule = { ...defaultUpkeepSchedule, ...options.schedule };
    this.#upkeep = new StoreUpkeep(deps, this.#logs, this.#checkpoints, this.#schedule);
  }

  /**
   * Locks the directory, creating it if need be, and learns whose it is. Errors: disk errors (`DISK_LOCKED` when another process has it); `DIRECTORY_FOREIGN`,
   * `DIRECTORY_TOO_NEW`, `DIRECTORY_OTHER_CLUSTER`.
   */
  static open(deps: LogStoreDeps, directory: string, options: LogStoreOptions = {}): LogStore {
    makeDirectoryDurably(deps.disk, directory);
    const lock = deps.disk.lockDirectory(directory);
    try {
      const meta = openMeta(
        deps.disk,
        directory,
        () => ({
          clusterId: options.clusterId ?? randomUuid(deps.random),
          nodeId: options.nodeId ?? 1,
          directoryId: randomUuid(deps.random),
        }),
        options,
      );
      keepReserve(deps.disk, directory, deps.logger);
      const wasCleanlyClosed = Checkpoints.takeCleanMark(deps.disk, directory);
      return new LogStore(deps, directory, { lock, meta, wasCleanlyClosed }, options);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /**
   * Opens every partition directory, some side by side, recovering those that need it. One partition's failure is its own outcome. By name
   * (`topic-partition`). Call once, before any other use. Errors: disk errors of the data directory itself.
   */
  async loadPartitions(options: LoadOptions): Promise<ReadonlyMap<string, LoadOutcome>> {
    const { disk } = this.#deps;
    const outcomes = new Map<string, LoadOutcome>();
    const found: { topic: string; partition: number }[] = [];
    for (const name of disk.list(this.directory)) {
      if (isDeletedDirectory(name)) this.#removeLater(join(this.directory, name));
      const parsed = parsePartitionDirectory(name);
      if (parsed !== undefined) found.push(parsed);
    }
    this.#checkpoints.read();
    const queue = found.values();
    let opened = 0;
    const work = async (): Promise<void> => {
      for (const { topic, partition } of queue) {
        if (options.signal?.aborted) return;
        const outcome = await this.#load(topic, partition, options);
        if (outcome !== undefined) outcomes.set(partitionDirectoryName(topic, partition), outcome);
        options.onProgress?.(++opened, found.length);
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#parallelLoads, found.length) }, work));
    if (options.signal?.aborted) return outcomes;
    this.#isLoaded = true;
    this.#upkeep.start();
    return outcomes;
  }

  get(topic: string, partition: number): PartitionLog | undefined {
    return this.#logs.get(partitionDirectoryName(topic, partition));
  }

  partitions(): IterableIterator<PartitionLog> {
    return this.#logs.values();
  }

  /** Bytes of all logs. */
  get sizeBytes(): number {
    let bytes = 0;
    for (const log of this.#logs.values()) bytes += log.sizeBytes;
    return bytes;
  }

  /** Reads of all open partitions that failed for the disk, or for damage found on it. */
  get readFaults(): number {
    let count = 0;
    for (const log of this.#logs.values()) count += log.readFaults;
    return count;
  }

  /**
   * Makes an empty partition; one whose directory was lost goes on behind what was on the disk, with an error event. What is left of another topic of that name is moved out of the way: removed where that topic was deleted here or holds no
   * records, else set aside. Errors: disk errors; `PARTITION_EXISTS`.
   */
  createPartition(topic: string, partition: number, topicId: string, config: LogConfig): PartitionLog {
    const name = partitionDirectoryName(topic, partition);
    const directory = join(this.directory, name);
    if (this.#logs.has(name) || (this.#deps.disk.stat(directory) !== undefined && !this.#clearAway(topic, partition, directory, topicId)))
      throw new LogError("PARTITION_EXISTS", directory, `The partition ${name} exists already in ${this.directory}.`);
    const lostBefore = this.#checkpoints.durableOffsetOf(name, topicId);
    if (lostBefore > 0) this.#checkpoints.keep(name);
    this.#deps.disk.makeDirectory(directory);
    try {
      writeNewFile(this.#deps.disk, join(directory, PARTITION_METADATA_FILE), encodePartitionMetadata(topicId));
    } catch (error) {
      // A full disk, most likely: the next attempt must find nothing in its way.
      this.#deps.disk.remove(directory);
      throw error;
    }
    const segment = new Segment(this.#env, directory, lostBefore, { sizeBytes: 0, createdMs: this.#deps.clock.nowMs(), isActive: true });
    const loaded = {
      topic,
      partition,
      topicId,
      parentDirectory: this.directory,
      directory,
      segments: new SegmentList([segment]),
      producers: new ProducerTable(),
      epochs: new LeaderEpochs(),
      logStartOffset: lostBefore,
      logEndOffset: lostBefore,
      recoveryPoint: lostBefore,
      areHintsWritten: false,
    };
    if (lostBefore > 0)
      this.#deps.logger.error(
        "a partition's directory is gone with its records; it goes on behind them, and their offsets are not used again",
        {
          topic,
          partition,
          lastLostOffset: lostBefore - 1,
          directory,
          remedy: "restore the directory from a copy",
        },
      );
    return this.#own(name, new PartitionLog(this.#env, loaded, config, this.#checkpoints));
  }

  /** Takes the partition away at once; its files go in the background. Nothing there is no error. Errors: disk errors. */
  deletePartition(topic: string, partition: number): void {
    const name = partitionDirectoryName(topic, partition);
    const log = this.#logs.get(name);
    const directory = join(this.directory, name);
    this.#logs.delete(name);
    log?.abandon();
    this.#checkpoints.forget(name);
    this.#undeleted.add(name);
    this.#removeDirectory(topic, partition, directory);
    this.#undeleted.delete(name);
  }

  /**
   * Syncs and closes all partitions, many side by side, and leaves the mark of a clean stop; releases the lock. A partition that cannot be closed is named in an
   * error event, and the mark is not left. Where it takes long, info events tell how far it has come.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#upkeep.stop();
    this.#env.removals.stop();
    await this.#closePartitions();
    try {
      await this.#checkpoints.settled();
      // A store that was never loaded leaves the directory as the last one did.
      if (this.#isLoaded) await this.#checkpoints.write();
      if (this.#isLoaded ? !this.#hasFailed : this.wasCleanlyClosed) this.#checkpoints.writeCleanMark();
    } finally {
      this.#lock.release();
    }
  }

  /** Lets go of everything at once and leaves no mark, as a killed process would. For tests, and for a start that is broken off. */
  abandon(): void {
    this.#isClosed = true;
    void this.#upkeep.stop();
    this.#env.removals.stop();
    for (const log of this.#logs.values()) log.abandon();
    // A checkpoint that is being written must not land in the next one's directory.
    if (this.#checkpoints.isWriting) void this.#checkpoints.settled().then(() => this.#lock.release());
    else this.#lock.release();
  }

  async #closePartitions(): Promise<void> {
    const { clock, logger } = this.#deps;
    const slice = new TimeSlice(clock);
    const queue = this.#logs.values();
    let closed = 0;
    let toldMs = clock.monotonicMs();
    const work = async (): Promise<void> => {
      for (const log of queue) {
        await this.#closeOne(log);
        closed++;
        if (slice.isOver) await slice.rest();
        if (clock.monotonicMs() - toldMs < PROGRESS_EVERY_MS) continue;
        toldMs = clock.monotonicMs();
        logger.info("partitions are closed", { closed, total: this.#logs.size });
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_CLOSES }, work));
  }

  async #closeOne(log: PartitionLog): Promise<void> {
    if (log.refusal !== undefined) this.#hasFailed = true;
    try {
      await log.close();
    } catch (error) {
      this.#hasFailed = true;
      this.#deps.logger.error("a partition could not be closed properly; the next start recovers it", {
        topic: log.topic,
        partition: log.partition,
        error,
      });
    }
  }

  async #load(topic: string, partition: number, options: LoadOptions): Promise<LoadOutcome | undefined> {
    const name = partitionDirectoryName(topic, partition);
    const directory = join(this.directory, name);
    try {
      const metadata = readHintFile(this.#deps.disk, join(directory, PARTITION_METADATA_FILE));
      const topicId = metadata === undefined ? undefined : decodePartitionMetadata(metadata);
      const fate = options.fateOf?.(topic, partition, topicId) ?? "open";
      if (fate !== "open") {
        this.#checkpoints.disregard(name);
        if (fate === "set-aside" && this.#holdsRecords(directory)) this.#setAside(topic, partition, directory);
        else this.#removeDirectory(topic, partition, directory);
        return undefined;
      }
      const config = options.configOf(topic);
      const { recoveryPoint, logStartOffset } = this.#checkpoints.of(name, topicId);
      const request = {
        topic,
        partition,
        topicId,
        parentDirectory: this.directory,
        directory,
        config,
        wasCleanlyClosed: this.wasCleanlyClosed,
        recoveryPoint,
        logStartOffset,
      };
      const { log: loaded, recovery } = await loadPartition(this.#env, request);
      const log = this.#own(name, new PartitionLog(this.#env, loaded, config, this.#checkpoints));
      return { kind: "opened", log, wasRecovered: recovery !== undefined };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#hasFailed = true;
      this.#checkpoints.keep(name);
      this.#deps.logger.error("a partition could not be loaded", { topic, partition, error });
      return { kind: "failed", error };
    }
  }

  #own(name: string, log: PartitionLog): PartitionLog {
    this.#checkpoints.opened(name);
    this.#logs.set(name, log);
    return log;
  }

  #removeLater(path: string): void {
    this.#env.removals.later(path, this.#schedule.deleteDelayMs);
  }

  /** Whether a directory that is in the way of a new partition is gone now. One of the same topic stays. Errors: disk errors. */
  #clearAway(topic: string, partition: number, directory: string, topicId: string): boolean {
    const isDeleted = this.#undeleted.has(partitionDirectoryName(topic, partition));
    const metadata = readHintFile(this.#deps.disk, join(directory, PARTITION_METADATA_FILE));
    const owner = metadata && decodePartitionMetadata(metadata);
    if (!isDeleted && owner === topicId) return false;
    if (!isDeleted && this.#holdsRecords(directory)) this.#setAside(topic, partition, directory);
    else this.#removeDirectory(topic, partition, directory);
    this.#undeleted.delete(partitionDirectoryName(topic, partition));
    return true;
  }

  #holdsRecords(directory: string): boolean {
    const { disk } = this.#deps;
    return disk.list(directory).some((name) => name.endsWith(".log") && (disk.stat(join(directory, name))?.sizeBytes ?? 0) > 0);
  }

  #setAside(topic: string, partition: number, directory: string): void {
    const stray = join(this.directory, strayDirectoryName(topic, partition, randomUuid(this.#deps.random)));
    this.#deps.disk.rename(directory, stray);
    this.#deps.logger.error("a partition that no topic names was set aside; remove it if it is not needed", {
      topic,
      partition,
      directory: stray,
    });
  }

  #removeDirectory(topic: string, partition: number, directory: string): void {
    if (this.#deps.disk.stat(directory) === undefined) return;
    const retired = join(this.directory, deletedDirectoryName(topic, partition, randomUuid(this.#deps.random)));
    this.#deps.disk.rename(directory, retired);
    this.#removeLater(retired);
  }
}

/** Makes a directory and those above it, so that a power loss does not take them away again. */
function makeDirectoryDurably(disk: Disk, directory: string): void {
  if (disk.stat(directory) !== undefined) return;
  const parent = dirname(directory);
  if (parent !== directory) makeDirectoryDurably(disk, parent);
  disk.makeDirectory(directory);
  disk.syncDirectory(parent);
}

/** A file that nobody else can see yet: half of it, after a kill, counts as none. */
function writeNewFile(disk: Disk, path: string, content: Uint8Array): void {
  const file = disk.open(path);
  try {
    file.append([content]);
  } finally {
    file.close();
  }
}
