import { printable } from "@ottla/base";
import type { ConfigEntry, ConfigSource } from "@ottla/client";
import { type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { grouped, printJson, reportFailures, shown } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { type TextStyle, textStyle } from "../../text-style.ts";
import { configFailure, configTarget } from "./config-target.ts";

/** Where a value comes from, in words that say where to change it. */
const SOURCES: Readonly<Record<ConfigSource, string>> = {
  unknown: "unknown",
  dynamicTopic: "the topic",
  dynamicBroker: "the broker, at run time",
  dynamicDefaultBroker: "all brokers, at run time",
  staticBroker: "the broker's start-up",
  default: "default",
  dynamicBrokerLogger: "the broker's logger",
  dynamicClientMetrics: "client metrics",
  dynamicGroup: "the group",
};

export const describeConfigs: RunCommand = (context) => {
  const { options, positionals, stdout, env } = context;
  const { resource, rest } = configTarget(positionals);
  if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one argument too many; name single settings with --name.`);
  return withClient(context, async (client) => {
    const names = options.texts("name");
    const includeDocumentation = options.has("documentation");
    const keys = names.length > 0 ? { keys: names } : {};
    const [outcome] = await client.admin().describeConfigs([resource], { includeSynonyms: true, includeDocumentation, ...keys });
    if (outcome === undefined || outcome.error) {
      const error = outcome?.error ?? { code: "UNKNOWN_SERVER_ERROR", message: "The broker gave no answer." };
      return reportFailures(context, [configFailure(resource, error)]);
    }
    const all = outcome.value.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const isAll = options.has("all") || names.length > 0;
    const shown = isAll ? all : all.filter(({ isDefault, source }) => !isDefault && source !== "default");
    if (options.has("json")) printJson(context, { ...resource, configs: shown });
    else stdout.write(page(shown, all.length, includeDocumentation, textStyle(stdout, env)));
    return reportMissing(context, names, all);
  });
};

function reportMissing(context: Parameters<RunCommand>[0], names: readonly string[], entries: readonly ConfigEntry[]): 0 | 1 {
  const known = new Set(entries.map(({ name }) => name));
  const missing = names.filter((name) => !known.has(name));
  return reportFailures(
    context,
    missing.map((name) => ({ name, error: "UNKNOWN_SETTING", message: "There is no such setting here; leave out --name to see all." })),
  );
}

function page(entries: readonly ConfigEntry[], total: number, withDocumentation: boolean, style: TextStyle): string {
  const others = total - entries.length;
  const rest = others > 0 ? `${entries.length > 0 ? "\n" : ""}${grouped(others)} settings have their default; --all shows them.\n` : "";
  if (entries.length === 0) return rest || "There are no settings.\n";
  const valueOf = ({ value, sensitive }: ConfigEntry): string => (sensitive ? "(hidden)" : (value ?? "null"));
  if (withDocumentation) {
    const blocks = entries.map(
      (entry) =>
        `${style.bold(shown`${entry.name}=${valueOf(entry)}`)}  ${style.dim(SOURCES[entry.source])}\n  ${printable(entry.documentation || "No documentation.")}\n`,
    );
    return blocks.join("\n") + rest;
  }
  const columns = [{ title: "setting" }, { title: "value" }, { title: "set by" }];
  const rows = entries.map((entry) => [entry.name, valueOf(entry), `${SOURCES[entry.source]}${entry.readOnly ? " (read only)" : ""}`]);
  return renderTable(columns, rows, style) + rest;
}
