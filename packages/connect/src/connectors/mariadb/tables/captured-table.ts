import { ConnectError } from "../../../connect-error.ts";
import type { ConnectSchema } from "../../../data/schema.ts";
import { setField } from "../../../data/struct-value.ts";
import { envelopeSchema, type Flavour } from "../envelope/envelope-schemas.ts";
import type { ValueType } from "../values/value-type.ts";

/** A column that is captured. */
export interface CapturedColumn {
  readonly name: string;
  /** Its place in a row. */
  readonly place: number;
  readonly type: ValueType;
  readonly isOptional: boolean;
  readonly defaultValue: unknown;
}

/** What a table's records look like. */
export interface TableShape {
  readonly database: string;
  readonly table: string;
  readonly topic: string;
  readonly flavour: Flavour;
  readonly columns: readonly CapturedColumn[];
  /** In the order of the key; empty: records have none. A column of the key may be one that values leave out. */
  readonly key: readonly CapturedColumn[];
}

/** The raw values of a row by their columns' places; null where it is null. */
export type RawValues = readonly unknown[];

/** A row as a struct's value. */
export type RowValue = Readonly<Record<string, unknown>>;

/** Rows of a table, as its columns are now, to Connect's values. Never changed; another version of the table is another object. */
export class CapturedTable {
  readonly shape: TableShape;
  /** Undefined: the records have no key. */
  readonly keySchema: ConnectSchema | undefined;
  readonly valueSchema: ConnectSchema;
  /** `database.table` */
  readonly name: string;

  constructor(shape: TableShape) {
    this.shape = shape;
    this.name = `${shape.database}.${shape.table}`;
    const fields = (columns: readonly CapturedColumn[]) => columns.map((column) => ({ name: column.name, schema: columnSchema(column) }));
    if (shape.key.length > 0) this.keySchema = { type: "struct", optional: false, name: `${shape.topic}.Key`, fields: fields(shape.key) };
    const row: ConnectSchema = { type: "struct", optional: true, name: `${shape.topic}.Value`, fields: fields(shape.columns) };
    this.valueSchema = envelopeSchema(shape.topic, row, shape.flavour);
  }

  keyOf(row: RawValues): RowValue | null {
    return this.shape.key.length === 0 ? null : structOf(this.shape.key, row);
  }

  rowOf(row: RawValues): RowValue {
    return structOf(this.shape.columns, row);
  }

  changesKey(before: RawValues, after: RawValues): boolean {
    return this.shape.key.some(({ place }) => !isSameRaw(before[place], after[place]));
  }

  /** Whether two rows are the same as far as they are captured. */
  isSame(before: RawValues, after: RawValues): boolean {
    return this.shape.columns.every(({ place }) => isSameRaw(before[place], after[place]));
  }
}

function structOf(columns: readonly CapturedColumn[], row: RawValues): RowValue {
  const value: Record<string, unknown> = {};
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i]!;
    setField(value, column.name, valueOf(column, row[column.place]));
  }
  return value;
}

function valueOf(column: CapturedColumn, raw: unknown): unknown {
  if (raw === null || raw === undefined) return absent(column);
  try {
    return column.type.fromRaw(raw as never) ?? absent(column);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new ConnectError("CONNECT_DATA", `column ${column.name}: ${problem}`, { cause: error, place: { field: column.name } });
  }
}

const absent = ({ isOptional, type }: CapturedColumn): unknown => (isOptional ? null : type.zero);

function columnSchema({ type, isOptional, defaultValue }: CapturedColumn): ConnectSchema {
  return { ...type.schema, optional: isOptional, ...(defaultValue !== undefined && { defaultValue }) };
}

function isSameRaw(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Buffer.isBuffer(left)) return Buffer.isBuffer(right) && left.equals(right);
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return Object.is(left, right);
  return "unscaled" in left && "unscaled" in right && left.unscaled === right.unscaled;
}
