import { join } from "node:path";
import { type Disk, DiskError, type DiskFile, type Logger } from "@ottla/base";
import { readHintFile } from "./hint-file.ts";

const FILE = ".syncs-under-way";
/** uint16 length of a name · the name, of 260 characters at most. */
const SLOT_BYTES = 512;
const NOBODY: Uint8Array = new Uint8Array(2);

/**
 * Names the logs of which a sync is under way, in a file of the data directory. A process that is killed inside a sync may not have heard that it failed, and then its files show what no later sync takes to the
 * disk: the next process finds the names and writes these logs again. It need not be durable: after a power loss the files show what the disk holds. One slot a sync.
 */
export class SyncsUnderWay {
  readonly #disk: Disk;
  readonly #logger: Logger;
  readonly #path: string;
  readonly #free: number[];
  #file: DiskFile | undefined;
  #wasRefused = false;
  #isClosed = false;

  /** `slots`: how many syncs run side by side at most. */
  constructor(disk: Disk, logger: Logger, directory: string, slots: number) {
    this.#disk = disk;
    this.#logger = logger;
    this.#path = join(directory, FILE);
    this.#free = Array.from({ length: slots }, (_, slot) => slot);
  }

  /** The logs that the last process was syncing when it ended. Errors: disk errors. */
  left(): Set<string> {
    const content = readHintFile(this.#disk, this.#path) ?? Buffer.alloc(0);
    const names = new Set<string>();
    for (let at = 0; at + 2 <= content.length; at += SLOT_BYTES) {
      const length = content.readUInt16BE(at);
      if (length > 0 && length <= SLOT_BYTES - 2) names.add(content.toString("latin1", at + 2, at + 2 + length));
    }
    return names;
  }

  /** What was left is written again, or there is nothing to be mistaken about: nothing is under way. */
  clear(): void {
    this.#attempt(() => {
      this.#file?.close();
      this.#file = undefined;
      if (this.#disk.stat(this.#path) !== undefined) this.#disk.remove(this.#path);
    });
  }

  /** A sync of the log begins; give what is returned to {@link SyncsUnderWay.ended}. */
  began(name: string): number {
    const slot = this.#free.pop() ?? -1;
    if (slot < 0) return slot;
    const bytes = Buffer.alloc(2 + name.length);
    bytes.writeUInt16BE(bytes.write(name, 2, "latin1"), 0);
    this.#write(bytes, slot);
    return slot;
  }

  /** It has succeeded, or its failure is known. */
  ended(slot: number): void {
    if (slot < 0) return;
    this.#write(NOBODY, slot);
    this.#free.push(slot);
  }

  /** What is under way is left as it stands. */
  close(): void {
    this.#isClosed = true;
    this.#file?.close();
    this.#file = undefined;
  }

  #write(bytes: Uint8Array, slot: number): void {
    this.#attempt(() => (this.#file ??= this.#disk.open(this.#path)).write(bytes, slot * SLOT_BYTES));
  }

  /** What cannot be noted is not: a process that is killed inside that very sync, and a sync that fails, and then a power loss must come together. */
  #attempt(change: () => void): void {
    if (this.#isClosed) return;
    try {
      change();
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      if (!this.#wasRefused) this.#logger.warn("the logs that are being synced cannot be noted", { path: this.#path, error });
      this.#wasRefused = true;
    }
  }
}
