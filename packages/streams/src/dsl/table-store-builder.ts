import type { StoreBuilder } from "../stores/store-builder.ts";
import { stores } from "../stores/stores.ts";
import type { AnySerde } from "../serdes/serde.ts";
import type { NamedStore } from "./store-naming.ts";
import { needSerdes } from "./need-serdes.ts";

/** The store of a table or of an aggregate without windows. */
export function tableStoreBuilder(
  { name, options }: NamedStore,
  serdes: { readonly key: AnySerde | undefined; readonly value: AnySerde | undefined },
): StoreBuilder {
  const { key, value } = serdes;
  needSerdes(key !== undefined && value !== undefined, `Store ${name}`);
  const { historyRetentionMs, logging, changelogConfig, caching = true, persistent = "asTopology" } = options;
  if (historyRetentionMs === undefined)
    return stores.timestampedKeyValue({ name, key, value, logging, changelogConfig, caching, persistent });
  return stores.versioned({ name, key, value, historyRetentionMs, logging, changelogConfig, persistent });
}
