/** Types of columns as the binlog numbers them. */
export const COLUMN_TYPE = {
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  timestamp: 7,
  longLong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  newDate: 14,
  varchar: 15,
  bit: 16,
  timestamp2: 17,
  datetime2: 18,
  time2: 19,
  blobCompressed: 140,
  varcharCompressed: 141,
  vector: 242,
  json: 245,
  newDecimal: 246,
  enum: 247,
  set: 248,
  tinyBlob: 249,
  mediumBlob: 250,
  longBlob: 251,
  blob: 252,
  varString: 253,
  string: 254,
  geometry: 255,
} as const;

const NUMERIC = new Set<number>([
  COLUMN_TYPE.tiny,
  COLUMN_TYPE.short,
  COLUMN_TYPE.int24,
  COLUMN_TYPE.long,
  COLUMN_TYPE.longLong,
  COLUMN_TYPE.newDecimal,
  COLUMN_TYPE.float,
  COLUMN_TYPE.double,
  COLUMN_TYPE.year,
]);
const CHARACTER = new Set<number>([
  COLUMN_TYPE.string,
  COLUMN_TYPE.varString,
  COLUMN_TYPE.varchar,
  COLUMN_TYPE.blob,
  COLUMN_TYPE.varcharCompressed,
  COLUMN_TYPE.blobCompressed,
]);

/** Whether a table map says of a type whether it is unsigned. */
export const isNumericType = (type: number): boolean => NUMERIC.has(type);
/** Whether a table map says a collation of a type. MariaDB's say one of geometries too. */
export const isCharacterType = (type: number, isMariaDb: boolean): boolean =>
  CHARACTER.has(type) || (isMariaDb && type === COLUMN_TYPE.geometry);
