export type * from "./admin/acl-types.ts";
export type * from "./admin/admin-types.ts";
export type * from "./admin/feature-types.ts";
export type * from "./admin/group-types.ts";
export type * from "./admin/node-types.ts";
export type * from "./admin/partition-types.ts";
export type * from "./admin/quorum-types.ts";
export type * from "./admin/quota-types.ts";
export type * from "./admin/security/security-types.ts";
export type * from "./admin/transaction-types.ts";
export type { BytesLike } from "./bytes.ts";
export { ClientError, type ClientErrorCode } from "./client-error.ts";
export type * from "./consumer/consumer-types.ts";
export type * from "./consumer/run/run-types.ts";
export { originalHeaders, type RecordFailure, readFailure } from "./consumer/run/failure-headers.ts";
export type { ClientDeps } from "./deps.ts";
export type * from "./group/assignor.ts";
export type * from "./group/streams-member/streams-role.ts";
export type { CallOptions } from "./options/call-options.ts";
export type { ClientOptions } from "./options/client-options.ts";
export type {
  ClientOptionsByName,
  ClientProperties,
  ConsumerProperties,
  ProducerProperties,
  ShareConsumerOptionsByName,
  ShareConsumerProperties,
} from "./options/property-options.ts";
export type { OptionNames } from "./options/option-reader.ts";
export { findUnusedProperties, type UnusedProperty } from "./options/unused-properties.ts";
export type * from "./security/security-types.ts";
export type { OAuthToken, TokenProvider } from "./security/sasl/oauth-bearer.ts";
export type { Reachability } from "./cluster/reachability.ts";
export { KafkaError } from "@ottla/protocol";
export {
  clientOptionsFromProperties,
  consumerOptionsFromProperties,
  type Properties,
  parseAutoOffsetReset,
  producerOptionsFromProperties,
  shareConsumerOptionsFromProperties,
} from "./options/from-properties.ts";
export type * from "./producer/producer-types.ts";
export type * from "./producer/record-types.ts";
export type * from "./producer/transactions/transaction-api.ts";
export { ShareAcknowledgeError } from "./share/acknowledge-error.ts";
export type * from "./share/run/share-run-types.ts";
export type * from "./share/share-record-types.ts";
export type * from "./share/share-types.ts";
export type { Outcome } from "./outcome.ts";
export type { TopicPartition } from "./topic-partition.ts";
export { type Client, createClient } from "./client.ts";
export { rangeAssignor } from "./group/assignors/range-assignor.ts";
export { roundRobinAssignor } from "./group/assignors/round-robin-assignor.ts";
export { stickyAssignor } from "./group/assignors/sticky-assignor.ts";
export { cooperativeStickyAssignor } from "./group/assignors/cooperative-sticky-assignor.ts";
export { murmur2, partitionOfKey } from "./producer/key-hash.ts";
export * from "./topics/index.ts";
