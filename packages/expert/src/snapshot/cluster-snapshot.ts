import type { AuthorizationLog } from "./authorization-log.ts";
import type { BrokerSnapshot } from "./broker-snapshot.ts";
import type { Configs } from "./config-snapshot.ts";
import type { ConnectorSnapshot } from "./connector-snapshot.ts";
import type { CredentialRecord } from "./credential-record.ts";
import type { GroupSnapshot } from "./group-snapshot.ts";
import type { LookCost } from "./look-cost.ts";
import type { MetricsSnapshot } from "./metrics-snapshot.ts";
import type { Observed } from "./observed.ts";
import type { QuorumSnapshot } from "./quorum-snapshot.ts";
import type { RegistrySnapshot } from "./registry-snapshot.ts";
import type { SampledTopic } from "./sampled-topic.ts";
import type { AclSnapshot, QuotaSnapshot, ScramUserSnapshot, TokenSnapshot } from "./security-snapshot.ts";
import type { NewestRecord, ReassignmentSnapshot, TopicSnapshot } from "./topic-snapshot.ts";
import type { HangingTransactionSnapshot, TransactionSnapshot } from "./transaction-snapshot.ts";

/**
 * A cluster at one moment, as plain JSON: everything that the Kafka protocol shows to this principal. It is no atomic picture; its parts were asked one after another within `cost.tookMs`. What was not
 * seen says so and why; nothing is left out silently.
 */
export interface ClusterSnapshot {
  /** When the look began, since 1970, by this machine's clock. */
  readonly takenAtMs: number;
  /** The same moment on a clock that never jumps; for rates between looks. */
  readonly monotonicMs: number;
  readonly clusterId: Observed<string>;
  /** The broker that the cluster names as the way to the controller. */
  readonly controllerId: Observed<number>;
  /** Sorted by node id. Empty only when nothing could be seen. */
  readonly brokers: readonly BrokerSnapshot[];
  /** What was changed at run time for all brokers. */
  readonly brokerDefaults: Observed<Configs>;
  /** Internal ones too, sorted by name. */
  readonly topics: Observed<readonly TopicSnapshot[]>;
  readonly reassignments: Observed<readonly ReassignmentSnapshot[]>;
  readonly quorum: Observed<QuorumSnapshot>;
  /** Sorted by group id. */
  readonly groups: Observed<readonly GroupSnapshot[]>;
  readonly transactions: Observed<readonly TransactionSnapshot[]>;
  /** Looked for where readers of committed records are held up. */
  readonly hangingTransactions: Observed<readonly HangingTransactionSnapshot[]>;
  readonly quotas: Observed<readonly QuotaSnapshot[]>;
  readonly acls: Observed<AclSnapshot>;
  readonly scramUsers: Observed<readonly ScramUserSnapshot[]>;
  readonly delegationTokens: Observed<readonly TokenSnapshot[]>;
  /** Of a sample of partitions, spread over the topics. */
  readonly newestRecords: Observed<readonly NewestRecord[]>;
  /** By the topic in which a registry keeps its schemas. */
  readonly registry: Observed<RegistrySnapshot>;
  /** By the REST interface of one of Connect's workers, where that was named. */
  readonly connectors: Observed<readonly ConnectorSnapshot[]>;
  /** By pages of metrics, where such were named. */
  readonly metrics: Observed<MetricsSnapshot>;
  /** What records of a sample look like, where it was asked for: their content is not kept. */
  readonly recordSample: Observed<readonly SampledTopic[]>;
  /** By the log of the brokers' authorizer, where it was named. */
  readonly authorizations: Observed<AuthorizationLog>;
  /** When credentials were made, where an inventory was named. */
  readonly credentials: Observed<readonly CredentialRecord[]>;
  /** Settings of producers and consumers: the protocol does not show them. */
  readonly clientConfigs: Observed<never>;
  readonly cost: LookCost;
}
