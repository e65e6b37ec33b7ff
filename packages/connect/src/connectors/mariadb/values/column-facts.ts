import { COLUMN_TYPE } from "../binlog/column-type-codes.ts";
import type { MappedColumn } from "../binlog/table-map.ts";

/** Types of columns as far as they become other values. */
export type ColumnKind =
  | "tinyint"
  | "smallint"
  | "mediumint"
  | "int"
  | "bigint"
  | "decimal"
  | "float"
  | "double"
  | "bit"
  | "year"
  | "date"
  | "time"
  | "datetime"
  | "timestamp"
  | "string"
  | "bytes"
  | "enum"
  | "set"
  | "json"
  | "point"
  | "geometry"
  | "uuid"
  | "inet4"
  | "inet6";

/** What a column is, whether a table map or the catalog says so. */
export interface ColumnFacts {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly isUnsigned: boolean;
  readonly isNullable: boolean;
  /** DECIMAL: all digits. BIT: bits. DATETIME, TIME, TIMESTAMP: digits of a second. BINARY: bytes. */
  readonly length: number;
  /** DECIMAL: digits behind the point. */
  readonly scale: number;
  /** ENUM and SET, in order. */
  readonly labels: readonly string[];
  /** `FLOAT(m,d)`, which becomes a double. */
  readonly isWideFloat: boolean;
  /** A constant default as the text protocol would give it. */
  readonly defaultText: Buffer | undefined;
}

const BINARY_COLLATION = 63;
const POINT = 1;

const KINDS: ReadonlyMap<number, ColumnKind> = new Map([
  [COLUMN_TYPE.tiny, "tinyint"],
  [COLUMN_TYPE.short, "smallint"],
  [COLUMN_TYPE.int24, "mediumint"],
  [COLUMN_TYPE.long, "int"],
  [COLUMN_TYPE.longLong, "bigint"],
  [COLUMN_TYPE.newDecimal, "decimal"],
  [COLUMN_TYPE.float, "float"],
  [COLUMN_TYPE.double, "double"],
  [COLUMN_TYPE.bit, "bit"],
  [COLUMN_TYPE.year, "year"],
  [COLUMN_TYPE.date, "date"],
  [COLUMN_TYPE.newDate, "date"],
  [COLUMN_TYPE.time, "time"],
  [COLUMN_TYPE.time2, "time"],
  [COLUMN_TYPE.datetime, "datetime"],
  [COLUMN_TYPE.datetime2, "datetime"],
  [COLUMN_TYPE.timestamp, "timestamp"],
  [COLUMN_TYPE.timestamp2, "timestamp"],
  [COLUMN_TYPE.enum, "enum"],
  [COLUMN_TYPE.set, "set"],
  [COLUMN_TYPE.json, "json"],
]);
const TEXTS = new Set<number>([
  COLUMN_TYPE.string,
  COLUMN_TYPE.varString,
  COLUMN_TYPE.varchar,
  COLUMN_TYPE.varcharCompressed,
  COLUMN_TYPE.tinyBlob,
  COLUMN_TYPE.blob,
  COLUMN_TYPE.mediumBlob,
  COLUMN_TYPE.longBlob,
  COLUMN_TYPE.blobCompressed,
]);
/** Kinds that the binlog writes as strings of bytes. */
const DRESSED_AS_STRING = new Set<ColumnKind>(["uuid", "inet4", "inet6"]);

/** How texts of a collation become JavaScript's. */
export type TextOf = (bytes: Buffer) => string;

/**
 * What a column of a table map is. `catalog` may be of a later time, and counts only as far as it does not contradict. Undefined: a type that nobody knows here.
 */
export function factsOf(column: MappedColumn, catalog: ColumnFacts | undefined, textOf: TextOf): ColumnFacts | undefined {
  const kind = kindOf(column, catalog);
  if (kind === undefined) return undefined;
  return {
    name: column.name,
    kind,
    isUnsigned: column.isUnsigned,
    isNullable: column.isNullable,
    length: column.length,
    scale: column.scale,
    labels: column.labels?.map(textOf) ?? [],
    isWideFloat: kind === "float" && catalog?.kind === "float" && catalog.isWideFloat,
    defaultText: catalog?.kind === kind ? catalog.defaultText : undefined,
  };
}

function kindOf(column: MappedColumn, catalog: ColumnFacts | undefined): ColumnKind | undefined {
  if (column.type === COLUMN_TYPE.geometry) return column.geometryType === POINT ? "point" : "geometry";
  const known = KINDS.get(column.type);
  if (known !== undefined || !TEXTS.has(column.type)) return known;
  if (catalog !== undefined && column.type === COLUMN_TYPE.string && DRESSED_AS_STRING.has(catalog.kind)) return catalog.kind;
  return column.collation === BINARY_COLLATION ? "bytes" : "string";
}
