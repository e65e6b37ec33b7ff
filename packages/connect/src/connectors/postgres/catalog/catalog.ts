import type { PgRow, PgSession } from "../connection/pg-session.ts";
import type { CatalogColumn, CatalogTable, TableFacts } from "./table-facts.ts";
import type { PgType } from "../values/pg-type.ts";

/** Domains over domains and arrays of them; deeper nobody nests. */
const TYPE_DEPTH_MAX = 16;

/** A default that is a constant: a number, a boolean, or a quoted text with one cast. */
const CONSTANT =
  /^(?:\(?-?\d+(?:\.\d+)?\)?|true|false|B?'(?:[^']|'')*')(?:::["a-z][a-z0-9_ ."]*(?:\(\d+(?:,\s*-?\d+)?\))?(?: (?:with|without) time zone)?)?$/i;

/** Asks PostgreSQL's catalog what the log does not say. */
export class Catalog implements TableFacts {
  #session: PgSession;
  readonly #types = new Map<number, PgType>();

  constructor(session: PgSession) {
    this.#session = session;
  }

  /**
   * Asks by another session from here on. While one holds locks on tables, only it may ask: the catalog's functions lock tables for a moment, and behind somebody who waits for ours they would wait
   * for us for ever.
   */
  askBy(session: PgSession): void {
    this.#session = session;
  }

  /** Undefined: it is gone. */
  async table(relationId: number): Promise<CatalogTable | undefined> {
    const rows = await this.#session.query(
      `SELECT a.attname, a.attnotnull, CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END
       FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
       WHERE a.attrelid = ${relationId} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    );
    if (rows.length === 0) return undefined;
    const keys = await this.#session.query(
      `SELECT a.attname FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
       WHERE i.indrelid = ${relationId} AND i.indisprimary AND k.place <= i.indnkeyatts ORDER BY k.place`,
    );
    return { columns: await this.#columns(rows), primaryKey: keys.map(([name]) => name!) };
  }

  async #columns(rows: readonly PgRow[]): Promise<CatalogColumn[]> {
    const constants = rows.map(([, , expression]) => (expression != null && CONSTANT.test(expression) ? expression : "NULL"));
    const values = constants.every((text) => text === "NULL")
      ? []
      : ((await this.#session.query(`SELECT ${constants.map((text) => (text === "NULL" ? "NULL" : `(${text})::text`)).join(", ")}`))[0] ??
        []);
    return rows.map(([name, isNotNull], i) => ({ name: name!, isNotNull: isNotNull === "t", defaultText: values[i] ?? undefined }));
  }

  /** Remembered; forgotten by {@link Catalog.forgetTypes}. A type that is gone is one that nobody knows. */
  async type(oid: number, depth = 0): Promise<PgType> {
    const known = this.#types.get(oid);
    if (known !== undefined) return known;
    const [row] = await this.#session.query(
      `SELECT t.typname, t.typtype, CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE 0 END, t.typbasetype, t.typtypmod,
         (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid)
       FROM pg_type t WHERE t.oid = ${oid}`,
    );
    const type =
      row === undefined || depth > TYPE_DEPTH_MAX ? ({ oid, name: "unknown", kind: "p" } as const) : await this.#typeOf(oid, row, depth);
    this.#types.set(oid, type);
    return type;
  }

  /** Labels may have been added to an enum. */
  forgetTypes(): void {
    this.#types.clear();
  }

  async #typeOf(oid: number, [name, kind, element, base, modifier, labels]: PgRow, depth: number): Promise<PgType> {
    return {
      oid,
      name: name!,
      kind: kind as PgType["kind"],
      ...(element !== "0" && { element: await this.type(Number(element), depth + 1) }),
      ...(base !== "0" && { base: await this.type(Number(base), depth + 1), baseModifier: Number(modifier) }),
      ...(labels != null && { labels: JSON.parse(labels) as string[] }),
    };
  }
}
