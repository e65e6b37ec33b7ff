import { invariant } from "@ottla/base";
import { StreamsError } from "../streams-error.ts";
import type { TopologyBuilder } from "../topology/topology-builder.ts";
import type { GraphNode } from "./graph-node.ts";
import type { NodeNames } from "./node-names.ts";
import { RepartitionNode } from "./repartition-node.ts";
import { repartitionNames } from "./repartition-names.ts";

/**
 * `merge.repartition.topics`: where several groupings or joins follow one change of the key, with nothing between that changes values, one topic right after the change of the key takes
 * the place of theirs.
 */
export function mergeRepartitionTopics(nodes: readonly GraphNode[], names: NodeNames, topology: TopologyBuilder): void {
  const repartitionsOf = new Map<GraphNode, Set<RepartitionNode>>();
  for (const node of nodes) {
    if (node.changesKey) repartitionsOf.set(node, new Set());
    else if (node instanceof RepartitionNode && node.isOptimizable) {
      const changer = keyChangerOf(node);
      if (changer !== undefined) repartitionsOf.get(changer)?.add(node);
    }
  }
  moveBelowMerges(nodes, repartitionsOf);
  for (const [changer, repartitions] of repartitionsOf) {
    if (repartitions.size > 0) mergeInto(changer, [...repartitions], names, topology);
  }
}

/** The change of the key above a repartition, unless values change between. */
function keyChangerOf(node: GraphNode): GraphNode | undefined {
  const either = above(node, ({ changesKey, changesValue }) => changesKey || changesValue);
  const changer = above(node, ({ changesKey }) => changesKey);
  return either === changer ? changer : undefined;
}

/** Where changed keys come together in a merge, the topic goes below the merge. */
function moveBelowMerges(nodes: readonly GraphNode[], repartitionsOf: Map<GraphNode, Set<RepartitionNode>>): void {
  const changersAbove = new Map<GraphNode, GraphNode[]>();
  for (const merge of nodes.filter(({ isMerge }) => isMerge)) {
    const changers = [...repartitionsOf].filter(
      ([changer, repartitions]) =>
        [...repartitions].every((node) => above(node, ({ parents }) => parents.has(merge)) !== undefined) &&
        above(merge, ({ parents }) => parents.has(changer)) !== undefined,
    );
    changersAbove.set(
      merge,
      changers.map(([changer]) => changer),
    );
  }
  const moved = new Set<GraphNode>();
  for (const [merge, changers] of changersAbove) {
    const repartitions = new Set<RepartitionNode>();
    for (const changer of changers) {
      for (const repartition of repartitionsOf.get(changer) ?? []) repartitions.add(repartition);
      moved.add(changer);
    }
    repartitionsOf.set(merge, repartitions);
  }
  for (const changer of moved) repartitionsOf.delete(changer);
}

function mergeInto(changer: GraphNode, repartitions: readonly RepartitionNode[], names: NodeNames, topology: TopologyBuilder): void {
  const [first] = repartitions;
  invariant(first !== undefined, "there is a repartition to merge");
  const key = repartitions.find(({ options }) => options.key !== undefined)?.options.key;
  const value = repartitions.find(({ options }) => options.value !== undefined)?.options.value;
  const merged = new RepartitionNode({ names: repartitionNames(names, first.options.names.topic), key, value }, true);
  merged.priority = changer.priority;
  for (const repartition of repartitions) {
    const child = above(repartition, ({ parents }) => parents.has(changer));
    if (child === undefined) {
      throw new StreamsError(
        "STREAMS_TOPOLOGY",
        `${repartition.name} cannot be merged with the other repartition topics below ${changer.name}: it is no longer below it, since another merge moved it. Build without the optimisation merge.repartition.topics, or call repartition() before the groups. (Java refuses this topology too.)`,
      );
    }
    merged.addChild(child);
    changer.removeChild(child);
    const parents = [...repartition.parents];
    const children = [...repartition.children];
    for (const below of children) for (const parent of parents) parent.addChild(below);
    for (const parent of parents) parent.removeChild(repartition);
    for (const below of children) repartition.removeChild(below);
    topology.replaceCoPartitioned(repartition.name, merged.name);
  }
  changer.addChild(merged);
}

/** The node itself or one above it that fits: of several ways up, what the last one finds, unless a parent fits. Each node is asked once, since merges make very many ways up. */
function above(node: GraphNode, fits: (node: GraphNode) => boolean): GraphNode | undefined {
  if (fits(node)) return node;
  const known = new Map<GraphNode, GraphNode | undefined>();
  const search = (from: GraphNode): GraphNode | undefined => {
    if (known.has(from)) return known.get(from);
    let found: GraphNode | undefined;
    for (const parent of from.parents) {
      if (fits(parent)) {
        found = parent;
        break;
      }
      found = search(parent);
    }
    known.set(from, found);
    return found;
  };
  return search(node);
}
