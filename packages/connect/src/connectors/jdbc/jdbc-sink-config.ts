import { bool, type ConfigValues, int, list, oneOf, secret, str } from "../../plugin/config-shape.ts";

const low = { importance: "low" } as const;
const high = { importance: "high" } as const;

/** The settings of the JDBC sink, by the names that people's files have. */
export const jdbcSinkConfig = {
  "connection.url": secret().with(high).doc("jdbc:postgresql://host:port/database, jdbc:mariadb://host:port/database or jdbc:sqlite:path."),
  "connection.user": str().optional().with(high).doc("Left out: the one in the URL, or the system's."),
  "connection.password": secret().optional().with(high).doc("The password."),
  "insert.mode": oneOf("insert", "upsert", "update").default("insert").with(high).doc("What becomes of a record with a value."),
  "pk.mode": oneOf("none", "kafka", "record_key", "record_value")
    .default("none")
    .with(high)
    .doc("Where a row's key comes from; kafka: topic, partition and offset."),
  "pk.fields": list().default([]).doc("Names of the key's columns. Of a struct left out: all of its fields (record_key)."),
  "delete.enabled": bool().default(false).doc("Whether a record without a value deletes the row of its key; needs pk.mode=record_key."),
  "auto.create": bool().default(false).doc("Whether a table that is not there is made."),
  "auto.evolve": bool().default(false).doc("Whether columns that are not there are added; they may be null or have a default."),
  "table.name.format": str().default("${topic}").doc("The table of a topic, schema.table where it has a schema."),
  "fields.whitelist": list().default([]).doc("Fields of the value that become columns; empty: all."),
  "db.timezone": str().default("UTC").doc("The zone whose clock timestamps are written by, into columns that have no zone of their own."),
  "batch.size": int().default(3000).range(1).doc("The most rows of one statement."),
  "ottla.offsets.table": str()
    .default("")
    .with(low)
    .doc(
      "A table, made where it is not there, that has how far each partition was written, changed in the same transaction: each record once in any insert.mode.",
    ),
};

/** The settings, typed. */
export type JdbcSinkSettings = ConfigValues<typeof jdbcSinkConfig>;
