import { ConnectError } from "../../connect-error.ts";
import type { S3Settings } from "./s3-config.ts";

/** What the sink writes. */
type FormatName = "avro" | "json" | "bytes" | "parquet";
/** How it makes folders. */
type PartitionerName = "default" | "field" | "time" | "daily" | "hourly";

const FORMATS: Readonly<Record<string, FormatName>> = {
  avro: "avro",
  json: "json",
  bytes: "bytes",
  parquet: "parquet",
  AvroFormat: "avro",
  JsonFormat: "json",
  ByteArrayFormat: "bytes",
  ParquetFormat: "parquet",
};
const PARTITIONERS: Readonly<Record<string, PartitionerName>> = {
  DefaultPartitioner: "default",
  FieldPartitioner: "field",
  TimeBasedPartitioner: "time",
  DailyPartitioner: "daily",
  HourlyPartitioner: "hourly",
};

/** What settings choose, and that they can be meant. */
export interface S3Choices {
  readonly format: FormatName;
  readonly partitioner: PartitionerName;
}

/** @throws ConnectError `CONNECT_CONFIG` with everything that cannot be done, by the name of its setting. */
export function s3Choices(settings: S3Settings): S3Choices {
  const faults: string[] = [];
  const format = chosen(FORMATS, settings["format.class"]);
  if (format === undefined) faults.push(unknown("format.class", settings["format.class"], FORMATS));
  const partitioner = chosen(PARTITIONERS, settings["partitioner.class"]);
  if (partitioner === undefined) faults.push(unknown("partitioner.class", settings["partitioner.class"], PARTITIONERS));
  if (!settings["storage.class"].endsWith("S3Storage")) faults.push(`storage.class is S3Storage, not ${settings["storage.class"]}.`);
  if (settings["store.kafka.keys"]) faults.push("store.kafka.keys=true is not there yet.");
  if (settings["store.kafka.headers"]) faults.push("store.kafka.headers=true is not there yet.");
  if (partitioner === "field" && settings["partition.field.name"].length === 0) faults.push("FieldPartitioner needs partition.field.name.");
  if (partitioner === "time" && settings["path.format"] === "") faults.push("TimeBasedPartitioner needs path.format.");
  if (partitioner === "time" && settings["partition.duration.ms"] <= 0)
    faults.push("TimeBasedPartitioner needs a partition.duration.ms above 0.");
  if ((settings["aws.access.key.id"] === undefined) !== (settings["aws.secret.access.key"] === undefined))
    faults.push("aws.access.key.id and aws.secret.access.key are given together or not at all.");
  if (settings["s3.compression.type"] === "gzip" && (format === "avro" || format === "parquet"))
    faults.push(`s3.compression.type=gzip is for json and bytes; ${format} has ${format}.codec.`);
  if (faults.length > 0 || format === undefined || partitioner === undefined) throw new ConnectError("CONNECT_CONFIG", faults.join(" "));
  return { format, partitioner };
}

/** Settings with which a restart may write records twice. */
export function onceLost(settings: S3Settings, { partitioner }: S3Choices): string[] {
  const lost: string[] = [];
  const isTimed = partitioner === "time" || partitioner === "daily" || partitioner === "hourly";
  if (settings["rotate.schedule.interval.ms"] > 0)
    lost.push("rotate.schedule.interval.ms goes by the clock, so a restart may cut files elsewhere and write records twice");
  if (settings["timestamp.extractor"] === "Wallclock" && (isTimed || settings["rotate.interval.ms"] > 0))
    lost.push("timestamp.extractor=Wallclock goes by the clock, so a restart may write records twice; Record and RecordField do not");
  return lost;
}

function chosen<T>(table: Readonly<Record<string, T>>, given: string): T | undefined {
  const word = given.split(".").at(-1) ?? "";
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

function unknown(key: string, given: string, table: object): string {
  return `${key} is one of ${Object.keys(table).join(", ")}, not ${given}.`;
}
