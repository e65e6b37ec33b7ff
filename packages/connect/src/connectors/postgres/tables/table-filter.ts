import { ConnectError } from "../../../connect-error.ts";
import type { PostgresConfig } from "../postgres-config.ts";

/** Schemas that are never captured. */
const SYSTEM_SCHEMAS = new Set(["pg_catalog", "information_schema", "pg_toast"]);

/** Which tables and columns are captured, by Debezium's lists: regular expressions of whole names, upper and lower case alike. */
export interface TableFilter {
  hasTable(schema: string, table: string): boolean;
  /** Captured, or read for signals. */
  isPublished(schema: string, table: string): boolean;
  hasColumn(schema: string, table: string, column: string): boolean;
  /** The columns that `message.key.columns` names for a table; undefined: its own. */
  keyColumns(schema: string, table: string): readonly string[] | undefined;
}

/** @throws ConnectError CONNECT_CONFIG where an expression is none, or an include and an exclude list stand together. */
export function tableFilter(config: PostgresConfig): TableFilter {
  const schemas = listsOf(config, "schema");
  const tables = listsOf(config, "table");
  const columns = listsOf(config, "column");
  const keys = keyRules(config["message.key.columns"]);
  const hasTable = (schema: string, table: string): boolean =>
    !SYSTEM_SCHEMAS.has(schema) && schemas(schema) && tables(`${schema}.${table}`);
  return {
    hasTable,
    isPublished: (schema, table) => hasTable(schema, table) || config["signal.data.collection"] === `${schema}.${table}`,
    hasColumn: (schema, table, column) => columns(`${schema}.${table}.${column}`),
    keyColumns: (schema, table) => keys.find(({ names }) => names.test(`${schema}.${table}`))?.columns,
  };
}

function listsOf(config: PostgresConfig, what: "schema" | "table" | "column"): (name: string) => boolean {
  const included = config[`${what}.include.list`];
  const excluded = config[`${what}.exclude.list`];
  if (included.length > 0 && excluded.length > 0)
    throw new ConnectError("CONNECT_CONFIG", `${what}.include.list and ${what}.exclude.list cannot both be set; keep one of them.`);
  const [ins, outs] = [
    included.map((text) => wholeName(text, `${what}.include.list`)),
    excluded.map((text) => wholeName(text, `${what}.exclude.list`)),
  ];
  return (name) => (ins.length === 0 || ins.some((pattern) => pattern.test(name))) && !outs.some((pattern) => pattern.test(name));
}

/** Whole names, upper and lower case alike; `key` is the setting that it is of. @throws ConnectError CONNECT_CONFIG */
export function wholeName(text: string, key: string): RegExp {
  try {
    return new RegExp(`^(?:${text.trim()})$`, "i");
  } catch (error) {
    throw new ConnectError("CONNECT_CONFIG", `${key}: "${text}" is no regular expression.`, { cause: error });
  }
}

function keyRules(text: string): { readonly names: RegExp; readonly columns: readonly string[] }[] {
  return text
    .split(";")
    .filter((rule) => rule.trim() !== "")
    .map((rule) => {
      const colon = rule.lastIndexOf(":");
      const columns = rule
        .slice(colon + 1)
        .split(",")
        .map((name) => name.trim());
      if (colon <= 0 || columns.includes(""))
        throw new ConnectError("CONNECT_CONFIG", `message.key.columns: "${rule}" is not of the form schema.table:column,column.`);
      return { names: wholeName(rule.slice(0, colon), "message.key.columns"), columns };
    });
}
