import { join } from "node:path";
import { type Disk, type DiskFile, DiskError, type Logger } from "@ottla/base";
import { crc32c } from "@ottla/protocol/records";
import { readHintFile } from "../shared/hint-file.ts";
import type { OffsetCheckpointEntry } from "./offset-checkpoint.ts";

const NAME = /^durable-offset-notes\.(\d{1,15})$/;
const nameOf = (generation: number): string => `durable-offset-notes.${generation}`;
/** Many checkpoints were missed where a file becomes as large; further notes are left out until there is one. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;

/**
 * What became durable since the last checkpoint of recovery points: one line per sync, written after it and before anybody is told, so that also who is killed at once
 * leaves behind what was on the disk. The lines themselves are not synced: after a power loss the last ones may be missing, and then less is known. A checkpoint
 * makes the lines before it superfluous. Each line has a checksum: `topic partition offset topicId crc`.
 */
export class DurableNotes {
  readonly #disk: Disk;
  readonly #logger: Logger;
  readonly #directory: string;
  /** The next checkpoint makes these superfluous. */
  #older: string[] = [];
  #generation = 0;
  #file: DiskFile | undefined;
  /** This file takes no more: the disk refused a line, or it is large. */
  #isFull = false;

  constructor(disk: Disk, logger: Logger, directory: string) {
    this.#disk = disk;
    this.#logger = logger;
    this.#directory = directory;
  }

  /** What earlier processes left, oldest first. Errors: disk errors. */
  read(): OffsetCheckpointEntry[] {
    const generations = this.#disk
      .list(this.#directory)
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
    this.#older = generations.map(nameOf);
    this.#generation = (generations.at(-1) ?? -1) + 1;
    return this.#older.flatMap((name) => decodeNotes(readHintFile(this.#disk, join(this.#directory, name))));
  }

  /** What is there now can be left out of notes once the checkpoint that is begun here is on the disk. */
  checkpointBegins(): void {
    // One that failed before goes on counting: the files since then are all of use.
    if (this.#older.length > 0 || this.#file === undefined) return;
    this.#older = [nameOf(this.#generation++)];
    this.#file.close();
    this.#file = undefined;
    this.#isFull = false;
  }

  checkpointIsWritten(): void {
    try {
      for (const name of this.#older) this.#disk.remove(join(this.#directory, name));
      this.#older = [];
    } catch (error) {
      this.#logger.warn("notes of durable offsets could not be removed; the next checkpoint does it", { error });
    }
  }

  /** Notes that everything below `offset` is on the disk. A disk that refuses it is no error: then less is known after a kill. */
  add(topic: string, partition: number, topicId: string, offset: number): void {
    if (this.#isFull) return;
    try {
      this.#file ??= this.#disk.open(join(this.#directory, nameOf(this.#generation)));
      this.#file.append([encodeNote(topic, partition, topicId, offset)]);
      this.#isFull = this.#file.sizeBytes >= FILE_BYTES_MAX;
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      // Half a line may be there, so that nothing can follow.
      this.#isFull = true;
    }
  }

  /** Takes no more notes. */
  close(): void {
    this.#isFull = true;
    this.#file?.close();
    this.#file = undefined;
  }
}

function encodeNote(topic: string, partition: number, topicId: string, offset: number): Buffer {
  const text = `${topic} ${partition} ${offset} ${topicId}`;
  return Buffer.from(`${text} ${crc32c(Buffer.from(text)).toString(16)}\n`);
}

/** Whole lines; what is cut or damaged is left out. */
function decodeNotes(content: Buffer | undefined): OffsetCheckpointEntry[] {
  const entries: OffsetCheckpointEntry[] = [];
  for (const line of content?.toString("latin1").split("\n") ?? []) {
    const match = /^((\S+) (\d+) (\d+) (\S+)) ([0-9a-f]{1,8})$/.exec(line);
    if (match === null || crc32c(Buffer.from(match[1]!, "latin1")).toString(16) !== match[6]) continue;
    entries.push({ topic: match[2]!, partition: Number(match[3]), topicId: match[5], offset: Number(match[4]) });
  }
  return entries;
}
