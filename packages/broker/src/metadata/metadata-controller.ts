import type { ClusterMetadata } from "./cluster-metadata.ts";
import type { MetadataJournal } from "./metadata-journal.ts";
import type { MetadataRecord } from "./metadata-records.ts";

/** Hears of each change after it has been applied, in order. */
export type MetadataListener = (record: MetadataRecord) => void;

/** The one way to change metadata: journal first, then memory, then whoever follows. */
export class MetadataController {
  readonly #metadata: ClusterMetadata;
  readonly #journal: MetadataJournal;
  readonly #listeners: MetadataListener[] = [];

  constructor(metadata: ClusterMetadata, journal: MetadataJournal) {
    this.#metadata = metadata;
    this.#journal = journal;
  }

  /** Adds a follower; it must not throw. */
  follow(listener: MetadataListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Writes and applies the records, all or none, before it returns. The promise resolves when they are on the disk: answer the client then.
   * Throws disk errors before anything changed.
   */
  commit(records: readonly MetadataRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    this.#journal.append(records);
    for (const record of records) {
      this.#metadata.apply(record);
      for (const listener of this.#listeners) listener(record);
    }
    return this.#journal.durable();
  }

  close(): void {
    this.#journal.close();
  }
}
