import { join } from "node:path";
import type { Disk, Logger } from "@ottla/base";
import { readHintFile } from "../shared/hint-file.ts";
import { decodeOffsetCheckpoint, encodeOffsetCheckpoint, type OffsetCheckpointEntry } from "./offset-checkpoint.ts";

/**
 * One named checkpoint of a data directory: an offset per partition. Written as a whole, off the event loop, one write at a time; whoever asks while one is
 * under way shares the next.
 */
export class CheckpointFile {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #entries: () => readonly OffsetCheckpointEntry[];
  readonly #onWritten: () => void;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** `entries` gives what is to be written, when it is; `onWritten` hears that it is on the disk, before `entries` is asked again. */
  constructor(
    disk: Disk,
    directory: string,
    name: string,
    entries: () => readonly OffsetCheckpointEntry[],
    onWritten: () => void = () => {},
  ) {
    this.#disk = disk;
    this.#path = join(directory, name);
    this.#entries = entries;
    this.#onWritten = onWritten;
  }

  /** By `topic-partition`. What is missing or damaged counts as nothing. Errors: disk errors. */
  read(logger: Logger): Map<string, OffsetCheckpointEntry> {
    const content = readHintFile(this.#disk, this.#path);
    const entries = content === undefined ? new Map<string, OffsetCheckpointEntry>() : decodeOffsetCheckpoint(content);
    if (entries === undefined) logger.warn("a damaged checkpoint is ignored", { path: this.#path });
    return entries ?? new Map<string, OffsetCheckpointEntry>();
  }

  /** Resolves when what holds now, or later, is on the disk. Rejects with the disk's error. */
  write(): Promise<void> {
    this.#next ??= this.#writeNext();
    return this.#next;
  }

  get isWriting(): boolean {
    return this.#next !== undefined || this.#running !== undefined;
  }

  /** Resolves when no write is under way. */
  async settled(): Promise<void> {
    while (this.isWriting) await (this.#next ?? this.#running)?.catch(() => {});
  }

  async #writeNext(): Promise<void> {
    await this.#running?.catch(() => {});
    this.#next = undefined;
    const run = this.#disk.replace(this.#path, encodeOffsetCheckpoint(this.#entries())).then(this.#onWritten);
    this.#running = run;
    try {
      await run;
    } finally {
      if (this.#running === run) this.#running = undefined;
    }
  }
}
