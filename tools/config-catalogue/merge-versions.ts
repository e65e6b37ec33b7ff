/** A row as ConfigCatalogue.java prints it: name, type, default ("<none>" where the key must be given), validator, importance, internal. */
type SettingRow = readonly [string, string, string | null, string | null, string, boolean];

/** The tables of one version. */
export interface VersionTables {
  readonly version: string;
  readonly scopes: Readonly<Record<string, readonly SettingRow[]>>;
}

/** A setting through the versions: `name → [type, importance, validator, defaults, since, until]`; defaults are `[version from which on, text]`. */
export type MergedSetting = readonly [
  string,
  string,
  string | null,
  readonly (readonly [string, string | null])[],
  string | undefined,
  string | undefined,
];

/** Settings by scope and name. Versions come oldest first. Internal settings are left out. */
export function mergeVersions(tables: readonly VersionTables[]): Readonly<Record<string, Readonly<Record<string, MergedSetting>>>> {
  const scopes = [...new Set(tables.flatMap(({ scopes: each }) => Object.keys(each)))];
  return Object.fromEntries(
    scopes.map((scope) => [
      scope,
      mergeScope(
        tables.filter(({ scopes: each }) => each[scope]),
        scope,
      ),
    ]),
  );
}

function mergeScope(tables: readonly VersionTables[], scope: string): Readonly<Record<string, MergedSetting>> {
  const names = [...new Set(tables.flatMap(({ scopes }) => scopes[scope]!.map(([name]) => name)))].sort();
  const merged: Record<string, MergedSetting> = {};
  for (const name of names) {
    const rows = tables.flatMap(({ version, scopes }) => scopes[scope]!.filter((row) => row[0] === name).map((row) => ({ version, row })));
    const { row } = rows.at(-1)!;
    if (row[5]) continue;
    const defaults: (readonly [string, string | null])[] = [];
    for (const { version, row: each } of rows)
      if (defaults.length === 0 || defaults.at(-1)![1] !== each[2]) defaults.push([version, each[2]]);
    const since = rows[0]!.version === tables[0]!.version ? undefined : rows[0]!.version;
    const last = tables.findIndex(({ version }) => version === rows.at(-1)!.version);
    merged[name] = [row[1], row[4], row[3], defaults, since, tables[last + 1]?.version];
  }
  return merged;
}

/** The generated file: a setting a line. */
export function catalogueText(scopes: ReturnType<typeof mergeVersions>, versions: readonly string[]): string {
  const lines = Object.entries(scopes).map(
    ([scope, settings]) =>
      `  ${scope}: {\n${Object.entries(settings)
        .map(
          ([name, setting]) => `    ${JSON.stringify(name)}: [${setting.map((cell) => JSON.stringify(cell) ?? "undefined").join(", ")}],`,
        )
        .join("\n")}\n  },`,
  );
  return `// Written by tools/config-catalogue from Apache Kafka ${versions.join(", ")}: facts only. Do not edit.
import type { SettingFacts } from "../setting-facts.ts";

/** Settings by scope and name. */
export const kafkaSettings: Readonly<Record<string, Readonly<Record<string, SettingFacts>>>> = {
${lines.join("\n")}
};
`;
}

/** The generated file that says which versions there are, without the settings, which are large. */
export function versionsText(versions: readonly string[]): string {
  return `// Written by tools/config-catalogue from Apache Kafka ${versions.join(", ")}: facts only. Do not edit.

/** The versions of Kafka that the catalogue knows, oldest first. */
export const KAFKA_VERSIONS = ${JSON.stringify(versions.map((version) => version.split(".").slice(0, 2).join("."))).replaceAll(",", ", ")} as const;
`;
}
