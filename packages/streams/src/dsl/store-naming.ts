import type { NodeNames } from "../graph/node-names.ts";
import { StreamsError } from "../streams-error.ts";
import type { StoreOptions } from "./options.ts";

/** The store of a table or an aggregate, once it is named. */
export interface NamedStore {
  readonly name: string;
  /** The user named it, so it can be queried. */
  readonly isQueryable: boolean;
  readonly options: StoreOptions;
}

/** The options of a store that was given by its name or whole. */
export function storeOptions(store: string | StoreOptions | undefined): StoreOptions {
  if (typeof store === "string") return { name: store };
  if (typeof store === "object" && store !== null) return store;
  if (store === undefined || store === null) return {};
  throw new StreamsError("STREAMS_BAD_ARGUMENT", `A store is given by its name or by options, and not by a ${typeof store}.`);
}

/** The user's name, or one with a number after `prefix`. */
export function namedStore(names: NodeNames, store: string | StoreOptions | undefined, prefix: string): NamedStore {
  const options = storeOptions(store);
  return options.name === undefined
    ? { name: names.store(prefix), isQueryable: false, options }
    : { name: options.name, isQueryable: true, options };
}
