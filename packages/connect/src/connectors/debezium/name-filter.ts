import { ConnectError } from "../../connect-error.ts";

/** Which tables and columns are captured, by Debezium's lists: regular expressions of whole names, upper and lower case alike. */
export interface NameFilter {
  /** `space` is what a table is in: a schema, or a database. */
  hasTable(space: string, table: string): boolean;
  hasColumn(space: string, table: string, column: string): boolean;
  /** The columns that `message.key.columns` names for a table; undefined: its own. */
  keyColumns(space: string, table: string): readonly string[] | undefined;
}

/** An include and an exclude list, and the first part of their settings' names (`table`). */
export interface NameLists {
  readonly what: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** @throws ConnectError CONNECT_CONFIG where an expression is none, or an include and an exclude list stand together. */
export function nameFilter(given: {
  readonly spaces: NameLists;
  readonly tables: NameLists;
  readonly columns: NameLists;
  readonly keys: string;
}): NameFilter {
  const [spaces, tables, columns] = [listsOf(given.spaces), listsOf(given.tables), listsOf(given.columns)];
  const keys = keyRules(given.keys);
  return {
    hasTable: (space, table) => spaces(space) && tables(`${space}.${table}`),
    hasColumn: (space, table, column) => columns(`${space}.${table}.${column}`),
    keyColumns: (space, table) => keys.find(({ names }) => names.test(`${space}.${table}`))?.columns,
  };
}

function listsOf({ what, include, exclude }: NameLists): (name: string) => boolean {
  if (include.length > 0 && exclude.length > 0)
    throw new ConnectError("CONNECT_CONFIG", `${what}.include.list and ${what}.exclude.list cannot both be set; keep one of them.`);
  const ins = include.map((text) => wholeName(text, `${what}.include.list`));
  const outs = exclude.map((text) => wholeName(text, `${what}.exclude.list`));
  return (name) => (ins.length === 0 || ins.some((pattern) => pattern.test(name))) && !outs.some((pattern) => pattern.test(name));
}

function wholeName(text: string, key: string): RegExp {
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
        throw new ConnectError("CONNECT_CONFIG", `message.key.columns: "${rule}" is not of the form table:column,column.`);
      return { names: wholeName(rule.slice(0, colon), "message.key.columns"), columns };
    });
}
