import type { ConsumerOptions } from "../consumer/consumer-types.ts";
import type { ProducerOptions } from "../producer/producer-types.ts";
import type { ClientOptions } from "./client-options.ts";

/** All there are; the compiler sees to it that none is missing. */
export const clientOptionNames: Readonly<Record<keyof ClientOptions, true>> = {
  bootstrapServers: true,
  clientId: true,
  requestTimeoutMs: true,
  apiTimeoutMs: true,
  retryBackoffMs: true,
  retryBackoffMaxMs: true,
  reconnectBackoffMs: true,
  reconnectBackoffMaxMs: true,
  connectTimeoutMs: true,
  connectionsMaxIdleMs: true,
  metadataMaxAgeMs: true,
  rack: true,
  responseBytesMax: true,
  signal: true,
  onReachability: true,
  optionNames: true,
};

export const producerOptionNames: Readonly<Record<keyof ProducerOptions, true>> = {
  acks: true,
  idempotent: true,
  compression: true,
  lingerMs: true,
  batchSizeBytes: true,
  bufferMemoryBytes: true,
  waitingBytesMax: true,
  maxRequestSizeBytes: true,
  maxBlockMs: true,
  deliveryTimeoutMs: true,
  requestTimeoutMs: true,
  retries: true,
  maxInFlightRequests: true,
  partitioner: true,
  transactionalId: true,
  transactionTimeoutMs: true,
  optionNames: true,
};

export const consumerOptionNames: Readonly<Record<keyof ConsumerOptions, true>> = {
  groupId: true,
  groupInstanceId: true,
  groupProtocol: true,
  remoteAssignor: true,
  assignors: true,
  autoOffsetReset: true,
  isolationLevel: true,
  enableAutoCommit: true,
  autoCommitIntervalMs: true,
  sessionTimeoutMs: true,
  heartbeatIntervalMs: true,
  maxPollIntervalMs: true,
  maxPollRecords: true,
  fetchMinBytes: true,
  fetchMaxBytes: true,
  fetchMaxWaitMs: true,
  maxPartitionFetchBytes: true,
  prefetchBytesMax: true,
  checkCrcs: true,
  allowAutoCreateTopics: true,
  excludeInternalTopics: true,
  optionNames: true,
};
