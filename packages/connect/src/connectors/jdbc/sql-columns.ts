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
  const [postgres, sqlite] = types(schema, isKey);
  return dialect.name === "postgresql" ? postgres : sqlite;
}

function types(schema: ConnectSchema, isKey: boolean): readonly [postgres: string, sqlite: string] {
  switch (schema.name) {
    case DECIMAL:
      return ["DECIMAL", scaleOf(schema) === 0 ? "NUMERIC" : "TEXT"];
    case DATE:
      return ["DATE", "TEXT"];
    case TIME:
      return ["TIME", "TEXT"];
    case TIMESTAMP:
      return ["TIMESTAMP", "TEXT"];
    case undefined:
    default:
  }
  switch (schema.type) {
    case "int8":
    case "int16":
      return ["SMALLINT", "INTEGER"];
    case "int32":
      return ["INT", "INTEGER"];
    case "int64":
      return ["BIGINT", "INTEGER"];
    case "float":
      return ["REAL", "REAL"];
    case "double":
      return ["DOUBLE PRECISION", "REAL"];
    case "boolean":
      return ["BOOLEAN", "INTEGER"];
    case "string":
      return [isKey ? "VARCHAR(512)" : "TEXT", "TEXT"];
    case "bytes":
      return ["BYTEA", "BLOB"];
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
