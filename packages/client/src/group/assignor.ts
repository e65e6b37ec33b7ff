import type { TopicPartition } from "../topic-partition.ts";

export type RebalanceProtocol = "eager" | "cooperative";

/** A member as the leader sees it. */
export interface GroupMember {
  readonly memberId: string;
  readonly groupInstanceId: string | undefined;
  readonly topics: readonly string[];
  readonly userData: Buffer | null;
  /** What it held when it joined (subscription v1 and later). */
  readonly ownedPartitions: readonly TopicPartition[];
  /** The generation it held them in; −1 when unknown. */
  readonly generationId: number;
  readonly rackId: string | undefined;
}

/** A subscribed topic as the leader sees it. */
export interface AssignableTopic {
  readonly name: string;
  readonly partitionCount: number;
  /** Racks of each partition's replicas; empty where none is known. */
  readonly partitionRacks: readonly (readonly string[])[];
}

export interface MemberAssignment {
  readonly partitions: readonly TopicPartition[];
  readonly userData?: Buffer | null;
}

/**
 * Divides partitions among the members of a classic group. `assign` runs on the leader alone, also when the group has one member;
 * the other functions run on every member, so what they keep is that member's own.
 */
export interface Assignor {
  /** As it stands on the wire; all members must share one name. */
  readonly name: string;
  /** Preferred first. A group uses the best protocol that all chosen assignors share. */
  readonly protocols: readonly RebalanceProtocol[];
  readonly version?: number;
  /** Goes with the subscription to the leader. */
  subscriptionUserData?(topics: readonly string[]): Buffer | null;
  /** Members with no entry get nothing. */
  assign(
    members: readonly GroupMember[],
    topics: ReadonlyMap<string, AssignableTopic>,
  ): ReadonlyMap<string, MemberAssignment> | Promise<ReadonlyMap<string, MemberAssignment>>;
  onAssignment?(assignment: MemberAssignment, generationId: number): void;
}
