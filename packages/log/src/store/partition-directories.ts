import { join } from "node:path";
import { type Disk, type Logger, type Random, randomUuid } from "@ottla/base";
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

/** The partitions' directories within a data directory: whose each is, how one is made, and how one gets out of the way. */
export class PartitionDirectories {
  readonly #root: string;
  readonly #deps: PartitionDirectoriesDeps;
  /** Deleted partitions whose directory the disk did not let go. */
  readonly #undeleted = new Set<string>();

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

  /** Whether nothing is in the way of a new partition now: another topic's directory is moved. One of the same topic stays. Errors: disk errors. */
  clearAway(topic: string, partition: number, topicId: string): boolean {
    if (this.#deps.disk.stat(this.path(topic, partition)) === undefined) return true;
    const isDeleted = this.#undeleted.has(partitionDirectoryName(topic, partition));
    if (!isDeleted && this.topicIdOf(topic, partition) === topicId) return false;
    if (isDeleted) this.remove(topic, partition);
    else this.setAside(topic, partition);
    return true;
  }

  /** Nobody knows the directory: it is kept under another name with an error event, or removed where it holds no records. Errors: disk errors. */
  setAside(topic: string, partition: number): void {
    if (!this.#holdsRecords(this.path(topic, partition))) {
      this.remove(topic, partition);
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

  /** Takes the directory away at once; its files go later on. None there is no error. Errors: disk errors; the next partition of that name then takes it away. */
  remove(topic: string, partition: number): void {
    const name = partitionDirectoryName(topic, partition);
    const { disk, random } = this.#deps;
    this.#undeleted.add(name);
    const directory = this.path(topic, partition);
    if (disk.stat(directory) !== undefined) {
      const retired = join(this.#root, deletedDirectoryName(topic, partition, randomUuid(random)));
      disk.rename(directory, retired);
      this.#removeLater(retired);
    }
    this.#undeleted.delete(name);
  }

  #removeLater(path: string): void {
    this.#deps.removals.later(path, this.#deps.deleteDelayMs);
  }

  #holdsRecords(directory: string): boolean {
    const { disk } = this.#deps;
    return disk.list(directory).some((name) => name.endsWith(".log") && (disk.stat(join(directory, name))?.sizeBytes ?? 0) > 0);
  }
}
