import type { CallOptions } from "../options/call-options.ts";

/** A voter or an observer of the metadata's log. */
export interface QuorumReplica {
  readonly nodeId: number;
  /** The directory its log lies in, which tells it from an older node of the same id (KIP-853); undefined from brokers before Kafka 3.9 and while unknown. */
  readonly directoryId: string | undefined;
  readonly logEndOffset: number;
  readonly lastFetchTimestamp: number | undefined;
  readonly lastCaughtUpTimestamp: number | undefined;
}

/** Under which name, host and port a controller listens. */
export interface RaftVoterEndpoint {
  readonly listener: string;
  readonly host: string;
  readonly port: number;
}

export interface QuorumDescription {
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly highWatermark: number;
  readonly voters: readonly QuorumReplica[];
  readonly observers: readonly QuorumReplica[];
  /** Where the voters listen; empty from brokers before Kafka 3.9. */
  readonly nodes: readonly { readonly nodeId: number; readonly endpoints: readonly RaftVoterEndpoint[] }[];
}

/** A controller in one directory. */
export interface RaftVoter {
  readonly nodeId: number;
  /** As `describeQuorum` and `kafka-storage info` show it: 22 characters of base64url. */
  readonly directoryId: string;
}

export interface RaftVoterOptions extends CallOptions {
  /** Left out: whichever cluster answers. Another one refuses with INCONSISTENT_CLUSTER_ID. */
  readonly clusterId?: string | undefined;
}

/** The voters of the metadata's log, and the nodes that it knows. */
export interface QuorumAdmin {
  describeQuorum(options?: CallOptions): Promise<QuorumDescription>;
  /**
   * Makes an observer a voter, with the endpoints of its controller listeners (KIP-853). Rejects with DUPLICATE_VOTER when it is one, UNSUPPORTED_VERSION where the
   * quorum is static (`kraft.version` 0), REQUEST_TIMED_OUT when it did not catch up in time; what may have been done is not tried again.
   */
  addRaftVoter(voter: RaftVoter, endpoints: readonly RaftVoterEndpoint[], options?: RaftVoterOptions): Promise<void>;
  /** Takes a voter out of the quorum (KIP-853). Rejects with VOTER_NOT_FOUND, and UNSUPPORTED_VERSION where the quorum is static. */
  removeRaftVoter(voter: RaftVoter, options?: RaftVoterOptions): Promise<void>;
  /** Forgets a broker that is stopped for good. Rejects with BROKER_ID_NOT_REGISTERED. */
  unregisterBroker(nodeId: number, options?: CallOptions): Promise<void>;
  /** Forgets a controller that is stopped for good. Needs Apache Kafka 4.4. */
  unregisterController(nodeId: number, options?: CallOptions): Promise<void>;
}
