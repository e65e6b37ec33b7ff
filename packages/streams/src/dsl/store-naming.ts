import type { NodeNames } from "../graph/node-names.ts";
import { checkKnownOptions } from "../known-options.ts";
import { checkName } from "../topology/names.ts";
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
  checkKnownOptions({ store });
  const options = typeof store === "string" ? { name: store } : (store ?? {});
  if (options.name !== undefined) checkName(options.name);
  return options;
}

/** The user's name, or one with a number after `prefix`. */
export function namedStore(names: NodeNames, store: string | StoreOptions | undefined, prefix: string): NamedStore {
  const options = storeOptions(store);
  return options.name === undefined
    ? { name: names.store(prefix), isQueryable: false, options }
    : { name: options.name, isQueryable: true, options };
}
