import type { PluginEntry } from "../plugin/plugin-entry.ts";

/** The converters that come along. */
export const converterEntries: readonly PluginEntry<"converter">[] = [];
