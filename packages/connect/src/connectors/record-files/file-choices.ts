import { ConnectError } from "../../connect-error.ts";
import type { FilesSettings } from "./files-config.ts";

/** What a sink writes. */
export type FormatName = "avro" | "json" | "bytes" | "parquet";
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
export interface FileChoices {
  readonly format: FormatName;
  /** Undefined: keys are not written. */
  readonly keysFormat: FormatName | undefined;
  /** Undefined: headers are not written. */
  readonly headersFormat: FormatName | undefined;
  readonly partitioner: PartitionerName;
}

/**
 * `more`: what else of the sink's own settings cannot be meant.
 * @throws ConnectError `CONNECT_CONFIG` with everything that cannot be done, by the name of its setting.
 */
export function fileChoices(settings: FilesSettings, more: (choices: FileChoices) => readonly string[]): FileChoices {
  const faults: string[] = [];
  const formatOf = (key: "format.class" | "keys.format.class" | "headers.format.class"): FormatName | undefined => {
    const format = chosen(FORMATS, settings[key]);
    if (format === undefined) faults.push(unknown(key, settings[key], FORMATS));
    return format;
  };
  const format = formatOf("format.class");
  const keysFormat = settings["store.kafka.keys"] ? formatOf("keys.format.class") : undefined;
  const headersFormat = settings["store.kafka.headers"] ? formatOf("headers.format.class") : undefined;
  if (headersFormat === "bytes") faults.push("headers.format.class is avro, json or parquet: headers are no bytes.");
  if (settings["behavior.on.null.values"] === "write" && !settings["store.kafka.keys"])
    faults.push("behavior.on.null.values=write keeps the keys of records without a value, and needs store.kafka.keys=true.");
  if (settings["tombstone.encoded.partition"] === "") faults.push("tombstone.encoded.partition is a folder's name, and not empty.");
  const partitioner = chosen(PARTITIONERS, settings["partitioner.class"]);
  if (partitioner === undefined) faults.push(unknown("partitioner.class", settings["partitioner.class"], PARTITIONERS));
  if (partitioner === "field" && settings["partition.field.name"].length === 0) faults.push("FieldPartitioner needs partition.field.name.");
  if (partitioner === "time" && settings["path.format"] === "") faults.push("TimeBasedPartitioner needs path.format.");
  if (partitioner === "time" && settings["partition.duration.ms"] <= 0)
    faults.push("TimeBasedPartitioner needs a partition.duration.ms above 0.");
  const choices = format !== undefined && partitioner !== undefined ? { format, keysFormat, headersFormat, partitioner } : undefined;
  if (choices !== undefined) faults.push(...more(choices));
  if (faults.length > 0 || choices === undefined) throw new ConnectError("CONNECT_CONFIG", faults.join(" "));
  return choices;
}

/** Settings with which a restart may write records twice. */
export function onceLost(settings: FilesSettings, { partitioner }: FileChoices): string[] {
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
