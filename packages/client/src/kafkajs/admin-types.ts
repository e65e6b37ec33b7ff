import type { ConfigResourceTypes, ConfigSource } from "./constants.ts";
import type { adminEvents, InstrumentationEvent, RemoveInstrumentationEventListener } from "./events.ts";
import type { GroupDescription } from "./group-types.ts";
import type { RetryOptions } from "./kafka-config.ts";
import type { Logger } from "./logger.ts";
import type { PartitionMetadata, PartitionOffset, TopicPartitions } from "./message-types.ts";
import type { KafkaJSProtocolError } from "./errors.ts";

export interface AdminConfig {
  retry?: RetryOptions;
}

export interface ReplicaAssignment {
  partition: number;
  replicas: number[];
}

export interface IResourceConfigEntry {
  name: string;
  value: string;
}

export interface ITopicConfig {
  topic: string;
  numPartitions?: number;
  replicationFactor?: number;
  replicaAssignment?: ReplicaAssignment[];
  configEntries?: IResourceConfigEntry[];
}

export interface ITopicPartitionConfig {
  topic: string;
  count: number;
  assignments?: number[][];
}

export interface ITopicMetadata {
  name: string;
  partitions: PartitionMetadata[];
}

export interface PartitionReassignment {
  topic: string;
  partitionAssignment: ReplicaAssignment[];
}

export interface ResourceConfigQuery {
  type: ConfigResourceTypes;
  name: string;
  configNames?: string[];
}

export interface IResourceConfig {
  type: ConfigResourceTypes;
  name: string;
  configEntries: IResourceConfigEntry[];
}

export interface ConfigEntries {
  configName: string;
  configValue: string | null;
  isDefault: boolean;
  configSource: ConfigSource;
  isSensitive: boolean;
  readOnly: boolean;
  configSynonyms: { configName: string; configValue: string | null; configSource: ConfigSource }[];
}

export interface DescribeConfigResponse {
  resources: {
    configEntries: ConfigEntries[];
    errorCode: number;
    errorMessage: string | null;
    resourceName: string;
    resourceType: ConfigResourceTypes;
  }[];
  throttleTime: number;
}

export type SeekEntry = PartitionOffset;
export type FetchOffsetsPartition = PartitionOffset & { metadata: string | null };

export interface GroupOverview {
  groupId: string;
  protocolType: string;
}

export interface DeleteGroupsResult {
  groupId: string;
  errorCode?: number;
  error?: KafkaJSProtocolError;
}

export interface OngoingTopicReassignment {
  topic: string;
  partitions: { partitionIndex: number; replicas: number[]; addingReplicas?: number[]; removingReplicas?: number[] }[];
}

export type AdminEvents = typeof adminEvents;

/** Access lists come with the security of the client; until then their calls reject with `KafkaJSNotImplemented`. */
export interface Admin {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  listTopics(): Promise<string[]>;
  createTopics(options: { validateOnly?: boolean; waitForLeaders?: boolean; timeout?: number; topics: ITopicConfig[] }): Promise<boolean>;
  deleteTopics(options: { topics: string[]; timeout?: number }): Promise<void>;
  createPartitions(options: { validateOnly?: boolean; timeout?: number; topicPartitions: ITopicPartitionConfig[] }): Promise<boolean>;
  fetchTopicMetadata(options?: { topics: string[] }): Promise<{ topics: ITopicMetadata[] }>;
  fetchOffsets(options: {
    groupId: string;
    topics?: string[];
    resolveOffsets?: boolean;
  }): Promise<{ topic: string; partitions: FetchOffsetsPartition[] }[]>;
  fetchTopicOffsets(topic: string): Promise<(SeekEntry & { high: string; low: string })[]>;
  fetchTopicOffsetsByTimestamp(topic: string, timestamp?: number): Promise<SeekEntry[]>;
  describeCluster(): Promise<{ brokers: { nodeId: number; host: string; port: number }[]; controller: number | null; clusterId: string }>;
  setOffsets(options: { groupId: string; topic: string; partitions: SeekEntry[] }): Promise<void>;
  resetOffsets(options: { groupId: string; topic: string; earliest?: boolean }): Promise<void>;
  describeConfigs(configs: { resources: ResourceConfigQuery[]; includeSynonyms?: boolean }): Promise<DescribeConfigResponse>;
  alterConfigs(configs: { validateOnly?: boolean; resources: IResourceConfig[] }): Promise<unknown>;
  listGroups(): Promise<{ groups: GroupOverview[] }>;
  deleteGroups(groupIds: string[]): Promise<DeleteGroupsResult[]>;
  describeGroups(groupIds: string[]): Promise<{ groups: GroupDescription[] }>;
  describeAcls(options: unknown): Promise<never>;
  deleteAcls(options: unknown): Promise<never>;
  createAcls(options: unknown): Promise<never>;
  deleteTopicRecords(options: { topic: string; partitions: SeekEntry[] }): Promise<void>;
  alterPartitionReassignments(request: { topics: PartitionReassignment[]; timeout?: number }): Promise<void>;
  listPartitionReassignments(request?: { topics?: TopicPartitions[]; timeout?: number }): Promise<{ topics: OngoingTopicReassignment[] }>;
  logger(): Logger;
  // oxlint-disable-next-line typescript/no-explicit-any -- a listener's payload is the event's, as in kafkajs
  on(event: string, listener: (event: InstrumentationEvent<any>) => unknown): RemoveInstrumentationEventListener;
  readonly events: AdminEvents;
}
