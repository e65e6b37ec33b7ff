import type { ChangeKind, PartitionOffset, PartitionPlace, PlannedAcl, ReplicaMove } from "./cluster-change.ts";

/**
 * What was seen of the things a change is about: the precondition it was planned under, what tells afterwards whether it is done, and what its inverse is made
 * from. One shape per kind of change; null is "not there".
 */
export interface ObservedOf {
  /** `settings` are the values of that very level; `effective` are those that hold, inherited ones too, where they can be read. */
  readonly config: {
    readonly settings: Readonly<Record<string, string | null>>;
    readonly effective: Readonly<Record<string, string>>;
  };
  readonly createTopic: ObservedTopic;
  readonly deleteTopic: ObservedTopic;
  readonly addPartitions: ObservedTopic;
  /** `moving` names the partitions that are on their way still, or whose replicas have not caught up. */
  readonly reassign: { readonly replicas: readonly ReplicaMove[]; readonly moving: readonly PartitionPlace[] };
  /** Where the moves that go on would end. */
  readonly cancelReassignment: { readonly targets: readonly ReplicaMove[] };
  readonly electLeaders: { readonly leaders: readonly ObservedLeader[] };
  readonly removeThrottles: {
    readonly topics: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly brokers: Readonly<Record<string, Readonly<Record<string, string>>>>;
    /** Partitions of these topics or to these brokers that are being moved now. */
    readonly moving: readonly PartitionPlace[];
  };
  readonly setGroupOffsets: ObservedGroup;
  readonly deleteGroupOffsets: ObservedGroup;
  /** Where it reads from, of all partitions that it has begun. */
  readonly setShareGroupOffsets: ObservedGroup;
  readonly deleteShareGroupOffsets: ObservedGroup;
  readonly deleteGroup: ObservedGroup;
  /** Where the producer's open transaction begins. */
  readonly abortTransaction: { readonly startOffset: number | null };
  /** Those of the change that are there. */
  readonly addAcls: { readonly present: readonly PlannedAcl[] };
  readonly removeAcls: { readonly present: readonly PlannedAcl[] };
  readonly setQuota: { readonly quotas: Readonly<Record<string, number | null>> };
  /** 0: not in force. */
  readonly upgradeFeature: { readonly level: number };
  readonly manual: Readonly<Record<string, never>>;
}

/** What was seen for some kind of change. */
export type Observed = ObservedOf[ChangeKind];

/** A topic, as far as a change asks. */
interface ObservedTopic {
  /** Null: there is no such topic. */
  readonly partitionCount: number | null;
  /** Whether a record was ever written to it, where the change asks for that: when it is to be deleted only if it is empty. Else false. */
  readonly written: boolean;
  /** By which it is told from another one that gets its name; undefined where there is none, and in plans of before it was asked for. */
  readonly topicId?: string | undefined;
}

/** Who leads a partition. */
interface ObservedLeader extends PartitionPlace {
  readonly leader: number | null;
  /** The leader that is preferred: the first replica. */
  readonly preferred: number;
}

/** A group, as far as a change asks. */
interface ObservedGroup {
  /** What the coordinator calls it; null: there is no such group. */
  readonly state: string | null;
  /** The commits of the partitions that the change names, or of all (of a share group always); only those that are there. */
  readonly offsets: readonly PartitionOffset[];
}
