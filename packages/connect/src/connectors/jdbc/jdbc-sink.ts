import { ConnectError, RetriableError } from "../../connect-error.ts";
import type { SinkRecord } from "../../data/connect-record.ts";
import { DataError } from "../../data/data-error.ts";
import { defineSink } from "../../plugin/define.ts";
import type { SinkPlugin, SinkTask } from "../../plugin/sink-plugin.ts";
import { type ColumnRules, columnRules } from "./column-rules.ts";
import { jdbcSinkConfig, type JdbcSinkSettings } from "./jdbc-sink-config.ts";
import { isRefusedLogin, openSession } from "./open-session.ts";
import { checkJdbcSink, type RowCell, rowOfRecord, type RowWish } from "./row-of-record.ts";
import { SinkTables } from "./sink-tables.ts";
import type { SqlSession } from "./sql-session.ts";
import { WrittenOffsets } from "./written-offsets.ts";
import { statementsOf } from "./write-rows.ts";

/** Records as rows of PostgreSQL, MariaDB and SQLite. A batch is one transaction. */
export const jdbcSink: SinkPlugin<typeof jdbcSinkConfig> = defineSink({
  name: "jdbc-sink",
  aliases: ["io.confluent.connect.jdbc.JdbcSinkConnector", "io.aiven.connect.jdbc.JdbcSinkConnector"],
  version: "0.1.0",
  doc: "Writes records to tables of PostgreSQL, MariaDB and SQLite.",
  config: jdbcSinkConfig,
  async check(settings) {
    try {
      checkJdbcSink(settings);
      await (await openSession(wishOf(settings))).close();
      return [];
    } catch (error) {
      const isConfig = error instanceof ConnectError;
      const message = error instanceof Error ? error.message : String(error);
      return [
        {
          severity: "error",
          ...(isConfig ? {} : { key: "connection.url" }),
          message: isConfig ? message : `The database cannot be reached: ${message}.`,
        },
      ];
    }
  },
  preview: async (settings) => {
    checkJdbcSink(settings);
    const rules = columnRules(settings);
    return (record) => {
      const { table, keys, cells, isDelete } = rowOfRecord(record, settings, rules);
      const of = keys.length === 0 ? "" : ` of the key ${shownCells(keys)}`;
      return isDelete ? `delete from ${table} the row${of}` : `${settings["insert.mode"]} into ${table} the row${of}: ${shownCells(cells)}`;
    };
  },
  async open(settings, { connector }) {
    checkJdbcSink(settings);
    const task = new JdbcTask(settings, connector);
    await task.connect();
    return task;
  },
});

function shownCells(cells: readonly RowCell[]): string {
  return cells.map(({ name, value }) => `${name}=${value instanceof Uint8Array ? `${value.byteLength} bytes` : String(value)}`).join(", ");
}

function wishOf(settings: JdbcSinkSettings): Parameters<typeof openSession>[0] {
  return {
    url: settings["connection.url"],
    user: settings["connection.user"],
    password: settings["connection.password"],
    zone: settings["db.timezone"],
  };
}

class JdbcTask implements SinkTask {
  readonly #settings: JdbcSinkSettings;
  readonly #rules: ColumnRules;
  readonly #tables: SinkTables;
  readonly #offsets: WrittenOffsets | undefined;
  #session: SqlSession | undefined;

  constructor(settings: JdbcSinkSettings, connector: string) {
    this.#settings = settings;
    this.#rules = columnRules(settings);
    this.#tables = new SinkTables(settings, this.#rules);
    const table = settings["ottla.offsets.table"];
    this.#offsets = table === "" ? undefined : new WrittenOffsets(table, connector);
  }

  async connect(): Promise<SqlSession> {
    this.#session ??= await openSession(wishOf(this.#settings)).catch((error: unknown) => {
      if (error instanceof ConnectError) throw error;
      // The task ends, so that secrets are looked up anew.
      if (isRefusedLogin(error))
        throw new ConnectError(
          "CONNECT_CONFIG",
          `The database refuses connection.user or connection.password: ${error instanceof Error ? error.message : String(error)}.`,
          { cause: error },
        );
      throw new RetriableError(`The database cannot be reached: ${error instanceof Error ? error.message : String(error)}.`, {
        cause: error,
      });
    });
    return this.#session;
  }

  async write(records: readonly SinkRecord[], { reportBad }: Parameters<SinkTask["write"]>[1]): Promise<void> {
    const wishes: { readonly record: SinkRecord; readonly row: RowWish }[] = [];
    for (const record of records) {
      try {
        wishes.push({ record, row: rowOfRecord(record, this.#settings, this.#rules) });
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        reportBad(record, error);
      }
    }
    if (wishes.length > 0) await this.#inTransaction((session) => this.#writeRows(session, wishes));
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close().catch(() => {});
  }

  async #writeRows(session: SqlSession, wishes: readonly { readonly record: SinkRecord; readonly row: RowWish }[]): Promise<void> {
    if (session.dialect.isCommittedByDdl) {
      // Tables first: once rows are written, making one would commit them.
      await this.#offsets?.prepare(session);
      for (const { row } of wishes) await this.#tables.prepare(row, session);
      await session.query(session.dialect.begin);
    }
    const written = await this.#offsets?.read(
      session,
      wishes.map(({ record }) => record),
    );
    const fresh = written === undefined ? wishes : wishes.filter(({ record }) => !written.has(record));
    const rows: RowWish[] = [];
    for (const { row } of fresh) if (await this.#tables.prepare(row, session)) rows.push(row);
    for (const { sql, values } of statementsOf(rows, this.#settings, session.dialect)) await session.query(sql, values);
    await this.#offsets?.write(
      session,
      fresh.map(({ record }) => record),
    );
  }

  async #inTransaction(run: (session: SqlSession) => Promise<void>): Promise<void> {
    const session = await this.connect();
    try {
      await session.query(session.dialect.begin);
      await run(session);
      await session.query("COMMIT");
    } catch (error) {
      this.#tables.forget();
      this.#offsets?.forget();
      const isOver = await session.query("ROLLBACK").then(
        () => false,
        () => true,
      );
      const blame = session.dialect.blameOf(error);
      if (isOver || blame !== "row") await this.close();
      if (error instanceof ConnectError) throw error;
      const message = `The database refused the rows: ${error instanceof Error ? error.message : String(error)}.`;
      if (blame === "passing") throw new RetriableError(message, { cause: error });
      throw new ConnectError(blame === "task" ? "CONNECT_STATE" : "CONNECT_SINK", message, { cause: error });
    }
  }
}
