import type { PluginCatalogue } from "./plugin-catalogue.ts";
import type { PluginKind } from "./plugin-entry.ts";
import type { ConnectorProperties } from "./read-config.ts";
import { namesIn } from "./validate-config.ts";

const CONVERTERS: readonly string[] = ["key.converter", "value.converter", "header.converter"];

/** Whether code of the user's own takes part in a connector: its class, a converter, a transform or a predicate. `worker`: its converters hold where the connector names none. */
export function usesPluginFiles(properties: ConnectorProperties, worker: ConnectorProperties, catalogue: PluginCatalogue): boolean {
  const isFile = (kinds: readonly PluginKind[], name: string | undefined): boolean =>
    name !== undefined && catalogue.has(kinds, name)?.file !== undefined;
  if (isFile(["source", "sink"], properties["connector.class"])) return true;
  if (CONVERTERS.some((name) => isFile(["converter"], properties[name] ?? worker[name]))) return true;
  return (["transform", "predicate"] as const).some((kind) =>
    namesIn(properties[`${kind}s`]).some((name) => isFile([kind], properties[`${kind}s.${name}.type`])),
  );
}
