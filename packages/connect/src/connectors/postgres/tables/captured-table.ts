import { ConnectError } from "../../../connect-error.ts";
import type { ConnectSchema } from "../../../data/schema.ts";
import { envelopeSchema } from "../envelope/envelope-schemas.ts";
import { type OldRow, type TextRow, UNCHANGED_TOAST } from "../pgoutput/pgoutput-message.ts";
import type { ValueType } from "../values/value-type.ts";
import { placeholderFor } from "./placeholder.ts";
import { makeRowOf, type MakeRow } from "./row-code.ts";

/** A column that is captured. */
export interface CapturedColumn {
  readonly name: string;
  /** Its place in a row of the log. */
  readonly place: number;
  readonly type: ValueType;
  readonly isOptional: boolean;
  readonly defaultValue: unknown;
}

/** What a table's records look like. */
export interface TableShape {
  readonly schema: string;
  readonly table: string;
  readonly topic: string;
  readonly columns: readonly CapturedColumn[];
  /** In the order of the key; empty: records have none. A column of the key may be one that values leave out. */
  readonly key: readonly CapturedColumn[];
  /** Places of the columns that an old row of kind `key` has. */
  readonly identityPlaces: ReadonlySet<number>;
  readonly placeholder: string;
}

/** A null stands where the catalog says that none may: the constraint is younger than the row. */
export class NullInColumn extends Error {
  readonly column: string;
  constructor(column: string) {
    super(`null in ${column}`);
    this.column = column;
  }
}

/** A row as a struct's value. */
export type RowValue = Readonly<Record<string, unknown>>;

/** Rows of a table, as its columns are now, to Connect's values. Never changed; another version of the table is another object. */
export class CapturedTable {
  readonly shape: TableShape;
  /** Undefined: the records have no key. */
  readonly keySchema: ConnectSchema | undefined;
  readonly valueSchema: ConnectSchema;
  /** `schema.table` */
  readonly name: string;
  readonly #isKeyInIdentity: boolean;
  readonly #makeKey: MakeRow<CapturedColumn, TextRow, OldRow | undefined>;
  readonly #makeRow: MakeRow<CapturedColumn, TextRow, OldRow | undefined>;
  readonly #keyCell = (column: CapturedColumn, row: TextRow, old: OldRow | undefined): unknown => keyCell(column, row, old, this.shape);
  readonly #cell = (column: CapturedColumn, row: TextRow, old: OldRow | undefined): unknown => cell(column, row, old, this.shape);

  constructor(shape: TableShape) {
    this.shape = shape;
    this.name = `${shape.schema}.${shape.table}`;
    const fields = (columns: readonly CapturedColumn[]) => columns.map((column) => ({ name: column.name, schema: columnSchema(column) }));
    if (shape.key.length > 0) this.keySchema = { type: "struct", optional: false, name: `${shape.topic}.Key`, fields: fields(shape.key) };
    const row: ConnectSchema = { type: "struct", optional: true, name: `${shape.topic}.Value`, fields: fields(shape.columns) };
    this.valueSchema = envelopeSchema(shape.topic, row);
    this.#makeKey = makeRowOf(shape.key);
    this.#makeRow = makeRowOf(shape.columns);
    this.#isKeyInIdentity = shape.key.every(({ place }) => shape.identityPlaces.has(place));
  }

  /** The key of a row that is whole; what it left unchanged is taken from the old one. */
  keyOf(row: TextRow, old?: OldRow): RowValue | null {
    return this.shape.key.length === 0 ? null : this.#makeKey(row, old, this.#keyCell);
  }

  /** Whether the key of the row before is known and another one. Texts decide, so that equal numbers written otherwise are other keys. */
  changesKey(old: OldRow | undefined, row: TextRow): boolean {
    if (old === undefined || (old.kind === "key" && !this.#isKeyInIdentity)) return false;
    return this.shape.key.some(({ place }) => row[place] !== UNCHANGED_TOAST && row[place] !== old.row[place]);
  }

  /** A row as it is now. @throws NullInColumn */
  rowOf(row: TextRow, old?: OldRow): RowValue {
    return this.#makeRow(row, old, this.#cell);
  }

  /** A row as it was: the whole, or the columns of its identity with nulls and zeros for the others, as Debezium has it. @throws NullInColumn */
  oldRowOf({ kind, row }: OldRow): RowValue {
    const value: Record<string, unknown> = {};
    for (const column of this.shape.columns) {
      const text = row[column.place];
      if (text === null && kind === "full" && !column.isOptional && column.type.mask === undefined) throw new NullInColumn(column.name);
      const isKnown = text !== null && text !== undefined && (kind === "full" || this.shape.identityPlaces.has(column.place));
      value[column.name] = isKnown ? valueOf(column, text, this.shape.placeholder) : absent(column);
    }
    return value;
  }

  /** Whether two whole rows are the same as far as they are captured. */
  isSame(old: OldRow, row: TextRow): boolean {
    return old.kind === "full" && this.shape.columns.every(({ place }) => row[place] === UNCHANGED_TOAST || row[place] === old.row[place]);
  }

  /** The same table, where a column may be null. */
  relaxed(name: string): CapturedTable {
    const relax = (column: CapturedColumn) => (column.name === name ? { ...column, isOptional: true } : column);
    return new CapturedTable({ ...this.shape, columns: this.shape.columns.map(relax), key: this.shape.key.map(relax) });
  }
}

function keyCell(column: CapturedColumn, row: TextRow, old: OldRow | undefined, { placeholder }: TableShape): unknown {
  const text = row[column.place] === UNCHANGED_TOAST && old !== undefined ? old.row[column.place] : row[column.place];
  return text === null || text === undefined ? absent(column) : valueOf(column, text, placeholder);
}

function cell(column: CapturedColumn, row: TextRow, old: OldRow | undefined, { placeholder }: TableShape): unknown {
  let text = row[column.place];
  if (text === UNCHANGED_TOAST && old?.kind === "full") text = old.row[column.place];
  if (text !== null && text !== undefined) return valueOf(column, text, placeholder);
  if (column.type.mask !== undefined) return column.type.mask;
  if (!column.isOptional) throw new NullInColumn(column.name);
  return null;
}

function columnSchema({ type, isOptional, defaultValue }: CapturedColumn): ConnectSchema {
  return { ...type.schema, optional: isOptional, ...(defaultValue !== undefined && { defaultValue }) };
}

const absent = ({ isOptional, defaultValue, type }: CapturedColumn): unknown =>
  type.mask ?? (isOptional ? null : (defaultValue ?? type.zero));

function valueOf(column: CapturedColumn, text: string | typeof UNCHANGED_TOAST, placeholder: string): unknown {
  if (text === UNCHANGED_TOAST) return column.type.mask ?? placeholderFor(column.type.schema, placeholder);
  try {
    return column.type.parse(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new ConnectError("CONNECT_DATA", `column ${column.name}: ${problem}`, { cause: error, place: { field: column.name } });
  }
}
