import { ConnectError } from "../../../connect-error.ts";
import type { JdbcSourceSettings } from "./jdbc-source-config.ts";
import type { RowSource, SourceDatabase, SourceTable } from "./source-database.ts";

/** What the settings let be read: tables, or the query. */
export async function chosenSources(settings: JdbcSourceSettings, database: SourceDatabase): Promise<readonly RowSource[]> {
  const { query } = settings;
  if (query.trim() !== "") return [{ kind: "query", sql: `(${query.trim().replace(/;$/, "")}\n) AS ottla_rows`, name: "the query" }];
  const isChosen = tableChoice(settings);
  const types = settings["table.types"].map((type) => type.toUpperCase());
  const tables = await database.tables(types, settings["schema.pattern"], settings["catalog.pattern"]);
  return tables.filter(isChosen).map((table) => {
    const sql = `${database.quoted(table.schema)}.${database.quoted(table.name)}`;
    return { kind: "table", table, sql, name: `${table.schema}.${table.name}` };
  });
}

/**
 * Names, and expressions of whole names.
 * @throws ConnectError CONNECT_CONFIG for settings that contradict each other, and for expressions that are none
 */
export function tableChoice(settings: JdbcSourceSettings): (table: SourceTable) => boolean {
  const lists = ["table.whitelist", "table.blacklist", "table.include.list", "table.exclude.list"] as const;
  const set = lists.filter((name) => settings[name].length > 0);
  if (settings.query.trim() !== "" && set.length > 0)
    throw new ConnectError("CONNECT_CONFIG", `query and ${set.join(", ")} cannot both be set; a query names its tables itself.`);
  if (set.includes("table.whitelist") && set.includes("table.include.list"))
    throw new ConnectError("CONNECT_CONFIG", "table.whitelist and table.include.list cannot both be set; keep one of them.");
  const [names, notNames] = [named(settings["table.whitelist"]), named(settings["table.blacklist"])];
  const [ins, outs] = [
    matching(settings["table.include.list"], "table.include.list"),
    matching(settings["table.exclude.list"], "table.exclude.list"),
  ];
  return (table) => {
    const all = [`${table.schema}.${table.name}`, table.name];
    const isIn = (test: ((name: string) => boolean) | undefined, otherwise: boolean): boolean =>
      test === undefined ? otherwise : all.some(test);
    return isIn(names, true) && isIn(ins, true) && !isIn(notNames, false) && !isIn(outs, false);
  };
}

/** Quotes around parts of a name are left out. */
function named(list: readonly string[]): ((name: string) => boolean) | undefined {
  if (list.length === 0) return undefined;
  const names = new Set(list.map((name) => name.replaceAll(/["`]/g, "").trim()));
  return (name) => names.has(name);
}

function matching(list: readonly string[], key: string): ((name: string) => boolean) | undefined {
  if (list.length === 0) return undefined;
  const patterns = list.map((text) => {
    try {
      return new RegExp(`^(?:${text.trim()})$`, "i");
    } catch (error) {
      throw new ConnectError("CONNECT_CONFIG", `${key}: "${text}" is no regular expression.`, { cause: error });
    }
  });
  return (name) => patterns.some((pattern) => pattern.test(name));
}

/** Where rows go. */
export function topicOf(settings: JdbcSourceSettings, from: RowSource): string {
  return from.kind === "query" ? settings["topic.prefix"] : settings["topic.prefix"] + from.table.name;
}
