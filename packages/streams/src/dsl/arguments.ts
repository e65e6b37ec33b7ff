import type { Graph } from "../graph/graph.ts";
import { GraphNode } from "../graph/graph-node.ts";
import { StreamsError } from "../streams-error.ts";
import { checkName } from "../topology/names.ts";
import type { AnySerde } from "../serdes/serde.ts";
import { checkKnownOptions } from "../known-options.ts";
import type { Named } from "./options.ts";

/** Refuses what is no function where one is needed, and `async` ones, for whose promises nothing would wait (`STREAMS_BAD_ARGUMENT`). */
export function checkFunction(verb: string, what: string, value: unknown): void {
  if (typeof value !== "function")
    throw new StreamsError("STREAMS_BAD_ARGUMENT", `${verb} needs a function as ${what}, and was given ${typeof value}.`);
  if (isAsync(value)) {
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `${verb} was given an async function as ${what}, and waits for no promise: call what takes time in mapAsync or enrichAsync.`,
    );
  }
}

/** Refuses what is no function where one that promises its result is needed (`STREAMS_BAD_ARGUMENT`). */
export function checkCall(verb: string, value: unknown): void {
  if (typeof value !== "function")
    throw new StreamsError("STREAMS_BAD_ARGUMENT", `${verb} needs a function as call, and was given ${typeof value}.`);
}

/** Refuses what are no options where some are needed (`STREAMS_BAD_ARGUMENT`). */
export function checkOptions(verb: string, needed: string, options: unknown): void {
  if (typeof options !== "object" || options === null)
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `${verb} needs options with ${needed}, and was given ${options === null ? "null" : typeof options}.`,
    );
}

/** What another stream, table or group knows of itself. Refuses what is none (`STREAMS_BAD_ARGUMENT`) and those of another builder (`STREAMS_TOPOLOGY`). */
export function stateOf<S extends { readonly node: GraphNode }>(verb: string, graph: Graph, other: { readonly state: S } | undefined): S {
  const state = other?.state;
  if (typeof state !== "object" || !(state?.node instanceof GraphNode))
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `${verb} needs another stream, table or group of the same builder, and was given ${typeof other}.`,
    );
  graph.checkOwn(state.node);
  return state;
}

const ASYNC_TAGS: ReadonlySet<string> = new Set(["[object AsyncFunction]", "[object AsyncGeneratorFunction]"]);

function isAsync(value: unknown): boolean {
  return ASYNC_TAGS.has(Object.prototype.toString.call(value));
}

/** The name in the options, if it can be one. Refuses options that mean nothing, whichever they are. */
export function nameIn(options: Named | undefined): string | undefined {
  checkKnownOptions(options);
  if (options?.name !== undefined) checkName(options.name);
  return options?.name;
}

/** Refuses keys by which records are to meet and whose bytes carry a schema's id: equal keys of two schemas would not meet (`STREAMS_KEY_SCHEMA_ID`). */
export function checkMeetingKey(verb: string, key: AnySerde | undefined): void {
  if (key?.carriesSchemaId !== true) return;
  throw new StreamsError(
    "STREAMS_KEY_SCHEMA_ID",
    `${verb} brings records together by their keys' bytes, and serde ${key.name} writes a schema's id into them, so that equal keys of two schemas never meet: use a key serde without one.`,
  );
}
