/** Kinds of resources that ACLs protect, and what may be allowed of each (KIP-11 and what came after it). */
export const OPERATIONS = {
  topic: ["read", "write", "describe", "create", "delete", "alter", "describeConfigs", "alterConfigs", "all"],
  group: ["read", "describe", "delete", "describeConfigs", "alterConfigs", "all"],
  cluster: ["create", "clusterAction", "describe", "alter", "describeConfigs", "alterConfigs", "idempotentWrite", "all"],
  transactionalId: ["write", "describe", "twoPhaseCommit", "all"],
  delegationToken: ["describe", "all"],
  user: ["createTokens", "describeTokens", "all"],
} as const;

export type AclResource = keyof typeof OPERATIONS;

export const RESOURCES = Object.keys(OPERATIONS) as readonly AclResource[];

/** The one resource of its kind. */
export const CLUSTER_NAME = "kafka-cluster";
