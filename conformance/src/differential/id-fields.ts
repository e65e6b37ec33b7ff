import { NIL_UUID } from "@ottla/protocol";
import type { IdKind } from "./id-map.ts";

const KINDS: Readonly<Record<string, IdKind>> = {
  topicId: "topic",
  memberId: "member",
  leader: "member",
  producerId: "producer",
  v3AndBelowProducerId: "producer",
  nextProducerId: "producer",
  ongoingTxnProducerId: "producer",
  producerIdFilters: "producer",
  clusterId: "cluster",
  nodeId: "node",
  leaderId: "node",
  controllerId: "node",
  brokerId: "node",
  brokerIds: "node",
  replicaNodes: "node",
  isrNodes: "node",
  offlineReplicas: "node",
  replicas: "node",
  sessionId: "session",
  host: "host",
  port: "port",
  logDir: "folder",
};

/** The kind of id that a field of this name holds in requests and answers. */
export function idKindOf(field: string): IdKind | undefined {
  return KINDS[field];
}

/** Values that mean "none" with every cluster. */
export function isNoId(value: unknown): boolean {
  return value === null || value === undefined || value === "" || value === NIL_UUID || value === 0 || value === -1;
}
