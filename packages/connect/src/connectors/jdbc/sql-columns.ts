import { described } from "../../data/check-value.ts";
import { DataError } from "../../data/data-error.ts";
import { type Decimal, decimalText } from "../../data/decimal.ts";
import { DATE, DECIMAL, TIME, TIMESTAMP } from "../../data/logical-names.ts";
import { checkScale, daysOf, dayMsOf, scaleOf } from "../../data/logical-types.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { checkValue } from "../../data/check-value.ts";
import type { SqlDialect, SqlValue } from "./sql-session.ts";

/**
 * The type of a column for a schema.
 * @throws ConnectError CONNECT_DATA for arrays, maps and structs
 */
export function columnType(schema: ConnectSchema, dialect: SqlDialect, isKey: boolean): string {
  const [postgres, sqlite, mariadb] = types(schema, isKey);
  return { postgresql: postgres, sqlite, mariadb }[dialect.name];
}

/** Keys that differ in upper and lower case or in spaces at the end are other keys, which the default collation would make one. */
const MARIADB_KEY_TEXT = "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin";
const MARIADB_TEXT = "LONGTEXT CHARACTER SET utf8mb4";
const MARIADB_DIGITS_MAX = 65;
const MARIADB_SCALE_MAX = 38;

/** As many digits as the database has, or as the schema says: without, it would be ten, none of them behind the point. */
function mariadbDecimal(schema: ConnectSchema): string {
  const scale = scaleOf(schema);
  if (scale > MARIADB_SCALE_MAX)
    throw new DataError(
      `MariaDB has ${MARIADB_SCALE_MAX} digits behind the point of a DECIMAL, and ${described(schema)} has ${scale}; make the column by hand`,
    );
  const precision = Number(schema.parameters?.["connect.decimal.precision"]);
  const digits =
    Number.isInteger(precision) && precision >= Math.max(1, scale) && precision <= MARIADB_DIGITS_MAX ? precision : MARIADB_DIGITS_MAX;
  return `DECIMAL(${digits},${Math.max(0, scale)})`;
}

function types(schema: ConnectSchema, isKey: boolean): readonly [postgres: string, sqlite: string, mariadb: string] {
  switch (schema.name) {
    case DECIMAL:
      return ["DECIMAL", scaleOf(schema) === 0 ? "NUMERIC" : "TEXT", mariadbDecimal(schema)];
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
      return [isKey ? "VARCHAR(512)" : "TEXT", "TEXT", isKey ? MARIADB_KEY_TEXT : MARIADB_TEXT];
    case "bytes":
      return ["BYTEA", "BLOB", isKey ? "VARBINARY(255)" : "LONGBLOB"];
    case "array":
    case "map":
    case "struct":
      throw new DataError(
        `${described(schema)} is no column; Flatten makes columns of a struct's fields, fields.whitelist leaves fields out`,
      );
  }
}

/**
 * A value for its column. Times are texts in UTC, decimals texts with all of their digits.
 * @throws ConnectError CONNECT_DATA
 */
export function columnValue(schema: ConnectSchema, given: unknown): SqlValue {
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
      return (value as Date).toISOString().slice(0, -1).replace("T", " ");
    case undefined:
    default:
      columnTypeIsPlain(schema);
      return value as SqlValue;
  }
}

function columnTypeIsPlain(schema: ConnectSchema): void {
  if (schema.type === "array" || schema.type === "map" || schema.type === "struct") types(schema, false);
}
