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

/** Tables of a publication that are captured, in the order of their names. */
export async function publishedTables(session: PgSession, publication: string, filter: TableFilter): Promise<PublishedTable[]> {
  const rows = await session.query(`SELECT row_to_json(p) FROM pg_publication_tables p WHERE pubname = ${sqlText(publication)}`);
  const listed = rows
    .map(([text]) => JSON.parse(text!) as { schemaname: string; tablename: string; attnames?: string[]; rowfilter?: string | null })
    .filter(({ schemaname, tablename }) => filter.hasTable(schemaname, tablename));
  const tables: PublishedTable[] = [];
  for (const { schemaname, tablename, attnames, rowfilter } of listed) {
    const from = `${sqlName(schemaname)}.${sqlName(tablename)}`;
    const [row] = await session.query(
      `SELECT c.oid, c.relreplident, greatest(c.reltuples, 0),
         (SELECT json_agg(json_build_object('name', a.attname, 'typeOid', a.atttypid::int8, 'typeModifier', a.atttypmod, 'isGenerated', a.attgenerated <> '',
            'isKey', CASE c.relreplident WHEN 'f' THEN true WHEN 'n' THEN false ELSE coalesce(a.attnum = ANY(i.indkey), false) END) ORDER BY a.attnum)
          FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = c.oid AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident ELSE false END
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
       FROM pg_class c WHERE c.oid = ${sqlText(from)}::regclass`,
    );
    if (row === undefined) continue;
    const columns = JSON.parse(row[3] ?? "[]") as {
      name: string;
      typeOid: number;
      typeModifier: number;
      isKey: boolean;
      isGenerated: boolean;
    }[];
    const published = columns.filter(({ name, isGenerated }) => (attnames === undefined ? !isGenerated : attnames.includes(name)));
    tables.push({
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
    });
  }
  return tables.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
