import type { PluginEntry } from "../plugin/plugin-entry.ts";

/** The transforms and predicates that come along. */
export const transformEntries: readonly PluginEntry<"transform" | "predicate">[] = [];
