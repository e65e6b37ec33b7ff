import { MalformedBytesError } from "@ottla/base";
import { BinlogBytes } from "./binlog-bytes.ts";
import { COLUMN_TYPE, isCharacterType, isNumericType } from "./column-type-codes.ts";

/** A column as its table map has it: how its cells are read. */
export interface MappedColumn {
  readonly name: string;
  /** Of {@link COLUMN_TYPE}; of ENUM and SET their own, which stand inside of STRING. */
  readonly type: number;
  /** DECIMAL: digits, and those behind the point. BIT: bits. Times: digits of a second. VARCHAR, CHAR: bytes at most. ENUM, SET: bytes. BLOB and kin: bytes of the length. */
  readonly length: number;
  readonly scale: number;
  readonly isUnsigned: boolean;
  readonly isNullable: boolean;
  /** Of texts, ENUM and SET; 63 is binary. */
  readonly collation: number | undefined;
  /** Of ENUM and SET, in their charset. */
  readonly labels: readonly Buffer[] | undefined;
  readonly geometryType: number | undefined;
}

/** A table as it was when the rows behind it were written. Comes before the rows of each statement. */
export interface TableMap {
  /** Until the table is altered or the server forgets it. */
  readonly tableId: number;
  readonly database: string;
  readonly table: string;
  readonly columns: readonly MappedColumn[];
  /** Places of the columns of the primary key, in its order. */
  readonly primaryKey: readonly number[];
  /** Whether names came along: `binlog_row_metadata=FULL`. Without them `columns` have empty names. */
  readonly hasNames: boolean;
  /** The event's bytes behind the table's id; the same for the same table. */
  readonly fingerprint: Buffer;
}

const SECOND_DIGITS_MAX = 6;
const DECIMAL_DIGITS_MAX = 65;

const METADATA = {
  signedness: 1,
  defaultCharset: 2,
  columnCharset: 3,
  columnName: 4,
  setValues: 5,
  enumValues: 6,
  geometryType: 7,
  simplePrimaryKey: 8,
  primaryKeyWithPrefix: 9,
  enumAndSetDefaultCharset: 10,
  enumAndSetColumnCharset: 11,
} as const;

interface Layout {
  readonly type: number;
  readonly length: number;
  readonly scale: number;
}

/** What follows the columns' types, as far as the server was told to write it. */
interface Extras {
  signedness: Buffer | undefined;
  defaultCharset: { readonly collation: number; readonly others: ReadonlyMap<number, number> } | undefined;
  columnCharsets: readonly number[] | undefined;
  enumDefaultCharset: { readonly collation: number; readonly others: ReadonlyMap<number, number> } | undefined;
  enumCharsets: readonly number[] | undefined;
  names: readonly string[] | undefined;
  setValues: readonly (readonly Buffer[])[];
  enumValues: readonly (readonly Buffer[])[];
  geometryTypes: readonly number[];
  primaryKey: readonly number[];
}

/** How the server that writes table maps counts columns. */
export interface MapDialect {
  /** Geometries have collations. */
  readonly isMariaDb: boolean;
  /** A YEAR is among the numbers that have a sign. */
  readonly countsYears: boolean;
}

/** Reads a table map from behind its event's header. @throws MalformedBytesError */
export function readTableMap(bytes: BinlogBytes, dialect: MapDialect): TableMap {
  const tableId = bytes.u48();
  bytes.skip(2);
  const fingerprint = bytes.bytes.subarray(bytes.at, bytes.end);
  const database = zeroEnded(bytes);
  const table = zeroEnded(bytes);
  const types = bytes.slice(bytes.packed());
  const layoutBytes = bytes.packed();
  const layoutEnd = bytes.at + layoutBytes;
  const layouts = [...types].map((type) => readLayout(type, bytes));
  if (bytes.at !== layoutEnd)
    throw new MalformedBytesError(`The table map of ${database}.${table} says ${layoutBytes} bytes of its columns, which take others.`);
  const nullable = bytes.slice((types.length + 7) >> 3);
  const extras = readExtras(bytes, layouts.length);
  const columns = columnsOf(layouts, nullable, extras, dialect);
  return { tableId, database, table, columns, primaryKey: extras.primaryKey, hasNames: extras.names !== undefined, fingerprint };
}

function atMost(value: number, max: number, what: string): number {
  if (value <= max) return value;
  throw new MalformedBytesError(`A table map says ${value} ${what}; there are ${max} at most.`);
}

function zeroEnded(bytes: BinlogBytes): string {
  const text = bytes.text(bytes.u8());
  bytes.skip(1);
  return text;
}

function readLayout(type: number, bytes: BinlogBytes): Layout {
  switch (type) {
    case COLUMN_TYPE.float:
    case COLUMN_TYPE.double:
    case COLUMN_TYPE.tinyBlob:
    case COLUMN_TYPE.blob:
    case COLUMN_TYPE.mediumBlob:
    case COLUMN_TYPE.longBlob:
    case COLUMN_TYPE.blobCompressed:
    case COLUMN_TYPE.geometry:
    case COLUMN_TYPE.json:
    case COLUMN_TYPE.vector:
      return { type, length: bytes.u8(), scale: 0 };
    case COLUMN_TYPE.timestamp2:
    case COLUMN_TYPE.datetime2:
    case COLUMN_TYPE.time2:
      return { type, length: atMost(bytes.u8(), SECOND_DIGITS_MAX, "digits of a second"), scale: 0 };
    case COLUMN_TYPE.varchar:
    case COLUMN_TYPE.varString:
    case COLUMN_TYPE.varcharCompressed:
      return { type, length: bytes.u16(), scale: 0 };
    case COLUMN_TYPE.newDecimal: {
      const length = atMost(bytes.u8(), DECIMAL_DIGITS_MAX, "digits of a decimal");
      return { type, length, scale: atMost(bytes.u8(), length, "digits behind a decimal's point") };
    }
    case COLUMN_TYPE.bit: {
      const bits = bytes.u8();
      return { type, length: bytes.u8() * 8 + bits, scale: 0 };
    }
    case COLUMN_TYPE.string:
    case COLUMN_TYPE.enum:
    case COLUMN_TYPE.set:
      return readStringLayout(bytes.u8(), bytes.u8());
    default:
      return { type, length: 0, scale: 0 };
  }
}

/** CHAR, ENUM and SET: the real type, into two bits of which the length's highest are folded where 255 is not enough. */
function readStringLayout(first: number, second: number): Layout {
  if ((first & 0x30) === 0x30) return { type: first, length: second, scale: 0 };
  return { type: first | 0x30, length: second | (((first & 0x30) ^ 0x30) << 4), scale: 0 };
}

function readExtras(bytes: BinlogBytes, columnCount: number): Extras {
  const extras: Extras = {
    signedness: undefined,
    defaultCharset: undefined,
    columnCharsets: undefined,
    enumDefaultCharset: undefined,
    enumCharsets: undefined,
    names: undefined,
    setValues: [],
    enumValues: [],
    geometryTypes: [],
    primaryKey: [],
  };
  while (bytes.left > 0) {
    const kind = bytes.u8();
    const length = bytes.packed();
    readExtra(kind, new BinlogBytes(bytes.slice(length)), extras);
  }
  if (extras.names !== undefined && extras.names.length !== columnCount)
    throw new MalformedBytesError(`A table map has ${columnCount} columns and ${extras.names.length} names.`);
  if (extras.primaryKey.some((place) => place >= columnCount))
    throw new MalformedBytesError("A table map has a primary key of columns that it does not have.");
  return extras;
}

function readExtra(kind: number, part: BinlogBytes, extras: Extras): void {
  switch (kind) {
    case METADATA.signedness:
      extras.signedness = part.rest();
      return;
    case METADATA.defaultCharset:
      extras.defaultCharset = readDefaultCharset(part);
      return;
    case METADATA.columnCharset:
      extras.columnCharsets = packedAll(part);
      return;
    case METADATA.enumAndSetDefaultCharset:
      extras.enumDefaultCharset = readDefaultCharset(part);
      return;
    case METADATA.enumAndSetColumnCharset:
      extras.enumCharsets = packedAll(part);
      return;
    case METADATA.columnName:
      extras.names = all(part, () => part.text(part.packed()));
      return;
    case METADATA.setValues:
      extras.setValues = all(part, () => labels(part));
      return;
    case METADATA.enumValues:
      extras.enumValues = all(part, () => labels(part));
      return;
    case METADATA.geometryType:
      extras.geometryTypes = packedAll(part);
      return;
    case METADATA.simplePrimaryKey:
      extras.primaryKey = packedAll(part);
      return;
    case METADATA.primaryKeyWithPrefix:
      extras.primaryKey = all(part, () => {
        const place = part.packed();
        part.packed();
        return place;
      });
      return;
    default:
      // Visibility, and what later servers add.
      return;
  }
}

function all<T>(part: BinlogBytes, read: () => T): T[] {
  const found: T[] = [];
  while (part.left > 0) found.push(read());
  return found;
}

const packedAll = (part: BinlogBytes): number[] => all(part, () => part.packed());

function labels(part: BinlogBytes): Buffer[] {
  const found: Buffer[] = [];
  for (let count = part.packed(); count > 0; count--) found.push(Buffer.from(part.slice(part.packed())));
  return found;
}

function readDefaultCharset(part: BinlogBytes): { collation: number; others: Map<number, number> } {
  const collation = part.packed();
  const others = new Map<number, number>();
  while (part.left > 0) {
    const place = part.packed();
    others.set(place, part.packed());
  }
  return { collation, others };
}

/** Where the signs take as many bytes as one way of counting needs and not the other, that tells; else what is known of the server. */
function countsYears(layouts: readonly Layout[], signedness: Buffer | undefined, dialect: MapDialect): boolean {
  const years = layouts.filter(({ type }) => type === COLUMN_TYPE.year).length;
  const numbers = layouts.filter(({ type }) => isNumericType(type)).length;
  const [without, withYears] = [(numbers - years + 7) >> 3, (numbers + 7) >> 3];
  if (signedness === undefined || without === withYears) return dialect.countsYears;
  return signedness.length === withYears;
}

function columnsOf(layouts: readonly Layout[], nullable: Buffer, extras: Extras, dialect: MapDialect): MappedColumn[] {
  const { isMariaDb } = dialect;
  const hasSignedYears = countsYears(layouts, extras.signedness, dialect);
  const counts = { numeric: 0, character: 0, label: 0, enum: 0, set: 0, geometry: 0 };
  return layouts.map(({ type, length, scale }, place) => {
    const isLabelled = type === COLUMN_TYPE.enum || type === COLUMN_TYPE.set;
    const hasSign = isNumericType(type) && (type !== COLUMN_TYPE.year || hasSignedYears);
    const isUnsigned = hasSign && bitOf(extras.signedness, counts.numeric++);
    const collation = isCharacterType(type, isMariaDb)
      ? collationOf(extras.defaultCharset, extras.columnCharsets, counts.character++)
      : isLabelled
        ? collationOf(extras.enumDefaultCharset, extras.enumCharsets, counts.label++)
        : undefined;
    return {
      name: extras.names?.[place] ?? "",
      type,
      length,
      scale,
      isUnsigned,
      isNullable: ((nullable[place >> 3]! >> (place & 7)) & 1) === 1,
      collation,
      labels:
        type === COLUMN_TYPE.enum
          ? extras.enumValues[counts.enum++]
          : type === COLUMN_TYPE.set
            ? extras.setValues[counts.set++]
            : undefined,
      geometryType: type === COLUMN_TYPE.geometry ? extras.geometryTypes[counts.geometry++] : undefined,
    };
  });
}

/** The first column's bit is the highest of the first byte. */
const bitOf = (bits: Buffer | undefined, index: number): boolean => (((bits?.[index >> 3] ?? 0) >> (7 - (index & 7))) & 1) === 1;

function collationOf(common: Extras["defaultCharset"], each: readonly number[] | undefined, index: number): number | undefined {
  return each?.[index] ?? common?.others.get(index) ?? common?.collation;
}
