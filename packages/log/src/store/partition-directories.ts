import { join } from "node:path";
import { type Disk, DiskError, type Logger, type Random, randomUuid } from "@ottla/base";
import { PARTITION_METADATA_FILE } from "../segment/segment-files.ts";
import type { FileRemovals } from "../shared/file-removals.ts";
import { readHintFile } from "../shared/hint-file.ts";
import {
  decodePartitionMetadata,
  deletedDirectoryName,
  encodePartitionMetadata,
  isDeletedDirectory,
  isStrayOf,
  parsePartitionDirectory,
  partitionDirectoryName,
  strayDirectoryName,
} from "./partition-directory.ts";

/** What the directories of partitions are made and taken away with. */
export interface PartitionDirectoriesDeps {
  readonly disk: Disk;
  readonly logger: Logger;
  readonly random: Random;
  readonly removals: FileRemovals;
  /** How long a deleted partition's files stay, in ms. */
  readonly deleteDelayMs: number;
}

/** A deleted partition whose directory is to be renamed. */
interface Leaving {
  readonly topic: string;
  readonly partition: number;
  readonly name: string;
  /** Changes of names within it, which come first. */
  readonly after: Promise<void> | undefined;
  readonly done: () => void;
}

/** So many are renamed away at once: the disk's other work needs threads, too. */
const RENAMES_MAX = 2;

/**
 * The partitions' directories within a data directory: whose each is, how one is made, and how one gets out of the way. Names are made and changed off the event loop where the
 * disk can do that, since on a busy one each may wait for all that is written before it; one directory never has two changes under way.
 */
export class PartitionDirectories {
  readonly #root: string;
  readonly #deps: PartitionDirectoriesDeps;
  /** Deleted partitions whose directory the disk did not let go. */
  readonly #undeleted = new Set<string>();
  /** Directories that were made for a partition that is about to be created, with the id of their topic. */
  readonly #prepared = new Map<string, string>();
  /** Changes of names that are under way, by the partition's name. They never reject. */
  readonly #underWay = new Map<string, Promise<void>>();
  /** Deleted partitions whose directories are still to be renamed; those of a stopped store are left to the next start. */
  #leaving: Leaving[] = [];
  #renames = 0;

  constructor(root: string, deps: PartitionDirectoriesDeps) {
    this.#root = root;
    this.#deps = deps;
  }

  path(topic: string, partition: number): string {
    return join(this.#root, partitionDirectoryName(topic, partition));
  }

  /** The partitions that are there. What an earlier process left of deleted ones is removed later on. Errors: disk errors. */
  find(): { readonly topic: string; readonly partition: number }[] {
    const found: { topic: string; partition: number }[] = [];
    for (const name of this.#deps.disk.list(this.#root)) {
      if (isDeletedDirectory(name)) this.#removeLater(join(this.#root, name));
      const parsed = parsePartitionDirectory(name);
      if (parsed !== undefined) found.push(parsed);
    }
    return found;
  }

  /** The topic that a directory belongs to; undefined where it does not tell. Errors: disk errors. */
  topicIdOf(topic: string, partition: number): string | undefined {
    const metadata = readHintFile(this.#deps.disk, join(this.path(topic, partition), PARTITION_METADATA_FILE));
    return metadata && decodePartitionMetadata(metadata);
  }

  /**
   * Makes the directory for {@link PartitionDirectories.make} to find, off the event loop; another change of its name is waited for. Where something is in the way it is left to `make`.
   * Errors: disk errors; then there is none.
   */
  async prepare(topic: string, partition: number, topicId: string): Promise<void> {
    const { disk } = this.#deps;
    const name = partitionDirectoryName(topic, partition);
    for (let change = this.#underWay.get(name); change !== undefined; change = this.#underWay.get(name)) await change;
    if (disk.makeDirectoryInBackground === undefined) return;
    const made = disk
      .makeDirectoryInBackground(this.path(topic, partition), PARTITION_METADATA_FILE, encodePartitionMetadata(topicId))
      .then(
        () => void this.#prepared.set(name, topicId),
        async (error: unknown) => {
          if (error instanceof DiskError && error.code === "DISK_EXISTS") return;
          // A full disk, most likely: the next attempt must find nothing in its way.
          if (disk.removeInBackground === undefined) disk.remove(this.path(topic, partition));
          else await disk.removeInBackground(this.path(topic, partition));
          throw error;
        },
      );
    await this.#during(name, made);
  }

  /** Whether its directory is there and ready; once. */
  takePrepared(topic: string, partition: number, topicId: string): boolean {
    const name = partitionDirectoryName(topic, partition);
    const found = this.#prepared.get(name);
    this.#prepared.delete(name);
    return found === topicId;
  }

  /** Makes a directory that names its topic; half of it, after a kill, counts as none. Errors: disk errors; then there is none. */
  make(topic: string, partition: number, topicId: string): void {
    const { disk } = this.#deps;
    const directory = this.path(topic, partition);
    disk.makeDirectory(directory);
    try {
      const file = disk.open(join(directory, PARTITION_METADATA_FILE));
      try {
        file.append([encodePartitionMetadata(topicId)]);
      } finally {
        file.close();
      }
    } catch (error) {
      // A full disk, most likely: the next attempt must find nothing in its way.
      disk.remove(directory);
      throw error;
    }
  }

  /** Writes what a directory says of its topic where it says nothing any more, or says it in memory alone after a failed sync. Errors: disk errors. */
  writeTopicIdAgain(topic: string, partition: number, topicId: string): void {
    const file = this.#deps.disk.open(join(this.path(topic, partition), PARTITION_METADATA_FILE));
    try {
      file.write(encodePartitionMetadata(topicId), 0);
    } finally {
      file.close();
    }
  }

  /** Whether nothing is in the way of a new partition now: another topic's directory is moved. One of the same topic stays, and one that is on its way. Errors: disk errors. */
  clearAway(topic: string, partition: number, topicId: string): boolean {
    if (this.#underWay.has(partitionDirectoryName(topic, partition))) return false;
    if (this.#deps.disk.stat(this.path(topic, partition)) === undefined) return true;
    const isDeleted = this.#undeleted.has(partitionDirectoryName(topic, partition));
    if (!isDeleted && this.topicIdOf(topic, partition) === topicId) return false;
    if (isDeleted) this.removeNow(topic, partition);
    else this.setAside(topic, partition);
    return true;
  }

  /** Nobody knows the directory: it is kept under another name with an error event, or removed where it holds no records. Errors: disk errors. */
  setAside(topic: string, partition: number): void {
    if (!this.#holdsRecords(this.path(topic, partition))) {
      this.removeNow(topic, partition);
      return;
    }
    const { disk, random, logger } = this.#deps;
    const stray = join(this.#root, strayDirectoryName(topic, partition, randomUuid(random)));
    disk.rename(this.path(topic, partition), stray);
    logger.error("a partition that no topic names was set aside; remove it if it is not needed", { topic, partition, directory: stray });
  }

  /** Where directories of a partition's name lie that were set aside. Errors: disk errors. */
  strays(topic: string, partition: number): string[] {
    return this.#deps.disk
      .list(this.#root)
      .filter((name) => isStrayOf(topic, partition, name))
      .map((name) => join(this.#root, name));
  }

  /**
   * Takes the directory away, its files later on. None there is no error. Where the disk does it off the loop, this returns at once, and an error is told to the log; else errors: disk errors. Either way
   * the next partition of that name then takes it away. `after`: until it resolves, names within the directory are being changed.
   */
  remove(topic: string, partition: number, after?: Promise<void>): void {
    if (this.#deps.disk.renameInBackground === undefined) return this.removeNow(topic, partition);
    const name = partitionDirectoryName(topic, partition);
    this.#prepared.delete(name);
    this.#undeleted.add(name);
    const done = new Promise<void>((resolve) => this.#leaving.push({ topic, partition, name, after, done: resolve }));
    void this.#during(name, done);
    this.#renameNext();
  }

  /** As {@link PartitionDirectories.remove}; the directory is gone when it returns. Errors: disk errors. */
  removeNow(topic: string, partition: number): void {
    const name = partitionDirectoryName(topic, partition);
    const { disk } = this.#deps;
    this.#prepared.delete(name);
    this.#undeleted.add(name);
    const directory = this.path(topic, partition);
    if (disk.stat(directory) !== undefined) {
      const retired = this.#retiredPath(topic, partition);
      disk.rename(directory, retired);
      this.#removeLater(retired);
    }
    this.#undeleted.delete(name);
  }

  /** Something is under way. */
  get isBusy(): boolean {
    return this.#underWay.size > 0;
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay.values());
  }

  /** Nothing more is begun: what is left is the next start's. */
  stop(): void {
    for (const { done } of this.#leaving.splice(0)) done();
  }

  #retiredPath(topic: string, partition: number): string {
    return join(this.#root, deletedDirectoryName(topic, partition, randomUuid(this.#deps.random)));
  }

  #renameNext(): void {
    while (this.#renames < RENAMES_MAX) {
      const next = this.#leaving.shift();
      if (next === undefined) return;
      this.#renames++;
      void this.#rename(next);
    }
  }

  async #rename({ topic, partition, name, after, done }: Leaving): Promise<void> {
    const retired = this.#retiredPath(topic, partition);
    try {
      if (after !== undefined) await after;
      await this.#deps.disk.renameInBackground!(this.path(topic, partition), retired);
      this.#undeleted.delete(name);
      this.#removeLater(retired);
    } catch (error) {
      if (error instanceof DiskError && error.code === "DISK_NOT_FOUND") this.#undeleted.delete(name);
      else
        this.#deps.logger.error("a deleted partition could not be removed; the next start does it", {
          topic,
          partition,
          error: String(error),
        });
    }
    this.#renames--;
    done();
    this.#renameNext();
  }

  /** Nothing else happens to the directory until `change` has ended. */
  async #during(name: string, change: Promise<void>): Promise<void> {
    const ended = change.then(
      () => {},
      () => {},
    );
    this.#underWay.set(name, ended);
    try {
      await change;
    } finally {
      if (this.#underWay.get(name) === ended) this.#underWay.delete(name);
    }
  }

  #removeLater(path: string): void {
    this.#deps.removals.later(path, this.#deps.deleteDelayMs);
  }

  #holdsRecords(directory: string): boolean {
    const { disk } = this.#deps;
    return disk.list(directory).some((name) => name.endsWith(".log") && (disk.stat(join(directory, name))?.sizeBytes ?? 0) > 0);
  }
}
