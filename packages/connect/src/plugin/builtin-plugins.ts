import { connectorEntries } from "../connectors/entries.ts";
import { converterEntries } from "../converters/entries.ts";
import { transformEntries } from "../transforms/entries.ts";
import type { PluginEntry } from "./plugin-entry.ts";

/** All plugins that come along. */
export const builtinPlugins: readonly PluginEntry[] = [...connectorEntries, ...transformEntries, ...converterEntries];
