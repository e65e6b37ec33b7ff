import { systemClock } from "@ottla/base/node";
import { ConnectError } from "../../connect-error.ts";
import { defineSink } from "../../plugin/define.ts";
import type { SinkPlugin } from "../../plugin/sink-plugin.ts";
import { type FileChoices, fileChoices, onceLost } from "../record-files/file-choices.ts";
import { fileFormats } from "../record-files/file-formats.ts";
import { filePreview } from "../record-files/file-preview.ts";
import { FilesTask } from "../record-files/files-task.ts";
import { PartitionFiles } from "../record-files/partition-files.ts";
import { partitioner } from "../record-files/place/partitioner.ts";
import { recordTime } from "../record-files/place/record-time.ts";
import { hdfsConfig, type HdfsSettings } from "./hdfs-config.ts";
import { absolute, HdfsStore } from "./hdfs-store.ts";
import { WebHdfs } from "./web-hdfs.ts";

/** Records as files of HDFS, each once: names and contents are decided by the records alone, a file appears by a rename, and offsets are committed behind the files. */
export const hdfsSink: SinkPlugin<typeof hdfsConfig> = defineSink({
  name: "hdfs-sink",
  aliases: ["io.confluent.connect.hdfs.HdfsSinkConnector", "io.confluent.connect.hdfs3.Hdfs3SinkConnector"],
  version: "0.1.0",
  doc: "Writes records to HDFS as Avro, JSON, bytes or Parquet, through WebHDFS, exactly once.",
  config: hdfsConfig,
  async check(settings) {
    let choices: FileChoices;
    let hdfs: WebHdfs;
    try {
      choices = hdfsChoices(settings);
      partitioner(settings, choices, () => 0);
      await fileFormats(settings, choices, undefined);
      hdfs = webHdfsOf(settings);
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      return [{ severity: "error", message: error.message }];
    }
    try {
      await hdfs.status("/");
    } catch (error) {
      return [{ severity: "error", key: "hdfs.url", message: error instanceof Error ? error.message : String(error) }];
    }
    return onceLost(settings, choices).map((text) => ({ severity: "warning" as const, message: `${text}.` }));
  },
  async preview(settings) {
    const place = await filePreview(settings, hdfsChoices(settings), undefined);
    return (record) => {
      const files = place(record);
      return files && `hdfs:/${absolute(files)}`;
    };
  },
  async open(settings, { log, connector, taskNumber }) {
    const choices = hdfsChoices(settings);
    for (const text of onceLost(settings, choices)) log.warn("an HDFS sink does not write exactly once", { connector, reason: text });
    const nowMs = (): number => systemClock.nowMs();
    const timeOf = recordTime(settings, nowMs);
    const folderOf = partitioner(settings, choices, timeOf);
    const formats = await fileFormats(settings, choices, undefined);
    const hdfs = webHdfsOf(settings);
    const temporaryFolder = `${absolute(settings["topics.dir"])}/+tmp/${connector.replaceAll(/[^\w.-]/g, "_")}-${taskNumber}`;
    // What a task before this one left unfinished. Where it still lives, it finds its files gone.
    await hdfs.delete(temporaryFolder);
    const store = new HdfsStore({
      hdfs,
      temporaryFolder,
      partBytes: settings["ottla.hdfs.part.bytes"],
      fileDelim: settings["file.delim"],
      offsetDigits: settings["filename.offset.zero.pad.width"],
    });
    return new FilesTask(store, () => new PartitionFiles({ settings, store, formats, folderOf, timeOf, nowMs }));
  },
});

function hdfsChoices(settings: HdfsSettings): FileChoices {
  return fileChoices(settings, () => {
    const faults: string[] = [];
    if (!settings["storage.class"].endsWith("HdfsStorage")) faults.push(`storage.class is HdfsStorage, not ${settings["storage.class"]}.`);
    if (settings["hdfs.authentication.kerberos"])
      faults.push("hdfs.authentication.kerberos=true is not there; a delegation token says who asks (ottla.hdfs.delegation.token).");
    if (settings["directory.delim"] !== "/") faults.push("directory.delim is / in HDFS.");
    if (settings["file.delim"] === "") faults.push("file.delim is not empty in HDFS: it stands between the offsets of a name.");
    return faults;
  });
}

/** @throws ConnectError CONNECT_CONFIG for an address that is none of WebHDFS */
function webHdfsOf(settings: HdfsSettings): WebHdfs {
  const given = settings["hdfs.url"] || settings["store.url"];
  const addresses = given
    .split(",")
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .map(addressOf);
  if (addresses.length === 0)
    throw new ConnectError("CONNECT_CONFIG", "hdfs.url is not set: where WebHDFS answers, webhdfs://namenode:9870.");
  return new WebHdfs({ addresses, user: settings["ottla.hdfs.user"], delegationToken: settings["ottla.hdfs.delegation.token"] });
}

function addressOf(text: string): string {
  const [, scheme = "", rest = ""] = /^([a-z]+):\/\/([^/?#]+)\/?$/i.exec(text.includes("://") ? text : `webhdfs://${text}`) ?? [];
  switch (scheme.toLowerCase()) {
    case "http":
    case "webhdfs":
      return `http://${rest}`;
    case "https":
    case "swebhdfs":
      return `https://${rest}`;
    case "hdfs":
      throw new ConnectError(
        "CONNECT_CONFIG",
        `hdfs.url ${text} is the port of Java's clients; WebHDFS answers at the name node's HTTP port, webhdfs://${rest.replace(/:\d+$/, "")}:9870.`,
      );
    default:
      throw new ConnectError("CONNECT_CONFIG", `hdfs.url is webhdfs://host:port, not ${text}.`);
  }
}
