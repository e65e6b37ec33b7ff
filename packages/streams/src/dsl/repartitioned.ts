import { repartitionNames } from "../graph/repartition-names.ts";
import { RepartitionNode } from "../graph/repartition-node.ts";
import type { AnySerde } from "../topology/parts.ts";
import type { DslContext, StreamState } from "./context.ts";

/** A stream behind a repartition topic named after `prefix`, which a grouping or join needs. `reused` is the node of an earlier one of the same name. */
export function repartitioned(
  context: DslContext,
  state: StreamState,
  prefix: { readonly name: string; readonly isGiven: boolean },
  serdes: { readonly key: AnySerde | undefined; readonly value: AnySerde | undefined },
  reused?: RepartitionNode,
): StreamState & { readonly node: RepartitionNode } {
  const names = repartitionNames(context.graph.names, prefix.name);
  if (!prefix.isGiven) context.unnamed.repartitionTopics.push(names.topic);
  const node = reused ?? new RepartitionNode({ names, ...serdes }, true);
  context.graph.add(node, state.node);
  return { name: names.source, node, ...serdes, sources: new Set([names.source]), needsRepartition: false };
}
