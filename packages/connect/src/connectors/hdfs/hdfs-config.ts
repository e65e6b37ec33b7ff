import { bool, type ConfigValues, int, secret, str } from "../../plugin/config-shape.ts";
import { classOf, filesConfig } from "../record-files/files-config.ts";

const low = { importance: "low" } as const;
const high = { importance: "high" } as const;

/** The settings of the HDFS sink, by the names that people's files have. */
export const hdfsConfig = {
  ...filesConfig,
  "hdfs.url": str()
    .default("")
    .with(high)
    .doc(
      "Where WebHDFS answers: webhdfs://namenode:9870, or http:// and https://; several name nodes apart by commas, of which the active one is found.",
    ),
  "store.url": str().default("").with(low).doc("Another name of hdfs.url."),
  "logs.dir": str().default("logs").with(low).doc("Taken since files name it: names and renames decide, and no log is written."),
  "storage.class": classOf("io.confluent.connect.hdfs.storage.HdfsStorage")
    .with(low)
    .doc("Taken since files name it; HDFS is the only one."),
  "hdfs.authentication.kerberos": bool()
    .default(false)
    .with(low)
    .doc("Must be false; a delegation token, or a user's name, says who asks."),
  "ottla.hdfs.user": str().default("").doc("The user's name that is given to HDFS; empty: none, and HDFS takes its own default."),
  "ottla.hdfs.delegation.token": secret().optional().with(low).doc("A delegation token, in place of a user's name."),
  "ottla.hdfs.part.bytes": int()
    .default(67_108_864)
    .range(1_048_576)
    .with(low)
    .doc("Files above this many bytes are sent in parts of it, which become one file."),
};

/** The settings, typed. */
export type HdfsSettings = ConfigValues<typeof hdfsConfig>;
