import { MalformedBytesError } from "@ottla/base";
import type { BinlogBytes } from "../binlog/binlog-bytes.ts";
import type { MappedColumn, TableMap } from "../binlog/table-map.ts";
import { type CatalogTable, SYSTEM_DATABASES, type TableFacts } from "../catalog/catalog.ts";
import { ConnectError } from "../../../connect-error.ts";
import type { NameFilter } from "../../debezium/name-filter.ts";
import type { Flavour } from "../envelope/envelope-schemas.ts";
import { type CellReader, cellReaderOf } from "../values/cell-reader.ts";
import { type ColumnFacts, factsOf, type TextOf } from "../values/column-facts.ts";
import { textReaderOf } from "../values/text-cell.ts";
import type { ValueOptions } from "../values/value-type.ts";
import { valueTypeOf } from "../values/value-type-of.ts";
import { type CapturedColumn, CapturedTable, type RawValues } from "./captured-table.ts";

/** How tables become topics. */
export interface CaptureOptions {
  readonly prefix: string;
  readonly flavour: Flavour;
  readonly filter: NameFilter;
  readonly values: ValueOptions;
}

/** A table as the rows behind its map are. */
export interface MappedTable {
  readonly table: CapturedTable;
  readonly readers: readonly CellReader[];
  readonly map: TableMap;
}

const utf8: TextOf = (bytes) => bytes.toString("utf8");

/** `<prefix>.<database>.<table>`; what no topic may be called is an underscore. */
const topicOf = (prefix: string, database: string, table: string): string =>
  `${prefix}.${database}.${table}`.replace(/[^a-zA-Z0-9._-]/g, "_");

/** The tables that are captured, each as the binlog described it last. A table that comes again as it was is the same object, since converters remember by schema. */
export class CapturedTables {
  readonly #options: CaptureOptions;
  readonly #catalog: TableFacts;
  /** By the server's number of the table. */
  readonly #byId = new Map<
    number,
    { readonly fingerprint: Buffer; readonly statement: number; readonly mapped: MappedTable | undefined }
  >();
  readonly #known = new Map<string, { readonly fingerprint: Buffer; readonly statement: number; readonly mapped: MappedTable }>();
  /** How many statements came that may have altered something. */
  #statements = 0;

  constructor(options: CaptureOptions, catalog: TableFacts) {
    this.#options = options;
    this.#catalog = catalog;
  }

  isCaptured(database: string, table: string): boolean {
    return !SYSTEM_DATABASES.has(database) && this.#options.filter.hasTable(database, table);
  }

  /** Undefined: not captured. @throws MalformedBytesError where the table was never described */
  get(tableId: number): MappedTable | undefined {
    const found = this.#byId.get(tableId);
    if (found === undefined) throw new MalformedBytesError(`The binlog has rows of table ${tableId}, which it did not describe.`);
    return found.mapped;
  }

  /** By its name; undefined: the catalog no longer has it. */
  async named(database: string, table: string): Promise<CapturedTable | undefined> {
    const known = this.#known.get(`${database}.${table}`);
    if (known !== undefined && known.statement === this.#statements) return known.mapped.table;
    const now = await this.#catalog.table(database, table);
    return now === undefined || now.type === "SEQUENCE" ? undefined : this.ofCatalog(now).table;
  }

  /** How texts of a collation are read. */
  textOf(collation: number): Promise<TextOf> {
    return this.#catalog.textOf(collation);
  }

  /** A statement came that may have altered tables: what the catalog said is asked for again. */
  alter(): void {
    this.#statements++;
  }

  /** The server numbers its tables anew; a connection knows none. */
  forgetNumbers(): void {
    this.#byId.clear();
  }

  /** Rows behind this are as `map` says. What it does not say is asked from the catalog, which may be ahead. A promise only where that is so. */
  describe(map: TableMap): Promise<void> | undefined {
    const { tableId, fingerprint, database, table } = map;
    const found = this.#byId.get(tableId);
    if (found !== undefined && found.statement === this.#statements && found.fingerprint.equals(fingerprint)) return undefined;
    if (!this.isCaptured(database, table)) {
      this.#byId.set(tableId, { fingerprint, statement: this.#statements, mapped: undefined });
      return undefined;
    }
    const known = this.#known.get(`${database}.${table}`);
    if (known !== undefined && known.statement === this.#statements && known.fingerprint.equals(fingerprint)) {
      this.#byId.set(tableId, known);
      return undefined;
    }
    return this.#build(map);
  }

  async #build(map: TableMap): Promise<void> {
    const { tableId, database, table } = map;
    const name = `${database}.${table}`;
    if (!map.hasNames)
      throw new ConnectError(
        "CONNECT_SOURCE",
        `The binlog has rows of ${name} without the names of their columns: they were written before binlog_row_metadata was FULL. SET GLOBAL binlog_row_metadata=FULL, then reset the connector's offsets, so that tables are read anew.`,
      );
    // A copy, since the bytes are a piece of what the socket gave.
    const kept: TableMap = { ...map, fingerprint: Buffer.from(map.fingerprint) };
    const statement = this.#statements;
    const mapped = await this.#mapped(kept, await this.#catalog.table(database, table));
    const entry = { fingerprint: kept.fingerprint, statement, mapped };
    this.#byId.set(tableId, entry);
    if (mapped !== undefined) this.#known.set(name, { ...entry, mapped });
  }

  async #mapped(map: TableMap, now: CatalogTable | undefined): Promise<MappedTable | undefined> {
    // Its rows are numbers that were given out, not data.
    if (now?.type === "SEQUENCE") return undefined;
    refuseVersioned(now);
    const texts = new Map<number, TextOf>();
    for (const { collation } of map.columns)
      if (collation !== undefined && !texts.has(collation)) texts.set(collation, await this.#catalog.textOf(collation));
    const textOf = ({ collation }: MappedColumn): TextOf => (collation === undefined ? utf8 : texts.get(collation)!);
    const catalog = new Map(now?.columns.map((column) => [column.name, column]));
    const facts = map.columns.map((column) => factsOf(column, catalog.get(column.name), textOf(column)));
    const readers = map.columns.map((column, place) => cellReaderOf(column, facts[place], textOf(column)));
    const table = this.#table(
      map.database,
      map.table,
      facts,
      map.primaryKey.map((place) => map.columns[place]!.name),
    );
    return { table: this.#sameAsBefore(table), readers, map };
  }

  /** A table as the catalog has it, for rows that are there. */
  ofCatalog(now: CatalogTable): { readonly table: CapturedTable; readonly readers: readonly ((text: Buffer) => unknown)[] } {
    refuseVersioned(now);
    return { table: this.#table(now.database, now.table, now.columns, now.key), readers: now.columns.map(textReaderOf) };
  }

  #table(database: string, table: string, facts: readonly (ColumnFacts | undefined)[], key: readonly string[]): CapturedTable {
    const { filter, prefix, flavour } = this.#options;
    const all = facts.flatMap((column, place) => (column === undefined ? [] : [this.#column(column, place)]));
    const keyNames = filter.keyColumns(database, table) ?? key;
    return new CapturedTable({
      database,
      table,
      flavour,
      topic: topicOf(prefix, database, table),
      columns: all.filter(({ name }) => filter.hasColumn(database, table, name)),
      key: keyNames.flatMap((name) => all.find((column) => column.name === name) ?? []),
    });
  }

  #column(facts: ColumnFacts, place: number): CapturedColumn {
    const type = valueTypeOf(facts, this.#options.values);
    return { name: facts.name, place, type, isOptional: facts.isNullable, defaultValue: defaultOf(facts, type) };
  }

  /** The one from before, where its schemas are the same. */
  #sameAsBefore(table: CapturedTable): CapturedTable {
    const before = this.#known.get(table.name)?.mapped.table;
    return before !== undefined && shapeText(before) === shapeText(table) ? before : table;
  }
}

function refuseVersioned(now: CatalogTable | undefined): void {
  if (now?.type !== "SYSTEM VERSIONED") return;
  throw new ConnectError(
    "CONNECT_SOURCE",
    `${now.database}.${now.table} is system-versioned: the binlog has the rows of its past as if they were new ones. Leave it out by table.exclude.list.`,
  );
}

const shapeText = ({ shape, valueSchema, keySchema }: CapturedTable): string =>
  JSON.stringify(
    [shape.columns.map(({ place }) => place), shape.key.map(({ place }) => place), valueSchema, keySchema],
    (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value),
  );

/** A default that has no form in Connect is none. */
function defaultOf(facts: ColumnFacts, type: CapturedColumn["type"]): unknown {
  if (facts.defaultText === undefined || type.schema.type === "struct") return undefined;
  try {
    return type.fromRaw(textReaderOf(facts)(facts.defaultText) as never) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Whether a row has all its columns. */
export function isWhole(bits: Buffer, count: number): boolean {
  for (let i = 0; i < count; i++) if (((bits[i >> 3]! >> (i & 7)) & 1) === 0) return false;
  return true;
}

/** Reads a row of a table. What `present` leaves out is taken from `old`. */
export function readRow({ readers, map }: MappedTable, bytes: BinlogBytes, present: Buffer, old?: RawValues): RawValues {
  const { columns } = map;
  let presentCount = 0;
  for (let place = 0; place < columns.length; place++) presentCount += (present[place >> 3]! >> (place & 7)) & 1;
  const nulls = bytes.slice((presentCount + 7) >> 3);
  const row: unknown[] = [];
  let index = 0;
  for (let place = 0; place < columns.length; place++) {
    if (((present[place >> 3]! >> (place & 7)) & 1) === 0) {
      row.push(old?.[place] ?? null);
      continue;
    }
    const isNull = ((nulls[index >> 3]! >> (index & 7)) & 1) === 1;
    index++;
    row.push(isNull ? null : readers[place]!(bytes));
  }
  return row;
}
