import type { Clock, DoorRules, Logger } from "@ottla/base";
import type { ApplicationObserver } from "../../observe/application-observer.ts";
import type { ApplicationQueries } from "../application-queries.ts";
import type { QueryableStore } from "../queryable-stores.ts";
import { type KeyReader, keyFromText } from "./json-values.ts";
import type { OpenStreams } from "./open-streams.ts";

/** What an API stands on. */
export interface QueryApiOptions {
  readonly queries: ApplicationQueries;
  readonly observer: ApplicationObserver;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asked at each request: the port is known when it is open. */
  readonly door: () => DoorRules;
  readonly keys: Readonly<Record<string, KeyReader>>;
  readonly streams: OpenStreams;
}

/** How keys are read from URLs. */
export function keyReaderOf({ keys }: QueryApiOptions): (store: QueryableStore, text: string) => unknown {
  return (store, text) => keyFromText(store, text, Object.hasOwn(keys, store.name) ? keys[store.name] : undefined);
}
