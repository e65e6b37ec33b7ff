import { DiskError, type DirectoryLock, randomUuid, type LatencyHistogram } from "@ottla/base";
import { CleanerCheckpoint } from "../cleaner/cleaner-checkpoint.ts";
import { type CleanerEngine, SameThreadEngine } from "../cleaner/cleaner-engine.ts";
import { defaultCleanerSettings, LogCleaner, type CleanerSettings, type CleanerStatus } from "../cleaner/log-cleaner.ts";
import { LeaderEpochs } from "../epochs/leader-epochs.ts";
import { LogError } from "../errors.ts";
import { loadPartition } from "../loading/load-partition.ts";
import { mustWriteAgain } from "../loading/segment-recovery.ts";
import type { LogConfig } from "../partition/log-config.ts";
import { PartitionLog } from "../partition/partition-log.ts";
import { ProducerTable } from "../producers/producer-table.ts";
import { Segment } from "../segment/segment.ts";
import { SegmentList } from "../segment/segment-list.ts";
import { createLogEnvironment, defaultLogLimits, type LogEnvironment } from "../shared/log-environment.ts";
import { Checkpoints } from "./checkpoints.ts";
import { takeCleanMark, writeCleanMark } from "./clean-mark.ts";
import { closePartitions } from "./close-partitions.ts";
import type { LoadOptions, LoadOutcome, PartitionFate, LogStoreDeps, LogStoreOptions } from "./log-store-options.ts";
import { makeDirectoryDurably } from "./make-directory.ts";
import { type MetaProperties, openMeta } from "./open-meta.ts";
import { PartitionDirectories } from "./partition-directories.ts";
import { partitionDirectoryName } from "./partition-directory.ts";
import { IntactSyncs } from "./intact-syncs.ts";
import { keepReserve } from "./space-reserve.ts";
import { StoreUpkeep, defaultUpkeepSchedule } from "./store-upkeep.ts";

/** What an empty partition takes on the common file systems: a block for the directory and one for the file in it. */
const NEW_PARTITION_BYTES = 8192;

/**
 * A data directory: one lock, one identity, a directory per partition. Loads and recovers all partitions, creates and deletes single ones, does retention,
 * timed flushes and checkpoints in the background, and leaves a mark when it was closed properly, so that the next start is quick.
 * Files: `meta.properties`, `.lock`, `.reserve`, `.syncs-intact`, `.syncs-under-way`, `.kafka_cleanshutdown`, `recovery-point-offset-checkpoint`, `durable-offset-notes.N`, `log-start-offset-checkpoint`.
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
  readonly #directories: PartitionDirectories;
  readonly #checkpoints: Checkpoints;
  readonly #syncs: IntactSyncs;
  /** What files show may not be on the disk, and no sync takes it there. */
  #hasUnsyncablePages = false;
  /** By name: what the files of these logs show. */
  #leftInSync: ReadonlySet<string> = new Set();
  readonly #upkeep: StoreUpkeep;
  readonly #cleanerCheckpoint: CleanerCheckpoint;
  readonly #cleaner: LogCleaner;
  /** Whether logs are compacted in the background. */
  readonly #doesClean: boolean;
  readonly #vouched: Map<string, number>;
  #isLoaded = false;
  #isClosed = false;
  #hasFailed = false;

  private constructor(
    deps: LogStoreDeps,
    directory: string,
    opened: { lock: DirectoryLock; meta: MetaProperties; vouched: ReadonlyMap<string, number> | undefined },
    options: LogStoreOptions,
  ) {
    this.directory = directory;
    this.meta = opened.meta;
    this.wasCleanlyClosed = opened.vouched !== undefined;
    this.#vouched = new Map(opened.vouched);
    this.#lock = opened.lock;
    this.#parallelLoads = options.parallelLoads ?? 8;
    this.#env = createLogEnvironment(deps, { ...defaultLogLimits, ...options.limits }, directory, options.remote);
    this.#deps = { ...deps, disk: this.#env.disk };
    this.#syncs = new IntactSyncs(deps.disk, deps.logger, directory);
    this.#checkpoints = new Checkpoints(this.#deps, directory, this.#logs, this.#syncs);
    const schedule = { ...defaultUpkeepSchedule, ...options.schedule };
    const { removals } = this.#env;
    this.#directories = new PartitionDirectories(directory, { ...this.#deps, removals, deleteDelayMs: schedule.deleteDelayMs });
    this.#upkeep = new StoreUpkeep(deps, this.#logs, this.#checkpoints, schedule);
    this.#cleanerCheckpoint = new CleanerCheckpoint(this.#deps, directory);
    this.#doesClean = options.cleaner !== undefined;
    const engine: CleanerEngine = options.cleanerEngine ?? new SameThreadEngine(this.#deps);
    removals.aside = (path) => engine.removeFile?.(path);
    this.#cleaner = new LogCleaner(
      {
        ...this.#deps,
        engine,
        logs: this.#logs,
        checkpoint: this.#cleanerCheckpoint,
      },
      { ...defaultCleanerSettings, ...options.cleaner },
    );
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
      const vouched = takeCleanMark(deps.disk, directory);
      return new LogStore(deps, directory, { lock, meta, vouched }, options);
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
    const outcomes = new Map<string, LoadOutcome>();
    const found = this.#directories.find();
    this.#checkpoints.read();
    this.#cleanerCheckpoint.read();
    this.#hasUnsyncablePages = !this.wasCleanlyClosed && !this.#syncs.wereIntact();
    if (!this.wasCleanlyClosed) this.#leftInSync = this.#env.syncsUnderWay.left();
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
    this.#checkpoints.settleUnopened(({ topic, partition, topicId }) => {
      const fate = options.fateOf?.(topic, partition, topicId) ?? "open";
      // Without an id nothing tells it from a topic that is made later.
      return fate === "open" || (fate === "set-aside" && topicId !== undefined);
    });
    this.#isLoaded = true;
    // What could not be opened was not written again either.
    if (!this.#hasFailed) this.#syncs.begin();
    this.#env.syncsUnderWay.clear();
    // What is known to be durable must not depend on a process that lives until the next checkpoint.
    this.#checkpoints.writeIfStale();
    this.#upkeep.start();
    if (this.#doesClean) this.#cleaner.start();
    return outcomes;
  }

  /** Compacts every log that is due, one after another, now. Resolves when none is. */
  async compact(): Promise<void> {
    while (await this.#cleaner.cleanFilthiest());
  }

  /** The partitions that are compacted at this moment. */
  get compacting(): readonly string[] {
    return this.#cleaner.underWay;
  }

  get cleanerStatus(): CleanerStatus {
    return this.#cleaner.status;
  }

  /** How long syncs of segments took. */
  get flushTimes(): LatencyHistogram {
    return this.#env.flushTimes;
  }

  /** From now on the cleaner works so. */
  configureCleaner(settings: CleanerSettings): void {
    this.#cleaner.configure(settings);
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
   * Makes what a new partition needs of the disk, off the event loop, for {@link LogStore.createPartition} to take at once. What is under way for an earlier one of that name is waited for.
   * Errors: disk errors, `DISK_FULL` also where only what is kept for metadata is left. Who does not create it then deletes it.
   */
  async preparePartition(topic: string, partition: number, topicId: string): Promise<void> {
    if (this.#logs.has(partitionDirectoryName(topic, partition))) return;
    this.#env.space.admit(NEW_PARTITION_BYTES);
    await this.#directories.prepare(topic, partition, topicId);
  }

  /**
   * Makes an empty partition; one whose directory was lost, or set aside, goes on behind what was on the disk, with an error event. What is left of another topic of that name is moved out of the way: removed where that topic was deleted here or holds no
   * records, else set aside. Errors: disk errors, `DISK_FULL` also where only what is kept for metadata is left; `PARTITION_EXISTS`.
   */
  createPartition(topic: string, partition: number, topicId: string, config: LogConfig): PartitionLog {
    const name = partitionDirectoryName(topic, partition);
    const directory = this.#directories.path(topic, partition);
    const isPrepared = this.#directories.takePrepared(topic, partition, topicId);
    if (this.#logs.has(name) || (!isPrepared && !this.#directories.clearAway(topic, partition, topicId)))
      throw new LogError("PARTITION_EXISTS", directory, `The partition ${name} exists already in ${this.directory}.`);
    if (!isPrepared) this.#env.space.admit(NEW_PARTITION_BYTES);
    const lostBefore = this.#checkpoints.of(name, topicId).recoveryPoint;
    if (!isPrepared) this.#directories.make(topic, partition, topicId);
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
      compactedBelow: 0,
      areHintsWritten: false,
    };
    if (lostBefore > 0) {
      const strayDirectories = this.#directories.strays(topic, partition);
      this.#deps.logger.error(
        "a partition's directory is gone with its records; it goes on behind them, and their offsets are not used again",
        {
          topic,
          partition,
          lastLostOffset: lostBefore - 1,
          directory,
          ...(strayDirectories.length > 0 && { strayDirectories }),
          remedy: "restore the directory from a copy, or from the stray directory that holds the records",
        },
      );
    }
    return this.#own(name, new PartitionLog(this.#env, loaded, config, this.#checkpoints));
  }

  /** Takes the partition away at once; its directory and its files go in the background. Nothing there is no error. Errors: disk errors, where they come at once. */
  deletePartition(topic: string, partition: number): void {
    const name = partitionDirectoryName(topic, partition);
    const log = this.#logs.get(name);
    this.#logs.delete(name);
    log?.abandon();
    this.#checkpoints.forget(name);
    this.#cleanerCheckpoint.forget(name);
    this.#directories.remove(topic, partition, this.#env.retirements.forget(this.#directories.path(topic, partition)));
  }

  /** How long, in bytes, a file beside the partitions is to be at least, as it was at the last clean stop; undefined after any other, and where that is not known. */
  vouchedBytes(fileName: string): number | undefined {
    return this.#vouched.get(fileName);
  }

  /** From now on the mark of a clean stop says that the file is so long; `undefined`: nothing of it, as it may change. */
  vouch(fileName: string, sizeBytes: number | undefined): void {
    if (sizeBytes === undefined) this.#vouched.delete(fileName);
    else this.#vouched.set(fileName, sizeBytes);
  }

  /**
   * Syncs and closes all partitions, many side by side, and leaves the mark of a clean stop; releases the lock. A partition that cannot be closed is named in an
   * error event, and the mark is not left. Where it takes long, info events tell how far it has come.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#cleaner.stop();
    await this.#upkeep.stop();
    await this.#directories.settled();
    await this.#env.retirements.settled();
    this.#env.removals.stop();
    if (!(await closePartitions(this.#deps, this.#logs))) this.#hasFailed = true;
    try {
      await this.#checkpoints.settled();
      // A store that was never loaded leaves the directory as the last one did.
      if (this.#isLoaded) await this.#checkpoints.write();
      if (this.#isLoaded ? !this.#hasFailed : this.wasCleanlyClosed) writeCleanMark(this.#deps.disk, this.directory, this.#vouched);
    } finally {
      this.#checkpoints.close();
      this.#env.syncsUnderWay.clear();
      this.#env.syncsUnderWay.close();
      this.#lock.release();
    }
  }

  /** Lets go of everything at once and leaves no mark, as a killed process would. For tests, and for a start that is broken off. */
  abandon(): void {
    this.#isClosed = true;
    void this.#upkeep.stop();
    void this.#cleaner.stop();
    this.#env.removals.stop();
    this.#env.retirements.stop();
    for (const log of this.#logs.values()) log.abandon();
    this.#checkpoints.close();
    this.#env.syncsUnderWay.close();
    this.#directories.stop();
    // A checkpoint that is being written must not land in the next one's directory, nor must a rename move what that has made.
    const { retirements } = this.#env;
    if (this.#checkpoints.isWriting || this.#directories.isBusy || retirements.isBusy)
      void Promise.all([this.#checkpoints.settled(), this.#directories.settled(), retirements.settled()]).then(() => this.#lock.release());
    else this.#lock.release();
  }

  async #load(topic: string, partition: number, options: LoadOptions): Promise<LoadOutcome | undefined> {
    const name = partitionDirectoryName(topic, partition);
    const directory = this.#directories.path(topic, partition);
    try {
      const told = this.#directories.topicIdOf(topic, partition);
      // A checkpoint knows it too, once records were on the disk.
      const topicId = told ?? this.#checkpoints.ownerOf(name);
      const fate = this.#fateOf(topic, partition, topicId, options);
      if (fate !== "open") {
        if (fate === "set-aside") this.#directories.setAside(topic, partition);
        else this.#directories.removeNow(topic, partition);
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
        hasUnsyncablePages: this.#hasUnsyncablePages || this.#leftInSync.has(name),
        recoveryPoint,
        logStartOffset,
      };
      if (topicId !== undefined && (told === undefined || (!this.wasCleanlyClosed && mustWriteAgain(request))))
        this.#directories.writeTopicIdAgain(topic, partition, topicId);
      const { log: loaded, recovery } = await loadPartition(this.#env, request);
      const log = this.#own(name, new PartitionLog(this.#env, loaded, config, this.#checkpoints));
      return { kind: "opened", log, wasRecovered: recovery !== undefined };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#hasFailed = true;
      // It may have been a sync; or it was not written again.
      if (error instanceof DiskError || this.#leftInSync.has(name)) this.#syncs.failed();
      this.#checkpoints.keep(name);
      this.#deps.logger.error("a partition could not be loaded", { topic, partition, error });
      return { kind: "failed", error };
    }
  }

  /**
   * A directory of which nobody can say whose it is was never synced: what lies in it was called durable to nobody, and may be another topic's of that name, come back with
   * the power. So it is opened only where a clean stop shows that its id was removed since.
   */
  #fateOf(topic: string, partition: number, topicId: string | undefined, { fateOf = () => "open" }: LoadOptions): PartitionFate {
    const fate = fateOf(topic, partition, topicId);
    return fate === "open" && topicId === undefined && !this.wasCleanlyClosed ? "set-aside" : fate;
  }

  #own(name: string, log: PartitionLog): PartitionLog {
    this.#checkpoints.opened(log);
    this.#logs.set(name, log);
    return log;
  }
}
