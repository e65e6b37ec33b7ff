import type { PluginCatalogue } from "./plugin-catalogue.ts";
import type { PluginKind } from "./plugin-entry.ts";
import type { ConnectorProperties } from "./read-config.ts";
import { namesIn } from "./listed-names.ts";

const CONVERTERS: readonly string[] = ["key.converter", "value.converter", "header.converter"];

/** The files whose code takes part in a connector: its class, a converter, a transform or a predicate. `worker`: its converters hold where the connector names none. */
export function pluginFilesOf(properties: ConnectorProperties, worker: ConnectorProperties, catalogue: PluginCatalogue): readonly string[] {
  const files = new Set<string>();
  const add = (kinds: readonly PluginKind[], name: string | undefined): void => {
    const file = name === undefined ? undefined : catalogue.has(kinds, name)?.file;
    if (file !== undefined) files.add(file);
  };
  add(["source", "sink"], properties["connector.class"]);
  for (const name of CONVERTERS) add(["converter"], properties[name] ?? worker[name]);
  for (const kind of ["transform", "predicate"] as const)
    for (const name of namesIn(properties[`${kind}s`])) add([kind], properties[`${kind}s.${name}.type`]);
  return [...files];
}
