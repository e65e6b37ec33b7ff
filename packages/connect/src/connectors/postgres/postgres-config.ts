import { bool, type ConfigValues, family, int, list, long, oneOf, secret, str } from "../../plugin/config-shape.ts";

/** Settings by the names that Debezium's connector for PostgreSQL has; those of our own say so. */
export const postgresConfig = {
  "database.hostname": str().doc("Host of the server."),
  "database.port": int().default(5432).range(1, 65_535).doc("Port of the server."),
  "database.user": str().doc("A role that may replicate, and select from the captured tables."),
  "database.password": secret().optional().doc("Its password."),
  "database.dbname": str().doc("The database whose changes are captured."),
  "database.sslmode": oneOf("disable", "prefer", "require", "verify-ca", "verify-full")
    .default("prefer")
    .doc(
      "`verify-full` checks the certificate and the host's name. `prefer` falls back to an unencrypted connection where the server has no TLS.",
    ),
  "database.sslrootcert": str().optional().doc("File with the certificates of authorities that are trusted, PEM."),
  "database.sslcert": str().optional().doc("File with the client's certificate, PEM."),
  "database.sslkey": secret().optional().doc("File with the client's private key, PEM."),
  "topic.prefix": str().doc(
    "Beginning of every topic and schema name, and the name of this server in offsets. Never changed once records were written.",
  ),
  "plugin.name": oneOf("pgoutput").default("pgoutput").doc("PostgreSQL's own output plugin; there is no other."),
  "slot.name": str().default("debezium").doc("The replication slot. It is created where there is none and nothing was read yet."),
  "slot.drop.on.stop": bool()
    .default(false)
    .doc("Drops the slot when the task stops; only for tests, since what is written until the next start is lost."),
  "slot.failover": bool().default(false).doc("A new slot is made for failover (PostgreSQL 17), so that standbys keep a copy of it."),
  "publication.name": str().default("dbz_publication").doc("The publication whose tables are captured."),
  "publication.autocreate.mode": oneOf("all_tables", "disabled", "filtered", "no_tables")
    .default("all_tables")
    .doc(
      "What to do where there is no such publication. `filtered`: of the tables that the lists let through; those that it lacks are added.",
    ),
  "snapshot.mode": oneOf("initial", "always", "initial_only", "no_data", "never", "when_needed")
    .default("initial")
    .doc(
      "Whether the rows that are there are read before changes. `when_needed`: also where the slot was lost; otherwise that is an error.",
    ),
  "snapshot.fetch.size": int().default(10_240).range(1, 1_000_000).doc("Rows that are asked for at a time."),
  "snapshot.lock.timeout.ms": int()
    .default(10_000)
    .range(0)
    .doc(
      "How long a snapshot tries to have every table to itself against DDL; then it gives way, says which one is held, and tries again later.",
    ),
  "schema.include.list": list().default([]).doc("Regular expressions of schemas, apart by commas; whole names."),
  "schema.exclude.list": list().default([]).doc("Schemas that are left out."),
  "table.include.list": list().default([]).doc("Regular expressions of `schema.table`."),
  "table.exclude.list": list().default([]).doc("Tables that are left out."),
  "column.include.list": list().default([]).doc("Regular expressions of `schema.table.column`."),
  "column.exclude.list": list().default([]).doc("Columns that are left out. Columns of the key stay in the key."),
  /** Regular expressions of `schema.table.column`, apart by commas, whose texts are cut, masked or hashed. */
  "column.rules": family(/^column\.(?:truncate\.to\.\d+\.chars|mask\.with\.\d+\.chars|mask\.hash\.(?:v2\.)?[^.]+\.with\.salt\..*)$/),
  "snapshot.select.statement.overrides": list()
    .default([])
    .doc(
      "Tables (`schema.table`) whose rows a snapshot reads by a statement of their own: `snapshot.select.statement.overrides.<schema.table>`.",
    ),
  /** The statements by table. */
  "snapshot.select.statements": family(/^snapshot\.select\.statement\.overrides\..+$/),
  "message.key.columns": str()
    .default("")
    .doc(
      "`schema.table:column,column;…`: what a record's key is in place of the table's own. The names before the colon are regular expressions.",
    ),
  "tombstones.on.delete": bool().default(true).doc("A delete is followed by the same key without a value, so that compaction removes it."),
  "skipped.operations": list().default(["t"]).doc("Of `c`, `u`, `d`, `t`; or `none`."),
  "skip.messages.without.change": bool()
    .default(false)
    .doc("An update that changes no captured column is left out. Needs REPLICA IDENTITY FULL."),
  "provide.transaction.metadata": bool()
    .default(false)
    .doc("Records of begin and end of transactions, and each record's place in its own."),
  "unavailable.value.placeholder": str()
    .default("__debezium_unavailable_value")
    .doc("What stands for a large value that an update left as it was."),
  "decimal.handling.mode": oneOf("precise", "double", "string").default("precise").doc("What `numeric` and `money` become."),
  "time.precision.mode": oneOf("adaptive", "adaptive_time_microseconds", "connect")
    .default("adaptive")
    .doc("What dates and times become; `connect` cuts to milliseconds."),
  "hstore.handling.mode": oneOf("json", "map").default("json").doc("What `hstore` becomes."),
  "interval.handling.mode": oneOf("numeric", "string").default("numeric").doc("What `interval` becomes: microseconds, or ISO 8601."),
  "binary.handling.mode": oneOf("bytes", "base64", "base64-url-safe", "hex").default("bytes").doc("What `bytea` becomes."),
  "include.unknown.datatypes": bool()
    .default(false)
    .doc("Columns of types without a form in Connect are the bytes of their text, not left out."),
  "heartbeat.interval.ms": int()
    .default(0)
    .range(0)
    .doc("Records to the heartbeat topic so often; 0: none. A quiet slot moves on without them."),
  "topic.heartbeat.prefix": str().default("__debezium-heartbeat").doc("Beginning of the heartbeat topic's name."),
  "heartbeat.action.query": str().optional().doc("SQL that runs at each heartbeat."),
  "status.update.interval.ms": int().default(10_000).range(100).doc("How often the server is told what it need not keep."),
  "slot.lag.alarm.bytes": long()
    .default(1_073_741_824)
    .range(0)
    .doc("Our own: a warning is logged while the slot holds back more of the log than this. 0: never."),
  "signal.enabled.channels": list().default(["source"]).doc("Where signals come from: `source` (a table), `kafka` (a topic)."),
  "signal.data.collection": str()
    .optional()
    .doc("`schema.table` whose new rows are signals: columns id, type, data. It is added to a publication that is made by `filtered`."),
  "signal.kafka.topic": str().optional().doc("Topic of one partition whose records are signals. Default: `<topic.prefix>-signal`."),
  "signal.kafka.bootstrap.servers": str().optional().doc("Brokers of that topic. Needed with the channel `kafka`."),
  "signal.kafka.poll.timeout.ms": int().default(100).range(1, 60_000).doc("How long to wait for a signal at a time."),
  "incremental.snapshot.chunk.size": int()
    .default(1024)
    .range(1, 100_000)
    .doc("Most rows that an incremental snapshot reads at a time. Fewer of large ones."),
  "max.batch.size": int().default(2048).range(1, 100_000).doc("At most so many records are handed on at a time; more than 128 are not."),
  "event.processing.failure.handling.mode": oneOf("fail", "warn", "skip")
    .default("fail")
    .doc("What to do with a row that has no form in Connect."),
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
export type PostgresConfig = ConfigValues<typeof postgresConfig>;
