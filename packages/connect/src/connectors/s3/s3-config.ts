import { bool, type ConfigField, type ConfigValues, int, list, long, oneOf, secret, str } from "../../plugin/config-shape.ts";

const low = { importance: "low" } as const;
const high = { importance: "high" } as const;

/** One of Java's classes, by its whole name, its last word, or a short word. */
const classOf = (fallback: string): ConfigField<string> => str().default(fallback);

/** The settings of the S3 sink, by the names that people's files have. */
export const s3Config = {
  "s3.bucket.name": str().with(high).doc("The bucket that objects are written to; it must be there."),
  "s3.region": str().default("us-west-2").doc("The bucket's region."),
  "store.url": str().optional().with(low).doc("Another server that speaks S3 (MinIO, Ceph): http://host:port."),
  "s3.path.style.access.enabled": bool().default(true).with(low).doc("Whether the bucket stands in the path and not in the host's name."),
  "aws.access.key.id": str().optional().doc("Left out, with the secret key: the usual places of AWS (environment, profile, role)."),
  "aws.secret.access.key": secret().optional().doc("The secret key."),
  "storage.class": classOf("io.confluent.connect.storage.S3Storage").with(low).doc("Taken since files name it; S3 is the only one."),
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
  "s3.part.size": int().default(26_214_400).range(5_242_880).doc("Files above this many bytes are sent in parts of it."),
  "s3.part.retries": int().default(3).range(0).doc("How often the client itself tries a request again."),
  "s3.compression.type": oneOf("none", "gzip").default("none").doc("Of json and bytes."),
  "s3.ssea.name": str().default("").with(low).doc("Encryption on the server: AES256 or aws:kms."),
  "s3.sse.kms.key.id": str().default("").with(low).doc("The key of aws:kms."),
  "s3.acl.canned": str().optional().with(low).doc("A canned ACL, such as bucket-owner-full-control."),
  "avro.codec": oneOf("null", "deflate").default("null").with(low).doc("How blocks of Avro's files are packed."),
  "connect.meta.data": bool().default(true).with(low).doc("Whether Avro's schema carries what it has no word for."),
  "parquet.codec": oneOf("none", "snappy", "gzip").default("snappy").with(low).doc("How pages of Parquet's files are packed."),
  "json.decimal.format": oneOf("BASE64", "NUMERIC").default("BASE64").with(low).doc("How a Decimal is written in json."),
  "format.bytearray.extension": str().default(".bin").with(low).doc("The ending of names of bytes."),
  "format.bytearray.separator": str().optional().with(low).doc("Stands behind each value of bytes. Left out or empty: a line feed."),
  "behavior.on.null.values": oneOf("fail", "ignore").default("fail").doc("What becomes of records without a value."),
  "store.kafka.keys": bool().default(false).with(low).doc("Must be false: keys are not written."),
  "store.kafka.headers": bool().default(false).with(low).doc("Must be false: headers are not written."),
  "ottla.conditional.writes": bool()
    .default(true)
    .with(low)
    .doc(
      "Objects are made only where there are none (If-None-Match), so that a writer that was lost cannot replace one. False where the server does not know it.",
    ),
  "ottla.buffer.bytes.max": long()
    .default(67_108_864)
    .range(1_048_576)
    .with(low)
    .doc("Files of a topic's partition that wait for so many bytes together are written, however few records they have."),
  "ottla.open.files.max": int()
    .default(500)
    .range(1)
    .with(low)
    .doc("The most files of a topic's partition that are open at once; all are written then."),
};

/** The settings, typed. */
export type S3Settings = ConfigValues<typeof s3Config>;
