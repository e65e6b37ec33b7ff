import type { PgSession } from "../connection/pg-session.ts";
import { sqlName, sqlText } from "../connection/sql-text.ts";
import type { Relation, ReplicaIdentity } from "../pgoutput/pgoutput-message.ts";
import type { TableFilter } from "../tables/table-filter.ts";

/** A table as the log would describe it now, and how its rows are read. */
export interface PublishedTable {
  readonly name: string;
  readonly relation: Relation;
  /** `FROM …` with the publication's filter of rows. */
  readonly from: string;
  readonly rowFilter: string | undefined;
  /** What the planner believes. */
  readonly rowsEstimated: number;
}

const identities: Readonly<Record<string, ReplicaIdentity>> = { d: "default", n: "nothing", f: "full", i: "index" };

interface ListedTable {
  readonly schemaname: string;
  readonly tablename: string;
  readonly attnames?: readonly string[];
  readonly rowfilter?: string | null;
}

/** Tables of a publication that are captured, in the order of their names. */
export async function publishedTables(session: PgSession, publication: string, filter: TableFilter): Promise<PublishedTable[]> {
  const tables: PublishedTable[] = [];
  for (const listed of await listTables(session, publication, filter)) {
    const table = await describe(session, listed);
    if (table !== undefined) tables.push(table);
  }
  return tables;
}

/** Their names. */
export async function publishedNames(session: PgSession, publication: string, filter: TableFilter): Promise<string[]> {
  return (await listTables(session, publication, filter)).map(nameOf);
}

/** One of them; undefined: it is gone, or no longer published. */
export async function publishedTable(
  session: PgSession,
  publication: string,
  filter: TableFilter,
  name: string,
): Promise<PublishedTable | undefined> {
  const listed = (await listTables(session, publication, filter)).find((table) => nameOf(table) === name);
  return listed && describe(session, listed);
}

const nameOf = ({ schemaname, tablename }: ListedTable): string => `${schemaname}.${tablename}`;

async function listTables(session: PgSession, publication: string, filter: TableFilter): Promise<ListedTable[]> {
  const rows = await session.query(`SELECT row_to_json(p) FROM pg_publication_tables p WHERE pubname = ${sqlText(publication)}`);
  return rows
    .map(([text]) => JSON.parse(text!) as ListedTable)
    .filter(({ schemaname, tablename }) => filter.hasTable(schemaname, tablename))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

async function describe(
  session: PgSession,
  { schemaname, tablename, attnames, rowfilter }: ListedTable,
): Promise<PublishedTable | undefined> {
  const from = `${sqlName(schemaname)}.${sqlName(tablename)}`;
  const [row] = await session.query(
    `SELECT c.oid, c.relreplident, greatest(c.reltuples, 0),
       (SELECT json_agg(json_build_object('name', a.attname, 'typeOid', a.atttypid::int8, 'typeModifier', a.atttypmod, 'isGenerated', a.attgenerated <> '',
          'isKey', CASE c.relreplident WHEN 'f' THEN true WHEN 'n' THEN false ELSE coalesce(a.attnum = ANY(i.indkey), false) END) ORDER BY a.attnum)
        FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = c.oid AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident ELSE false END
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${sqlText(schemaname)} AND c.relname = ${sqlText(tablename)}`,
  );
  if (row === undefined) return undefined;
  const columns = JSON.parse(row[3] ?? "[]") as {
    name: string;
    typeOid: number;
    typeModifier: number;
    isKey: boolean;
    isGenerated: boolean;
  }[];
  const published = columns.filter(({ name, isGenerated }) => (attnames === undefined ? !isGenerated : attnames.includes(name)));
  return {
    name: `${schemaname}.${tablename}`,
    relation: {
      relationId: Number(row[0]),
      schema: schemaname,
      table: tablename,
      replicaIdentity: identities[row[1]!] ?? "default",
      columns: published.map(({ name, typeOid, typeModifier, isKey }) => ({ isKey, name, typeOid, typeModifier })),
    },
    from,
    rowFilter: rowfilter ?? undefined,
    rowsEstimated: Number(row[2]),
  };
}
