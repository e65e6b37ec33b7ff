import { DataError } from "../../data/data-error.ts";
import type { SinkRecord } from "../../data/connect-record.ts";
import type { SinkTask, TopicPlace } from "../../plugin/sink-plugin.ts";
import type { FileStore } from "./file-store.ts";
import type { PartitionFiles } from "./partition-files.ts";

/** A task of a sink that writes files: each partition has files of its own, and what is committed is behind whole ones. */
export class FilesTask implements SinkTask {
  readonly #store: FileStore;
  readonly #make: () => PartitionFiles;
  readonly #partitions = new Map<string, { readonly place: TopicPlace; readonly files: PartitionFiles }>();

  constructor(store: FileStore, make: () => PartitionFiles) {
    this.#store = store;
    this.#make = make;
  }

  async write(records: readonly SinkRecord[], { reportBad }: Parameters<SinkTask["write"]>[1]): Promise<void> {
    for (const record of records) {
      try {
        await this.#filesOf({ topic: record.originalTopic, partition: record.originalPartition }).add(record);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        reportBad(record, error);
      }
    }
  }

  async flush(): Promise<{ readonly offsets: readonly (TopicPlace & { readonly offset: bigint })[] }> {
    const offsets: (TopicPlace & { readonly offset: bigint })[] = [];
    for (const { place, files } of this.#partitions.values()) {
      await files.closeDue();
      if (files.durable !== undefined) offsets.push({ ...place, offset: files.durable });
    }
    return { offsets };
  }

  assigned(places: readonly TopicPlace[]): Promise<void> {
    return this.#forget(places);
  }

  revoked(places: readonly TopicPlace[]): Promise<void> {
    return this.#forget(places);
  }

  async close(): Promise<void> {
    await this.#forget([...this.#partitions.values()].map(({ place }) => place));
    this.#store.close();
  }

  #filesOf(place: TopicPlace): PartitionFiles {
    const key = `${place.topic} ${place.partition}`;
    let found = this.#partitions.get(key);
    if (found === undefined) {
      found = { place, files: this.#make() };
      this.#partitions.set(key, found);
    }
    return found.files;
  }

  /** What is open of them goes: whoever has them next reads it again. */
  async #forget(places: readonly TopicPlace[]): Promise<void> {
    this.#store.forget?.();
    const gone = places.map(({ topic, partition }) => `${topic} ${partition}`);
    const files = gone.flatMap((key) => this.#partitions.get(key)?.files ?? []);
    for (const key of gone) this.#partitions.delete(key);
    await Promise.all(files.map((each) => each.abort()));
  }
}
