import type { ClientOptions } from "@ottla/client";
import type { ErrorHandlers } from "../../runtime/failures.ts";
import type { SpanSource } from "../../runtime/task-spans.ts";
import { StreamsError } from "../../streams-error.ts";
import type { Topology } from "../../topology/topology.ts";
import { checkErrorHandlers, type ResolvedOptions, spansOf } from "../options/resolve-options.ts";
import { reasonOf } from "../../thrown.ts";

/** Where a topology is built: a module that each worker's thread loads, since functions cannot go from one thread to another. */
export interface TopologyPlace {
  /** Of a JavaScript or TypeScript file, as `new URL("./topology.ts", import.meta.url)`. */
  readonly module: URL;
  /** Given to the function that builds it; what can be cloned between threads. */
  readonly data?: unknown;
}

/**
 * What such a module exports: as `default` or `topology` a topology or a function that builds one, the same each time it is asked; as `onError`, `client` and `spans`, if it wishes, the handlers, the
 * client's options that are functions, and what makes spans in the thread, which go before those that the application was given.
 */
export interface TopologyModule {
  readonly default?: Topology | ((data: unknown) => Topology | Promise<Topology>);
  readonly topology?: Topology | ((data: unknown) => Topology | Promise<Topology>);
  readonly onError?: ErrorHandlers;
  readonly client?: Partial<ClientOptions>;
  readonly spans?: SpanSource;
}

/** A topology with the options that came with it. */
export interface LoadedTopology {
  readonly topology: Topology;
  readonly options: ResolvedOptions;
}

export function isTopology(value: unknown): value is Topology {
  return typeof value === "object" && value !== null && "builder" in value && typeof value.builder === "object";
}

/** Throws `STREAMS_BAD_ARGUMENT` for what is no place of a module. */
export function placeOf(given: unknown): TopologyPlace {
  if (given instanceof URL) return { module: given };
  if (typeof given === "object" && given !== null && "module" in given && given.module instanceof URL) return given as TopologyPlace;
  throw new StreamsError(
    "STREAMS_BAD_ARGUMENT",
    "An application runs what StreamsBuilder's build() gives, a Topology, or the URL of a module that builds one.",
  );
}

/** Loads a topology's module in this thread. Rejects with `STREAMS_TOPOLOGY_MODULE`, which says what is wrong with it. */
export async function loadTopology({ module: url, data }: TopologyPlace, options: ResolvedOptions): Promise<LoadedTopology> {
  let loaded: TopologyModule;
  try {
    loaded = (await import(url.href)) as TopologyModule;
  } catch (cause) {
    throw moduleError(url, `cannot be loaded: ${reasonOf(cause)}`, cause);
  }
  const given = loaded.topology ?? loaded.default;
  let topology: unknown = given;
  if (typeof given === "function") {
    try {
      topology = await given(data);
    } catch (cause) {
      throw moduleError(url, `failed to build its topology: ${reasonOf(cause)}`, cause);
    }
  }
  if (!isTopology(topology)) {
    throw moduleError(
      url,
      "exports no topology: its default export, or the one called topology, is to be one or a function that builds it",
    );
  }
  const onError = { ...options.onError, ...loaded.onError };
  checkErrorHandlers(onError);
  const spans = spansOf(loaded.spans) ?? options.spans;
  return { topology, options: { ...options, onError, spans, client: { ...options.client, ...loaded.client } } };
}

function moduleError(url: URL, what: string, cause?: unknown): StreamsError {
  return new StreamsError("STREAMS_TOPOLOGY_MODULE", `Module ${url.href} ${what}.`, { cause });
}
