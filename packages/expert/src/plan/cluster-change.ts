/**
 * What can be changed on a cluster, as plain JSON: everything that a finding asks for, a design makes, or an agent proposes. `plan.ts` puts changes into a plan,
 * `change-rules.ts` tells of each what it risks, how it reads, which commands do the same and what takes it back.
 */
export type ClusterChange =
  | ConfigChange
  | CreateTopic
  | DeleteTopic
  | AddPartitions
  | Reassign
  | CancelReassignment
  | ElectLeaders
  | RemoveThrottles
  | SetGroupOffsets
  | SetShareGroupOffsets
  | DeleteGroupOffsets
  | DeleteShareGroupOffsets
  | DeleteGroup
  | AbortTransaction
  | AddAcls
  | RemoveAcls
  | SetQuota
  | UpgradeFeature
  | ManualChange;

export type ChangeKind = ClusterChange["kind"];
export type ChangeOf<Kind extends ChangeKind> = Extract<ClusterChange, { readonly kind: Kind }>;

/** Whose settings: `brokers` is the cluster's default for all of them. */
export type ConfigTarget =
  | { readonly type: "topic" | "group"; readonly name: string }
  | { readonly type: "broker"; readonly nodeId: number }
  | { readonly type: "brokers" };

/** Dynamic settings of one resource, all of them or none. */
export interface ConfigChange {
  readonly kind: "config";
  readonly target: ConfigTarget;
  /** By Kafka's names; null takes the setting away, so that the default of the level above holds again. */
  readonly settings: Readonly<Record<string, string | null>>;
}

export interface CreateTopic {
  readonly kind: "createTopic";
  readonly topic: string;
  readonly partitionCount: number;
  /** Left out: the broker's default. */
  readonly replicationFactor?: number;
  readonly configs?: Readonly<Record<string, string>>;
}

/** With all its records; there is no way back. What takes a creation back, as long as nobody has written. */
export interface DeleteTopic {
  readonly kind: "deleteTopic";
  readonly topic: string;
  /** Refuse when a record was ever written. */
  readonly onlyIfEmpty: boolean;
}

/** There is no way back, and keys go to other partitions from then on. */
export interface AddPartitions {
  readonly kind: "addPartitions";
  readonly topic: string;
  /** All of them afterwards, not those that are added. */
  readonly partitionCount: number;
}

export interface PartitionPlace {
  readonly topic: string;
  readonly partition: number;
}

/** Where a partition's replicas are to be: node ids, the preferred leader first. */
export interface ReplicaMove extends PartitionPlace {
  readonly replicas: readonly number[];
}

export interface Reassign {
  readonly kind: "reassign";
  readonly moves: readonly ReplicaMove[];
  /** Of each broker's copying. Left out: as fast as it goes. */
  readonly throttleBytesPerS?: number;
  /** Bytes that have to be copied, where they are known. */
  readonly copyBytes?: number;
}

/** Stops moves that go on; what was there before stays. */
export interface CancelReassignment {
  readonly kind: "cancelReassignment";
  readonly partitions: readonly PartitionPlace[];
}

export interface ElectLeaders {
  readonly kind: "electLeaders";
  /** `unclean` takes a replica that lacks records where no other is alive: those records are lost. */
  readonly election: "preferred" | "unclean";
  readonly partitions: readonly PartitionPlace[];
}

/** Replication throttles that nobody needs any more: the lists of replicas on topics and the rates on brokers. */
export interface RemoveThrottles {
  readonly kind: "removeThrottles";
  readonly topics: readonly string[];
  readonly brokers: readonly number[];
}

export interface PartitionOffset extends PartitionPlace {
  readonly offset: number;
}

/** The group must have no members. */
export interface SetGroupOffsets {
  readonly kind: "setGroupOffsets";
  readonly group: string;
  readonly offsets: readonly PartitionOffset[];
}

/** No member may subscribe to these topics. */
export interface DeleteGroupOffsets {
  readonly kind: "deleteGroupOffsets";
  readonly group: string;
  readonly partitions: readonly PartitionPlace[];
}

/** Where a share group begins to read; what it had delivered of those partitions is forgotten. It must have no members. */
export interface SetShareGroupOffsets {
  readonly kind: "setShareGroupOffsets";
  readonly group: string;
  readonly offsets: readonly PartitionOffset[];
}

/** A share group has not begun to read these topics, whatever it read of them; it must have no members. Of single partitions that cannot be said. */
export interface DeleteShareGroupOffsets {
  readonly kind: "deleteShareGroupOffsets";
  readonly group: string;
  readonly topics: readonly string[];
}

/** The group must have no members. */
export interface DeleteGroup {
  readonly kind: "deleteGroup";
  readonly group: string;
  /** Left out: one of consumers, of whatever protocol. */
  readonly type?: "share";
}

/** Ends a transaction in one partition, past its coordinator (KIP-664): for those that nobody will end. */
export interface AbortTransaction extends PartitionPlace {
  readonly kind: "abortTransaction";
  readonly startOffset: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  /** 0 where the partition knows none. */
  readonly coordinatorEpoch: number;
}

export type PlannedAclOperation =
  | "all"
  | "read"
  | "write"
  | "create"
  | "delete"
  | "alter"
  | "describe"
  | "clusterAction"
  | "describeConfigs"
  | "alterConfigs"
  | "idempotentWrite"
  | "createTokens"
  | "describeTokens"
  | "twoPhaseCommit";

/** One ACL, in whole. The same words as the client's. */
export interface PlannedAcl {
  readonly resourceType: "topic" | "group" | "cluster" | "transactionalId" | "delegationToken" | "user";
  /** `kafka-cluster` for the cluster. */
  readonly resourceName: string;
  readonly patternType: "literal" | "prefixed";
  /** `User:alice`; `User:*` is everybody. */
  readonly principal: string;
  readonly host: string;
  readonly operation: PlannedAclOperation;
  readonly permission: "allow" | "deny";
}

export interface AddAcls {
  readonly kind: "addAcls";
  readonly acls: readonly PlannedAcl[];
}

export interface RemoveAcls {
  readonly kind: "removeAcls";
  readonly acls: readonly PlannedAcl[];
}

/** Null is the default of that part, for all that have no quota of their own. */
export interface PlannedQuotaEntity {
  readonly user?: string | null;
  readonly clientId?: string | null;
  readonly ip?: string | null;
}

export interface SetQuota {
  readonly kind: "setQuota";
  readonly entity: PlannedQuotaEntity;
  /** By Kafka's names, as `producer_byte_rate`; null takes the quota away. */
  readonly quotas: Readonly<Record<string, number | null>>;
}

export interface UpgradeFeature {
  readonly kind: "upgradeFeature";
  readonly feature: string;
  /** 0 takes it away. */
  readonly level: number;
}

/** What only a human can do: a static setting with a restart, a disk, an application. It is shown, and never counts as done. */
export interface ManualChange {
  readonly kind: "manual";
  /** What it is about: `broker 1`, `group billing`. */
  readonly subject: string;
  /** What is to be done, in sentences. */
  readonly instruction: string;
  /** Lines of a file that are to change, as a unified diff or as `key=value` lines. */
  readonly diff?: string;
}
