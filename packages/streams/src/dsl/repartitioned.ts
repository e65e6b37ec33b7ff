import { repartitionNames } from "../graph/repartition-names.ts";
import { RepartitionNode } from "../graph/repartition-node.ts";
import type { AnySerde } from "../serdes/serde.ts";
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

/**
 * A stream behind the repartition topic that a join needs, called after the join or else after the stream: then a second join of the same stream comes through the same topic.
 */
export function repartitionedForJoin(
  context: DslContext,
  state: StreamState,
  given: string | undefined,
  serdes: { readonly key: AnySerde | undefined; readonly value: AnySerde | undefined },
): StreamState {
  const known = context.joinRepartitions.get(state);
  if (given === undefined && known !== undefined) {
    // The numbers of another topic are taken all the same, as in Java.
    const { source } = repartitionNames(context.graph.names, state.name);
    return { name: source, node: known, ...serdes, sources: new Set([source]), needsRepartition: false };
  }
  const through = repartitioned(context, state, { name: given ?? state.name, isGiven: given !== undefined }, serdes);
  context.joinRepartitions.set(state, through.node);
  return through;
}
