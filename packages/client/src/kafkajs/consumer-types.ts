import type { PartitionAssigner } from "./assigners.ts";
import type { Batch } from "./batch.ts";
import type { consumerEvents, InstrumentationEvent, RemoveInstrumentationEventListener } from "./events.ts";
import type { RetryOptions } from "./kafka-config.ts";
import type { Logger } from "./logger.ts";
import type { KafkaMessage, Offsets, TopicPartitionOffset, TopicPartitionOffsetAndMetadata, TopicPartitions } from "./message-types.ts";
import type { GroupDescription } from "./group-types.ts";

export interface ConsumerConfig {
  groupId: string;
  partitionAssigners?: PartitionAssigner[];
  metadataMaxAge?: number;
  sessionTimeout?: number;
  rebalanceTimeout?: number;
  heartbeatInterval?: number;
  maxBytesPerPartition?: number;
  minBytes?: number;
  maxBytes?: number;
  maxWaitTimeInMs?: number;
  retry?: RetryOptions;
  allowAutoTopicCreation?: boolean;
  maxInFlightRequests?: number;
  readUncommitted?: boolean;
  rackId?: string;
}

/** What `eachMessage` is given. */
export interface EachMessagePayload {
  topic: string;
  partition: number;
  message: KafkaMessage;
  /** Throws when the partition is to be given up, so that a long handler ends early. */
  heartbeat(): Promise<void>;
  /** Pauses the partition; what comes back resumes it. */
  pause(): () => void;
}

/** What `eachBatch` is given. */
export interface EachBatchPayload {
  batch: Batch;
  resolveOffset(offset: string): void;
  heartbeat(): Promise<void>;
  pause(): () => void;
  commitOffsetsIfNecessary(offsets?: Offsets): Promise<void>;
  uncommittedOffsets(): Offsets;
  isRunning(): boolean;
  isStale(): boolean;
}

export type EachMessageHandler = (payload: EachMessagePayload) => Promise<void>;
export type EachBatchHandler = (payload: EachBatchPayload) => Promise<void>;

export interface ConsumerRunConfig {
  autoCommit?: boolean;
  autoCommitInterval?: number | null;
  autoCommitThreshold?: number | null;
  eachBatchAutoResolve?: boolean;
  partitionsConsumedConcurrently?: number;
  eachBatch?: EachBatchHandler;
  eachMessage?: EachMessageHandler;
}

export interface ConsumerSubscribeTopic {
  topic: string | RegExp;
  fromBeginning?: boolean;
}

export interface ConsumerSubscribeTopics {
  topics: (string | RegExp)[];
  fromBeginning?: boolean;
}

export type ConsumerEvents = typeof consumerEvents;

export interface Consumer {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  subscribe(subscription: ConsumerSubscribeTopics | ConsumerSubscribeTopic): Promise<void>;
  stop(): Promise<void>;
  run(config?: ConsumerRunConfig): Promise<void>;
  commitOffsets(topicPartitions: TopicPartitionOffsetAndMetadata[]): Promise<void>;
  seek(topicPartitionOffset: TopicPartitionOffset): void;
  describeGroup(): Promise<GroupDescription>;
  pause(topics: { topic: string; partitions?: number[] }[]): void;
  paused(): TopicPartitions[];
  resume(topics: { topic: string; partitions?: number[] }[]): void;
  // oxlint-disable-next-line typescript/no-explicit-any -- a listener's payload is the event's, as in kafkajs
  on(event: string, listener: (event: InstrumentationEvent<any>) => unknown): RemoveInstrumentationEventListener;
  logger(): Logger;
  readonly events: ConsumerEvents;
}
