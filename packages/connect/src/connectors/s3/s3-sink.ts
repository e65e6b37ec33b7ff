import { systemClock } from "@ottla/base/node";
import type { SinkRecord } from "../../data/connect-record.ts";
import { ConnectError } from "../../connect-error.ts";
import { DataError } from "../../data/data-error.ts";
import { defineSink } from "../../plugin/define.ts";
import type { SinkPlugin, SinkTask, TopicPlace } from "../../plugin/sink-plugin.ts";
import { onceLost, type S3Choices, s3Choices } from "./choices.ts";
import { bytesFormat, jsonFormat } from "./format/line-format.ts";
import type { ObjectFormat } from "./format/object-format.ts";
import { ObjectStore } from "./object-store.ts";
import { PartitionFiles } from "./partition-files.ts";
import { partitioner } from "./place/partitioner.ts";
import { recordTime } from "./place/record-time.ts";
import { s3Config, type S3Settings } from "./s3-config.ts";

/** Records as objects of S3, each once: names and contents are decided by the records alone, and offsets are committed behind the objects. */
export const s3Sink: SinkPlugin<typeof s3Config> = defineSink({
  name: "s3-sink",
  aliases: ["io.confluent.connect.s3.S3SinkConnector"],
  version: "0.1.0",
  doc: "Writes records to S3 as Avro, JSON, bytes or Parquet, exactly once.",
  config: s3Config,
  async check(settings, { signal }) {
    let choices: S3Choices;
    try {
      choices = s3Choices(settings);
      partitioner(settings, choices, () => 0);
      await formatOf(settings, choices);
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      return [{ severity: "error", message: error.message }];
    }
    const store = await ObjectStore.open(settings);
    try {
      await store.checkBucket(signal);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return [{ severity: "error", key: "s3.bucket.name", message }];
    } finally {
      store.close();
    }
    return onceLost(settings, choices).map((text) => ({ severity: "warning" as const, message: `${text}.` }));
  },
  async open(settings, { signal, log, connector }) {
    const choices = s3Choices(settings);
    for (const text of onceLost(settings, choices)) log.warn("an S3 sink does not write exactly once", { connector, reason: text });
    const timeOf = recordTime(settings, () => systemClock.nowMs());
    const folderOf = partitioner(settings, choices, timeOf);
    const format = await formatOf(settings, choices);
    const store = await ObjectStore.open(settings);
    try {
      await store.checkBucket(signal);
    } catch (error) {
      store.close();
      throw error;
    }
    const nowMs = (): number => systemClock.nowMs();
    return new S3Task(store, () => new PartitionFiles({ settings, store, format, folderOf, timeOf, nowMs }));
  },
});

async function formatOf(settings: S3Settings, { format }: S3Choices): Promise<ObjectFormat> {
  switch (format) {
    case "json":
      return jsonFormat(settings);
    case "bytes":
      return bytesFormat(settings);
    case "avro":
      return (await import("./format/avro-format.ts")).avroFormat(settings);
    case "parquet":
      return (await import("./format/parquet-format.ts")).parquetFormat(settings);
  }
}

class S3Task implements SinkTask {
  readonly #store: ObjectStore;
  readonly #make: () => PartitionFiles;
  readonly #partitions = new Map<string, { readonly place: TopicPlace; readonly files: PartitionFiles }>();

  constructor(store: ObjectStore, make: () => PartitionFiles) {
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
    const gone = places.map(({ topic, partition }) => `${topic} ${partition}`);
    const files = gone.flatMap((key) => this.#partitions.get(key)?.files ?? []);
    for (const key of gone) this.#partitions.delete(key);
    await Promise.all(files.map((each) => each.abort()));
  }
}
