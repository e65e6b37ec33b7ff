import type { Connection, FieldPacket } from "mysql2";
import type { Clock, Random } from "@ottla/base";
import { isPassing } from "../../mariadb/connection/passing-error.ts";
import { connectMariadb, type MariadbLogin } from "../mariadb-client.ts";
import type { SqlValue } from "../sql-session.ts";
import { timeText } from "./exact-time.ts";
import { isBytes, mariadbForm, type MariadbField, type MariadbRules, shapeOf, textLiteral } from "./mariadb-forms.ts";
import { OpenWork, type SeenThread } from "./open-work.ts";
import { sourceColumn, type TimeFacts } from "./source-column.ts";
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

/** Texts come in UTC; a reader that stands still must not be thrown out. What queries of users are read by stays theirs (`sql_mode`). */
const SETTINGS = [
  "time_zone = '+00:00'",
  "wait_timeout = 31536000",
  "net_write_timeout = 31536000",
  "net_read_timeout = 31536000",
  "lock_wait_timeout = 60",
];
const SYSTEM_DATABASES = "('information_schema', 'mysql', 'performance_schema', 'sys')";
const DENIED = 1227;
const NO_PRIVILEGE =
  "this user may not see the transactions of others, and rows that commit late may be lost: GRANT PROCESS ON *.* to it, or set timestamp.delay.interval.ms";
/** InnoDB makes its list of transactions anew only when nobody has asked for it for so long. */
const LIST_QUIET_MS = 110;
const LIST_BACKOFF_MAX = 16;
/** Beyond it MySQL's numbers are of transactions that have changed nothing yet; MariaDB's are 0. */
const UNWRITTEN_FROM = "281474976710656";
/** Statements that only read, behind comments and parentheses. */
const READING = "^([[:space:](]|/[*]([^*]|[*][^/])*[*]/)*(SELECT|SHOW|SET|EXPLAIN|USE|ROLLBACK)[[:space:](]";
const DAY_US = 86_400_000_000n;

/** What a session is opened with. */
export interface MariadbWish extends MariadbLogin {
  /** `DEFAULT` or a level with underscores. */
  readonly isolation: string;
}

/** The world of a session. */
interface MariadbSeams {
  readonly clock: Clock;
  readonly random: Random;
}

/** Statements that ran at a moment, which is in the server's time and in ours. */
interface RunningStatements {
  readonly atUs: bigint;
  readonly sinceMs: number;
  readonly statements: ReadonlyMap<string, string>;
}

type Cell = Buffer | null;

/** MariaDB or MySQL as a source of rows. */
export class MariadbDatabase implements SourceDatabase {
  readonly system = "mariadb";
  blindness: string | undefined;
  readonly comparesByColumn = true;
  readonly isPassing = isPassing;
  readonly #connection: Connection;
  readonly #rules: MariadbRules;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #work = { times: new OpenWork(), numbers: new OpenWork() };
  /** Rejects when the session is closed or breaks, for whoever waits for an answer. */
  readonly #broken: Promise<never>;
  #break!: (error: Error) => void;
  #isMariadb = true;
  #thread = "";
  #nextListMs = Number.NEGATIVE_INFINITY;
  #backoff = 1;
  /** What ran when it was looked last, until there is a list of transactions that is newer. */
  #running: RunningStatements | undefined;
  #seen: { readonly sinceMs: number; readonly open: Readonly<Record<LateKind, ReadonlySet<string>>> } | undefined;

  private constructor(connection: Connection, rules: MariadbRules, { clock, random }: MariadbSeams) {
    this.#connection = connection;
    this.#rules = rules;
    this.#clock = clock;
    this.#random = random;
    this.#broken = new Promise((_, reject) => (this.#break = reject));
    this.#broken.catch(() => {});
    connection.on("error", this.#break);
  }

  static async open(
    rest: string,
    wish: MariadbWish,
    rules: Omit<MariadbRules, "zeroDateIsNull">,
    seams: MariadbSeams,
  ): Promise<MariadbDatabase> {
    const { connection, parameters } = await connectMariadb(rest, wish);
    const zeroDateIsNull = /^convert_?to_?null$/i.test(parameters.get("zeroDateTimeBehavior") ?? "");
    const database = new MariadbDatabase(connection, { ...rules, zeroDateIsNull }, seams);
    try {
      for (const setting of SETTINGS) await database.#query(`SET SESSION ${setting}`);
      if (wish.isolation !== "DEFAULT")
        await database.#query(`SET SESSION TRANSACTION ISOLATION LEVEL ${wish.isolation.replaceAll("_", " ")}`);
      const [[thread, version] = []] = await database.#texts("SELECT CONNECTION_ID(), VERSION()");
      database.#thread = String(thread);
      database.#isMariadb = /mariadb/i.test(String(version));
      database.blindness = await database.#blindness();
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  quoted(this: void, name: string): string {
    return `\`${name.replaceAll("`", "``")}\``;
  }

  placed(value: SqlValue): string {
    if (value === null) return "NULL";
    if (typeof value === "string") return textLiteral(value);
    return value instanceof Uint8Array ? `x'${Buffer.from(value).toString("hex")}'` : String(value);
  }

  async tables(
    types: readonly string[],
    schemaPattern: string | undefined,
    catalogPattern: string | undefined,
  ): Promise<readonly SourceTable[]> {
    const pattern = catalogPattern ?? schemaPattern;
    const where =
      pattern === undefined
        ? "TABLE_SCHEMA = DATABASE()"
        : `TABLE_SCHEMA LIKE ${textLiteral(pattern)} AND TABLE_SCHEMA NOT IN ${SYSTEM_DATABASES}`;
    const rows = await this.#texts(
      `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES WHERE ${where} AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED', 'VIEW') ORDER BY 1, 2`,
    );
    return tablesOf(rows, types);
  }

  async describe(from: RowSource): Promise<SourceFacts> {
    const [, fields] = await this.#ask(`SELECT * FROM ${from.sql} LIMIT 0`);
    const facts = from.kind === "table" ? await this.#columnFacts(from.table) : undefined;
    const columns = fields.map((field) => {
      // A query may join outer, where a column that is NOT NULL is null.
      const { isNotNull = false, isCounted = false } = facts?.columns.get(field.name) ?? {};
      return sourceColumn(field.name, mariadbForm(field, this.#rules), { isNotNull, isCounted });
    });
    const names = new Set(columns.map(({ name }) => name));
    // A column that is INVISIBLE is in no row.
    const keyColumns = facts?.keyColumns.every((name) => names.has(name)) === true ? facts.keyColumns : [];
    return { columns, keyColumns, signature: signatureOf(fields) };
  }

  async page(sql: string, _values: readonly SqlValue[], facts: SourceFacts): Promise<readonly RawRow[]> {
    const [rows, fields] = await this.#ask(sql);
    return rowsOf(rows, checked(fields, facts));
  }

  async *pages(sql: string, _values: readonly SqlValue[], facts: SourceFacts, count: () => number): AsyncGenerator<readonly RawRow[]> {
    let fields: readonly MariadbField[] = [];
    let rows: (readonly Cell[])[] = [];
    let isEnded = false;
    let wake = (): void => {};
    let isPaused = false;
    const query = this.#connection.query({ sql, rowsAsArray: true, typeCast: asItCame });
    query.on("fields", (packets: readonly FieldPacket[]) => (fields = packets.map(fieldOf)));
    query.on("result", (row) => {
      rows.push(row as unknown as readonly Cell[]);
      if (rows.length < count()) return;
      isPaused = true;
      this.#connection.pause();
      wake();
    });
    const failed = new Promise<never>((_, reject) => query.on("error", reject));
    failed.catch(() => {});
    query.on("end", () => ((isEnded = true), wake()));
    try {
      for (;;) {
        const waited = new Promise<void>((resolve) => (wake = resolve));
        if (!isEnded && !isPaused) await Promise.race([waited, failed, this.#broken]);
        const known = checked(fields, facts);
        const [ready, wasPaused] = [rows, isPaused];
        rows = [];
        if (ready.length > 0) yield rowsOf(ready, known);
        if (wasPaused) {
          isPaused = false;
          this.#connection.resume();
        } else if (isEnded) return;
      }
    } finally {
      // What is read in part takes the connection with it.
      if (!isEnded) await this.close();
    }
  }

  async value(sql: string): Promise<unknown> {
    return (await this.#texts(sql))[0]?.[0];
  }

  async nowUs(): Promise<bigint> {
    const [seconds = "0", fraction = ""] = String(await this.value("SELECT UNIX_TIMESTAMP(SYSDATE(6))")).split(".");
    return BigInt(seconds) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, "0"));
  }

  /**
   * InnoDB's transactions, and statements that run and may become one. NOW() is when a statement began, so by time whoever is in a transaction or runs a statement may bring an earlier one; by number those that have changed
   * something, and statements that may draw a number. One look serves all tables: it is taken at most about nine times a second, since InnoDB answers from its last list else, and by which of them it was made all readers know.
   */
  async openTransactions(_from: RowSource, kind: LateKind, sinceMs: number): Promise<ReadonlySet<string> | undefined> {
    if (this.blindness !== undefined) return new Set();
    if (this.#seen === undefined || this.#seen.sinceMs < sinceMs) await this.#look(sinceMs);
    return this.#seen !== undefined && this.#seen.sinceMs >= sinceMs ? this.#seen.open[kind] : undefined;
  }

  async timeWriter(_from: RowSource, _expression: string, { isZoned, unitUs }: TimeFacts): Promise<(us: bigint) => SqlValue> {
    if (unitUs >= DAY_US) return (us) => timeText(this.#rules.zone.toWall(us), 0).slice(0, -9);
    return isZoned ? (us) => timeText(us) : (us) => timeText(this.#rules.zone.toWall(us));
  }

  async close(): Promise<void> {
    this.#break(new Error("The connection was closed."));
    this.#connection.destroy();
    (this.#connection as unknown as { readonly stream: { destroy(): void } }).stream.destroy();
  }

  async #look(needMs: number): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#nextListMs) return;
    // What runs first: whatever it becomes meanwhile is in the list of transactions then.
    if (this.#running === undefined || this.#running.sinceMs < needMs) this.#running = await this.#readRunning(nowMs);
    const { atUs, sinceMs, statements } = this.#running;
    await this.#query("START TRANSACTION READ ONLY, WITH CONSISTENT SNAPSHOT");
    const rows = await this.#texts(
      `SELECT /* ottla ${atUs} */ trx_mysql_thread_id, trx_started, IF(trx_id + 0 >= ${UNWRITTEN_FROM}, 0, trx_id + 0), trx_is_read_only, trx_autocommit_non_locking, trx_query FROM information_schema.INNODB_TRX`,
    );
    await this.#query("COMMIT");
    // Who asks for the list is in a transaction, and says in the statement what time it was: ours, or that of another reader whose list it is.
    const isFresh = rows.some((row) => BigInt(/^SELECT \/\* ottla (\d+) \*\//.exec(row[5] ?? "")?.[1] ?? -1) >= atUs);
    this.#backoff = isFresh ? 1 : Math.min(LIST_BACKOFF_MAX, this.#backoff * 2);
    this.#nextListMs = this.#clock.monotonicMs() + LIST_QUIET_MS * (1 + this.#random.nextInt(this.#backoff));
    if (!isFresh) return;
    this.#running = undefined;
    const inTransaction = new Map<string, SeenThread>();
    for (const [thread = "", began, number, isReadOnly, isReading] of rows) {
      if (thread === this.#thread || isReadOnly === "1" || isReading === "1") continue;
      const transaction = number === "0" || number === null ? undefined : number;
      const of = { thread: String(thread), began: began ?? undefined, transaction, statement: statements.get(String(thread)) };
      inTransaction.set(thread === "0" ? `0 ${String(number)}` : String(thread), of);
    }
    const alone = [...statements].filter(([thread]) => !inTransaction.has(thread)).map(([thread, statement]) => ({ thread, statement }));
    const all: readonly SeenThread[] = [...inTransaction.values(), ...alone];
    const drawing = all.filter(({ transaction, statement }) => transaction !== undefined || statement !== undefined);
    this.#seen = { sinceMs, open: { times: this.#work.times.seen(all), numbers: this.#work.numbers.seen(drawing) } };
  }

  /** Statements of others, by their threads, but for those that only read. */
  async #readRunning(sinceMs: number): Promise<RunningStatements> {
    const number = this.#isMariadb ? "QUERY_ID" : "0";
    const atUs = await this.nowUs();
    const rows = await this.#texts(
      `SELECT ID, ${number} FROM information_schema.PROCESSLIST WHERE COMMAND IN ('Query', 'Execute', 'Long Data', 'Fetch', 'Delayed insert') AND ID <> CONNECTION_ID() AND (INFO IS NULL OR INFO NOT RLIKE '${READING}')`,
    );
    return { atUs, sinceMs, statements: new Map(rows.map(([thread, statement]) => [String(thread), String(statement)])) };
  }

  async #blindness(): Promise<string | undefined> {
    try {
      await this.#query("SELECT 1 FROM information_schema.INNODB_TRX LIMIT 1");
    } catch (error) {
      if ((error as { readonly errno?: unknown }).errno === DENIED) return NO_PRIVILEGE;
      throw error;
    }
    return (await this.value("SELECT @@global.read_only")) === "1" ? COPY_IS_BLIND : undefined;
  }

  async #columnFacts({ schema, name }: SourceTable): Promise<{
    readonly columns: ReadonlyMap<string, { readonly isNotNull: boolean; readonly isCounted: boolean }>;
    readonly keyColumns: readonly string[];
  }> {
    const where = `TABLE_SCHEMA = ${textLiteral(schema)} AND TABLE_NAME = ${textLiteral(name)}`;
    const columns = await this.#texts(
      `SELECT COLUMN_NAME, IS_NULLABLE = 'NO', EXTRA LIKE '%auto_increment%' FROM information_schema.COLUMNS WHERE ${where}`,
    );
    const keys = await this.#texts(
      `SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE ${where} AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX`,
    );
    return {
      columns: new Map(
        columns.map(([column, notNull, counted]) => [String(column), { isNotNull: notNull === "1", isCounted: counted === "1" }]),
      ),
      keyColumns: keys.map(([column]) => String(column)),
    };
  }

  async #texts(sql: string): Promise<readonly (readonly (string | null)[])[]> {
    const [rows] = await this.#ask(sql);
    return rows.map((row) => row.map((cell) => cell?.toString("utf8") ?? null));
  }

  async #query(sql: string): Promise<void> {
    await this.#ask(sql);
  }

  #ask(sql: string): Promise<readonly [rows: readonly (readonly Cell[])[], fields: readonly MariadbField[]]> {
    const answer = new Promise<readonly [(readonly Cell[])[], readonly MariadbField[]]>((resolve, reject) => {
      this.#connection.query({ sql, rowsAsArray: true, typeCast: asItCame }, (error: Error | null, rows: unknown, fields: unknown) => {
        if (error !== null) reject(error);
        else resolve([Array.isArray(rows) ? (rows as Cell[][]) : [], Array.isArray(fields) ? (fields as FieldPacket[]).map(fieldOf) : []]);
      });
    });
    return Promise.race([answer, this.#broken]);
  }
}

const asItCame = (field: { buffer(): Buffer | null }): Buffer | null => field.buffer();

function fieldOf(packet: FieldPacket): MariadbField {
  const { name, columnType, flags, decimals, characterSet, columnLength } = packet as FieldPacket & {
    readonly columnType: number;
    readonly flags: number;
    readonly columnLength: number;
  };
  return { name, type: columnType, flags, decimals: decimals ?? 0, charset: characterSet ?? 0, length: columnLength };
}

function signatureOf(fields: readonly MariadbField[]): string {
  return JSON.stringify(fields.map(shapeOf));
}

function checked(fields: readonly MariadbField[], { signature }: SourceFacts): readonly MariadbField[] {
  if (signatureOf(fields) === signature) return fields;
  throw new ColumnsChanged("Columns changed while rows were read.");
}

/** Texts, but for columns of bytes. */
function rowsOf(rows: readonly (readonly Cell[])[], fields: readonly MariadbField[]): readonly RawRow[] {
  const bytes = fields.map(isBytes);
  return rows.map((row) => row.map((cell, at) => (cell === null || bytes[at] === true ? cell : cell.toString("utf8"))));
}
