import { described } from "../../data/check-value.ts";
import { DataError } from "../../data/data-error.ts";
import { type Decimal, decimalText } from "../../data/decimal.ts";
import { DATE, DECIMAL, TIME, TIMESTAMP } from "../../data/logical-names.ts";
import { checkScale, daysOf, dayMsOf, scaleOf } from "../../data/logical-types.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { checkValue } from "../../data/check-value.ts";
import type { ColumnRules } from "./column-rules.ts";
import { MARIADB_COLUMNS, type MariadbColumns, type SqlDialect, type SqlValue } from "./sql-session.ts";

/**
 * The type of a column for a schema.
 * @throws ConnectError CONNECT_DATA for maps and structs, arrays of arrays, and arrays outside of PostgreSQL
 */
export function columnType(schema: ConnectSchema, dialect: SqlDialect, isKey: boolean): string {
  const [postgres, sqlite, mariadb] = types(schema, isKey, dialect.mariadb);
  const type = { postgresql: postgres, sqlite, mariadb }[dialect.name];
  if (type === NO_ARRAYS) throw noArrays(schema);
  return typeof type === "string" ? type : type();
}

/** In place of a type. */
const NO_ARRAYS = "";

function noArrays(schema: ConnectSchema): DataError {
  return new DataError(
    `${described(schema)} is no column outside of PostgreSQL; fields.whitelist leaves the field out, and a transform may make a text of it`,
  );
}

/** What an array has: one kind of values that are columns themselves. */
function elementOf(schema: ConnectSchema): ConnectSchema {
  const element = schema.valueSchema;
  if (element === undefined || element.type === "array")
    throw new DataError(`${described(schema)} is no column: arrays of arrays have one length each here, which PostgreSQL's have not`);
  return element;
}

/** Keys that differ in upper and lower case or in spaces at the end are other keys, which the default collation would make one. */
const mariadbKeyText = ({ keyCollation }: MariadbColumns): string => `VARCHAR(255) CHARACTER SET utf8mb4 COLLATE ${keyCollation}`;
const MARIADB_TEXT = "LONGTEXT CHARACTER SET utf8mb4";
const MARIADB_DIGITS_MAX = 65;

/** As many digits as the database has, or as the schema says: without, it would be ten, none of them behind the point. */
function mariadbDecimal(schema: ConnectSchema, { server, decimalScaleMax }: MariadbColumns): string {
  const scale = scaleOf(schema);
  if (scale > decimalScaleMax)
    throw new DataError(
      `${server} has ${decimalScaleMax} digits behind the point of a DECIMAL, and ${described(schema)} has ${scale}; make the column by hand`,
    );
  const precision = Number(schema.parameters?.["connect.decimal.precision"]);
  const digits =
    Number.isInteger(precision) && precision >= Math.max(1, scale) && precision <= MARIADB_DIGITS_MAX ? precision : MARIADB_DIGITS_MAX;
  return `DECIMAL(${digits},${Math.max(0, scale)})`;
}

function types(
  schema: ConnectSchema,
  isKey: boolean,
  mariadb: MariadbColumns = MARIADB_COLUMNS,
): readonly [postgres: string, sqlite: string, mariadb: string | (() => string)] {
  switch (schema.name) {
    case DECIMAL:
      return ["DECIMAL", scaleOf(schema) === 0 ? "NUMERIC" : "TEXT", () => mariadbDecimal(schema, mariadb)];
    case DATE:
      return ["DATE", "TEXT", "DATE"];
    case TIME:
      return ["TIME", "TEXT", "TIME(3)"];
    case TIMESTAMP:
      return ["TIMESTAMP", "TEXT", "DATETIME(3)"];
    case undefined:
    default:
  }
  switch (schema.type) {
    case "int8":
    case "int16":
      return ["SMALLINT", "INTEGER", "SMALLINT"];
    case "int32":
      return ["INT", "INTEGER", "INT"];
    case "int64":
      return ["BIGINT", "INTEGER", "BIGINT"];
    case "float":
      return ["REAL", "REAL", "FLOAT"];
    case "double":
      return ["DOUBLE PRECISION", "REAL", "DOUBLE"];
    case "boolean":
      return ["BOOLEAN", "INTEGER", "BOOLEAN"];
    case "string":
      return [isKey ? "VARCHAR(512)" : "TEXT", "TEXT", isKey ? mariadbKeyText(mariadb) : MARIADB_TEXT];
    case "bytes":
      return ["BYTEA", "BLOB", isKey ? "VARBINARY(255)" : "LONGBLOB"];
    case "array": {
      const [element] = types(elementOf(schema), isKey);
      return [`${element}[]`, NO_ARRAYS, NO_ARRAYS];
    }
    case "map":
    case "struct":
      throw new DataError(
        `${described(schema)} is no column; Flatten makes columns of a struct's fields, fields.whitelist leaves fields out`,
      );
  }
}

/**
 * A value for its column. Times are texts by the clock of `db.timezone`, decimals texts with all of their digits, arrays texts as PostgreSQL reads them.
 * @throws ConnectError CONNECT_DATA
 */
export function columnValue(schema: ConnectSchema, given: unknown, rules: ColumnRules): SqlValue {
  const value = given ?? schema.defaultValue ?? null;
  checkValue(schema, value);
  if (value === null) return null;
  switch (schema.name) {
    case DECIMAL:
      return decimalText(checkScale(schema, value as Decimal));
    case DATE:
      daysOf(value as Date);
      return (value as Date).toISOString().slice(0, -14);
    case TIME:
      dayMsOf(value as Date);
      return (value as Date).toISOString().slice(-13, -1);
    case TIMESTAMP:
      return timestampText(value as Date, rules);
    case undefined:
    default:
      if (schema.type === "array") return arrayText(schema, value as readonly unknown[], rules);
      if (schema.type === "map" || schema.type === "struct") types(schema, false);
      return value as SqlValue;
  }
}

function timestampText(value: Date, { zone, writesOffset }: ColumnRules): string {
  const ms = value.getTime();
  const offsetMs = Number(zone.toWall(BigInt(ms) * 1000n) / 1000n) - ms;
  const text = new Date(ms + offsetMs).toISOString().slice(0, -1).replace("T", " ");
  return writesOffset ? `${text}${offsetText(offsetMs)}` : text;
}

/** `+02:00`, and of the clocks of long ago `+00:53:28`. */
function offsetText(offsetMs: number): string {
  const text = new Date(Math.abs(offsetMs)).toISOString().slice(11, 19).replace(/:00$/, "");
  return `${offsetMs < 0 ? "-" : "+"}${text}`;
}

function arrayText(schema: ConnectSchema, values: readonly unknown[], rules: ColumnRules): string {
  if (!rules.hasArrays) throw noArrays(schema);
  const element = elementOf(schema);
  const texts = values.map((each, at) => {
    try {
      const value = columnValue(element, each, rules);
      if (value === null) return "NULL";
      const text = value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : String(value);
      return `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
    } catch (error) {
      throw DataError.within(String(at), error);
    }
  });
  return `{${texts.join(",")}}`;
}
