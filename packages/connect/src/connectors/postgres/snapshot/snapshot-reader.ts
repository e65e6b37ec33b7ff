import type { Clock, Logger } from "@ottla/base";
import type { SourceItem } from "../../../plugin/source-plugin.ts";
import type { Catalog } from "../catalog/catalog.ts";
import { type CdcOffset, type OffsetProgress, type SlotIdentity, type SnapshotPlace, writeOffset } from "../changes/cdc-offset.ts";
import type { ChangeContext, EventMaker, SnapshotMark } from "../changes/event-maker.ts";
import { ConnectError } from "../../../connect-error.ts";
import { isPassing } from "../connection/passing-error.ts";
import type { PgRow, PgSession } from "../connection/pg-session.ts";
import { sqlName, sqlText } from "../connection/sql-text.ts";
import type { Lsn } from "../pgoutput/lsn.ts";
import { type CapturedTable, NullInColumn } from "../tables/captured-table.ts";
import type { CapturedTables } from "../tables/captured-tables.ts";
import { anyRewritten, lockTables } from "./lock-tables.ts";
import { type PublishedTable, publishedTables } from "./published-tables.ts";
import type { TableFilter } from "../tables/table-filter.ts";

const PROGRESS_MS = 10_000;

/** What a snapshot is made with. */
export interface SnapshotParts {
  readonly maker: EventMaker;
  readonly tables: CapturedTables;
  readonly catalog: Catalog;
  readonly filter: TableFilter;
  readonly identity: SlotIdentity;
  /** What was under way beside the log, and goes on behind the rows. */
  readonly progress: OffsetProgress | undefined;
  readonly publication: string;
  readonly fetchSize: number;
  /** So many records are made at once. */
  readonly batchSize: number;
  /** `snapshot.select.statement.overrides` by table. */
  readonly statements: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metric: (name: string, value: number) => void;
}

/**
 * Reads the rows that are there, table by table in the order of their names, rows in the order of their primary key, within one transaction that the session has open.
 *
 * Each record's offset says how far it is, so that a snapshot that was cut off goes on behind its last durable row. It then sees the tables as they are by then, while the changes come from where the
 * first attempt began: what happened in between comes as well, and the same rows come out in the end. Rows of a table without a primary key are read from the first again.
 */
export class SnapshotReader {
  readonly #session: PgSession;
  readonly #parts: SnapshotParts;
  readonly #lsn: Lsn;
  #tables: readonly PublishedTable[] = [];
  #rows = 0;
  #toldMs = 0;
  #startedMs = 0;
  #isFirst = true;

  constructor(session: PgSession, parts: SnapshotParts, lsn: Lsn) {
    this.#session = session;
    this.#parts = parts;
    this.#lsn = lsn;
  }

  /**
   * Finds the tables and locks them against being rewritten. A text says why another transaction has to be begun: a table is held by somebody for long, or was rewritten behind the transaction's snapshot, in which it looks
   * empty (PostgreSQL's manual, "Caveats" of concurrency control).
   */
  async prepare(): Promise<string | undefined> {
    const { publication, filter } = this.#parts;
    const locking = await lockTables(this.#session, await publishedTables(this.#session, publication, filter));
    if ("heldTable" in locking) return `${locking.heldTable} is held by somebody (ACCESS EXCLUSIVE)`;
    this.#tables = locking.locked;
    return (await anyRewritten(this.#session, locking.locked)) ? "a table was rewritten as the snapshot was taken" : undefined;
  }

  /** Behind {@link SnapshotReader.prepare}. */
  async *read(from: SnapshotPlace | undefined): AsyncGenerator<readonly SourceItem[]> {
    const { clock, log } = this.#parts;
    const due = this.#tables.filter(({ name }) => isDue(name, from));
    this.#startedMs = this.#toldMs = clock.monotonicMs();
    const rowsEstimated = due.reduce((sum, table) => sum + table.rowsEstimated, 0);
    log.info(from?.table === undefined ? "Reading the rows that are there" : "Reading on the rows that are there", {
      tables: due.length,
      rowsEstimated,
      ...(from?.table !== undefined && { from: from.table }),
    });
    for (const table of due) {
      const key = from?.table === table.name && !from.isTableDone ? from.key : undefined;
      yield* this.#readTable(table, key, table === due.at(-1), rowsEstimated);
    }
    log.info("The rows that were there are read", { rows: this.#rows, ms: Math.round(clock.monotonicMs() - this.#startedMs) });
  }

  async *#readTable(
    published: PublishedTable,
    after: readonly string[] | undefined,
    isLast: boolean,
    rowsEstimated: number,
  ): AsyncGenerator<readonly SourceItem[]> {
    const { relation, name, rowFilter } = published;
    const statement = this.#parts.statements.get(name);
    const from = statement === undefined ? published.from : `(${statement}) AS ${sqlName(relation.table)}`;
    let table = await this.#parts.tables.describe(relation);
    if (table === undefined) return;
    const keyPlaces = ((await this.#parts.catalog.table(relation.relationId))?.primaryKey ?? []).map((column) =>
      relation.columns.findIndex((candidate) => candidate.name === column),
    );
    const isOrdered = keyPlaces.length > 0 && !keyPlaces.includes(-1);
    const keyNames = isOrdered ? keyPlaces.map((place) => sqlName(relation.columns[place]!.name)).join(", ") : "";
    const where = [
      ...(rowFilter === undefined ? [] : [`(${rowFilter})`]),
      ...(isOrdered && after !== undefined ? [`(${keyNames}) > (${after.map(sqlText).join(", ")})`] : []),
    ];
    const selected = relation.columns.map((column) => sqlName(column.name)).join(", ");
    const select = `SELECT ${selected} FROM ${from}${where.length > 0 ? ` WHERE ${where.join(" AND ")}` : ""}${isOrdered ? ` ORDER BY ${keyNames}` : ""}`;
    await this.#session.query(`DECLARE ottla_snapshot NO SCROLL CURSOR FOR ${select}`).catch((error: unknown) => {
      if (statement === undefined || isPassing(error)) throw error;
      throw new ConnectError(
        "CONNECT_CONFIG",
        `snapshot.select.statement.overrides.${name} cannot be read (it is to give the columns ${relation.columns.map((column) => column.name).join(", ")}): ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    });
    let isFirstOfTable = after === undefined;
    for (let rows = await this.#fetch(); rows.length > 0; ) {
      const following = this.#fetch();
      // It fails when the records before it are handed on, and not unheard in between.
      following.catch(() => undefined);
      const { length } = rows;
      let isEnd = length < this.#parts.fetchSize;
      for (let from = 0; from < length; from += this.#parts.batchSize) {
        const items: SourceItem[] = [];
        // As many rows as were asked for may be all that there were.
        if (!isEnd && from + this.#parts.batchSize >= length) isEnd = (await following).length === 0;
        // Events are several times as large as their rows: they are made of a part of what was fetched, and these rows let go of.
        for (const row of rows.splice(0, this.#parts.batchSize)) {
          const isLastOfTable = isEnd && from + items.length === length - 1;
          const mark = this.#markOf(isFirstOfTable, isLastOfTable, isLast);
          isFirstOfTable = false;
          const key = isOrdered ? keyPlaces.map((place) => row[place]!) : undefined;
          table = this.#push(items, table, relation.relationId, row, mark, { table: name, key, isTableDone: isLastOfTable });
        }
        this.#rows += items.length;
        yield items;
        this.#tell(name, rowsEstimated);
      }
      rows = await following;
    }
    await this.#session.query("CLOSE ottla_snapshot");
  }

  #fetch(): Promise<PgRow[]> {
    return this.#session.query(`FETCH ${this.#parts.fetchSize} FROM ottla_snapshot`);
  }

  #push(
    items: SourceItem[],
    table: CapturedTable,
    relationId: number,
    row: PgRow,
    mark: SnapshotMark,
    snapshot: SnapshotPlace,
  ): CapturedTable {
    const { maker, identity, clock, tables, progress } = this.#parts;
    const nowMs = clock.nowMs();
    const context: ChangeContext = {
      lsn: this.#lsn,
      lastCommitLsn: undefined,
      xid: undefined,
      commitTimeUs: BigInt(nowMs) * 1000n,
      snapshot: mark,
      block: null,
      nowMs,
    };
    try {
      const offset = writeOffset({ commitLsn: this.#lsn, snapshot, identity, progress } satisfies CdcOffset);
      items.push({ ...maker.read(table, row, context), partition: maker.partition, offset, transactionEnds: snapshot.isTableDone });
      return table;
    } catch (error) {
      if (!(error instanceof NullInColumn)) throw error;
      return this.#push(items, tables.relax(relationId, table, error.column), relationId, row, mark, snapshot);
    }
  }

  #markOf(isFirstOfTable: boolean, isLastOfTable: boolean, isLastTable: boolean): SnapshotMark {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (isLastOfTable) return isLastTable ? "last" : "last_in_data_collection";
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

function isDue(name: string, from: SnapshotPlace | undefined): boolean {
  if (from?.table === undefined) return true;
  return name > from.table || (name === from.table && !from.isTableDone);
}
