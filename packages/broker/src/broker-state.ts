import type { Clock, Disk, Logger, Random } from "@ottla/base";
import type { EffectiveConfig } from "./config/effective-config.ts";
import type { Fetches } from "./fetch/fetches.ts";
import type { GroupCoordinator } from "./groups/group-coordinator.ts";
import type { MetadataController } from "./metadata/metadata-controller.ts";
import type { ClusterMetadata } from "./metadata/cluster-metadata.ts";
import type { ClientMemory } from "./net/client-memory.ts";
import type { PartitionTable } from "./partitions/partition-table.ts";
import type { MarkerWriter, TransactionGate } from "./partitions/transaction-gate.ts";
import type { ClientThrottle } from "./quotas/client-throttle.ts";
import type { ProducerIds } from "./produce/producer-ids.ts";
import type { ApplicationTopics } from "./topics/application-topics.ts";
import type { FirstUseTopics } from "./topics/auto-create.ts";
import type { TokenAuthority } from "./security/tokens/token-authority.ts";
import type { AccessControl } from "./security/access-control.ts";
import type { RegisteredSchemas } from "./schemas/registered-schemas.ts";
import type { AuditTrail } from "./security/audit/audit-trail.ts";
import type { TopicSettings } from "./config/topic-settings.ts";
import type { TransactionCoordinator } from "./transactions/transaction-coordinator.ts";

/** All that lives as long as the broker does. Each part alone changes its own state. */
export interface BrokerState {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly disk: Disk;
  /** Where logs and journal lie, as an absolute path. */
  readonly dataDirectory: string;
  /** Effective broker and topic configuration. */
  readonly config: EffectiveConfig;
  /** The same, per topic and ready for the hot path. */
  readonly topicSettings: TopicSettings;
  /** Read side: nodes, topics, partitions, ids. */
  readonly metadata: ClusterMetadata;
  /** Write side: the one way to change metadata. */
  readonly controller: MetadataController;
  /** The open logs. */
  readonly partitions: PartitionTable;
  /** The budget for all that is held on behalf of clients. */
  readonly clientMemory: ClientMemory;
  readonly fetches: Fetches;
  readonly groups: GroupCoordinator;
  readonly transactions: TransactionCoordinator;
  readonly producerIds: ProducerIds;
  /** What is registered, for topics that take only records with a registered schema. */
  readonly schemas: RegisteredSchemas;
  /** Asked before a batch of a transaction is stored. */
  readonly transactionGate: TransactionGate;
  /** Ends transactions in partitions. */
  readonly markers: MarkerWriter;
  /** Client quotas, enforced. */
  readonly quotas: ClientThrottle;
  /** Absent where everybody may do everything. */
  readonly access: AccessControl | undefined;
  /** The secrets of delegation tokens. */
  readonly tokens: TokenAuthority;
  /** Absent where nothing is audited. */
  readonly audit: AuditTrail | undefined;
  readonly firstUseTopics: FirstUseTopics;
  /** Makes the topics that members of streams groups need. */
  readonly applicationTopics: ApplicationTopics;
  /** The API keys and versions that this broker advertises, ascending by key. */
  readonly served: readonly ServedApi[];
}

/** One row of the ApiVersions answer. */
interface ServedApi {
  readonly key: number;
  readonly minVersion: number;
  readonly maxVersion: number;
}
