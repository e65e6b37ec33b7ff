import { securityProperties, type SecurityPropertyName } from "../security/security-properties.ts";
import { ConfigDef, type ConfigKeyOptions, type ConfigType, configKey } from "@ottla/base";

/** Kafka's property names beside ours, with Kafka's types. Defaults live where the options are resolved. */
const client = [
  ["bootstrap.servers", "list", "bootstrapServers"],
  ["client.id", "string", "clientId"],
  ["request.timeout.ms", "int", "requestTimeoutMs"],
  ["default.api.timeout.ms", "int", "apiTimeoutMs"],
  ["retry.backoff.ms", "long", "retryBackoffMs"],
  ["retry.backoff.max.ms", "long", "retryBackoffMaxMs"],
  ["reconnect.backoff.ms", "long", "reconnectBackoffMs"],
  ["reconnect.backoff.max.ms", "long", "reconnectBackoffMaxMs"],
  ["socket.connection.setup.timeout.ms", "long", "connectTimeoutMs"],
  ["connections.max.idle.ms", "long", "connectionsMaxIdleMs"],
  ["metadata.max.age.ms", "long", "metadataMaxAgeMs"],
  ["client.rack", "string", "rack"],
] as const satisfies readonly OptionRow[];

const producer = [
  ["acks", "string", "acks"],
  ["enable.idempotence", "boolean", "idempotent"],
  ["compression.type", "string", "compression"],
  ["linger.ms", "long", "lingerMs"],
  ["batch.size", "int", "batchSizeBytes"],
  ["buffer.memory", "long", "bufferMemoryBytes"],
  ["max.request.size", "int", "maxRequestSizeBytes"],
  ["max.block.ms", "long", "maxBlockMs"],
  ["delivery.timeout.ms", "int", "deliveryTimeoutMs"],
  ["retries", "int", "retries"],
  ["max.in.flight.requests.per.connection", "int", "maxInFlightRequests"],
  ["partitioner.adaptive.partitioning.enable", "boolean", "adaptivePartitioning"],
  ["partitioner.availability.timeout.ms", "long", "partitionerAvailabilityTimeoutMs"],
  ["partitioner.ignore.keys", "boolean", "partitionerIgnoreKeys"],
  ["partitioner.rack.aware", "boolean", "partitionerRackAware"],
  ["transactional.id", "string", "transactionalId"],
  ["transaction.timeout.ms", "int", "transactionTimeoutMs"],
] as const satisfies readonly OptionRow[];

const consumer = [
  ["group.id", "string", "groupId"],
  ["group.instance.id", "string", "groupInstanceId"],
  ["group.protocol", "string", "groupProtocol"],
  ["group.remote.assignor", "string", "remoteAssignor"],
  ["auto.offset.reset", "string", "autoOffsetReset"],
  ["isolation.level", "string", "isolationLevel"],
  ["enable.auto.commit", "boolean", "enableAutoCommit"],
  ["auto.commit.interval.ms", "int", "autoCommitIntervalMs"],
  ["session.timeout.ms", "int", "sessionTimeoutMs"],
  ["heartbeat.interval.ms", "int", "heartbeatIntervalMs"],
  ["max.poll.interval.ms", "int", "maxPollIntervalMs"],
  ["max.poll.records", "int", "maxPollRecords"],
  ["fetch.min.bytes", "int", "fetchMinBytes"],
  ["fetch.max.bytes", "int", "fetchMaxBytes"],
  ["fetch.max.wait.ms", "int", "fetchMaxWaitMs"],
  ["max.partition.fetch.bytes", "int", "maxPartitionFetchBytes"],
  ["check.crcs", "boolean", "checkCrcs"],
  ["allow.auto.create.topics", "boolean", "allowAutoCreateTopics"],
  ["exclude.internal.topics", "boolean", "excludeInternalTopics"],
  ["partition.assignment.strategy", "list", "assignors"],
] as const satisfies readonly OptionRow[];

const shareConsumer = [
  ["group.id", "string", "groupId"],
  ["share.acknowledgement.mode", "string", "acknowledgementMode"],
  ["share.acquire.mode", "string", "acquireMode"],
  ["max.poll.records", "int", "maxPollRecords"],
  ["max.poll.interval.ms", "int", "maxPollIntervalMs"],
  ["fetch.min.bytes", "int", "fetchMinBytes"],
  ["fetch.max.bytes", "int", "fetchMaxBytes"],
  ["fetch.max.wait.ms", "int", "fetchMaxWaitMs"],
  ["check.crcs", "boolean", "checkCrcs"],
] as const satisfies readonly OptionRow[];

type OptionRow = readonly [property: string, type: ConfigType, option: string];

export type ClientPropertyName = (typeof client)[number][0] | SecurityPropertyName;
export type ProducerPropertyName = (typeof producer)[number][0];
export type ConsumerPropertyName = (typeof consumer)[number][0];
export type ShareConsumerPropertyName = (typeof shareConsumer)[number][0];

/** One kind of client's properties: how to parse them and which option each one is. */
export interface OptionTable {
  readonly def: ConfigDef;
  /** By Kafka's name. */
  readonly optionOf: ReadonlyMap<string, string>;
}

/** `others`: properties that are read together, apart from the table, and the options that come of them. */
function tableOf(rows: readonly OptionRow[], others: Readonly<Record<string, string>> = {}): OptionTable {
  const options: ConfigKeyOptions = { importance: "medium" };
  return {
    def: new ConfigDef(
      rows.map(([property, type, option]) => configKey(property, type, null, `See ${option} in the README of @ottla/client.`, options)),
    ),
    optionOf: new Map([...rows.map(([property, , option]) => [property, option] as const), ...Object.entries(others)]),
  };
}

export const clientTable: OptionTable = tableOf(client, securityProperties);
export const producerTable: OptionTable = tableOf(producer);
export const consumerTable: OptionTable = tableOf(consumer);
export const shareConsumerTable: OptionTable = tableOf(shareConsumer);
