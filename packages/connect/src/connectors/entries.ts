import type { PluginEntry } from "../plugin/plugin-entry.ts";

/** The connectors that come along. */
export const connectorEntries: readonly PluginEntry<"source" | "sink">[] = [];
