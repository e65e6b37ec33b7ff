import { bool, type ConfigValues, int, list, long, oneOf, secret, str } from "../../plugin/config-shape.ts";

/** Settings by the names that Debezium's connectors for MariaDB and MySQL have; those of our own say so. */
export const mariadbConfig = {
  "database.hostname": str().doc("Host of the server."),
  "database.port": int().default(3306).range(1, 65_535).doc("Port of the server."),
  "database.user": str().doc("A user with SELECT, REPLICATION SLAVE and, in MariaDB, BINLOG MONITOR; RELOAD too on MySQL."),
  "database.password": secret().optional().doc("Its password."),
  "database.ssl.mode": oneOf(
    "disable",
    "disabled",
    "trust",
    "preferred",
    "required",
    "verify-ca",
    "verify_ca",
    "verify-full",
    "verify_identity",
  )
    .default("preferred")
    .doc(
      "`verify-full` checks the certificate and the host's name. `preferred` falls back to an unencrypted connection where the server has no TLS.",
    ),
  "database.ssl.ca": str().optional().doc("Our own: file with the certificates of authorities that are trusted, PEM."),
  "database.ssl.cert": str().optional().doc("Our own: file with the client's certificate, PEM."),
  "database.ssl.key": secret().optional().doc("Our own: file with the client's private key, PEM."),
  "database.server.id": long()
    .optional()
    .doc(
      "The number by which this reader is known among all replicas of the server; no two may have the same. Without it one is drawn by lot.",
    ),
  "topic.prefix": str().doc(
    "Beginning of every topic and schema name, and the name of this server in offsets. Never changed once records were written.",
  ),
  "snapshot.mode": oneOf("initial", "always", "initial_only", "no_data", "never", "when_needed")
    .default("initial")
    .doc(
      "Whether the rows that are there are read before changes. `when_needed`: also where the binlog was lost; otherwise that is an error.",
    ),
  "snapshot.fetch.size": int().default(2048).range(1, 1_000_000).doc("Rows that are handed on at a time."),
  "database.include.list": list().default([]).doc("Regular expressions of databases, apart by commas; whole names."),
  "database.exclude.list": list().default([]).doc("Databases that are left out."),
  "table.include.list": list().default([]).doc("Regular expressions of `database.table`."),
  "table.exclude.list": list().default([]).doc("Tables that are left out."),
  "column.include.list": list().default([]).doc("Regular expressions of `database.table.column`."),
  "column.exclude.list": list().default([]).doc("Columns that are left out. Columns of the key stay in the key."),
  "message.key.columns": str()
    .default("")
    .doc(
      "`database.table:column,column;…`: what a record's key is in place of the table's own. The names before the colon are regular expressions.",
    ),
  "tombstones.on.delete": bool().default(true).doc("A delete is followed by the same key without a value, so that compaction removes it."),
  "skipped.operations": list().default(["t"]).doc("Of `c`, `u`, `d`, `t`; or `none`."),
  "skip.messages.without.change": bool().default(false).doc("An update that changes no captured column is left out."),
  "provide.transaction.metadata": bool()
    .default(false)
    .doc("Records of begin and end of transactions, and each record's place in its own."),
  "include.query": bool()
    .default(false)
    .doc("The statement's text in `source.query`; the server needs binlog_annotate_row_events=ON (MySQL: binlog_rows_query_log_events)."),
  "decimal.handling.mode": oneOf("precise", "double", "string").default("precise").doc("What `DECIMAL` becomes."),
  "bigint.unsigned.handling.mode": oneOf("long", "precise")
    .default("long")
    .doc("What `BIGINT UNSIGNED` becomes: an int64, in which the upper half is negative, or a Decimal."),
  "time.precision.mode": oneOf("adaptive_time_microseconds", "connect")
    .default("adaptive_time_microseconds")
    .doc("What dates and times become; `connect` cuts to milliseconds."),
  "binary.handling.mode": oneOf("bytes", "base64", "base64-url-safe", "hex").default("bytes").doc("What `BINARY` and `BLOB` become."),
  "heartbeat.interval.ms": int().default(0).range(0).doc("Records to the heartbeat topic so often; 0: none."),
  "topic.heartbeat.prefix": str().default("__debezium-heartbeat").doc("Beginning of the heartbeat topic's name."),
  "heartbeat.action.query": str().optional().doc("SQL that runs at each heartbeat."),
  "connect.keep.alive.interval.ms": int()
    .default(10_000)
    .range(100, 3_600_000)
    .doc(
      "How often the server says that it is there while nothing happens; a connection that is silent for three times as long is given up.",
    ),
  "offset.idle.interval.ms": int()
    .default(10_000)
    .range(100)
    .doc("Our own: how often the offset moves on over changes that are none of ours, so that the binlog may be purged behind it."),
  "max.batch.size": int().default(2048).range(1, 100_000).doc("Records that are handed on at a time."),
  "event.processing.failure.handling.mode": oneOf("fail", "warn", "skip")
    .default("fail")
    .doc("What to do with a row that has no form in Connect, and with statements that are in the binlog in place of their rows."),
  "errors.max.retries": int()
    .default(-1)
    .range(-1)
    .doc("Connections that are tried again in a row after the server was lost; -1: for ever."),
  "retriable.restart.connector.wait.ms": int().default(10_000).range(0).doc("The longest wait between them."),
  "extended.headers.enabled": bool()
    .default(false)
    .doc("Headers that name connector, task and server on every record. Debezium 3.3 has them on."),
};

/** Settings as a task has them. */
export type MariadbConfig = ConfigValues<typeof mariadbConfig>;
