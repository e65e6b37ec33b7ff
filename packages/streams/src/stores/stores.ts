import type { Serde } from "../serdes/serde.ts";
import { InMemoryKeyValue } from "./key-value/in-memory-key-value.ts";
import type { KeyValueBytes } from "./key-value/key-value-bytes.ts";
import { LoggedKeyValue } from "./key-value/logged-key-value.ts";
import { PlainKeyValue, TimestampedKeyValue } from "./key-value/typed-key-value.ts";
import type { KeyValueStore, TimestampedKeyValueStore } from "./store.ts";
import type { ChangelogConfig, StoreBuilder, StoreContext } from "./store-builder.ts";

/** What all kinds of stores are made of. */
export interface StoreSettings<K, V> {
  /** Its name in the topology; the changelog is called after it. */
  readonly name: string;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** Default true: changes go to a changelog topic, from which a lost store is made again. */
  readonly logging?: boolean | undefined;
  readonly changelogConfig?: ChangelogConfig | undefined;
  /** Default false. */
  readonly caching?: boolean | undefined;
}

/** A store of values by key. */
function keyValue<K, V>(settings: StoreSettings<K, V>): StoreBuilder<KeyValueStore<K, V>> {
  const { name, key, value } = settings;
  return {
    ...common(settings),
    kind: "keyValue",
    build: (context) => new PlainKeyValue(name, key, value, logged(new InMemoryKeyValue(), settings, context), context),
  };
}

/** A store of values and their times by key: what tables keep. */
function timestampedKeyValue<K, V>(settings: StoreSettings<K, V>): StoreBuilder<TimestampedKeyValueStore<K, V>> {
  const { name, key, value } = settings;
  return {
    ...common(settings),
    kind: "keyValue",
    build: (context) => new TimestampedKeyValue(name, key, value, logged(new InMemoryKeyValue(), settings, context), context),
  };
}

/** Makes stores. */
export const stores = { keyValue, timestampedKeyValue } as const;

function common({
  name,
  logging = true,
  changelogConfig = {},
  caching = false,
}: Omit<StoreSettings<never, never>, "key" | "value">): Pick<StoreBuilder, "name" | "logging" | "changelogConfig" | "caching"> {
  return { name, logging, changelogConfig, caching };
}

function logged(
  bytes: KeyValueBytes,
  { logging = true }: { readonly logging?: boolean | undefined },
  { changelog }: StoreContext,
): KeyValueBytes {
  return logging && changelog !== undefined ? new LoggedKeyValue(bytes, changelog) : bytes;
}
