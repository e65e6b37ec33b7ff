import type { RequestContext } from "../handler.ts";

/**
 * Where a partition's leader is, for an answer that says it is not here (KIP-951, trap C8); nothing for requests older than `sinceVersion`,
 * whose answers cannot say it. Adds the leader to `movedTo`.
 */
export function newLeaderHint(
  context: RequestContext,
  sinceVersion: number,
  target: { readonly topic: string; readonly index: number },
  movedTo: Set<number>,
): { leaderId: number; leaderEpoch: number } | undefined {
  if (context.version < sinceVersion) return undefined;
  const partition = context.broker.metadata.topic(target.topic)?.partitions[target.index];
  if (!partition) return undefined;
  movedTo.add(partition.leader);
  return { leaderId: partition.leader, leaderEpoch: partition.leaderEpoch };
}

/** The endpoints of the leaders named in an answer, on the listener the request came through. */
export function nodeEndpoints(
  context: RequestContext,
  nodeIds: ReadonlySet<number>,
): { nodeId: number; host: string; port: number; rack: string | null }[] {
  if (nodeIds.size === 0) return [];
  return context.broker.metadata.nodes.flatMap(({ nodeId, rack, endpoints }) => {
    const endpoint = nodeIds.has(nodeId) ? endpoints.get(context.listenerName) : undefined;
    return endpoint ? [{ nodeId, host: endpoint.host, port: endpoint.port, rack }] : [];
  });
}
