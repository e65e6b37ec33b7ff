import { bool, type ConfigValues, int, list, long, oneOf, secret, str } from "../../../plugin/config-shape.ts";

const low = { importance: "low" } as const;
const high = { importance: "high" } as const;

/** The settings of the JDBC source, by the names that people's files have; those of our own begin with `ottla.`. */
export const jdbcSourceConfig = {
  "connection.url": secret().with(high).doc("jdbc:postgresql://host:port/database, jdbc:mariadb://host:port/database or jdbc:sqlite:path."),
  "connection.user": str().optional().with(high).doc("Left out: the one in the URL, or the system's."),
  "connection.password": secret().optional().with(high).doc("The password."),
  "connection.attempts": int().default(3).range(1).with(low).doc("Attempts to connect in a row, until the task fails."),
  "connection.backoff.ms": long().default(10_000).range(0).with(low).doc("The pause between them."),
  mode: oneOf("", "bulk", "timestamp", "incrementing", "timestamp+incrementing")
    .default("")
    .with(high)
    .doc(
      "What is read at each poll. bulk: everything, again and again; incrementing: rows with a larger number than was seen, so no changes of rows; timestamp: rows with a later time; timestamp+incrementing: both, exact to the row.",
    ),
  "incrementing.column.name": str()
    .default("")
    .doc("A whole number that grows with each new row, and is unique; empty: the one that the database counts up."),
  "timestamp.column.name": list()
    .default([])
    .doc("Columns that have a later time with each change of a row; of several the first one that is not null."),
  "timestamp.initial": long().optional().with(low).doc("Rows from this time on, in ms since 1970; -1: from now; left out: all."),
  "timestamp.delay.interval.ms": long()
    .default(0)
    .range(0)
    .with(high)
    .doc("Rows are read only when their time is so long past, for writers whose clocks are behind and transactions that cannot be seen."),
  "validate.non.null": bool()
    .default(true)
    .with(low)
    .doc("Whether columns that reading goes by must be NOT NULL; rows with null there are never read."),
  query: str().default("").doc("A SELECT whose rows are read, in place of tables; it may have a WHERE of its own."),
  "query.suffix": str().default("").with(low).doc("Put behind each query."),
  "table.whitelist": list().default([]).doc("Names of tables that are read, with or without their schema; empty: all."),
  "table.blacklist": list().default([]).doc("Names of tables that are left out."),
  "table.include.list": list().default([]).doc("Regular expressions of schema.table that are read; whole names."),
  "table.exclude.list": list().default([]).doc("Regular expressions of tables that are left out."),
  "table.types": list().default(["TABLE"]).with(low).doc("TABLE, VIEW or both."),
  "schema.pattern": str().optional().doc("Only tables of schemas that are like it, with % and _ as LIKE has them."),
  "catalog.pattern": str()
    .optional()
    .doc("MariaDB: tables of databases that are like it, with % and _ as LIKE has them, in place of those of the URL's database."),
  "topic.prefix": str().with(high).doc("A table's rows go to the topic of this and its name; those of a query to the topic of this name."),
  "poll.interval.ms": int().default(5000).range(0).with(high).doc("Between the beginnings of two polls of a table."),
  "table.poll.interval.ms": long().default(60_000).range(0).doc("How often it is looked for tables that came and went."),
  "batch.max.rows": int()
    .default(1000)
    .range(1, 10_000)
    .doc("The most rows that are asked for at a time; fewer where rows are so large that they would be more than 8 MiB."),
  "numeric.mapping": oneOf("none", "precision_only", "best_fit", "best_fit_eager_double")
    .default("none")
    .with(low)
    .doc(
      "What NUMERIC becomes. none: Decimal; precision_only: whole numbers of up to 18 digits are int8 to int64; best_fit: doubles besides, up to 15 digits; best_fit_eager_double: doubles for all others.",
    ),
  "bigint.unsigned.handling.mode": oneOf("long", "precise")
    .default("long")
    .with(low)
    .doc("MariaDB: what BIGINT UNSIGNED becomes. long: int64, and a number beyond it is refused by name; precise: Decimal."),
  "timestamp.granularity": oneOf(
    "connect_logical",
    "micros_long",
    "micros_string",
    "micros_iso_datetime_string",
    "nanos_long",
    "nanos_string",
    "nanos_iso_datetime_string",
  )
    .default("connect_logical")
    .with(low)
    .doc("What timestamps become. connect_logical: Connect's Timestamp, which cuts to milliseconds."),
  "db.timezone": str().default("UTC").doc("The zone that times without one are meant in."),
  "transaction.isolation.mode": oneOf("DEFAULT", "READ_UNCOMMITTED", "READ_COMMITTED", "REPEATABLE_READ", "SERIALIZABLE")
    .default("DEFAULT")
    .with(low)
    .doc("The isolation of the session."),
  "ottla.open.transactions": oneOf("wait", "ignore")
    .default("wait")
    .doc(
      "Our own. wait: rows are read only up to where no open transaction can add one any more, so that none is lost that commits late; a long transaction holds reading back. ignore: as other connectors do.",
    ),
  "exactly.once.support": oneOf("requested", "required")
    .default("requested")
    .doc("required is refused where a restart may bring rows twice."),
};

/** Whether rows of open transactions are waited for. */
export function waitsForOthers(settings: JdbcSourceSettings): boolean {
  return settings["ottla.open.transactions"] === "wait" && settings.mode !== "bulk";
}

/** The settings, typed. */
export type JdbcSourceSettings = ConfigValues<typeof jdbcSourceConfig>;
