import type { Configs } from "./config-snapshot.ts";
import type { Observed } from "./observed.ts";

/** A replica's log on its broker. */
export interface ReplicaLog {
  readonly bytes: number;
  /** Records that the replica lacks to the end of the partition. */
  readonly offsetLag: number;
  readonly dir: string;
  /** Where it is being moved to within the broker. */
  readonly futureDir?: string;
}

export interface ReplicaSnapshot {
  readonly broker: number;
  readonly inSync: boolean;
  /** Its broker or its log directory is down. */
  readonly offline: boolean;
  readonly log: Observed<ReplicaLog>;
}

/** Where a partition begins and ends. A part that its leader does not tell is undefined. */
export interface PartitionOffsets {
  readonly logStartOffset: number | undefined;
  /** Behind it stand records of open transactions. */
  readonly lastStableOffset: number | undefined;
  readonly highWatermark: number | undefined;
}

export interface PartitionSnapshot {
  readonly partition: number;
  /** Undefined when there is none: nobody can read or write. */
  readonly leader: number | undefined;
  readonly leaderEpoch: number;
  /** The first is the preferred leader. */
  readonly replicas: readonly ReplicaSnapshot[];
  /** Out of the ISR, and yet sure to hold all that was committed (KIP-966). */
  readonly eligibleLeaders: Observed<readonly number[]>;
  readonly offsets: Observed<PartitionOffsets>;
}

export interface TopicSnapshot {
  readonly name: string;
  readonly topicId: string;
  readonly internal: boolean;
  /** All that was changed for the topic or the cluster, and the effective values of what rules read. */
  readonly configs: Observed<Configs>;
  readonly partitions: readonly PartitionSnapshot[];
}

/** A partition on its way from some brokers to others. */
export interface ReassignmentSnapshot {
  readonly topic: string;
  readonly partition: number;
  readonly replicas: readonly number[];
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
}

/** The record of a partition with the greatest timestamp. */
export interface NewestRecord {
  readonly topic: string;
  readonly partition: number;
  /** Since 1970, as its producer or its broker said; undefined where the leader knows of none. */
  readonly timestampMs: number | undefined;
}
