/** A member as the coordinator describes it. */
export interface SampledMember {
  readonly memberId: string;
  readonly clientId: string;
  readonly clientHost: string;
  /** Set by static members. */
  readonly groupInstanceId?: string | undefined;
}

/** One partition that a group has committed to or is assigned, at one moment. What could not be observed is undefined. */
export interface SampledPartition {
  readonly topic: string;
  readonly partition: number;
  readonly committed: number | undefined;
  readonly logStartOffset: number | undefined;
  /** The last stable offset: behind it stand records of open transactions. */
  readonly lastStableOffset: number | undefined;
  readonly highWatermark: number | undefined;
  /** The member that is assigned the partition. */
  readonly memberId: string | undefined;
}

/** A group at one moment. */
export interface GroupSample {
  readonly groupId: string;
  readonly timeMs: number;
  /** `Stable`, `Empty`, `PreparingRebalance`, `Assigning`, …, as the coordinator says. */
  readonly state: string;
  readonly members: readonly SampledMember[];
  readonly partitions: readonly SampledPartition[];
}

/** A name for the partition in tables and maps. */
export function partitionName({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}:${partition}`;
}
