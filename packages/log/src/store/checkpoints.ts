import type { Disk, Logger } from "@ottla/base";
import type { ListenedLog, LogListener } from "../partition/log-listener.ts";
import type { PartitionLog } from "../partition/partition-log.ts";
import { CheckpointFile } from "./checkpoint-file.ts";
import { DurableNotes } from "./durable-notes.ts";
import type { IntactSyncs } from "./intact-syncs.ts";
import { partitionDirectoryName } from "./partition-directory.ts";
import { LOG_START_FILE, type OffsetCheckpointEntry, RECOVERY_POINT_FILE } from "./offset-checkpoint.ts";

/** What is remembered of all partitions in one place: recovery points and log starts. */
export class Checkpoints implements LogListener {
  readonly #logger: Logger;
  readonly #logs: ReadonlyMap<string, PartitionLog>;
  /** As they were read at the start, less what was forgotten since. */
  #recoveryPoints = new Map<string, OffsetCheckpointEntry>();
  #logStarts = new Map<string, OffsetCheckpointEntry>();
  /** Partitions that could not be loaded, or not made again: what was known of them stays known. */
  readonly #unloaded = new Set<string>();
  #areRecoveryPointsStale = false;
  readonly #recoveryPointFile: CheckpointFile;
  readonly #logStartFile: CheckpointFile;
  /** What is durable beyond the recovery points on the disk. */
  readonly #notes: DurableNotes;

  readonly #syncs: IntactSyncs;

  constructor(
    deps: { readonly disk: Disk; readonly logger: Logger },
    directory: string,
    logs: ReadonlyMap<string, PartitionLog>,
    syncs: IntactSyncs,
  ) {
    this.#logger = deps.logger;
    this.#syncs = syncs;
    this.#logs = logs;
    this.#notes = new DurableNotes(deps.disk, deps.logger, directory);
    const recoveryPoints = (): OffsetCheckpointEntry[] => {
      this.#notes.checkpointBegins();
      return this.#entries((log) => log.recoveryPoint, this.#recoveryPoints);
    };
    const onWritten = (): void => this.#notes.checkpointIsWritten();
    this.#recoveryPointFile = new CheckpointFile(deps.disk, directory, RECOVERY_POINT_FILE, recoveryPoints, onWritten);
    this.#logStartFile = new CheckpointFile(deps.disk, directory, LOG_START_FILE, () => this.#entries(rememberedStart, this.#logStarts));
  }

  /** Writes both files. Errors: disk errors. */
  async write(): Promise<void> {
    await this.#recoveryPointFile.write();
    await this.#logStartFile.write();
  }

  /** Reads both checkpoint files, and what was noted since. What is missing or damaged counts as 0: more is checked at opening, nothing is lost. */
  read(): void {
    this.#recoveryPoints = this.#recoveryPointFile.read(this.#logger);
    for (const note of this.#notes.read()) {
      this.#areRecoveryPointsStale = true;
      const name = partitionDirectoryName(note.topic, note.partition);
      const known = this.#recoveryPoints.get(name);
      // Of another topic of that name the later one counts.
      if (known === undefined || known.topicId !== note.topicId || known.offset < note.offset) this.#recoveryPoints.set(name, note);
    }
    this.#logStarts = this.#logStartFile.read(this.#logger);
  }

  /** What is known of a partition's directory; 0 where nothing is. What is said of another topic of that name does not count. */
  of(name: string, topicId: string | undefined): { readonly recoveryPoint: number; readonly logStartOffset: number } {
    return {
      recoveryPoint: offsetFor(this.#recoveryPoints.get(name), topicId),
      logStartOffset: offsetFor(this.#logStarts.get(name), topicId),
    };
  }

  /** The topic whose records in a partition's directory are known to have been on the disk; undefined where none are. */
  ownerOf(name: string): string | undefined {
    const known = this.#recoveryPoints.get(name);
    return known !== undefined && known.offset > 0 ? known.topicId : undefined;
  }

  /** The partition could not be opened: its entries are kept as they are, so that a later start judges it by them. */
  keep(name: string): void {
    this.#unloaded.add(name);
  }

  /**
   * All partitions that could be opened are. What is known of others outlives the next checkpoint, whatever became of their directories: a partition that is made
   * again must go on behind it. `mayComeAgain`: whether that can happen; the others are left out.
   */
  settleUnopened(mayComeAgain: (entry: OffsetCheckpointEntry) => boolean): void {
    for (const known of [this.#recoveryPoints, this.#logStarts]) {
      for (const [name, entry] of known) {
        if (this.#logs.has(name) || this.#unloaded.has(name)) continue;
        if (mayComeAgain(entry)) this.keep(name);
        else known.delete(name);
      }
    }
  }

  /** The partition is open: from here on it tells itself what is to be remembered. */
  opened(log: PartitionLog): void {
    this.#unloaded.delete(log.name);
    if (log.recoveryPoint > (this.#recoveryPoints.get(log.name)?.offset ?? 0)) this.#areRecoveryPointsStale = true;
  }

  /** The partition is gone. */
  forget(name: string): void {
    if (this.#logStarts.has(name)) void this.#logStartFile.write().catch((error: unknown) => this.#warn(error));
    this.#unloaded.delete(name);
    this.#recoveryPoints.delete(name);
    this.#logStarts.delete(name);
    this.#areRecoveryPointsStale = true;
  }

  /** Several moves of the same moment share one write. */
  logStartMoved(log: ListenedLog): Promise<void> {
    this.#logStarts.set(log.name, entryOf(log, log.logStartOffset));
    return this.#logStartFile.write();
  }

  flushed({ topic, partition, topicId, recoveryPoint }: ListenedLog): void {
    this.#areRecoveryPointsStale = true;
    if (topicId !== undefined) this.#notes.add(topic, partition, topicId, recoveryPoint);
  }

  /** The log refuses appends; its recovery point stays where the last good sync left it. */
  failed(): void {
    this.#syncs.failed();
  }

  /** Writes recovery points if any moved since the last time. A failure is warned of: more is checked at the next start, nothing is lost. */
  writeIfStale(): void {
    this.#syncs.retry();
    if (!this.#areRecoveryPointsStale || this.#recoveryPointFile.isWriting) return;
    this.#areRecoveryPointsStale = false;
    this.#recoveryPointFile.write().catch((error: unknown) => {
      this.#areRecoveryPointsStale = true;
      this.#warn(error);
    });
  }

  /** Nothing of the logs is noted any more; what is being written goes on. */
  close(): void {
    this.#notes.close();
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.#recoveryPointFile.settled();
    await this.#logStartFile.settled();
  }

  get isWriting(): boolean {
    return this.#recoveryPointFile.isWriting || this.#logStartFile.isWriting;
  }

  #entries(offsetOf: (log: PartitionLog) => number, known: ReadonlyMap<string, OffsetCheckpointEntry>): OffsetCheckpointEntry[] {
    const entries: OffsetCheckpointEntry[] = [];
    for (const log of this.#logs.values()) {
      const offset = offsetOf(log);
      if (offset >= 0) entries.push(entryOf(log, offset));
    }
    for (const name of this.#unloaded) {
      const entry = known.get(name);
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  #warn(error: unknown): void {
    this.#logger.warn("a checkpoint could not be written; it will be tried again", { error });
  }
}

/** Only starts inside the first segment need to be remembered: others follow from the files, unless what comes before them may be elsewhere. */
function rememberedStart(log: PartitionLog): number {
  if (log.config.tiering !== undefined) return log.logStartOffset > 0 ? log.logStartOffset : -1;
  return log.logStartOffset > log.segments.first.baseOffset ? log.logStartOffset : -1;
}

function entryOf(log: ListenedLog, offset: number): OffsetCheckpointEntry {
  return { topic: log.topic, partition: log.partition, topicId: log.topicId, offset };
}

function offsetFor(entry: OffsetCheckpointEntry | undefined, topicId: string | undefined): number {
  if (entry === undefined) return 0;
  return entry.topicId === undefined || topicId === undefined || entry.topicId === topicId ? entry.offset : 0;
}
