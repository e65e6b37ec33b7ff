import { AclOperation, CLUSTER_NAME, ResourceType } from "@ottla/protocol";
import type { AccessCheck } from "./security/access-check.ts";

/** The client did not ask what it may do (KIP-430). */
export const NOT_ASKED = -2147483648;

/** What a client may do to the cluster, as bits; nothing is told to those that may not describe it. */
export function clusterOperations(access: AccessCheck): number {
  return access.allows(AclOperation.DESCRIBE, ResourceType.CLUSTER, CLUSTER_NAME)
    ? access.operationsOn(ResourceType.CLUSTER, CLUSTER_NAME)
    : 0;
}
