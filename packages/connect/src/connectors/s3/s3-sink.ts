import { systemClock } from "@ottla/base/node";
import { ConnectError } from "../../connect-error.ts";
import { defineSink } from "../../plugin/define.ts";
import type { SinkPlugin } from "../../plugin/sink-plugin.ts";
import { type FileChoices, onceLost } from "../record-files/file-choices.ts";
import { fileFormats } from "../record-files/file-formats.ts";
import { filePreview } from "../record-files/file-preview.ts";
import { FilesTask } from "../record-files/files-task.ts";
import { PartitionFiles } from "../record-files/partition-files.ts";
import { partitioner } from "../record-files/place/partitioner.ts";
import { recordTime } from "../record-files/place/record-time.ts";
import { ObjectStore } from "./object-store.ts";
import { gzipLevel, s3Choices } from "./s3-choices.ts";
import { s3Config } from "./s3-config.ts";

/** Records as objects of S3, each once: names and contents are decided by the records alone, and offsets are committed behind the objects. */
export const s3Sink: SinkPlugin<typeof s3Config> = defineSink({
  name: "s3-sink",
  aliases: ["io.confluent.connect.s3.S3SinkConnector"],
  version: "0.1.0",
  doc: "Writes records to S3 as Avro, JSON, bytes or Parquet, exactly once.",
  config: s3Config,
  async check(settings, { signal }) {
    let choices: FileChoices;
    try {
      choices = s3Choices(settings);
      partitioner(settings, choices, () => 0);
      await fileFormats(settings, choices, gzipLevel(settings));
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
  async preview(settings) {
    const choices = s3Choices(settings);
    const place = await filePreview(settings, choices, gzipLevel(settings));
    return (record) => {
      const files = place(record);
      return files && `s3://${settings["s3.bucket.name"]}/${files}`;
    };
  },
  async open(settings, { signal, log, connector }) {
    const choices = s3Choices(settings);
    for (const text of onceLost(settings, choices)) log.warn("an S3 sink does not write exactly once", { connector, reason: text });
    const nowMs = (): number => systemClock.nowMs();
    const timeOf = recordTime(settings, nowMs);
    const folderOf = partitioner(settings, choices, timeOf);
    const formats = await fileFormats(settings, choices, gzipLevel(settings));
    const store = await ObjectStore.open(settings);
    try {
      await store.checkBucket(signal);
    } catch (error) {
      store.close();
      throw error;
    }
    return new FilesTask(store, () => new PartitionFiles({ settings, store, formats, folderOf, timeOf, nowMs }));
  },
});
