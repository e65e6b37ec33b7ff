import type { CatalogTable } from "../catalog/catalog.ts";
import type { SqlRow } from "../connection/mariadb-session.ts";
import { sqlName } from "../connection/sql-text.ts";
import type { ColumnFacts, ColumnKind } from "../values/column-facts.ts";

/** Kinds whose values as literals stand in the same order as the index has them. A float's text is rounded, and an ENUM is compared as a text but kept by its number. */
const NUMBERS = new Set<ColumnKind>(["tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "year"]);
const TEXTS = new Set<ColumnKind>(["string", "date", "datetime", "timestamp", "time"]);

const keyColumns = ({ key, columns }: CatalogTable): (ColumnFacts & { readonly place: number })[] =>
  key.flatMap((name) => {
    const place = columns.findIndex((column) => column.name === name);
    return place < 0 ? [] : [{ ...columns[place]!, place }];
  });

/** How a table's rows are asked for behind one of them: in the order of its key, where it has one that can be gone on by. */
export function rowsBehind(
  table: CatalogTable,
  after: readonly string[] | undefined,
): { readonly sql: string; readonly isOrdered: boolean } {
  const columns = keyColumns(table);
  const isOrdered = columns.length > 0 && columns.length === table.key.length && columns.every(isOrderable);
  if (!isOrdered) return { sql: "", isOrdered };
  const names = columns.map(({ name }) => sqlName(name));
  const order = ` ORDER BY ${names.join(", ")}`;
  if (after === undefined || after.length !== names.length) return { sql: order, isOrdered };
  // Written out, since for (a, b) > (x, y) the server reads the table from its beginning.
  const behind = names.map((name, i) =>
    [...names.slice(0, i).map((before, j) => `${before} = ${after[j]}`), `${name} > ${after[i]}`].join(" AND "),
  );
  return { sql: ` WHERE (${behind.join(") OR (")})${order}`, isOrdered };
}

const isOrderable = ({ kind }: ColumnFacts): boolean => NUMBERS.has(kind) || TEXTS.has(kind) || kind === "bytes";

/** The key of a row as literals of SQL. */
export function keyLiterals(table: CatalogTable, row: SqlRow): readonly string[] {
  return keyColumns(table).map(({ kind, place }) => {
    const cell = row[place] ?? Buffer.alloc(0);
    if (NUMBERS.has(kind)) return cell.toString("latin1");
    const hex = `X'${cell.toString("hex")}'`;
    return kind === "bytes" ? hex : `_utf8mb4 ${hex}`;
  });
}
