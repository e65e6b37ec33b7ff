import { MalformedBytesError } from "@ottla/base";
import { BinlogBytes } from "../binlog-bytes.ts";
import { BinlogDecoder } from "../binlog-decoder.ts";
import type { BinlogEvent, EventHeader } from "../binlog-event.ts";
import type { TableMap } from "../table-map.ts";
import { cellReaderOf } from "../../values/cell-reader.ts";
import { type ColumnFacts, type ColumnKind, factsOf } from "../../values/column-facts.ts";

const MAGIC_BYTES = 4;

/** A row that a test reads: null where it is null. */
export type RawRow = Readonly<Record<string, unknown>>;

/** What stands in a file, and every row of it. Kinds that no table map says come from `kinds`, by column. */
export function readBinlog(file: Buffer, kinds: Readonly<Record<string, ColumnKind>> = {}) {
  const decoder = new BinlogDecoder();
  const events: { readonly header: EventHeader; readonly event: BinlogEvent }[] = [];
  const tables = new Map<number, TableMap>();
  const rows: { readonly kind: string; readonly table: string; readonly row: RawRow }[] = [];
  for (let at = MAGIC_BYTES; at < file.length; ) {
    if (at + 13 > file.length) throw new MalformedBytesError("The file ends within an event.");
    const size = file.readUInt32LE(at + 9);
    const decoded = decoder.decode(file.subarray(at, at + size));
    at += size;
    events.push(decoded);
    const { event } = decoded;
    if (event.kind === "tableMap") tables.set(event.table.tableId, event.table);
    if (event.kind !== "insert" && event.kind !== "update" && event.kind !== "delete") continue;
    const table = tables.get(event.tableId);
    if (table === undefined) throw new MalformedBytesError(`Rows of table ${event.tableId}, which is unknown.`);
    for (const row of rawRows(table, event.rows, kinds)) rows.push({ kind: event.kind, table: table.table, row });
  }
  return { events, tables: [...tables.values()], rows };
}

const utf8 = (bytes: Buffer): string => bytes.toString("utf8");

function rawRows(table: TableMap, bytes: Buffer, kinds: Readonly<Record<string, ColumnKind>>): RawRow[] {
  const readers = table.columns.map((column) => {
    const kind = kinds[column.name];
    const textOf = column.collation === 35 ? (cell: Buffer) => new TextDecoder("utf-16be").decode(cell) : utf8;
    return cellReaderOf(column, factsOf(column, kind === undefined ? undefined : ({ kind } as ColumnFacts), textOf), textOf);
  });
  const at = new BinlogBytes(bytes);
  const rows: RawRow[] = [];
  while (at.left > 0) {
    const nulls = at.slice((readers.length + 7) >> 3);
    rows.push(
      Object.fromEntries(readers.map((read, i) => [table.columns[i]!.name, ((nulls[i >> 3]! >> (i & 7)) & 1) === 1 ? null : read(at)])),
    );
  }
  return rows;
}
