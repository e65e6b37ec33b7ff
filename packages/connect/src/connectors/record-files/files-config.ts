import { bool, type ConfigField, type ConfigShape, type ConfigValues, int, list, long, oneOf, str } from "../../plugin/config-shape.ts";

const low = { importance: "low" } as const;
const high = { importance: "high" } as const;
const AVRO = "avro";

/** One of Java's classes, by its whole name, its last word, or a short word. */
export const classOf = (fallback: string): ConfigField<string> => str().default(fallback);

/** The settings that all sinks of files have, by the names that people's files have. */
export const filesConfig = {
  "format.class": str().with(high).doc("avro, json, bytes or parquet, or the Java class that means it."),
  "flush.size": int().range(1).with(high).doc("So many records of a topic's partition, and their files are written."),
  "rotate.interval.ms": long().default(-1).doc("The longest time, by the records' own timestamps, that files take records in. -1: none."),
  "rotate.schedule.interval.ms": long()
    .default(-1)
    .doc("Files are written at each such time of the clock. What is written is not exactly once then. -1: never."),
  "schema.compatibility": oneOf("NONE", "BACKWARD", "FORWARD", "FULL")
    .default("NONE")
    .doc("NONE: another schema starts another file. Else records are projected to the file's schema where that can be."),
  "partitioner.class": classOf("DefaultPartitioner").doc("Default, Field, TimeBased, Daily or Hourly, or the Java class that means it."),
  "partition.field.name": list().default([]).doc("Fields of the value, nested ones with dots, for the FieldPartitioner."),
  "partition.duration.ms": long().default(-1).doc("How much time a folder of the TimeBasedPartitioner has."),
  "path.format": str().default("").doc("The folder of a time: 'year'=YYYY/'month'=MM/'day'=dd, letters as Joda-Time has them."),
  locale: str().default("en-US").with(low).doc("Language of names of months and days."),
  timezone: str().default("UTC").doc("The zone of folders, such as Europe/Paris."),
  "timestamp.extractor": oneOf("Wallclock", "Record", "RecordField")
    .default("Wallclock")
    .doc("What a record's time is. With Wallclock and folders of times a restart may write records twice."),
  "timestamp.field": str().default("timestamp").doc("The field of the RecordField extractor."),
  "topics.dir": str().default("topics").with(high).doc("The first folder."),
  "directory.delim": str().default("/").with(low).doc("Between folders."),
  "file.delim": str().default("+").with(low).doc("Between topic, partition and offset in a name."),
  "filename.offset.zero.pad.width": int().default(10).range(0, 20).with(low).doc("Digits of the offset in a name."),
  "avro.codec": oneOf("null", "deflate").default("null").with(low).doc("How blocks of Avro's files are packed."),
  "connect.meta.data": bool().default(true).with(low).doc("Whether Avro's schema carries what it has no word for."),
  "parquet.codec": oneOf("none", "snappy", "gzip").default("snappy").with(low).doc("How pages of Parquet's files are packed."),
  "json.decimal.format": oneOf("BASE64", "NUMERIC").default("BASE64").with(low).doc("How a Decimal is written in json."),
  "format.bytearray.extension": str().default(".bin").with(low).doc("The ending of names of bytes."),
  "format.bytearray.separator": str().optional().with(low).doc("Stands behind each value of bytes. Left out or empty: a line feed."),
  "behavior.on.null.values": oneOf("fail", "ignore", "write")
    .default("fail")
    .doc("What becomes of records without a value. write: their keys stand in files of the folder tombstone.encoded.partition."),
  "tombstone.encoded.partition": str()
    .default("tombstone")
    .doc("The folder below the topic's for records without a value, where behavior.on.null.values is write."),
  "store.kafka.keys": bool().default(false).doc("Whether each file has another beside it, of the records' keys in the same order."),
  "keys.format.class": classOf(AVRO).doc("The format of keys: avro, json, bytes or parquet, which has them as its column key."),
  "store.kafka.headers": bool().default(false).doc("Whether each file has another beside it, of the records' headers in the same order."),
  "headers.format.class": classOf(AVRO).doc("The format of headers: avro, json or parquet, which has them as its column headers."),
  "ottla.buffer.bytes.max": long()
    .default(67_108_864)
    .range(1_048_576)
    .with(low)
    .doc("Files of a topic's partition that wait for so many bytes together are written, however few records they have."),
  "ottla.open.files.max": int()
    .default(500)
    .range(1)
    .with(low)
    .doc("The most places of a topic's partition whose files are open at once; all are written then."),
} satisfies ConfigShape;

/** The settings, typed. */
export type FilesSettings = ConfigValues<typeof filesConfig>;
