import type { ClusterMetadata } from "../metadata/cluster-metadata.ts";

/** A request whose answer can name another leader. */
export interface HintedRequest {
  readonly broker: { readonly metadata: ClusterMetadata };
  readonly version: number;
  readonly listenerName: string;
}

/**
 * Where a partition's leader is, for an answer that says it is not here (KIP-951); nothing for requests older than `sinceVersion`,
 * whose answers cannot say it. Adds the leader to `movedTo`.
 */
export function newLeaderHint(
  request: HintedRequest,
  sinceVersion: number,
  target: { readonly topic: string; readonly index: number },
  movedTo: Set<number>,
): { leaderId: number; leaderEpoch: number } | undefined {
  if (request.version < sinceVersion) return undefined;
  const partition = request.broker.metadata.topic(target.topic)?.partitions[target.index];
  if (!partition) return undefined;
  movedTo.add(partition.leader);
  return { leaderId: partition.leader, leaderEpoch: partition.leaderEpoch };
}

/** The endpoints of the leaders named in an answer, on the listener the request came through. */
export function nodeEndpoints(
  request: HintedRequest,
  nodeIds: ReadonlySet<number>,
): { nodeId: number; host: string; port: number; rack: string | null }[] {
  if (nodeIds.size === 0) return [];
  return request.broker.metadata.nodes.flatMap(({ nodeId, rack, endpoints }) => {
    const endpoint = nodeIds.has(nodeId) ? endpoints.get(request.listenerName) : undefined;
    return endpoint ? [{ nodeId, host: endpoint.host, port: endpoint.port, rack }] : [];
  });
}
