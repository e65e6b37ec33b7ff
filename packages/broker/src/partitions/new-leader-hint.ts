import { NIL_UUID } from "@ottla/protocol";
import { type Asker, endpointFor } from "../metadata/endpoint-for.ts";
import type { ClusterMetadata } from "../metadata/cluster-metadata.ts";

/** What an answer about leaders follows from: a request's context. */
interface AnswerPlace {
  readonly broker: { readonly metadata: ClusterMetadata };
  readonly version: number;
  readonly session: Asker;
}

/**
 * Where a partition's leader is, for an answer that says it is not here (KIP-951); nothing for requests older than `sinceVersion`,
 * whose answers cannot say it. Adds the leader to `movedTo`. `topicId` counts unless it is nil or absent.
 */
export function newLeaderHint(
  { broker: { metadata }, version }: AnswerPlace,
  sinceVersion: number,
  target: { readonly topic: string; readonly topicId?: string; readonly index: number },
  movedTo: Set<number>,
): { leaderId: number; leaderEpoch: number } | undefined {
  if (version < sinceVersion) return undefined;
  const { topic, topicId = NIL_UUID, index } = target;
  const partition = (topicId === NIL_UUID ? metadata.topic(topic) : metadata.topicById(topicId))?.partitions[index];
  if (!partition) return undefined;
  movedTo.add(partition.leader);
  return { leaderId: partition.leader, leaderEpoch: partition.leaderEpoch };
}

/** The endpoints of the leaders named in an answer, on the listener the request came through. */
export function nodeEndpoints(
  { broker: { metadata }, session }: AnswerPlace,
  nodeIds: ReadonlySet<number>,
): { nodeId: number; host: string; port: number; rack: string | null }[] {
  if (nodeIds.size === 0) return [];
  return metadata.nodes.flatMap((node) => {
    const endpoint = nodeIds.has(node.nodeId) ? endpointFor(node, session) : undefined;
    return endpoint ? [{ nodeId: node.nodeId, ...endpoint, rack: node.rack }] : [];
  });
}
