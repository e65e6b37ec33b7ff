import type { Client, QueryArrayResult } from "pg";
import { quoted, type SqlValue } from "../sql-session.ts";
import { connectPostgres, cutOff, isPassingInPostgres, type PostgresLogin } from "../postgres-client.ts";
import { timeText } from "./exact-time.ts";
import { postgresForm } from "./postgres-forms.ts";
import { sourceColumn, type TimeFacts, type ValueRules } from "./source-column.ts";
import {
  ColumnsChanged,
  COPY_IS_BLIND,
  type LateKind,
  type RawRow,
  type RowSource,
  type SourceDatabase,
  type SourceFacts,
  type SourceTable,
  tablesOf,
} from "./source-database.ts";

/** Values come as the texts of these settings, whatever the role's own are. */
const SETTINGS = { DateStyle: "ISO", IntervalStyle: "postgres", TimeZone: "UTC", extra_float_digits: "1", bytea_output: "hex" };
const asItCame = { getTypeParser: () => (text: string) => text };
/** Modes of locks that whoever changes a table has. */
const WRITE_LOCKS = "('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')";

/** What a session is opened with. */
export interface PostgresWish extends PostgresLogin {
  /** `DEFAULT` or a level with underscores. */
  readonly isolation: string;
}

/** PostgreSQL as a source of rows. */
export class PostgresDatabase implements SourceDatabase {
  readonly system = "postgresql";
  blindness: string | undefined;
  readonly quoted = quoted;
  readonly isPassing = isPassingInPostgres;
  readonly #client: Client;
  readonly #rules: ValueRules;

  private constructor(client: Client, rules: ValueRules) {
    this.#client = client;
    this.#rules = rules;
  }

  static async open(rest: string, wish: PostgresWish, rules: ValueRules): Promise<PostgresDatabase> {
    const database = new PostgresDatabase(await connectPostgres(rest, wish, SETTINGS), rules);
    if (wish.isolation !== "DEFAULT")
      await database.#query(`SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL ${wish.isolation.replaceAll("_", " ")}`);
    if ((await database.value("SELECT pg_is_in_recovery()")) === "t") database.blindness = COPY_IS_BLIND;
    return database;
  }

  placed(value: SqlValue, values: SqlValue[]): string {
    return `$${values.push(value)}`;
  }

  async tables(types: readonly string[], schemaPattern: string | undefined): Promise<readonly SourceTable[]> {
    const { rows } = await this.#query(
      "SELECT n.nspname, c.relname, CASE WHEN c.relkind IN ('v', 'm') THEN 'VIEW' ELSE 'TABLE' END FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%' AND ($1::text IS NULL OR n.nspname LIKE $1) ORDER BY 1, 2",
      [schemaPattern ?? null],
    );
    return tablesOf(rows, types);
  }

  async describe(from: RowSource): Promise<SourceFacts> {
    const result = await this.#query(`SELECT * FROM ${from.sql} LIMIT 0`);
    const facts = from.kind === "table" ? await this.#columnFacts(result.fields[0]?.tableID ?? 0) : undefined;
    const keyColumns = [...(facts?.values() ?? [])].filter(({ keyAt }) => keyAt > 0).sort((a, b) => a.keyAt - b.keyAt);
    return {
      columns: result.fields.map(({ name, dataTypeID, dataTypeModifier }) => {
        // A query may join outer, where a column that is NOT NULL is null.
        const known = facts?.get(name);
        const form = postgresForm(dataTypeID, dataTypeModifier, this.#rules);
        return sourceColumn(name, form, { isNotNull: known?.isNotNull ?? false, isCounted: known?.isCounted ?? false });
      }),
      keyColumns: keyColumns.map(({ name }) => name),
      signature: signatureOf(result),
    };
  }

  async page(sql: string, values: readonly SqlValue[], facts: SourceFacts): Promise<readonly RawRow[]> {
    return checked(await this.#query(sql, values), facts);
  }

  async *pages(sql: string, values: readonly SqlValue[], facts: SourceFacts, count: () => number): AsyncGenerator<readonly RawRow[]> {
    await this.#query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    try {
      await this.#query(`DECLARE ottla NO SCROLL CURSOR FOR ${sql}`, values);
      for (;;) {
        const rows = checked(await this.#query(`FETCH ${count()} FROM ottla`), facts);
        if (rows.length === 0) return;
        yield rows;
      }
    } finally {
      await this.#query("ROLLBACK").catch(() => {});
    }
  }

  async value(sql: string): Promise<unknown> {
    return (await this.#query(sql)).rows[0]?.[0];
  }

  async nowUs(): Promise<bigint> {
    return BigInt(String(await this.value("SELECT trunc(extract(epoch FROM clock_timestamp()) * 1000000)::int8")));
  }

  async openTransactions(from: RowSource, kind: LateKind): Promise<ReadonlySet<string>> {
    const { rows } = await (kind === "numbers" ? this.#writersOf(from) : this.#allOpen());
    return new Set(rows.map(([name]) => String(name)));
  }

  async timeWriter(_from: RowSource, _expression: string, { isZoned, unitUs }: TimeFacts): Promise<(us: bigint) => SqlValue> {
    if (unitUs >= 86_400_000_000n) return (us) => timeText(this.#rules.zone.toWall(us), 0).slice(0, -9);
    return isZoned ? (us) => `${timeText(us)}+00` : (us) => timeText(this.#rules.zone.toWall(us));
  }

  async close(): Promise<void> {
    cutOff(this.#client);
  }

  /** Who changes the tables has a lock on them from before a number is drawn until its end. Of a query or a view it is not known which tables they are: whoever changes any. */
  #writersOf(from: RowSource): Promise<QueryArrayResult> {
    const own =
      "locktype = 'relation' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid IS DISTINCT FROM pg_backend_pid()";
    const isTable = from.kind === "table" && from.table.type === "TABLE";
    const which = isTable
      ? ` AND (relation = ${sqlText(from.sql)}::regclass OR relation IN (SELECT relid FROM pg_partition_tree(${sqlText(from.sql)}::regclass)))`
      : " AND relation >= 16384";
    return this.#query(`SELECT DISTINCT virtualtransaction FROM pg_locks WHERE ${own} AND mode IN ${WRITE_LOCKS}${which}`);
  }

  /** A transaction that has done nothing yet may write the time at which it began: every open one of the database counts. */
  #allOpen(): Promise<QueryArrayResult> {
    return this.#query(
      "SELECT l.virtualtransaction FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'virtualxid' AND l.granted AND a.datname = current_database() AND l.pid <> pg_backend_pid() AND a.backend_type IS DISTINCT FROM 'autovacuum worker' AND a.backend_type IS DISTINCT FROM 'walsender' UNION ALL SELECT 'prepared ' || transaction FROM pg_prepared_xacts WHERE database = current_database()",
    );
  }

  async #columnFacts(table: number): Promise<Map<string, { name: string; isNotNull: boolean; isCounted: boolean; keyAt: number }>> {
    const { rows } = await this.#query(
      "SELECT a.attname, a.attnotnull, a.attidentity <> '' OR COALESCE(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false), COALESCE(array_position(i.indkey::int2[], a.attnum) + 1, 0) FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped",
      [table],
    );
    return new Map(
      rows.map(([name, isNotNull, isCounted, keyAt]) => [
        String(name),
        { name: String(name), isNotNull: isNotNull === "t", isCounted: isCounted === "t", keyAt: Number(keyAt) },
      ]),
    );
  }

  #query(text: string, values: readonly SqlValue[] = []): Promise<QueryArrayResult> {
    const texts = values.map((value) => (typeof value === "bigint" ? value.toString() : value));
    return this.#client.query({ text, values: texts, rowMode: "array", types: asItCame });
  }
}

function sqlText(text: string): string {
  return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

function checked(result: QueryArrayResult, { signature }: SourceFacts): readonly RawRow[] {
  if (signatureOf(result) === signature) return result.rows as RawRow[];
  throw new ColumnsChanged("Columns changed while rows were read.");
}

function signatureOf({ fields }: QueryArrayResult): string {
  return JSON.stringify(fields.map(({ name, dataTypeID, dataTypeModifier }) => [name, dataTypeID, dataTypeModifier]));
}
