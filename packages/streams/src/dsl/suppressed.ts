import type { GraphNode } from "../graph/graph-node.ts";
import { ProcessorNode } from "../graph/processor-node.ts";
import { suppress } from "../processors/windows/suppress.ts";
import { stores } from "../stores/stores.ts";
import { invariant } from "@ottla/base";
import { StreamsError } from "../streams-error.ts";
import { checkOptions, nameIn } from "./arguments.ts";
import type { DslContext, TableState } from "./context.ts";
import type { SuppressOptions } from "./options.ts";
import { needSerdes } from "./need-serdes.ts";

/** A table whose changes are held back. */
export function suppressed(context: DslContext, state: TableState, options: SuppressOptions): unknown {
  checkOptions("suppress", "until or limitMs", options);
  const { graph, unnamed } = context;
  const given = nameIn(options);
  const name = given ?? graph.names.node("KTABLE-SUPPRESS-");
  const untilWindowCloses = options.until === "windowCloses";
  const waitMs = options.until === "windowCloses" ? graceAbove(state.node, name) : options.limitMs;
  if (!Number.isSafeInteger(waitMs) || waitMs < 0)
    throw new StreamsError("STREAMS_BAD_ARGUMENT", `${name} cannot hold changes back for ${waitMs} ms.`);
  const storeName = given === undefined ? graph.names.store("KTABLE-SUPPRESS-") : `${given}-store`;
  if (given === undefined) unnamed.stores.push(storeName);
  const { key, value } = state;
  needSerdes(key !== undefined && value !== undefined, storeName);
  const {
    maxRecords = Number.POSITIVE_INFINITY,
    maxBytes = Number.POSITIVE_INFINITY,
    whenFull = untilWindowCloses ? "shutdown" : "emit",
  } = options;
  if (untilWindowCloses && whenFull === "emit") {
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `${name} gives final results only, so it cannot emit some early when it is full: let it shut down, or hold changes back for a time.`,
    );
  }
  const table = suppress({ parent: state.table, storeName, untilWindowCloses, waitMs, maxRecords, maxBytes, whenFull });
  const store = stores.suppressBuffer({ name: storeName, key, value, logging: options.logging });
  const node = new ProcessorNode(name, () => table.create(), { own: () => [store] });
  node.isVersioned = false;
  graph.add(node, state.node);
  return context.table({ name, node, key, value, sources: new Set([state.name]), table, queryableStoreName: undefined });
}

/** The grace of the windows that a table comes from; of several, the longest. Each node is asked once, since joins make very many ways up. */
function graceAbove(node: GraphNode, name: string): number {
  const waiting = new Set([node]);
  let longestMs: number | undefined;
  // What is added meanwhile is gone through, too.
  for (const each of waiting) {
    if (each.graceMs !== undefined) longestMs = Math.max(longestMs ?? 0, each.graceMs);
    else if (each.parents.size > 0) for (const parent of each.parents) waiting.add(parent);
    else
      throw new StreamsError(
        "STREAMS_TOPOLOGY",
        `${name} waits for windows to close, and what it follows has no windows: hold changes back for a time instead.`,
      );
  }
  invariant(longestMs !== undefined, "what has no parents above it has windows");
  return longestMs;
}
