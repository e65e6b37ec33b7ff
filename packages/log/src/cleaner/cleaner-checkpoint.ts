import type { Disk, Logger } from "@ottla/base";
import type { PartitionLog } from "../partition/partition-log.ts";
import { CheckpointFile } from "../store/checkpoint-file.ts";
import type { OffsetCheckpointEntry } from "../store/offset-checkpoint.ts";

const FILE = "cleaner-offset-checkpoint";

/** Below which offset each log was cleaned. What is lost of it costs work, nothing else. */
export class CleanerCheckpoint {
  readonly #file: CheckpointFile;
  readonly #logger: Logger;
  #entries = new Map<string, OffsetCheckpointEntry>();

  constructor(deps: { readonly disk: Disk; readonly logger: Logger }, directory: string) {
    this.#logger = deps.logger;
    this.#file = new CheckpointFile(deps.disk, directory, FILE, () => [...this.#entries.values()]);
  }

  /** Errors: disk errors. */
  read(): void {
    this.#entries = this.#file.read(this.#logger);
  }

  /** Undefined where nothing was cleaned. What is said of another topic of that name does not count. */
  of(log: PartitionLog): number | undefined {
    const entry = this.#entries.get(log.name);
    if (entry === undefined) return undefined;
    return entry.topicId === undefined || log.topicId === undefined || entry.topicId === log.topicId ? entry.offset : undefined;
  }

  /** Resolves when it is on the disk. Errors: disk errors; it counts all the same, as long as the process lives. */
  set(log: PartitionLog, offset: number): Promise<void> {
    const { topic, partition, topicId } = log;
    this.#entries.set(log.name, { topic, partition, topicId, offset });
    return this.#file.write();
  }

  /** The partition is gone; the file follows with the next write. */
  forget(name: string): void {
    this.#entries.delete(name);
  }

  settled(): Promise<void> {
    return this.#file.settled();
  }
}
