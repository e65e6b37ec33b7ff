import type { Clock, Logger } from "@ottla/base";
import type { SourceItem } from "../../../plugin/source-plugin.ts";
import type { Catalog, CatalogTable } from "../catalog/catalog.ts";
import { type BinlogIdentity, type SnapshotPlace, writeOffset } from "../changes/cdc-offset.ts";
import type { ChangeContext, EventMaker, SnapshotMark } from "../changes/event-maker.ts";
import type { MariadbSession, SqlRow } from "../connection/mariadb-session.ts";
import type { BinlogPlace } from "../connection/server.ts";
import { sqlName } from "../connection/sql-text.ts";
import type { CapturedTable } from "../tables/captured-table.ts";
import type { CapturedTables } from "../tables/captured-tables.ts";
import { selectedAs } from "../values/text-cell.ts";
import { keyLiterals, rowsBehind } from "./key-order.ts";

const PROGRESS_MS = 10_000;

/** What a snapshot is made with. */
export interface SnapshotParts {
  readonly maker: EventMaker;
  readonly tables: CapturedTables;
  readonly catalog: Catalog;
  readonly identity: BinlogIdentity;
  readonly fetchSize: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metric: (name: string, value: number) => void;
}

/**
 * Reads the rows that are there, table by table in the order of their names, rows in the order of their key, within one transaction that the session has open.
 *
 * Each record's offset says how far it is, so that a snapshot that was cut off goes on behind its last durable row. It then sees the tables as they are by then, while the changes come from where the
 * first attempt began: what happened in between comes as well, and the same rows come out in the end. Rows of a table without a key that can be gone on by are read from the first again.
 */
export class SnapshotReader {
  readonly #session: MariadbSession;
  readonly #parts: SnapshotParts;
  readonly #place: BinlogPlace;
  #rows = 0;
  #toldMs = 0;
  #startedMs = 0;
  #isFirst = true;

  constructor(session: MariadbSession, parts: SnapshotParts, place: BinlogPlace) {
    this.#session = session;
    this.#parts = parts;
    this.#place = place;
  }

  async *read(from: SnapshotPlace | undefined): AsyncGenerator<readonly SourceItem[]> {
    const { clock, log, catalog, tables } = this.#parts;
    const names = (await catalog.names())
      .filter(({ database, table }) => tables.isCaptured(database, table))
      .sort((a, b) => compare(nameOf(a), nameOf(b)))
      .filter((table) => isDue(nameOf(table), from));
    const due: CatalogTable[] = [];
    for (const { database, table } of names) {
      const found = await catalog.table(database, table);
      if (found !== undefined) due.push(found);
    }
    this.#startedMs = this.#toldMs = clock.monotonicMs();
    const rowsEstimated = due.reduce((sum, table) => sum + table.rowsEstimated, 0);
    log.info(from?.table === undefined ? "Reading the rows that are there" : "Reading on the rows that are there", {
      tables: due.length,
      rowsEstimated,
      ...(from?.table !== undefined && { from: from.table }),
    });
    const untransacted = due.filter(({ engine }) => engine !== "InnoDB").map(nameOf);
    if (untransacted.length > 0)
      log.warn("Tables of an engine without transactions are read as they are by then; what changes meanwhile comes again behind them", {
        tables: untransacted.slice(0, 20),
      });
    for (const table of due) {
      const key = from?.table === nameOf(table) && !from.isTableDone ? from.key : undefined;
      yield* this.#readTable(table, key, table === due.at(-1), rowsEstimated);
    }
    log.info("The rows that were there are read", { rows: this.#rows, ms: Math.round(clock.monotonicMs() - this.#startedMs) });
  }

  async *#readTable(
    now: CatalogTable,
    after: readonly string[] | undefined,
    isLastTable: boolean,
    rowsEstimated: number,
  ): AsyncGenerator<readonly SourceItem[]> {
    const name = nameOf(now);
    const { table, readers } = this.#parts.tables.ofCatalog(now);
    const order = rowsBehind(now, after);
    const selected = now.columns.map((column) => selectedAs(column, sqlName(column.name))).join(", ");
    const sql = `SELECT ${selected} FROM ${sqlName(now.database)}.${sqlName(now.table)}${order.sql}`;
    let isFirstOfTable = after === undefined;
    // One row is kept, since only behind it is known whether it is the last one.
    let kept: SqlRow | undefined;
    for await (const rows of this.#session.stream(sql, this.#parts.fetchSize)) {
      const items: SourceItem[] = [];
      for (const row of rows) {
        if (kept !== undefined) items.push(this.#item(table, readers, now, kept, isFirstOfTable, "none", order.isOrdered));
        if (kept !== undefined) isFirstOfTable = false;
        kept = row;
      }
      this.#rows += items.length;
      if (items.length > 0) yield items;
      this.#tell(name, rowsEstimated);
    }
    if (kept !== undefined) {
      this.#rows++;
      yield [this.#item(table, readers, now, kept, isFirstOfTable, isLastTable ? "all" : "table", order.isOrdered)];
    }
  }

  #item(
    table: CapturedTable,
    readers: readonly ((text: Buffer) => unknown)[],
    now: CatalogTable,
    row: SqlRow,
    isFirstOfTable: boolean,
    end: "none" | "table" | "all",
    isOrdered: boolean,
  ): SourceItem {
    const { maker, clock, identity } = this.#parts;
    const nowMs = clock.nowMs();
    const raw = row.map((cell, place) => (cell === null ? null : readers[place]!(cell)));
    const context: ChangeContext = {
      tsSec: Math.floor(nowMs / 1000),
      serverId: 0,
      gtid: undefined,
      file: this.#place.file,
      position: this.#place.position,
      row: 0,
      threadId: undefined,
      query: undefined,
      snapshot: this.#markOf(isFirstOfTable, end),
      block: null,
      nowMs,
    };
    const snapshot: SnapshotPlace = {
      table: table.name,
      key: isOrdered ? keyLiterals(now, row) : undefined,
      isTableDone: end !== "none",
    };
    const offset = writeOffset({ place: this.#place, snapshot, identity }, { tsSec: context.tsSec });
    return { ...maker.read(table, raw, context), partition: maker.partition, offset, transactionEnds: snapshot.isTableDone };
  }

  #markOf(isFirstOfTable: boolean, end: "none" | "table" | "all"): SnapshotMark {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (end !== "none") return end === "all" ? "last" : "last_in_data_collection";
    if (isFirst) return "first";
    return isFirstOfTable ? "first_in_data_collection" : "true";
  }

  #tell(table: string, rowsEstimated: number): void {
    const { clock, log, metric } = this.#parts;
    metric("snapshot_rows", this.#rows);
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#toldMs < PROGRESS_MS) return;
    this.#toldMs = nowMs;
    const rowsPerSecond = Math.round((this.#rows * 1000) / Math.max(1, nowMs - this.#startedMs));
    const restSeconds = rowsEstimated > this.#rows ? Math.round((rowsEstimated - this.#rows) / Math.max(1, rowsPerSecond)) : undefined;
    log.info("Rows that are there are being read", {
      table,
      rows: this.#rows,
      rowsEstimated,
      rowsPerSecond,
      ...(restSeconds !== undefined && { restSeconds }),
    });
  }
}

const nameOf = ({ database, table }: { readonly database: string; readonly table: string }): string => `${database}.${table}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function isDue(name: string, from: SnapshotPlace | undefined): boolean {
  if (from?.table === undefined) return true;
  return name > from.table || (name === from.table && !from.isTableDone);
}
