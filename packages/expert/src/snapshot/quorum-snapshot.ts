/** A voter or an observer of the metadata's log. */
export interface QuorumReplicaSnapshot {
  readonly nodeId: number;
  readonly logEndOffset: number;
  /** Since 1970, by the leader's clock; undefined while unknown. */
  readonly lastFetchAtMs: number | undefined;
  readonly lastCaughtUpAtMs: number | undefined;
}

/** The controllers, as their leader sees them. */
export interface QuorumSnapshot {
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly highWatermark: number;
  readonly voters: readonly QuorumReplicaSnapshot[];
  readonly observers: readonly QuorumReplicaSnapshot[];
}
