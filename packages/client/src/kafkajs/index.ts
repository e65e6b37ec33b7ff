/**
 * kafkajs's API over this package's client: `import { Kafka } from "@ottla/client/kafkajs"` in place of `from "kafkajs"`. What differs is listed in
 * `docs/guides/migrating-from-kafkajs.md`.
 */
export { Kafka } from "./kafka.ts";
export type { BrokersFunction, KafkaConfig, RetryOptions } from "./kafka-config.ts";
export type { SaslConfig, SslConfig } from "./kafka-security.ts";
export * from "./constants.ts";
export * from "./errors.ts";
export type * from "./message-types.ts";
export type * from "./producer-types.ts";
export type * from "./consumer-types.ts";
export type { EachBatchPayload as ConsumerEachBatchPayload, EachMessagePayload as ConsumerEachMessagePayload } from "./consumer-types.ts";
export type { Batch } from "./batch.ts";
export type * from "./admin-types.ts";
export type { ConsumerGroupState, GroupDescription, MemberDescription } from "./group-types.ts";
export type { InstrumentationEvent, RemoveInstrumentationEventListener } from "./events.ts";
export type { LogEntry, Logger, LoggerEntryContent, logCreator } from "./logger.ts";
export {
  type Assigner,
  AssignerProtocol,
  type Assignment,
  type GroupMember,
  type GroupMemberAssignment,
  type MemberAssignment,
  type MemberMetadata,
  type PartitionAssigner,
  PartitionAssigners,
} from "./assigners.ts";
export { type ICustomPartitioner, type PartitionerArgs, Partitioners } from "./partitioners.ts";
