// Transactions over tables of every replica identity, by chance, with DDL between them; and what the tables are after each.
import type { SeededRandom } from "@ottla/base/simulated";
import pg from "pg";
import { rowText } from "./replayed-tables.ts";

/** Tables of the workload: what identifies a row differs. */
export const WORKLOAD_TABLES = ["plain", "whole", "indexed", "keyless", "composite"] as const;
type TableName = (typeof WORKLOAD_TABLES)[number];

const COLUMNS = "n int NOT NULL, big text, d numeric(12,3), b boolean, i8 bigint, ts timestamptz, raw bytea, tags text[], m mood, u uuid";

/** Statements that make them. */
export const WORKLOAD_SCHEMA: readonly string[] = [
  "CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s, \"fine\"')",
  `CREATE TABLE plain (id int PRIMARY KEY, ${COLUMNS})`,
  `CREATE TABLE whole (id int PRIMARY KEY, ${COLUMNS})`,
  "ALTER TABLE whole REPLICA IDENTITY FULL",
  `CREATE TABLE indexed (id int PRIMARY KEY, code int NOT NULL, ${COLUMNS})`,
  "CREATE UNIQUE INDEX indexed_code ON indexed (code)",
  "ALTER TABLE indexed REPLICA IDENTITY USING INDEX indexed_code",
  `CREATE TABLE keyless (id int, ${COLUMNS})`,
  "ALTER TABLE keyless REPLICA IDENTITY FULL",
  `CREATE TABLE composite (part text, id int, ${COLUMNS}, PRIMARY KEY (part, id))`,
  "CREATE TABLE signals (id text PRIMARY KEY, type text NOT NULL, data text)",
];

/** The tables as they were when a transaction was committed. */
export interface CommittedState {
  readonly xid: string;
  readonly tables: ReadonlyMap<string, { readonly columns: readonly string[]; readonly rows: readonly string[] }>;
}

/** One writer. Its transactions are the only ones, so that what it sees before its commit is what the tables are. */
export class RandomWorkload {
  /** In the order of commits. */
  readonly committed: CommittedState[] = [];
  /** Transactions that came to an end, whatever it was. */
  attempts = 0;
  readonly #connection: pg.ClientConfig;
  readonly #random: SeededRandom;
  readonly #withDdl: boolean;
  readonly #withSignals: boolean;
  #signals = 0;
  #client: pg.Client | undefined;
  #nextId = 1;
  #extraColumns = 0;

  constructor(
    connection: pg.ClientConfig,
    random: SeededRandom,
    { withDdl, withSignals = false }: { readonly withDdl: boolean; readonly withSignals?: boolean },
  ) {
    this.#connection = connection;
    this.#random = random;
    this.#withDdl = withDdl;
    this.#withSignals = withSignals;
  }

  async close(): Promise<void> {
    await this.#client?.end().catch(() => undefined);
    this.#client = undefined;
  }

  /** One transaction; where the server dies in it, whether it was committed is asked later. */
  async transaction(): Promise<void> {
    const client = await this.#connected();
    let state: CommittedState | undefined;
    try {
      await client.query("BEGIN");
      if (this.#withDdl && this.#random.nextInt(12) === 0) await this.#ddl(client);
      const statements = this.#random.nextInt(40) === 0 ? 60 : 1 + this.#random.nextInt(5);
      for (let i = 0; i < statements; i++) await this.#statement(client);
      if (this.#withSignals && this.#random.nextInt(12) === 0) await this.#signal(client);
      if (this.#random.nextInt(8) === 0) {
        await client.query("ROLLBACK");
        return;
      }
      state = await this.#state(client);
      await client.query("COMMIT");
      this.committed.push(state);
    } catch (error) {
      await this.close();
      if (state !== undefined && (await this.#isCommitted(state.xid))) this.committed.push(state);
      if (!isConnectionLost(error)) throw error;
    } finally {
      this.attempts++;
    }
  }

  async #connected(): Promise<pg.Client> {
    for (let tries = 0; this.#client === undefined; tries++) {
      const client = new pg.Client(this.#connection);
      client.on("error", () => undefined);
      try {
        await client.connect();
        await client.query("SET bytea_output = hex; SET TimeZone = UTC; SET DateStyle = ISO");
        this.#client = client;
      } catch (error) {
        await client.end().catch(() => undefined);
        if (tries > 400) throw error;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
    return this.#client;
  }

  async #isCommitted(xid: string): Promise<boolean> {
    const { rows } = await (await this.#connected()).query<{ status: string }>(`SELECT pg_xact_status('${xid}'::xid8) AS status`);
    return rows[0]?.status === "committed";
  }

  async #state(client: pg.Client): Promise<CommittedState> {
    const { rows } = await client.query<{ xid: string }>("SELECT pg_current_xact_id()::text AS xid");
    const tables = new Map<string, { columns: string[]; rows: string[] }>();
    for (const table of WORKLOAD_TABLES) {
      const { rows: names } = await client.query<{ name: string; type: string }>(
        `SELECT attname AS name, atttypid::regtype::text AS type FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
      );
      const select = names.map(({ name, type }) =>
        type === "text[]"
          ? `array_to_json(${name})::jsonb::text`
          : type === "boolean"
            ? `CASE WHEN ${name} THEN 't' WHEN NOT ${name} THEN 'f' END`
            : `${name}::text`,
      );
      const found = await client.query<(string | null)[]>({ text: `SELECT ${select.join(", ")} FROM ${table}`, rowMode: "array" });
      const places = names.map(({ type }) => type);
      const texts = found.rows.map((row) =>
        rowText(row.map((text, i) => (text !== null && places[i] === "text[]" ? JSON.stringify(JSON.parse(text)) : text))),
      );
      tables.set(table, { columns: names.map(({ name }) => name), rows: texts.sort() });
    }
    return { xid: rows[0]!.xid, tables };
  }

  async #signal(client: pg.Client): Promise<void> {
    const random = this.#random;
    const table = WORKLOAD_TABLES[random.nextInt(WORKLOAD_TABLES.length)]!;
    const collections = {
      "data-collections": random.nextInt(2) === 0 ? ["public[.](plain|whole|indexed|composite)"] : [`public.${table}`],
    };
    const [type, data] = (
      [
        ["execute-snapshot", collections],
        ["execute-snapshot", collections],
        ["execute-snapshot", { ...collections, "additional-conditions": [{ "data-collection": "public.plain", filter: "n > 2" }] }],
        ["execute-snapshot", { ...collections, "additional-conditions": [{ "data-collection": "public.*", filter: "no such thing" }] }],
        ["pause-snapshot", {}],
        ["resume-snapshot", {}],
        ["resume-snapshot", {}],
        ["stop-snapshot", random.nextInt(2) === 0 ? {} : collections],
        ["no-such-signal", {}],
      ] as const
    )[random.nextInt(9)]!;
    await client.query("INSERT INTO signals VALUES ($1, $2, $3)", [
      `s${this.#signals++}-${random.nextInt(2 ** 31)}`,
      type,
      JSON.stringify(data),
    ]);
  }

  async #statement(client: pg.Client): Promise<void> {
    const random = this.#random;
    const table = WORKLOAD_TABLES[random.nextInt(WORKLOAD_TABLES.length)]!;
    const isPart = random.nextInt(6) === 0;
    if (isPart) await client.query("SAVEPOINT part");
    const roll = random.nextInt(100);
    const where = `id IN (SELECT id FROM ${table} ORDER BY md5(id::text || '${random.nextInt(1000)}') LIMIT ${1 + random.nextInt(3)})`;
    if (roll < 45) await this.#insert(client, table, roll < 5 ? 200 : 1 + random.nextInt(3));
    else if (roll < 75) await client.query(`UPDATE ${table} SET ${this.#change(table)} WHERE ${where}`);
    else if (roll < 85)
      await client.query(`UPDATE ${table} SET id = id + 1000000 + ${random.nextInt(1_000_000)} WHERE id = (SELECT min(id) FROM ${table})`);
    else if (roll < 98) await client.query(`DELETE FROM ${table} WHERE ${where}`);
    else await client.query(`TRUNCATE ${table}${random.nextInt(2) === 0 ? ", keyless" : ""}`);
    if (isPart) await client.query(random.nextInt(2) === 0 ? "ROLLBACK TO part" : "RELEASE part");
  }

  async #insert(client: pg.Client, table: TableName, count: number): Promise<void> {
    const first = this.#nextId;
    this.#nextId += count;
    const own = table === "indexed" ? "code, " : table === "composite" ? "part, " : "";
    const ownValue = table === "indexed" ? "g, " : table === "composite" ? `'p' || (g % 3), ` : "";
    const { big, d, ts, tags, raw } = this.#values();
    await client.query(
      `INSERT INTO ${table} (${own}id, n, big, d, b, i8, ts, raw, tags, m, u)
       SELECT ${ownValue}g, g % 7, ${big}, ${d}, g % 2 = 0, 9007199254740993 + g, ${ts}, ${raw}, ${tags}, CASE g % 3 WHEN 0 THEN 'sad' WHEN 1 THEN 'it''s, "fine"' END::mood, md5(g::text)::uuid
       FROM generate_series(${first}, ${first + count - 1}) g`,
    );
  }

  #values(): { readonly big: string; readonly d: string; readonly ts: string; readonly tags: string; readonly raw: string } {
    const random = this.#random;
    const pick = (...texts: readonly string[]): string => texts[random.nextInt(texts.length)]!;
    return {
      big: pick("NULL", "''", "'ö \"q\" \\ é'", "(SELECT string_agg(md5(x::text || g), '') FROM generate_series(1, 200) x)"),
      d: pick("NULL", "0", "-123456789.125", "0.001", "g * 1.5"),
      ts: pick(
        "NULL",
        "'2026-03-04 05:06:07.123456+02'",
        "'1999-12-31 23:59:59+00'",
        "timestamptz '2020-01-01' + g * interval '1 microsecond'",
      ),
      tags: pick("NULL", "'{}'", `ARRAY['a b', NULL, 'q"x', 'NULL', '{,}']`),
      raw: pick("NULL", "'\\x'::bytea", "decode(md5(g::text), 'hex')"),
    };
  }

  #change(table: TableName): string {
    const { big, d, ts, tags, raw } = this.#values();
    const g = (text: string): string => text.replace(/\bg\b/g, "id");
    const changes = [
      `n = n + 1`,
      `big = ${g(big)}`,
      `d = ${g(d)}, ts = ${g(ts)}`,
      `tags = ${tags}`,
      `raw = ${g(raw)}`,
      `m = 'ok', b = NOT b`,
      `n = n`,
    ];
    if (table === "indexed") changes.push("code = code + 1000000");
    return changes[this.#random.nextInt(changes.length)]!;
  }

  async #ddl(client: pg.Client): Promise<void> {
    const table = WORKLOAD_TABLES[this.#random.nextInt(WORKLOAD_TABLES.length)]!;
    const added = `extra${++this.#extraColumns}`;
    const { rows } = await client.query<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attname LIKE 'extra%' AND NOT attisdropped`,
    );
    const choices = [
      `ALTER TABLE ${table} ADD COLUMN ${added} text`,
      `ALTER TABLE ${table} ADD COLUMN ${added} int; UPDATE ${table} SET ${added} = id`,
      `ALTER TABLE ${table} ALTER COLUMN n TYPE bigint`,
      `ALTER TABLE ${table} ALTER COLUMN n DROP NOT NULL`,
      `ALTER TABLE ${table} ALTER COLUMN n SET NOT NULL`,
      ...(rows[0] === undefined ? [] : [`ALTER TABLE ${table} DROP COLUMN ${rows[0].name}`]),
      ...(table === "plain" ? ["ALTER TABLE plain REPLICA IDENTITY FULL", "ALTER TABLE plain REPLICA IDENTITY DEFAULT"] : []),
      `ALTER TYPE mood ADD VALUE IF NOT EXISTS 'new${this.#extraColumns}'`,
    ];
    await client.query(choices[this.#random.nextInt(choices.length)]!);
  }
}

function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: string };
  return code === undefined || code.startsWith("57P") || code === "ECONNRESET" || code === "EPIPE" || code === "ECONNREFUSED";
}
