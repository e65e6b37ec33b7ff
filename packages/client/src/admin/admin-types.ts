import type { KafkaError } from "@ottla/protocol";
import type { CallOptions } from "../options/call-options.ts";
import type { Named, Outcome } from "../outcome.ts";
import type { TopicPartition } from "../topic-partition.ts";
import type { Node } from "./node-types.ts";
import type { Acl, AclFilter, NewAcl } from "./acl-types.ts";
import type { FeaturesDescription, FeatureUpdate } from "./feature-types.ts";
import type { ClientQuotas, QuotaChange, QuotaEntity, QuotaFilter } from "./quota-types.ts";
import type { QuorumAdmin } from "./quorum-types.ts";
import type { ShareGroupDescription, SharePosition, StreamsGroupDescription } from "./group-types.ts";
import type { LoginAdmin } from "./security/security-types.ts";
import type { OngoingReassignment, PartitionReassignment, ReassignmentOptions, ReplicaLogDirs, ReplicaPlace } from "./partition-types.ts";
import type {
  HangingTransaction,
  ProducerState,
  TransactionDescription,
  TransactionFilter,
  TransactionListing,
} from "./transaction-types.ts";

export type { Named } from "../outcome.ts";
export type Partitioned<Value> = TopicPartition & Outcome<Value>;

export interface ClusterDescription {
  readonly clusterId: string | undefined;
  readonly controllerId: number | undefined;
  readonly nodes: readonly Node[];
}

export interface NewTopic {
  readonly name: string;
  /** Left out: the broker's default. */
  readonly partitionCount?: number | undefined;
  readonly replicationFactor?: number | undefined;
  /** Replicas per partition, in place of the two counts. */
  readonly assignments?: readonly (readonly number[])[] | undefined;
  readonly configs?: Readonly<Record<string, string | null>> | undefined;
}

export interface CreatedTopic {
  /** Undefined from brokers before Kafka 2.8. */
  readonly topicId: string | undefined;
  readonly partitionCount: number | undefined;
  readonly replicationFactor: number | undefined;
  readonly configs: readonly ConfigEntry[] | undefined;
}

export interface TopicListing {
  readonly name: string;
  readonly topicId: string;
  readonly internal: boolean;
  readonly partitionCount: number;
  readonly replicationFactor: number;
}

export interface PartitionDescription {
  readonly partition: number;
  /** Undefined when there is no leader. */
  readonly leader: number | undefined;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly offlineReplicas: readonly number[];
}

export interface TopicDescription {
  readonly name: string;
  readonly topicId: string;
  readonly internal: boolean;
  readonly partitions: readonly PartitionDescription[];
}

/** `group`, `clientMetrics` as in Kafka's ConfigResource. For `broker` the name is the node id, or "" for the cluster's default. */
export type ConfigResourceType = "topic" | "broker" | "brokerLogger" | "clientMetrics" | "group";

export interface ConfigResource {
  readonly type: ConfigResourceType;
  readonly name: string;
}

export type ConfigSource =
  | "unknown"
  | "dynamicTopic"
  | "dynamicBroker"
  | "dynamicDefaultBroker"
  | "staticBroker"
  | "default"
  | "dynamicBrokerLogger"
  | "dynamicClientMetrics"
  | "dynamicGroup";

export interface ConfigEntry {
  readonly name: string;
  /** Null when unset or sensitive. */
  readonly value: string | null;
  readonly source: ConfigSource;
  readonly isDefault: boolean;
  readonly readOnly: boolean;
  readonly sensitive: boolean;
  readonly type: string | undefined;
  readonly documentation: string | undefined;
  readonly synonyms: readonly { readonly name: string; readonly value: string | null; readonly source: ConfigSource }[];
}

/** `set` and `delete` for any key; `append` and `subtract` for lists. */
export type ConfigChange =
  | { readonly op: "set" | "append" | "subtract"; readonly name: string; readonly value: string }
  | { readonly op: "delete"; readonly name: string };

export interface GroupListing {
  readonly groupId: string;
  /** `consumer`, `connect`, `sr`, …; empty when the group never had members. */
  readonly protocolType: string;
  /** As the broker names it: `Stable`, `Empty`, …; undefined from brokers before 2.6. */
  readonly state: string | undefined;
  /** `classic`, `consumer`, `share`, `streams`; undefined from brokers before 3.8. */
  readonly type: string | undefined;
  readonly coordinator: number;
}

export interface GroupMemberDescription {
  readonly memberId: string;
  readonly groupInstanceId: string | undefined;
  readonly clientId: string;
  readonly clientHost: string;
  /** Undefined when the protocol type is not `consumer` or the bytes cannot be read as such. */
  readonly assignment: readonly TopicPartition[] | undefined;
  readonly rawMetadata: Buffer;
  readonly rawAssignment: Buffer;
}

export interface GroupDescription {
  readonly groupId: string;
  readonly protocolType: string;
  readonly state: string;
  readonly type: "classic" | "consumer";
  /** The assignor's name. */
  readonly protocol: string;
  /** Counts the changes of a KIP-848 group; undefined for classic ones, which do not show it. */
  readonly groupEpoch: number | undefined;
  readonly coordinator: Node;
  readonly members: readonly GroupMemberDescription[];
}

export interface CommittedOffset {
  readonly offset: number;
  readonly metadata: string;
  readonly leaderEpoch: number | undefined;
}

/** `maxTimestamp` is the record with the largest timestamp; a number is the first record at or after that time. */
export type OffsetSpec = "earliest" | "latest" | "maxTimestamp" | "earliestLocal" | "latestTiered" | { readonly timestamp: number };

export interface ListedOffset {
  /** Undefined when no record matches. */
  readonly offset: number | undefined;
  readonly timestamp: number | undefined;
  readonly leaderEpoch: number | undefined;
}

export interface LogDirDescription {
  readonly path: string;
  /** KAFKA_STORAGE_ERROR: the broker cannot use the directory, and says nothing of what is in it. */
  readonly error: KafkaError | undefined;
  readonly totalBytes: number | undefined;
  readonly usableBytes: number | undefined;
  readonly partitions: readonly (TopicPartition & { readonly sizeBytes: number; readonly offsetLag: number; readonly isFuture: boolean })[];
}

export interface ApiVersionRange {
  readonly apiKey: number;
  /** Undefined for a key this client does not know. */
  readonly name: string | undefined;
  readonly minVersion: number;
  readonly maxVersion: number;
}

export interface BrokerApiVersions {
  readonly node: Node;
  readonly apis: readonly ApiVersionRange[];
  readonly features: readonly {
    readonly name: string;
    readonly minLevel: number;
    readonly maxLevel: number;
    readonly finalizedLevel: number | undefined;
  }[];
}

/** Looks after a cluster. Results stand in the order of the arguments. */
export interface Admin extends LoginAdmin, QuorumAdmin, AsyncDisposable {
  describeCluster(options?: CallOptions): Promise<ClusterDescription>;
  /** What each broker speaks; a broker that cannot be reached is an error in its place. */
  apiVersions(options?: CallOptions): Promise<readonly (Outcome<BrokerApiVersions> & { readonly nodeId: number })[]>;

  createTopics(
    topics: readonly NewTopic[],
    options?: CallOptions & { readonly validateOnly?: boolean },
  ): Promise<readonly Named<CreatedTopic>[]>;
  deleteTopics(names: readonly string[], options?: CallOptions): Promise<readonly Named<void>[]>;
  /** All topics, sorted by name. */
  listTopics(options?: CallOptions & { readonly includeInternal?: boolean }): Promise<readonly TopicListing[]>;
  /** `all`: those of the whole cluster in one answer, internal ones too, sorted by name. */
  describeTopics(names: readonly string[] | "all", options?: CallOptions): Promise<readonly Named<TopicDescription>[]>;
  createPartitions(
    changes: readonly { readonly topic: string; readonly partitionCount: number; readonly assignments?: readonly (readonly number[])[] }[],
    options?: CallOptions & { readonly validateOnly?: boolean },
  ): Promise<readonly Named<void>[]>;
  /** Removes records before each offset; −1 is up to the high watermark. The value is the new log start. */
  deleteRecords(
    targets: readonly (TopicPartition & { readonly beforeOffset: number })[],
    options?: CallOptions,
  ): Promise<readonly Partitioned<{ readonly logStartOffset: number }>[]>;
  /** Left out: all partitions of the cluster. */
  electLeaders(
    kind: "preferred" | "unclean",
    partitions?: readonly TopicPartition[],
    options?: CallOptions,
  ): Promise<readonly Partitioned<void>[]>;

  /** Moves partitions to other nodes. Resolves when the moves are begun; `listPartitionReassignments` shows those that go on. */
  alterPartitionReassignments(
    changes: readonly PartitionReassignment[],
    options?: ReassignmentOptions,
  ): Promise<readonly Partitioned<void>[]>;
  /** Left out: all that go on in the cluster. */
  listPartitionReassignments(partitions?: readonly TopicPartition[], options?: CallOptions): Promise<readonly OngoingReassignment[]>;

  describeConfigs(
    resources: readonly ConfigResource[],
    options?: CallOptions & {
      readonly includeSynonyms?: boolean;
      readonly includeDocumentation?: boolean;
      readonly keys?: readonly string[];
    },
  ): Promise<readonly (ConfigResource & Outcome<readonly ConfigEntry[]>)[]>;
  /** Changes of one resource apply together or not at all. */
  alterConfigs(
    changes: readonly (ConfigResource & { readonly changes: readonly ConfigChange[] })[],
    options?: CallOptions & { readonly validateOnly?: boolean },
  ): Promise<readonly (ConfigResource & Outcome<void>)[]>;

  /** What has configurations of its own, of the types given or of all; needs Apache Kafka 4.1 or newer for others than client metrics. */
  listConfigResources(types?: readonly ConfigResourceType[], options?: CallOptions): Promise<readonly ConfigResource[]>;

  /** Left out: the quotas of all. */
  describeClientQuotas(filter?: QuotaFilter, options?: CallOptions): Promise<readonly ClientQuotas[]>;
  /** Changes of one entity apply together or not at all. */
  alterClientQuotas(
    alterations: readonly { readonly entity: QuotaEntity; readonly changes: readonly QuotaChange[] }[],
    options?: CallOptions & { readonly validateOnly?: boolean },
  ): Promise<readonly ({ readonly entity: QuotaEntity } & Outcome<void>)[]>;

  describeFeatures(options?: CallOptions): Promise<FeaturesDescription>;
  /** All together or none. */
  updateFeatures(
    updates: readonly FeatureUpdate[],
    options?: CallOptions & { readonly validateOnly?: boolean },
  ): Promise<readonly Named<void>[]>;

  /** An ACL that is there already is no error. Needs ALTER on the cluster; SECURITY_DISABLED where brokers have no authorizer. */
  createAcls(acls: readonly NewAcl[], options?: CallOptions): Promise<readonly ({ readonly acl: Acl } & Outcome<void>)[]>;
  /** Left out: all ACLs. Needs DESCRIBE on the cluster; rejects with SECURITY_DISABLED where brokers have no authorizer. */
  describeAcls(filter?: AclFilter, options?: CallOptions): Promise<readonly Acl[]>;
  /** The value is what was removed. An empty filter means every ACL. */
  deleteAcls(
    filters: readonly AclFilter[],
    options?: CallOptions,
  ): Promise<readonly ({ readonly filter: AclFilter } & Outcome<readonly Acl[]>)[]>;

  /** Over all brokers, sorted by group id. */
  listGroups(
    options?: CallOptions & { readonly states?: readonly string[]; readonly types?: readonly string[] },
  ): Promise<readonly GroupListing[]>;
  /** Classic and KIP-848 groups. A group that does not exist is an error GROUP_ID_NOT_FOUND. */
  describeGroups(groupIds: readonly string[], options?: CallOptions): Promise<readonly Named<GroupDescription>[]>;
  /** Share groups (KIP-932). */
  describeShareGroups(groupIds: readonly string[], options?: CallOptions): Promise<readonly Named<ShareGroupDescription>[]>;
  /** Streams groups (KIP-1071). */
  describeStreamsGroups(groupIds: readonly string[], options?: CallOptions): Promise<readonly Named<StreamsGroupDescription>[]>;
  deleteGroups(groupIds: readonly string[], options?: CallOptions): Promise<readonly Named<void>[]>;
  /** Members by id or static instance id; none given: all. */
  removeGroupMembers(
    groupId: string,
    members?: readonly { readonly memberId?: string; readonly groupInstanceId?: string }[],
    options?: CallOptions,
  ): Promise<readonly (Outcome<void> & { readonly memberId: string; readonly groupInstanceId: string | undefined })[]>;

  /** All committed offsets of the group, or those of some partitions; without a commit the value is undefined. */
  listGroupOffsets(
    groupId: string,
    partitions?: readonly TopicPartition[],
    options?: CallOptions,
  ): Promise<readonly Partitioned<CommittedOffset | undefined>[]>;
  /** All committed offsets of each group. */
  listOffsetsOfGroups(
    groupIds: readonly string[],
    options?: CallOptions,
  ): Promise<readonly Named<readonly Partitioned<CommittedOffset | undefined>[]>[]>;
  /** Works on a group without active members. */
  alterGroupOffsets(
    groupId: string,
    offsets: readonly (TopicPartition & { readonly offset: number; readonly metadata?: string; readonly leaderEpoch?: number })[],
    options?: CallOptions,
  ): Promise<readonly Partitioned<void>[]>;
  deleteGroupOffsets(groupId: string, partitions: readonly TopicPartition[], options?: CallOptions): Promise<readonly Partitioned<void>[]>;

  /** Where a share group reads; left out: every partition it has begun. */
  listShareGroupOffsets(
    groupId: string,
    partitions?: readonly TopicPartition[],
    options?: CallOptions,
  ): Promise<readonly Partitioned<SharePosition>[]>;
  /** Works on a share group without members. */
  alterShareGroupOffsets(
    groupId: string,
    offsets: readonly (TopicPartition & { readonly offset: number })[],
    options?: CallOptions,
  ): Promise<readonly Partitioned<void>[]>;
  deleteShareGroupOffsets(groupId: string, topics: readonly string[], options?: CallOptions): Promise<readonly Named<void>[]>;

  listOffsets(
    queries: readonly (TopicPartition & { readonly spec: OffsetSpec })[],
    options?: CallOptions & { readonly isolationLevel?: "read_uncommitted" | "read_committed" },
  ): Promise<readonly Partitioned<ListedOffset>[]>;

  /** Over all brokers, sorted by transactional id. Errors: INVALID_REGULAR_EXPRESSION. */
  listTransactions(options?: CallOptions & TransactionFilter): Promise<readonly TransactionListing[]>;
  /** An id that nobody knows is an error TRANSACTIONAL_ID_NOT_FOUND. */
  describeTransactions(transactionalIds: readonly string[], options?: CallOptions): Promise<readonly Named<TransactionDescription>[]>;
  /** The idempotent and transactional producers that partitions remember. */
  describeProducers(
    partitions: readonly TopicPartition[],
    options?: CallOptions,
  ): Promise<readonly Partitioned<readonly ProducerState[]>[]>;
  /** Writes an abort marker into one partition, past the coordinator: for transactions that no coordinator knows any more (KIP-664). */
  abortTransaction(transaction: HangingTransaction, options?: CallOptions): Promise<void>;
  /** Makes every producer of these ids stop at its next call, and aborts what they have open. The value is the producer id and epoch that fence them. */
  fenceProducers(
    transactionalIds: readonly string[],
    options?: CallOptions,
  ): Promise<readonly Named<{ readonly producerId: number; readonly producerEpoch: number }>[]>;

  describeLogDirs(
    nodeIds?: readonly number[],
    options?: CallOptions,
  ): Promise<readonly (Outcome<readonly LogDirDescription[]> & { readonly nodeId: number })[]>;

  describeReplicaLogDirs(
    replicas: readonly ReplicaPlace[],
    options?: CallOptions,
  ): Promise<readonly (ReplicaPlace & Outcome<ReplicaLogDirs>)[]>;
  /** Moves replicas between the directories of their brokers; a broker without the replica keeps the directory for later. */
  alterReplicaLogDirs(
    changes: readonly (ReplicaPlace & { readonly path: string })[],
    options?: CallOptions,
  ): Promise<readonly (ReplicaPlace & Outcome<void>)[]>;

  /** Ends the calls that still wait (`ClientError` CLIENT_CLOSED). Twice is fine. */
  close(): Promise<void>;
}
